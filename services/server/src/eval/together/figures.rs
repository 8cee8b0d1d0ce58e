//! What came of the attempts: rates by level, with their intervals.

use std::collections::BTreeMap;

use domain::verdict::{Verdict, VerdictKind};
use models::Rates;
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use serde::Serialize;

use super::{
    attempt::{Decided, LEVELS, Rules, reasons},
    draw::{Attempt, Drawn},
};
use crate::eval::{
    bootstrap::Bootstrap,
    statistics::{exact, trade_off},
    trial::{Trial, Trials},
};

/// Share of the samples that an interval leaves out at each end.
const TAIL: f64 = 0.025;

/// The whole evaluation.
#[derive(Debug, Serialize)]
pub struct Report {
    /// `name@version`.
    pub pack: String,
    pub data: String,
    pub resamples: u32,
    pub seed: u64,
    pub speakers: usize,
    /// Test recordings whose words were checked against the enrolment, of all.
    pub content_measured: [usize; 2],
    pub sets: Vec<SetFigures>,
    pub notes: Vec<String>,
}

/// One set of faces under one set of rules.
#[derive(Debug, Serialize)]
pub struct SetFigures {
    pub name: String,
    /// Quality rules and evidence of presentation attacks take part.
    pub quality: bool,
    /// People with a face, with a voice, who can be claimed.
    pub claimed: [usize; 2],
    /// Pairs of a claimed and another person among the impostor attempts, of faces and of voices together, each counted once.
    pub impostor_pairs: usize,
    pub levels: Vec<LevelFigures>,
    /// Error trade-off of the fused LLR at the general level, of the attempts that were judged.
    #[serde(skip)]
    pub trade_off: Vec<[f64; 2]>,
}

/// The rates of one supervision level.
#[derive(Debug, Serialize)]
pub struct LevelFigures {
    pub level: &'static str,
    /// Fused LLR that is asked for, nats.
    pub asked: f64,
    /// Impostor attempts that were verified.
    pub false_matches: Share,
    /// Genuine attempts that went to an officer.
    pub reviewed: Share,
    /// Genuine attempts that were to be tried again.
    pub retried: Share,
    /// Reasons of the genuine attempts' reviews; an attempt may have several.
    pub reasons: BTreeMap<&'static str, u64>,
}

/// A counted share.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Share {
    pub count: u64,
    pub of: u64,
    /// Ends of the exact interval, which takes attempts for independent.
    pub exact: [f64; 2],
    /// Ends of the interval by bootstrap over persons; none without resamples.
    pub bootstrap: Option<[f64; 2]>,
}

impl Share {
    pub fn value(&self) -> f64 {
        self.count as f64 / self.of.max(1) as f64
    }
}

impl SetFigures {
    pub fn new(
        name: &str,
        rules: &Rules,
        drawn: &Drawn<'_>,
        decided: &[Decided],
        bootstrap: Bootstrap,
    ) -> Self {
        let weights = Weights::new(drawn, bootstrap);
        let of_level = |(at, level): (usize, domain::plan::SupervisionLevel)| {
            let share = |genuine: bool, kind: VerdictKind| {
                weights.share(drawn, decided, |attempt, decided| {
                    (attempt.genuine() == genuine).then(|| decided.verdicts[at].kind() == kind)
                })
            };
            let factors = domain::plan::Factors::FaceAndVoice;
            LevelFigures {
                level: level.as_str(),
                asked: rules.policy.stakes.threshold(factors, level),
                false_matches: share(false, VerdictKind::Verified),
                reviewed: share(true, VerdictKind::Review),
                retried: share(true, VerdictKind::Retry),
                reasons: counted(drawn, decided, at),
            }
        };
        let pairs: std::collections::HashSet<_> = drawn
            .attempts
            .iter()
            .filter(|attempt| !attempt.genuine())
            .map(|attempt| (attempt.face, attempt.voice))
            .collect();
        let judged = drawn.attempts.iter().zip(decided);
        let trials = judged.filter_map(|(attempt, decided)| {
            let llr = decided.llr?;
            Some(Trial {
                genuine: attempt.genuine(),
                ..Trial::of_persons(llr, llr, attempt.face[1] as u32, attempt.face[0] as u32)
            })
        });
        Self {
            name: name.to_owned(),
            quality: rules.quality,
            claimed: drawn.claimed,
            impostor_pairs: pairs.len(),
            levels: LEVELS.into_iter().enumerate().map(of_level).collect(),
            trade_off: trade_off(&Trials::new(trials.collect())),
        }
    }

    /// As a pack holds them: name, genuine and impostor attempts, and the rates of the levels. A genuine attempt that goes to an officer is not matched.
    pub fn rates(&self) -> (String, [u64; 2], Vec<Rates>) {
        let rules = if self.quality {
            "by the house's rules"
        } else {
            "without quality and presentation"
        };
        let share = |share: &Share| [share.value(), share.exact[0], share.exact[1]];
        let rates = self.levels.iter().map(|level| Rates {
            llr: level.asked,
            false_match: share(&level.false_matches),
            false_non_match: share(&level.reviewed),
        });
        let first = self.levels.first();
        let counts = first.map_or([0, 0], |level| [level.reviewed.of, level.false_matches.of]);
        (format!("{}, {rules}", self.name), counts, rates.collect())
    }
}

fn counted(drawn: &Drawn<'_>, decided: &[Decided], at: usize) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    let genuine = drawn.attempts.iter().zip(decided);
    for (_, decided) in genuine.filter(|(attempt, _)| attempt.genuine()) {
        let verdict: &Verdict = &decided.verdicts[at];
        for reason in reasons(verdict) {
            *counts.entry(reason.as_str()).or_default() += 1;
        }
    }
    counts
}

/// How often each person was drawn in each sample: faces, then voices.
struct Weights(Vec<[Vec<u32>; 2]>);

impl Weights {
    fn new(drawn: &Drawn<'_>, bootstrap: Bootstrap) -> Self {
        let people = [drawn.faces.0.len(), drawn.voices.len()];
        let sample = |number: u32| {
            let seed = bootstrap.seed.rotate_left(32) ^ u64::from(number);
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            people.map(|count| {
                let mut copies = vec![0; count];
                for _ in 0..count {
                    copies[random.random_range(0..count)] += 1;
                }
                copies
            })
        };
        Self((0..bootstrap.resamples).map(sample).collect())
    }

    /// The share of those for which `counts` says true, of those for which it says anything.
    fn share(
        &self,
        drawn: &Drawn<'_>,
        decided: &[Decided],
        counts: impl Fn(&Attempt, &Decided) -> Option<bool>,
    ) -> Share {
        let all: Vec<(&Attempt, bool)> = drawn
            .attempts
            .iter()
            .zip(decided)
            .filter_map(|(attempt, decided)| Some((attempt, counts(attempt, decided)?)))
            .collect();
        let count = all.iter().filter(|(_, counted)| *counted).count() as u64;
        let mut values: Vec<f64> = self
            .0
            .iter()
            .map(|sample| weighted(&all, sample))
            .filter(|value| !value.is_nan())
            .collect();
        values.sort_unstable_by(f64::total_cmp);
        let end = |share: f64| {
            let last = values.len().checked_sub(1)?;
            Some(values[(share * last as f64).round() as usize])
        };
        Share {
            count,
            of: all.len() as u64,
            exact: exact(count, all.len() as u64),
            bootstrap: end(TAIL)
                .zip(end(1.0 - TAIL))
                .map(|(low, high)| [low, high]),
        }
    }
}

/// Each person of an attempt counts as often as he was drawn, once for each side that he is on.
fn weighted(all: &[(&Attempt, bool)], sample: &[Vec<u32>; 2]) -> f64 {
    let (mut counted, mut total) = (0.0, 0.0);
    for (attempt, counts) in all {
        let copies = |of: [usize; 2], copies: &[u32]| {
            let [claimed, shown] = of.map(|person| f64::from(copies[person]));
            if of[0] == of[1] {
                claimed
            } else {
                claimed * shown
            }
        };
        let weight = copies(attempt.face, &sample[0]) * copies(attempt.voice, &sample[1]);
        total += weight;
        counted += if *counts { weight } else { 0.0 };
    }
    counted / total
}
