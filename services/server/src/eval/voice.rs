//! Voices: one recording against a speaker's enrolment, as in a check-in, in each condition of capture.

use std::num::NonZero;

use engine::{
    Embedding,
    voice::{Everywhere, VoiceTemplate, centroids},
};
use models::{Pack, Scatter};

use super::{
    condition::{CONDITIONS, Change},
    group,
    report::SetReport,
    scatter,
    statistics::FEW_FALSE_MATCHES,
    trial::{Trial, Trials},
};

/// All corpora together under one threshold, each probe against the templates of its own corpus. Its equal error rate is
/// the one that the notes on a speaker network quote.
pub const POOLED: &str = "pooled";
/// All corpora together, each probe against every template.
pub const POOLED_ACROSS: &str = "pooled-across";
/// All corpora and all conditions under one threshold: what a pack's calibration is fitted on.
pub const POOLED_CONDITIONS: &str = "pooled, all conditions";

/// How recordings are compared.
#[derive(Debug, Clone, Copy)]
pub struct Comparing {
    /// Learns the scatter anew, for each fold of the speakers on the others, and compares inside folds only: figures for people whom it
    /// has not met. The pack's own is used when absent.
    pub folds: Option<NonZero<usize>>,
    /// With the enrolment as it was recorded only, and without scatter.
    pub as_enrolled: bool,
}

/// One speaker of a corpus.
#[derive(Clone)]
pub struct Speaker<'a> {
    pub corpus: &'a str,
    pub name: &'a str,
    /// Of people; empty where the manifest names none.
    pub group: &'a str,
    pub fold: usize,
    /// Of the enrolment's recordings.
    pub enrolment: Vec<Everywhere>,
    /// None when no enrolment recording has speech.
    pub template: Option<VoiceTemplate>,
    /// Of all recordings, in all surroundings.
    pub embeddings: Vec<Embedding>,
}

/// A test recording in one condition.
#[derive(Clone)]
pub struct Probe {
    /// Index of its speaker.
    pub speaker: usize,
    /// Index of its condition.
    pub condition: usize,
    /// None without speech.
    pub embedding: Option<Embedding>,
    /// Signal-to-noise ratio, tens of dB, and bandwidth, kHz; see [`super::listen`].
    pub qualities: [f32; 2],
}

/// A comparison and where it belongs.
struct Compared {
    condition: usize,
    trial: Trial,
}

/// The speakers and the test recordings, embedded.
#[derive(Clone)]
pub struct Voices<'a> {
    pub speakers: Vec<Speaker<'a>>,
    pub probes: Vec<Probe>,
    pub comparing: Comparing,
}

impl Voices<'_> {
    /// What the embeddings of all speakers teach, in the words of a pack.
    pub fn scatter(&self) -> Option<Scatter> {
        self.scatter_but(None)
    }

    /// The same without the speakers of one fold.
    fn scatter_but(&self, fold: Option<usize>) -> Option<Scatter> {
        let others = self
            .speakers
            .iter()
            .filter(|speaker| Some(speaker.fold) != fold);
        let people: Vec<Vec<&Embedding>> =
            others.map(|one| one.embeddings.iter().collect()).collect();
        scatter::learn(&people)
    }

    /// For each condition each corpus, then, with more than one, all of them under one threshold; of the recordings as they are also with
    /// comparisons across corpora, where channel and language help; last, all conditions together.
    pub fn measure(mut self, pack: &Pack) -> Vec<(SetReport, Trials)> {
        for speaker in &mut self.speakers {
            let mut centroids = centroids(&speaker.enrolment);
            if self.comparing.as_enrolled {
                centroids.truncate(1);
            }
            speaker.template = VoiceTemplate::new(&pack.id(), centroids, false, []);
        }
        let compared = self.compare(pack);
        let mut corpora: Vec<&str> = Vec::new();
        for speaker in &self.speakers {
            if !corpora.contains(&speaker.corpus) {
                corpora.push(speaker.corpus);
            }
        }
        let mut measured = Vec::new();
        for (index, condition) in CONDITIONS.iter().enumerate() {
            let named = |set: &str| match condition.changes {
                [Change::Nothing] => set.to_owned(),
                _ => format!("{set}, {}", condition.name),
            };
            let here = |at: usize| at == index;
            for &corpus in &corpora {
                let inside = |probe: &str, template: &str| probe == corpus && template == corpus;
                measured.push(self.set(&named(corpus), &compared, &here, &inside));
            }
            if corpora.len() > 1 {
                let same = |probe: &str, template: &str| probe == template;
                measured.push(self.set(&named(POOLED), &compared, &here, &same));
                if matches!(condition.changes, [Change::Nothing]) {
                    measured.push(self.set(POOLED_ACROSS, &compared, &here, &|_, _| true));
                }
            }
        }
        let same = |probe: &str, template: &str| probe == template;
        measured.push(self.set(POOLED_CONDITIONS, &compared, &|_| true, &same));
        measured
    }

    /// Every probe against every template of its fold; against those of other corpora for recordings as they are only.
    fn compare(&self, pack: &Pack) -> Vec<Compared> {
        let learnt: Vec<Option<Scatter>> = match self.comparing.folds {
            Some(folds) => (0..folds.get())
                .map(|fold| self.scatter_but(Some(fold)))
                .collect(),
            None => vec![pack.speaker.scatter.clone()],
        };
        let mut compared = Vec::new();
        for probe in &self.probes {
            let Some(embedding) = &probe.embedding else {
                continue;
            };
            let own = &self.speakers[probe.speaker];
            let scatter = learnt[own.fold]
                .as_ref()
                .filter(|_| !self.comparing.as_enrolled);
            let unchanged = matches!(CONDITIONS[probe.condition].changes, [Change::Nothing]);
            let templates = self.speakers.iter().enumerate().filter(|(_, other)| {
                other.fold == own.fold && (unchanged || other.corpus == own.corpus)
            });
            for (index, other) in templates {
                let template = other.template.as_ref();
                let Some(score) = template.and_then(|one| one.compare(embedding, scatter)) else {
                    continue;
                };
                let llr = pack.speaker.calibration.llr(score);
                compared.push(Compared {
                    condition: probe.condition,
                    trial: Trial {
                        side: probe.qualities,
                        ..Trial::of_persons(score, llr, probe.speaker as u32, index as u32)
                    },
                });
            }
        }
        compared
    }

    /// `here` says which conditions take part, `inside` of the corpora of a probe and of a template whether they are compared.
    fn set(
        &self,
        name: &str,
        compared: &[Compared],
        here: &dyn Fn(usize) -> bool,
        inside: &dyn Fn(&str, &str) -> bool,
    ) -> (SetReport, Trials) {
        let corpus = |speaker: u32| self.speakers[speaker as usize].corpus;
        let trials = compared
            .iter()
            .filter(|one| {
                here(one.condition) && inside(corpus(one.trial.probe), corpus(one.trial.template))
            })
            .map(|one| one.trial);
        let trials: Vec<Trial> = trials.collect();
        let group = |speaker: u32| self.speakers[speaker as usize].group;
        let groups = group::split(&trials, group);
        let trials = Trials::new(trials);
        let templates = || {
            self.speakers
                .iter()
                .filter(|speaker| inside(speaker.corpus, speaker.corpus))
        };
        let probes = || {
            self.probes.iter().filter(|probe| {
                let corpus = self.speakers[probe.speaker].corpus;
                here(probe.condition) && inside(corpus, corpus)
            })
        };
        let report = SetReport {
            name: name.to_owned(),
            persons: templates().count(),
            samples: probes().count(),
            failures_to_acquire: probes().filter(|probe| probe.embedding.is_none()).count(),
            failures_to_enrol: templates()
                .filter(|speaker| speaker.template.is_none())
                .count(),
            genuine: trials.genuine(),
            impostor: trials.impostor(),
            impostor_all: trials.impostor(),
            fit: trials.fit(FEW_FALSE_MATCHES),
            figures: Vec::new(),
            groups,
            group_figures: Vec::new(),
            trade_off: Vec::new(),
            reliability: Vec::new(),
        };
        (report, trials)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn embedding(values: [f32; 2]) -> Embedding {
        Embedding::normalise(values.to_vec()).unwrap()
    }

    fn speaker<'a>(corpus: &'a str, fold: usize, enrolment: &[[f32; 2]]) -> Speaker<'a> {
        let everywhere = |values: &[f32; 2]| {
            let mut everywhere = Everywhere::default();
            everywhere[0] = Some(embedding(*values));
            everywhere[3] = Some(embedding([-values[1], values[0]]));
            everywhere
        };
        Speaker {
            corpus,
            name: "",
            group: "",
            fold,
            enrolment: enrolment.iter().map(everywhere).collect(),
            template: None,
            embeddings: Vec::new(),
        }
    }

    /// Three people of two corpora; one recording has no speech, one is of another condition.
    fn example(comparing: Comparing) -> Voices<'static> {
        let probe = |speaker, condition, values: Option<[f32; 2]>| Probe {
            speaker,
            condition,
            embedding: values.map(embedding),
            qualities: [0.0; 2],
        };
        Voices {
            speakers: vec![
                speaker("zh", 0, &[[1.0, 0.0], [0.0, 1.0]]),
                speaker("zh", comparing.folds.map_or(0, |_| 1), &[[-1.0, 0.0]]),
                speaker("en", 0, &[[0.0, -1.0]]),
            ],
            probes: vec![
                probe(0, 0, Some([1.0, 1.0])),
                probe(1, 0, None),
                probe(2, 0, Some([0.0, -1.0])),
                probe(0, 1, Some([-1.0, 1.0])),
            ],
            comparing,
        }
    }

    fn pack() -> Pack {
        let mut pack = models::load("default", Path::new("nowhere")).unwrap();
        pack.speaker.scatter = None;
        (
            pack.speaker.calibration.scale,
            pack.speaker.calibration.offset,
        ) = (2.0, 0.0);
        (
            pack.speaker.calibration.llr_min,
            pack.speaker.calibration.llr_max,
        ) = (-1.0, 1.0);
        pack
    }

    fn set<'a>(measured: &'a [(SetReport, Trials)], name: &str) -> &'a (SetReport, Trials) {
        measured.iter().find(|(set, _)| set.name == name).unwrap()
    }

    const PLAIN: Comparing = Comparing {
        folds: None,
        as_enrolled: true,
    };

    #[test]
    fn a_probe_is_compared_with_the_enrolments_of_its_corpus_in_its_condition() {
        let measured = example(PLAIN).measure(&pack());
        let (report, trials) = set(&measured, POOLED);
        assert_eq!(
            (report.genuine, report.impostor, report.failures_to_acquire),
            (2, 1, 1)
        );
        let best = trials.all()[0];
        assert!((best.score - 1.0).abs() < 1e-6 && (best.llr - 1.0).abs() < f64::EPSILON);
        let (across, _) = set(&measured, POOLED_ACROSS);
        assert_eq!((across.genuine, across.impostor), (2, 4));
        let (line, trials) = set(&measured, "zh, telephone");
        assert_eq!((line.samples, line.genuine, line.impostor), (1, 1, 1));
        let own = trials.all().iter().find(|trial| trial.genuine).unwrap();
        assert!(own.score.abs() < 1e-6);
        assert_eq!(set(&measured, POOLED_CONDITIONS).0.genuine, 3);
    }

    #[test]
    fn surroundings_are_compared_unless_the_enrolment_alone_is_asked_for() {
        let everywhere = Comparing {
            as_enrolled: false,
            ..PLAIN
        };
        let measured = example(everywhere).measure(&pack());
        let own = |trials: &Trials| {
            trials
                .all()
                .iter()
                .find(|trial| trial.genuine)
                .unwrap()
                .score
        };
        assert!((own(&set(&measured, "zh, telephone").1) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn in_folds_nobody_is_compared_with_people_of_another_fold() {
        let folds = Comparing {
            folds: NonZero::new(2),
            as_enrolled: true,
        };
        let measured = example(folds).measure(&pack());
        let (report, _) = set(&measured, POOLED);
        assert_eq!((report.genuine, report.impostor), (2, 0));
    }
}
