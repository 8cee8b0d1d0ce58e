//! Answers to a session's own questions, made of stills: what each is worth, on people whom the fit has not met.

mod colours;
mod turn;

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use attack::{
    FaceBox, Shot,
    flash::{Ambient, Answer},
    picture,
};
use domain::{challenge::Presence, verdict::Policy};
use engine::{Sessions, Timings};
use models::Pack;
use serde::Serialize;

use super::{
    Common, face,
    manifest::{self, Picture},
    statistics::{self, percentile},
    trial::{Trial, Trials},
    work::for_each,
};

/// Prior of the fits: what is asked is whether another answer is more probable than the one asked for.
const EVEN: f64 = 0.5;
/// People of one data set, at most.
const PERSONS_MAX: usize = 120;

/// One kind of answer, on the half of the people that the fit has not met.
#[derive(Debug, Serialize)]
struct Row {
    question: &'static str,
    kind: String,
    genuine: bool,
    answers: usize,
    /// Shares: nothing can be told; it contradicts the question; it speaks for the person.
    untold: f64,
    contradicts: f64,
    speaks_for: f64,
    /// Of the scores: 5 in 100, median, 95 in 100.
    score: [f64; 3],
}

/// A fit on the other half, beside the calibration in force.
#[derive(Debug, Serialize)]
struct Fitted {
    question: &'static str,
    genuine: usize,
    others: usize,
    scale: f64,
    offset: f64,
    /// Bits, of the calibration in force, on the half that the fit has not met; the least that any could cost.
    cllr: f64,
    cllr_min: f64,
}

#[derive(Debug, Serialize)]
struct Report {
    pack: String,
    seed: u64,
    rows: Vec<Row>,
    fits: Vec<Fitted>,
    faces: Vec<turn::Faces>,
    cost: colours::Cost,
}

/// One answer of one person.
struct Answered {
    kind: String,
    genuine: bool,
    person: u32,
    /// Raw score and its LLR; none where nothing can be told.
    told: Option<(f64, f64)>,
}

pub(super) fn run(
    pack: (&Pack, &Path),
    threads: usize,
    (data, datasets): (&Path, &[String]),
    (common, policy): (&Common, &Policy),
) -> anyhow::Result<()> {
    let people = people(manifest::pictures(data, datasets)?);
    let (lit, cost) = colours::answers(pack, threads, &people, common.seed)?;
    let (turned, faces) = turn::answers(pack, threads, &people, common.seed)?;
    let margin = policy.turn_min_deg;
    let contradicts_flash = |_: f64, llr: f64| llr < policy.flash_min;
    let contradicts_turn = |score: f64, _: f64| score <= -margin;
    let report = Report {
        pack: pack.0.id(),
        seed: common.seed,
        rows: rows("colours", &lit, contradicts_flash)
            .into_iter()
            .chain(rows("turn", &turned, contradicts_turn))
            .collect(),
        fits: [fitted("colours", &lit), fitted("turn", &turned)]
            .into_iter()
            .flatten()
            .collect(),
        faces,
        cost,
    };
    crate::output::print(&report, common.json, || report.table())
}

/// Pictures by person, of each data set some people.
fn people(pictures: Vec<Picture>) -> Vec<(u32, Vec<Picture>)> {
    let mut people: BTreeMap<(String, String), Vec<Picture>> = BTreeMap::new();
    for picture in pictures {
        let of = (picture.dataset.clone(), picture.identity.clone());
        people.entry(of).or_default().push(picture);
    }
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    people.retain(|(dataset, _), own| {
        let count = taken.entry(dataset.clone()).or_default();
        let takes = *count < PERSONS_MAX && own.len() > 1;
        *count += usize::from(takes);
        takes
    });
    (0..).zip(people.into_values()).collect()
}

/// The frames as JPEG files, each in the light of its colour; none when no colours are asked for.
pub fn lit(
    (ambient, answer): (Ambient, Answer),
    frames: &[Shot],
    asked: &Presence,
    (seed, quality): (u64, u8),
) -> Option<Vec<Option<bytes::Bytes>>> {
    let colours = asked.flash.as_ref()?.colours.iter();
    let colours: Vec<[u8; 3]> = colours
        .map(|colour| colour.light().map(|light| (255.0 * light) as u8))
        .collect();
    let frames = &frames[..colours.len().min(frames.len())];
    let made = ambient.make(answer, frames, &colours, seed);
    let encode = |shot: &Shot| Some(picture::encode(&shot.picture, quality).into());
    Some(made.iter().map(encode).collect())
}

/// A picture with its face, and how far that is turned; none without a face.
pub(super) fn shot(sessions: &mut Sessions, path: &Path) -> anyhow::Result<Option<(Shot, f32)>> {
    let Ok(decoded) = face::decode(path)? else {
        return Ok(None);
    };
    let mut timings = Timings::default();
    let (facts, _) = sessions.face_networks().find(&decoded, &mut timings)?;
    let Some(face) = facts.face else {
        return Ok(None);
    };
    let kept = face
        .bounds
        .map(|length| length / decoded.reduction() as f32);
    let shot = Shot {
        picture: decoded.pixels().clone(),
        face: FaceBox::from(kept),
    };
    Ok(Some((shot, face.yaw_deg)))
}

/// Of every second person: the others were fitted on.
fn rows(
    question: &'static str,
    answers: &[Answered],
    contradicts: impl Fn(f64, f64) -> bool,
) -> Vec<Row> {
    let mut kinds: Vec<&str> = Vec::new();
    for answer in answers {
        if !kinds.contains(&answer.kind.as_str()) {
            kinds.push(&answer.kind);
        }
    }
    let of_kind = |kind: &str| {
        let own: Vec<&Answered> = answers
            .iter()
            .filter(|one| one.kind == kind && one.person % 2 == 1)
            .collect();
        let share = |of: &dyn Fn(&Answered) -> bool| {
            own.iter().filter(|one| of(one)).count() as f64 / own.len().max(1) as f64
        };
        let mut scores: Vec<f64> = own.iter().filter_map(|one| Some(one.told?.0)).collect();
        scores.sort_unstable_by(f64::total_cmp);
        let at = |share| percentile(&scores, share).unwrap_or(f64::NAN);
        Row {
            question,
            kind: kind.to_owned(),
            genuine: own.first().is_some_and(|one| one.genuine),
            answers: own.len(),
            untold: share(&|one| one.told.is_none()),
            contradicts: share(&|one| one.told.is_some_and(|(score, llr)| contradicts(score, llr))),
            speaks_for: share(&|one| one.told.is_some_and(|(_, llr)| llr > 0.0)),
            score: [0.05, 0.5, 0.95].map(at),
        }
    };
    kinds.into_iter().map(of_kind).collect()
}

fn fitted(question: &'static str, answers: &[Answered]) -> Option<Fitted> {
    let half = |odd: u32| {
        let own = answers.iter().filter(|one| one.person % 2 == odd);
        Trials::new(own.filter_map(trial).collect())
    };
    let (met, unmet) = (half(0), half(1));
    let fit = met.fit(EVEN)?;
    let even = |_: &Trial| 1.0;
    Some(Fitted {
        question,
        genuine: met.genuine(),
        others: met.impostor(),
        scale: fit.scale,
        offset: fit.offset,
        cllr: statistics::cllr(&unmet, &even),
        cllr_min: statistics::cllr_min(&unmet, &even),
    })
}

fn trial(one: &Answered) -> Option<Trial> {
    let (score, llr) = one.told?;
    Some(Trial::of_one(score, llr, one.person, one.genuine))
}

impl Report {
    fn table(&self) -> String {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let mut text = format!("{}, seed {}\n\n", self.pack, self.seed);
        text += "| question | answer | number | untold | contradicts | speaks for | score: 5 %, median, 95 % |\n|---|---|---|---|---|---|---|\n";
        for row in &self.rows {
            let [low, middle, high] = row.score;
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {low:.1}, {middle:.1}, {high:.1} |",
                row.question,
                row.kind,
                row.answers,
                percent(row.untold),
                percent(row.contradicts),
                percent(row.speaks_for),
            );
        }
        text += "\n| question | fitted on, genuine and others | scale | offset | Cllr of the one in force | Cllr min |\n|---|---|---|---|---|---|\n";
        for fit in &self.fits {
            let _ = writeln!(
                text,
                "| {} | {}, {} | {:.4} | {:.3} | {:.3} | {:.3} |",
                fit.question,
                fit.genuine,
                fit.others,
                fit.scale,
                fit.offset,
                fit.cllr,
                fit.cllr_min,
            );
        }
        text += "\n| faces | turned by | pictures | LLR: least, 5 %, median | below −3 |\n|---|---|---|---|---|\n";
        for faces in &self.faces {
            let [least, low, middle] = faces.llr;
            let _ = writeln!(
                text,
                "| {} | {} to {}° | {} | {least:.1}, {low:.1}, {middle:.1} | {} |",
                faces.dataset, faces.from_deg, faces.to_deg, faces.pictures, faces.strange,
            );
        }
        let colours::Cost {
            decode,
            detect,
            align,
            embed,
            light,
        } = self.cost;
        let _ = writeln!(
            text,
            "\nfour pictures in colours, mean ms of a core: decode {decode:.1}, detect {detect:.1}, align {align:.2}, embed {embed:.1}, light {light:.2}",
        );
        text
    }
}
