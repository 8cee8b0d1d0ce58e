//! Voices: one recording against the centroid of a speaker's enrolment, as in a check-in.

use std::{fs, path::Path};

use anyhow::Context;
use engine::{Embedding, Sessions, audio};
use models::{Calibration, Pack};

use super::{
    manifest::{Recording, Role},
    report::SetReport,
    statistics::FEW_FALSE_MATCHES,
    trial::{Trial, Trials},
    work::for_each,
};

/// All corpora together under one threshold, each probe against the templates of its own corpus. Its equal error rate is
/// the one that the notes on a speaker network quote.
pub const POOLED: &str = "pooled";
/// All corpora together, each probe against every template.
pub const POOLED_ACROSS: &str = "pooled-across";

/// One speaker of a corpus.
struct Speaker<'a> {
    corpus: &'a str,
    name: &'a str,
    /// None when no enrolment recording has speech.
    template: Option<Embedding>,
}

/// A test recording.
struct Probe {
    /// Index of its speaker.
    speaker: usize,
    /// None without speech.
    embedding: Option<Embedding>,
}

/// Each corpus; then, with more than one, all of them under one threshold, twice: with comparisons inside corpora only,
/// where channel and language are no help, and with those across corpora too.
pub fn measure(
    pack: (&Pack, &Path),
    threads: usize,
    recordings: &[Recording],
) -> anyhow::Result<Vec<(SetReport, Trials)>> {
    let embeddings = for_each(pack, threads, recordings, embed)?;
    let (speakers, probes) = sort(recordings, &embeddings);
    let mut corpora: Vec<&str> = Vec::new();
    for speaker in &speakers {
        if !corpora.contains(&speaker.corpus) {
            corpora.push(speaker.corpus);
        }
    }
    let calibration = &pack.0.speaker.calibration;
    let compared = |name: &str, takes_part: &dyn Fn(&str, &str) -> bool| {
        compare(name, (&speakers, &probes), calibration, takes_part)
    };
    let mut measured = Vec::with_capacity(corpora.len() + 2);
    for corpus in &corpora {
        let inside = |probe: &str, template: &str| probe == *corpus && template == *corpus;
        measured.push(compared(corpus, &inside));
    }
    if corpora.len() > 1 {
        measured.push(compared(POOLED, &|probe, template| probe == template));
        measured.push(compared(POOLED_ACROSS, &|_, _| true));
    }
    Ok(measured)
}

/// As a check-in's recording: decode, raise the level, drop what is no speech, embed.
fn embed(sessions: &mut Sessions, recording: &Recording) -> anyhow::Result<Option<Embedding>> {
    let bytes = fs::read(&recording.file)
        .with_context(|| format!("{} cannot be read", recording.file.display()))?;
    let Ok(audio) = audio::decode(&bytes) else {
        return Ok(None);
    };
    Ok(sessions.voice_networks().embed(&audio.samples)?)
}

/// Speakers with their templates, and the test recordings.
fn sort<'a>(
    recordings: &'a [Recording],
    embeddings: &[Option<Embedding>],
) -> (Vec<Speaker<'a>>, Vec<Probe>) {
    let mut speakers: Vec<Speaker<'a>> = Vec::new();
    let mut enrolments: Vec<Vec<&Embedding>> = Vec::new();
    let mut probes = Vec::new();
    for (recording, embedding) in recordings.iter().zip(embeddings) {
        let known = speakers
            .iter()
            .position(|known| known.corpus == recording.corpus && known.name == recording.speaker);
        let speaker = known.unwrap_or_else(|| {
            speakers.push(Speaker {
                corpus: &recording.corpus,
                name: &recording.speaker,
                template: None,
            });
            enrolments.push(Vec::new());
            speakers.len() - 1
        });
        match recording.role {
            Role::Enrol => enrolments[speaker].extend(embedding),
            Role::Test => probes.push(Probe {
                speaker,
                embedding: embedding.clone(),
            }),
        }
    }
    for (speaker, enrolment) in speakers.iter_mut().zip(enrolments) {
        speaker.template = Embedding::centroid(enrolment);
    }
    (speakers, probes)
}

/// `takes_part` says of the corpora of a probe and of a template whether they are compared.
fn compare(
    name: &str,
    (speakers, probes): (&[Speaker<'_>], &[Probe]),
    calibration: &Calibration,
    takes_part: &dyn Fn(&str, &str) -> bool,
) -> (SetReport, Trials) {
    let own_templates: Vec<&Speaker<'_>> = speakers
        .iter()
        .filter(|speaker| takes_part(speaker.corpus, speaker.corpus))
        .collect();
    let own_probes: Vec<&Probe> = probes
        .iter()
        .filter(|probe| {
            let corpus = speakers[probe.speaker].corpus;
            takes_part(corpus, corpus)
        })
        .collect();
    let mut trials = Vec::new();
    for probe in &own_probes {
        let Some(embedding) = &probe.embedding else {
            continue;
        };
        for (index, speaker) in speakers.iter().enumerate() {
            let Some(template) = speaker
                .template
                .as_ref()
                .filter(|_| takes_part(speakers[probe.speaker].corpus, speaker.corpus))
            else {
                continue;
            };
            let score = template.cosine(embedding);
            let (own, other) = (probe.speaker as u32, index as u32);
            trials.push(Trial::of_persons(score, calibration.llr(score), own, other));
        }
    }
    let trials = Trials::new(trials);
    let report = SetReport {
        name: name.to_owned(),
        persons: own_templates.len(),
        samples: own_probes.len(),
        failures_to_acquire: own_probes
            .iter()
            .filter(|probe| probe.embedding.is_none())
            .count(),
        failures_to_enrol: own_templates
            .iter()
            .filter(|speaker| speaker.template.is_none())
            .count(),
        genuine: trials.genuine(),
        impostor: trials.impostor(),
        impostor_all: trials.impostor(),
        fit: trials.fit(FEW_FALSE_MATCHES),
        figures: Vec::new(),
        trade_off: Vec::new(),
        reliability: Vec::new(),
    };
    (report, trials)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(corpus: &str, speaker: &str, role: Role) -> Recording {
        Recording {
            corpus: corpus.to_owned(),
            speaker: speaker.to_owned(),
            role,
            text: String::new(),
            file: "x".into(),
        }
    }

    /// Two corpora that use the same speaker names; one recording has no speech.
    fn example() -> (Vec<Recording>, Vec<Option<Embedding>>) {
        let rows = [
            ("zh", "a", Role::Enrol, Some([1.0, 0.0])),
            ("zh", "a", Role::Enrol, Some([0.0, 1.0])),
            ("zh", "a", Role::Test, Some([1.0, 1.0])),
            ("zh", "b", Role::Enrol, Some([-1.0, 0.0])),
            ("zh", "b", Role::Test, None),
            ("en", "a", Role::Enrol, Some([0.0, -1.0])),
            ("en", "a", Role::Test, Some([0.0, -1.0])),
        ];
        let embedding = |values: [f32; 2]| Embedding::normalise(values.to_vec()).unwrap();
        rows.map(|(corpus, speaker, role, values)| {
            (recording(corpus, speaker, role), values.map(embedding))
        })
        .into_iter()
        .unzip()
    }

    #[test]
    fn a_probe_is_compared_with_the_centroid_of_each_enrolment_of_its_corpus() {
        let (recordings, embeddings) = example();
        let (speakers, probes) = sort(&recordings, &embeddings);
        assert_eq!(
            (speakers.len(), probes.len()),
            (3, 3),
            "equal names of two corpora are two people"
        );
        let calibration = Calibration {
            scale: 2.0,
            offset: 0.0,
            llr_min: -1.0,
            llr_max: 1.0,
            data: String::new(),
            data_sha256: String::new(),
            date: String::new(),
            genuine: 0,
            impostor: 0,
        };
        let (report, trials) = compare(
            POOLED,
            (&speakers, &probes),
            &calibration,
            &|probe, template| probe == template,
        );
        assert_eq!(
            (report.genuine, report.impostor, report.failures_to_acquire),
            (2, 1, 1)
        );
        let best = trials.all()[0];
        assert!(
            (best.score - 1.0).abs() < 1e-6
                && (best.llr - 1.0).abs() < f64::EPSILON
                && best.genuine
        );
        let (across, _) = compare(
            POOLED_ACROSS,
            (&speakers, &probes),
            &calibration,
            &|_, _| true,
        );
        assert_eq!((across.genuine, across.impostor), (2, 4));
    }
}
