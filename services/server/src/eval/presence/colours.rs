//! Faces in the light of a sequence of colours.

use std::path::Path;

use attack::{
    Shot,
    flash::{Ambient, Answer},
    picture::Species,
    session::{alive, recaptured},
};
use domain::challenge::{Can, FLASH_LEN, PRESENCE_SEED_LEN, Presence};
use engine::{Probe, Sessions, Showing};
use models::Pack;
use rand::{Rng, SeedableRng, rngs::Xoshiro256PlusPlus};

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

/// Every kind of answer by everybody with a face.
pub fn answers(
    pack: (&Pack, &Path),
    threads: usize,
    people: &[(u32, Vec<Picture>)],
    seed: u64,
) -> anyhow::Result<Vec<Answered>> {
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
    Ok(all.into_iter().flatten().collect())
}

fn answer(
    sessions: &mut Sessions,
    still: &Shot,
    (name, ambient, answer, species): (&str, Ambient, Answer, Option<Species>),
    (person, seed): (u32, u64),
) -> anyhow::Result<Answered> {
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
    let seen = sessions.verify(&Probe {
        presence: Some(Showing {
            asked,
            turn: None,
            flash,
        }),
        ..Probe::default()
    })?;
    let flash = seen.presence.and_then(|presence| presence.flash);
    let followed = flash.and_then(|flash| flash.followed);
    Ok(Answered {
        kind: name.to_owned(),
        genuine: answer == Answer::Live,
        person,
        told: followed.map(|told| (told.score, told.llr.get())),
    })
}
