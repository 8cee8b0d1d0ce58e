//! What artefacts leave in pictures, learnt: real faces under conditions of capture against species of attack made of them.
//!
//! Each condition counts as much as any other, and each species, however many pictures there are of it. Scores are those of people whom the
//! weights have not met: learnt on some folds of the people, taken on the others.

use std::{fmt::Write as _, path::Path};

use anyhow::{Context, ensure};
use attack::{
    FaceBox, Shot,
    picture::{self, Condition, Species, Take},
    session::{alive, recaptured},
};
use engine::face;
use image::imageops::{self, FilterType};
use models::{Pack, Traces, standing};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

use crate::eval::{
    manifest::Picture,
    presence,
    presentation::EVEN,
    statistics::{Sample, percentile, regress_penalised},
    trial::{Trial, Trials},
    work::for_each,
};

/// At most ln 10 for a live face: of ten artefacts one leaves no trace that was learnt, by what was measured of screens.
pub const LLR_MAX: f64 = 2.303;
/// And −ln 100 against one: of a hundred genuine cameras one is taken to be like nothing that was learnt. Stated: the cameras in use are not measured.
pub const LLR_MIN: f64 = -4.606;

/// Each number, its square, the networks and 1.
const FEATURES: usize = 2 * face::TRACES + 2;
/// Of the sum of squares of all coefficients, against a mean cost in nats: of 10⁻⁴ to 10⁻², what measured best on people not met.
const PENALTY: f64 = 1.6e-3;
/// The networks' log odds reach ±9: divided, they weigh as a number's deviations do.
const NETWORKS: f64 = 4.0;
/// Instruments of each species for each picture: artefacts differ more than surroundings do.
const INSTRUMENTS: usize = 3;
/// What `MiniFASNet`'s log odds are worth by themselves: no artefact with room round its face is in the data, so it is stated, as before there were traces.
const NETWORKS_ALONE: [f64; 2] = [0.484, -1.594];
/// Frames of each presentation.
const FRAMES: u32 = 2;
/// Qualities of a phone's JPEG.
const QUALITY: std::ops::Range<u8> = 85..96;
/// A face that is farther away.
const FARTHER: f64 = 0.8;

/// How a face was presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presented {
    Genuine(Condition),
    /// The same before a phone's sensor.
    Sensed(Condition),
    Farther(Condition),
    Attack(Species),
}

const PRESENTED: [Presented; 17] = [
    Presented::Genuine(Condition::Clean),
    Presented::Genuine(Condition::Dim),
    Presented::Genuine(Condition::SideLight),
    Presented::Genuine(Condition::MotionBlur),
    Presented::Genuine(Condition::Compression),
    Presented::Genuine(Condition::PhoneCamera),
    Presented::Genuine(Condition::Haze),
    Presented::Sensed(Condition::Dim),
    Presented::Sensed(Condition::SideLight),
    Presented::Sensed(Condition::MotionBlur),
    Presented::Farther(Condition::Clean),
    Presented::Farther(Condition::PhoneCamera),
    Presented::Farther(Condition::MotionBlur),
    Presented::Attack(Species::Print),
    Presented::Attack(Species::Screen),
    Presented::Attack(Species::Mask),
    Presented::Attack(Species::Relay),
];

impl Presented {
    const fn genuine(self) -> bool {
        !matches!(self, Self::Attack(_))
    }

    fn name(self) -> String {
        match self {
            Self::Genuine(condition) => condition.as_str().to_owned(),
            Self::Sensed(condition) => format!("{condition}, sensor"),
            Self::Farther(condition) => format!("{condition}, farther"),
            Self::Attack(species) => species.as_str().to_owned(),
        }
    }

    /// Frames of one session, as files.
    fn files(self, own: &Shot, helper: &Shot, seed: u64) -> Vec<Vec<u8>> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let quality = random.random_range(QUALITY);
        let under = |condition: Condition, frames: Vec<Shot>| -> Vec<Shot> {
            let takes = (0..).zip(frames);
            takes
                .map(|(frame, shot)| condition.make(&shot, Take { seed, frame }))
                .collect()
        };
        let frames = alive(own, FRAMES, seed);
        let frames = match self {
            Self::Genuine(condition) => under(condition, frames),
            Self::Sensed(condition) => under(Condition::PhoneCamera, under(condition, frames)),
            Self::Farther(condition) => under(condition, frames.iter().map(farther).collect()),
            Self::Attack(species) => {
                recaptured(species, &frames, &alive(helper, FRAMES, seed), seed)
            }
        };
        let encode = |shot: &Shot| picture::encode(&shot.picture, quality);
        frames.iter().map(encode).collect()
    }
}

fn farther(shot: &Shot) -> Shot {
    let scaled = |side: u32| ((f64::from(side) * FARTHER) as u32).max(1);
    let (width, height) = (scaled(shot.picture.width()), scaled(shot.picture.height()));
    let scale = width as f32 / shot.picture.width() as f32;
    let FaceBox {
        left,
        top,
        width: wide,
        height: tall,
    } = shot.face;
    Shot {
        picture: imageops::resize(&shot.picture, width, height, FilterType::CatmullRom),
        face: FaceBox::from([left, top, wide, tall].map(|length| length * scale)),
    }
}

/// One picture, as measured.
struct Seen {
    presented: usize,
    person: u32,
    numbers: [f32; face::TRACES],
    networks: Option<f64>,
}

/// What was learnt.
pub struct Learnt {
    /// Without data, hash and date.
    pub traces: Traces,
    /// Of people not met.
    pub trials: Trials,
    pub persons: usize,
    scores: Vec<(usize, f64)>,
}

/// # Errors
/// Pictures that cannot be read; fewer people than folds.
pub fn learn(
    networks: (&Pack, &Path),
    threads: usize,
    pictures: &[Picture],
    (folds, seed): (usize, u64),
) -> anyhow::Result<Learnt> {
    let shots = for_each(networks, threads, pictures, |sessions, row| {
        presence::shot(sessions, &row.path)
    })?;
    let mut people: Vec<(&str, &str)> = Vec::new();
    let mut own: Vec<(u32, Shot)> = Vec::new();
    for (row, shot) in pictures.iter().zip(shots) {
        let name = (row.dataset.as_str(), row.identity.as_str());
        let person = people.iter().position(|one| *one == name);
        let person = person.unwrap_or_else(|| {
            people.push(name);
            people.len() - 1
        });
        own.extend(shot.map(|(shot, _)| (person as u32, shot)));
    }
    ensure!(
        people.len() >= folds.max(2),
        "人数少于折数 / there are fewer people than folds"
    );
    let jobs: Vec<((usize, usize), u64)> = (0..own.len())
        .flat_map(|at| (0..PRESENTED.len()).map(move |presented| (at, presented)))
        .flat_map(|job| {
            let times = if PRESENTED[job.1].genuine() {
                1
            } else {
                INSTRUMENTS
            };
            std::iter::repeat_n(job, times).zip(0..)
        })
        .collect();
    let seen = for_each(
        networks,
        threads,
        &jobs,
        |sessions, &((at, presented), again)| {
            let number = (at as u64) << 16 ^ again << 8 ^ presented as u64;
            let seed = seed.rotate_left(40) ^ number;
            let (person, shot) = &own[at];
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let helper = loop {
                let (other, helper) = &own[random.random_range(0..own.len())];
                if other != person {
                    break helper;
                }
            };
            let mut seen = Vec::new();
            for file in PRESENTED[presented].files(shot, helper, seed) {
                if let Some((traces, mean)) = sessions.traces(&file)? {
                    seen.push(Seen {
                        presented,
                        person: *person,
                        numbers: traces.0,
                        networks: mean,
                    });
                }
            }
            Ok(seen)
        },
    )?;
    let seen: Vec<Seen> = seen.into_iter().flatten().collect();
    let all: Vec<&Seen> = seen.iter().collect();
    let mut scores = Vec::new();
    let mut trials = Vec::new();
    for fold in 0..folds as u32 {
        let of = |one: &&Seen| one.person % folds as u32 == fold;
        let met: Vec<&Seen> = seen.iter().filter(|one| !of(one)).collect();
        let traces = fit(&met);
        for one in seen.iter().filter(of) {
            let score = traces.log_odds(&one.numbers, one.networks);
            let score = score.context("the weights are of other numbers")?;
            scores.push((one.presented, score));
            let genuine = PRESENTED[one.presented].genuine();
            trials.push(Trial::of_one(score, score, one.person, genuine));
        }
    }
    Ok(Learnt {
        traces: fit(&all),
        trials: Trials::new(trials),
        persons: people.len(),
        scores,
    })
}

impl Learnt {
    /// How a calibration of the scores decides on people not met, presentation by presentation.
    pub fn table(&self, llr: impl Fn(f64) -> f64, doubt: f64) -> String {
        let mut text = String::from(
            "  呈现 presented             照片 pictures   存疑 doubted   LLR: 5 %, median, 95 %\n",
        );
        for (number, presented) in PRESENTED.iter().enumerate() {
            let own = self.scores.iter().filter(|(one, _)| *one == number);
            let mut llrs: Vec<f64> = own.map(|(_, score)| llr(*score)).collect();
            llrs.sort_unstable_by(f64::total_cmp);
            if llrs.is_empty() {
                continue;
            }
            let at = |share| percentile(&llrs, share).unwrap_or(f64::NAN);
            let doubted = llrs.iter().filter(|llr| **llr < doubt).count();
            let _ = writeln!(
                text,
                "  {:<26} {:>6}          {:>7.2} %     {:>6.2} {:>6.2} {:>6.2}",
                presented.name(),
                llrs.len(),
                doubted as f64 / llrs.len() as f64 * 100.0,
                at(0.05),
                at(0.5),
                at(0.95),
            );
        }
        text
    }
}

fn fit(seen: &[&Seen]) -> Traces {
    let mut counts = [0_usize; PRESENTED.len()];
    for one in seen {
        counts[one.presented] += 1;
    }
    let weight = |one: &Seen| 1.0 / counts[one.presented].max(1) as f64;
    let total: f64 = seen.iter().map(|one| weight(one)).sum();
    let over = |value: &dyn Fn(&Seen) -> f64| -> f64 {
        seen.iter().map(|one| weight(one) * value(one)).sum::<f64>() / total
    };
    let mean: Vec<f64> = (0..face::TRACES)
        .map(|at| over(&|one| f64::from(one.numbers[at])))
        .collect();
    let deviation: Vec<f64> = (0..face::TRACES)
        .map(|at| {
            let variance = over(&|one| (f64::from(one.numbers[at]) - mean[at]).powi(2));
            variance.sqrt().max(1e-6)
        })
        .collect();
    let samples: Vec<Sample<FEATURES>> = seen
        .iter()
        .map(|one| {
            let mut features = [1.0; FEATURES];
            for (at, &number) in one.numbers.iter().enumerate() {
                let z = standing(f64::from(number), mean[at], deviation[at]);
                features[at] = z;
                features[face::TRACES + at] = z * z;
            }
            features[2 * face::TRACES] = one.networks.unwrap_or(0.0) / NETWORKS;
            Sample {
                features,
                weight: weight(one),
                genuine: PRESENTED[one.presented].genuine(),
            }
        })
        .collect();
    let found = regress_penalised(&samples, EVEN, PENALTY);
    let (weight, rest) = found.split_at(face::TRACES);
    let (square, rest) = rest.split_at(face::TRACES);
    Traces {
        offset: rest[1],
        networks: rest[0] / NETWORKS,
        networks_alone: NETWORKS_ALONE,
        mean,
        deviation,
        weight: weight.to_vec(),
        square: square.to_vec(),
        data: String::new(),
        data_sha256: String::new(),
        date: String::new(),
        people: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(presented: usize, person: u32, shift: f32) -> Seen {
        let mut numbers = [0.0; face::TRACES];
        numbers[3] = shift + (person % 7) as f32 * 0.1;
        Seen {
            presented,
            person,
            numbers,
            networks: None,
        }
    }

    #[test]
    fn a_number_that_attacks_raise_speaks_for_attacks() {
        let attack = PRESENTED.len() - 1;
        let all: Vec<Seen> = (0..40)
            .flat_map(|person| [seen(0, person, 0.0), seen(attack, person, 1.0)])
            .collect();
        let traces = fit(&all.iter().collect::<Vec<_>>());
        let odds = |one: &Seen| traces.log_odds(&one.numbers, None).unwrap();
        assert!(odds(&all[0]) > 1.0 && odds(&all[1]) < -1.0);
        assert!(traces.weight[3] < 0.0);
    }

    #[test]
    fn every_presentation_is_named_once() {
        let mut names: Vec<String> = PRESENTED.iter().map(|one| one.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PRESENTED.len());
    }
}
