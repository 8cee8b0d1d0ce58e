//! Faces in the light of a sequence of colours.

use std::path::Path;

use attack::{
    Shot,
    flash::{Ambient, Answer},
    picture::Species,
    session::{alive, recaptured},
};
use domain::challenge::{Can, FLASH_LEN, PRESENCE_SEED_LEN, Presence};
use engine::{Probe, Sessions, Showing, Stage, Timings};
use models::Pack;
use rand::{Rng, SeedableRng, rngs::Xoshiro256PlusPlus};
use serde::Serialize;

use super::{Answered, Picture, for_each, lit, shot};

/// Quality of a phone's JPEG.
const QUALITY: u8 = 88;

/// What lights which thing, and whether that is the person.
const KINDS: [(&str, Ambient, Answer, Option<Species>); 9] = [
    ("room", Ambient::Room, Answer::Live, None),
    ("dim", Ambient::Dim, Answer::Live, None),
    ("daylight", Ambient::Daylight, Answer::Live, None),
    ("other colours", Ambient::Room, Answer::Other, None),
    ("one late", Ambient::Room, Answer::Late, None),
    ("nothing", Ambient::Room, Answer::Nothing, None),
    ("print", Ambient::Room, Answer::Paper, Some(Species::Print)),
    (
        "screen",
        Ambient::Room,
        Answer::Glass,
        Some(Species::Screen),
    ),
    (
        "screen, nothing",
        Ambient::Room,
        Answer::Nothing,
        Some(Species::Screen),
    ),
];

/// Mean time of one session's answer to the colours, milliseconds of a core.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Cost {
    pub decode: f64,
    pub detect: f64,
    pub align: f64,
    pub embed: f64,
    pub light: f64,
}

impl Cost {
    fn of(timings: &Timings) -> Self {
        let ms = |stage: Stage| 1e3 * stage.total.as_secs_f64();
        Self {
            decode: ms(timings.decode),
            detect: ms(timings.detect),
            align: ms(timings.align),
            embed: ms(timings.embed),
            light: ms(timings.light),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            decode: self.decode + other.decode,
            detect: self.detect + other.detect,
            align: self.align + other.align,
            embed: self.embed + other.embed,
            light: self.light + other.light,
        }
    }

    fn by(self, count: f64) -> Self {
        Self {
            decode: self.decode / count,
            detect: self.detect / count,
            align: self.align / count,
            embed: self.embed / count,
            light: self.light / count,
        }
    }
}

/// Every kind of answer by everybody with a face.
pub fn answers(
    pack: (&Pack, &Path),
    threads: usize,
    people: &[(u32, Vec<Picture>)],
    seed: u64,
) -> anyhow::Result<(Vec<Answered>, Cost)> {
    let all = for_each(pack, threads, people, |sessions, (person, own)| {
        let Some((still, _)) = shot(sessions, &own[0].path)? else {
            return Ok(Vec::new());
        };
        let seed = seed.rotate_left(32) ^ u64::from(*person);
        let mut answers = Vec::new();
        for (number, kind) in KINDS.iter().enumerate() {
            let seed = seed ^ (number as u64) << 24;
            answers.push(answer(sessions, &still, *kind, (*person, seed))?);
        }
        Ok(answers)
    })?;
    let (answers, costs): (Vec<_>, Vec<_>) = all.into_iter().flatten().unzip();
    let sum = costs.into_iter().fold(Cost::default(), Cost::plus);
    let count = answers.len().max(1) as f64;
    Ok((answers, sum.by(count)))
}

fn answer(
    sessions: &mut Sessions,
    still: &Shot,
    (name, ambient, answer, species): (&str, Ambient, Answer, Option<Species>),
    (person, seed): (u32, u64),
) -> anyhow::Result<(Answered, Cost)> {
    let mut bytes = [0; PRESENCE_SEED_LEN];
    Xoshiro256PlusPlus::seed_from_u64(seed).fill_bytes(&mut bytes);
    let can = Can {
        turn: false,
        flash: true,
    };
    let asked = Presence::draw(&bytes, can).unwrap_or_default();
    // The first frame is the still itself.
    let own = alive(still, FLASH_LEN as u32 + 1, seed).split_off(1);
    let frames = match species {
        None => own,
        Some(species) => recaptured(species, &own, &own, seed),
    };
    let flash = lit((ambient, answer), &frames, &asked, (seed, QUALITY)).unwrap_or_default();
    sessions.take_timings();
    let seen = sessions.verify(&Probe {
        presence: Some(Showing {
            asked,
            turn: None,
            flash,
        }),
        ..Probe::default()
    })?;
    let cost = Cost::of(&sessions.take_timings());
    let flash = seen.presence.and_then(|presence| presence.flash);
    let followed = flash.and_then(|flash| flash.followed);
    let answered = Answered {
        kind: name.to_owned(),
        genuine: answer == Answer::Live,
        person,
        told: followed.map(|told| (told.score, told.llr.get())),
    };
    Ok((answered, cost))
}
