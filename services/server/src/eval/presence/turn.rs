//! Heads that turn, that stay, and that turn the other way; and what a recogniser makes of faces at an angle.

use std::path::Path;

use attack::{Shot, picture, session};
use domain::challenge::Side;
use engine::{Probe, Samples, Sessions, presence};
use models::Pack;
use serde::Serialize;

use super::{Answered, Picture, for_each, shot};

/// Quality of a JPEG that loses nothing that counts.
const QUALITY: u8 = 95;
/// Frames of a turn; the middle one is turned farthest.
const FRAMES: u32 = 3;
/// Degrees between which faces are counted together.
const STEPS: [u32; 5] = [0, 10, 20, 30, 90];
/// As the domain's: below it a face at an angle is called somebody else's, nats.
const STRANGER_MAX: f64 = -3.0;

/// Faces of the same person, against a picture that looks ahead.
#[derive(Debug, Serialize)]
pub struct Faces {
    pub dataset: String,
    pub from_deg: u32,
    pub to_deg: u32,
    pub pictures: usize,
    /// Nats: least, 5 in 100, median.
    pub llr: [f64; 3],
    /// That would be called somebody else's.
    pub strange: usize,
}

/// A face against the enrolled one of the same person.
struct Face {
    dataset: String,
    turned_deg: f64,
    llr: f64,
}

/// Turns made of stills, real pictures that look ahead, and real faces at all angles.
pub fn answers(
    pack: (&Pack, &Path),
    threads: usize,
    people: &[(u32, Vec<Picture>)],
    seed: u64,
) -> anyhow::Result<(Vec<Answered>, Vec<Faces>)> {
    let all = for_each(pack, threads, people, |sessions, (person, own)| {
        of_person(sessions, *person, own, seed)
    })?;
    let (mut answers, mut faces) = (Vec::new(), Vec::new());
    for (answered, compared) in all {
        answers.extend(answered);
        faces.extend(compared);
    }
    Ok((answers, counted(&faces)))
}

fn of_person(
    sessions: &mut Sessions,
    person: u32,
    own: &[Picture],
    seed: u64,
) -> anyhow::Result<(Vec<Answered>, Vec<Face>)> {
    let mut shots = Vec::new();
    for picture in own {
        shots.extend(shot(sessions, &picture.path)?);
    }
    let ahead = (0..shots.len()).min_by(|&a, &b| shots[a].1.abs().total_cmp(&shots[b].1.abs()));
    let Some(ahead) = ahead else {
        return Ok((Vec::new(), Vec::new()));
    };
    let (front, front_deg) = shots.swap_remove(ahead);
    let told = |kind: &str, genuine: bool, side: Side, yaw_deg: Option<f32>| Answered {
        kind: kind.to_owned(),
        genuine,
        person,
        told: yaw_deg
            .and_then(|yaw| presence::towards(side, yaw, &[front_deg]))
            .map(|degrees| (degrees, presence::TURN.comparison(degrees).llr.get())),
    };
    let side = if person % 4 < 2 {
        Side::Left
    } else {
        Side::Right
    };
    let mut answers = Vec::new();
    // The person's left is the picture's right.
    for (kind, right) in [
        ("turned 16°, simulated", side == Side::Left),
        ("other side, simulated", side != Side::Left),
    ] {
        let frames = session::turning(&front, FRAMES, right, seed ^ u64::from(person));
        let yaw = yaw(sessions, &frames[FRAMES as usize / 2])?;
        answers.push(told(kind, kind.starts_with("turned"), side, yaw));
    }
    let dataset = &own[0].dataset;
    // Only these two were told to look ahead.
    if dataset == "london" {
        answers.extend(
            shots
                .iter()
                .map(|(_, yaw)| told("ahead, real", false, side, Some(*yaw))),
        );
    }
    let faces = compared(sessions, dataset, (&front, front_deg), &shots)?;
    Ok((answers, faces))
}

fn yaw(sessions: &mut Sessions, shot: &Shot) -> anyhow::Result<Option<f32>> {
    let bytes = picture::encode(&shot.picture, QUALITY);
    let seen = sessions.face(&bytes)?.ok();
    Ok(seen.and_then(|seen| Some(seen.facts.face?.yaw_deg)))
}

fn compared(
    sessions: &mut Sessions,
    dataset: &str,
    (front, front_deg): (&Shot, f32),
    others: &[(Shot, f32)],
) -> anyhow::Result<Vec<Face>> {
    let encode = |shot: &Shot| picture::encode(&shot.picture, QUALITY).into();
    let enrolled = sessions.enrol(&Samples {
        pictures: vec![encode(front)],
        phrases: Vec::new(),
    })?;
    let seen = sessions.verify(&Probe {
        pictures: others.iter().map(|(shot, _)| encode(shot)).collect(),
        face_template: enrolled.face,
        ..Probe::default()
    })?;
    let face = |(picture, (_, yaw)): (&domain::evidence::PictureMeasurement, &(Shot, f32))| {
        Some(Face {
            dataset: dataset.to_owned(),
            turned_deg: f64::from((yaw - front_deg).abs()),
            llr: picture.comparison?.llr.get(),
        })
    };
    Ok(seen.pictures.iter().zip(others).filter_map(face).collect())
}

fn counted(faces: &[Face]) -> Vec<Faces> {
    let mut datasets: Vec<&str> = faces.iter().map(|face| face.dataset.as_str()).collect();
    datasets.sort_unstable();
    datasets.dedup();
    let mut rows = Vec::new();
    for dataset in datasets {
        for step in STEPS.windows(2) {
            let within = f64::from(step[0])..f64::from(step[1]);
            let own = faces.iter().filter(|face| face.dataset == dataset);
            let mut llrs: Vec<f64> = own
                .filter(|face| within.contains(&face.turned_deg))
                .map(|face| face.llr)
                .collect();
            llrs.sort_unstable_by(f64::total_cmp);
            if llrs.is_empty() {
                continue;
            }
            let at = |share: f64| llrs[(share * (llrs.len() - 1) as f64).round() as usize];
            rows.push(Faces {
                dataset: dataset.to_owned(),
                from_deg: step[0],
                to_deg: step[1],
                pictures: llrs.len(),
                llr: [0.0, 0.05, 0.5].map(at),
                strange: llrs.iter().filter(|llr| **llr < STRANGER_MAX).count(),
            });
        }
    }
    rows
}
