//! The persons, and the phones that they hold.

use app::{Viewer, proof::ProvedKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use domain::{PersonId, channel::Channel, person::Device, plan::SupervisionLevel};
use sha2::{Digest, Sha256};

use crate::{
    capture::Shown,
    chance::Chance,
    conduct::{
        CHEAT_SHARE, CHEATS_FROM, Cheat, GENERAL_SHARE, HABITS, Habit, STRICT_SHARE, followed,
    },
    house::House,
};

/// Enrolment: pictures and phrases.
const SAMPLES: usize = 3;
/// Time that an attended enrolment takes, milliseconds.
const ENROLMENT_MS: i64 = 20_000;

/// A supervised person with his habits and his phone.
pub struct Subject {
    pub person: PersonId,
    pub office: usize,
    pub level: SupervisionLevel,
    pub habit: &'static Habit,
    pub cheat: Option<Cheat>,
    /// Of [`Cheat::Phones`]: with whom he shares a phone.
    pub shares_with: Option<usize>,
    pub device: Device,
    /// Degrees north and east.
    pub home: (f64, f64),
    /// What he handed in last.
    pub last_media: Vec<(String, Bytes)>,
    pub ended: bool,
}

/// How a person is, before he is registered.
#[derive(Debug, Clone, Copy)]
pub struct Nature {
    pub level: SupervisionLevel,
    pub habit: &'static Habit,
    pub cheat: Option<Cheat>,
    pub shares_with: Option<usize>,
}

/// So many persons. Cheats stand evenly among them, so that no office has more than its share; none is among those at the end who are followed.
pub fn natures(persons: usize, chance: &mut Chance) -> Vec<Nature> {
    let of_kind = match persons {
        0..CHEATS_FROM => 0,
        _ => ((persons as f64 * CHEAT_SHARE) as usize).max(1),
    };
    let mut cheats = Vec::new();
    for cheat in Cheat::ALL {
        let count = match cheat {
            // Two who share a phone, and one who changes his.
            Cheat::Phones if of_kind > 0 => of_kind.max(3),
            Cheat::Edge
            | Cheat::VirtualLocation
            | Cheat::Replay
            | Cheat::Relative
            | Cheat::Phones => of_kind,
        };
        cheats.extend((0..count).map(|number| (cheat, number)));
    }
    let room = persons.saturating_sub(2 * followed(persons));
    let places: Vec<usize> = (0..cheats.len())
        .map(|place| place * room / cheats.len())
        .collect();
    let nature = |index: usize| {
        let place = places.binary_search(&index).ok();
        let cheat = place.map(|place| cheats[place]);
        // Of the first two thirds of those with phones each two are a pair.
        let paired = |number: usize| number < of_kind.max(3) / 3 * 2;
        let partner = |place: usize, number: usize| match number % 2 {
            0 => places[place + 1],
            _ => places[place - 1],
        };
        let shares_with = place.zip(cheat).and_then(|(place, (cheat, number))| {
            (cheat == Cheat::Phones && paired(number)).then(|| partner(place, number))
        });
        Nature {
            level: level(chance),
            habit: if cheat.is_some() {
                &HABITS[0]
            } else {
                habit(chance)
            },
            cheat: cheat.map(|(cheat, _)| cheat),
            shares_with,
        }
    };
    (0..persons).map(nature).collect()
}

fn level(chance: &mut Chance) -> SupervisionLevel {
    let drawn = chance.share();
    if drawn < STRICT_SHARE {
        SupervisionLevel::Strict
    } else if drawn < STRICT_SHARE + GENERAL_SHARE {
        SupervisionLevel::General
    } else {
        SupervisionLevel::Lenient
    }
}

fn habit(chance: &mut Chance) -> &'static Habit {
    let mut drawn = chance.share();
    for habit in &HABITS {
        drawn -= habit.share;
        if drawn < 0.0 {
            return habit;
        }
    }
    &HABITS[0]
}

/// The key of the phone with this number. Its point lies on no curve: what a phone proves with it is checked a floor above.
pub fn phone_key(number: u64) -> ProvedKey {
    let digest = Sha256::digest(number.to_be_bytes());
    ProvedKey {
        thumbprint: URL_SAFE_NO_PAD.encode(digest),
        public_key: [&[4_u8][..], &digest, &digest].concat(),
    }
}

/// What the phone with this number says of its handset.
pub fn handset(number: u64) -> String {
    format!("handset-{number:08}")
}

/// Hands out a code and binds the phone with this key to the person.
pub async fn activate(
    house: &House,
    officer: &Viewer,
    person: PersonId,
    (key, label): (&ProvedKey, &str),
    handset: Option<&str>,
) -> app::Result<Device> {
    let code = app::activation::issue(&house.cx, officer, person).await?;
    app::device::activate(&house.cx, key, &code.code, label, Channel::App, handset).await
}

/// An attended enrolment, from the first picture to the templates.
pub async fn enrol(
    house: &House,
    officer: &Viewer,
    person: PersonId,
    chance: &mut Chance,
) -> app::Result<()> {
    let cx = &house.cx;
    let good = Shown {
        face: 6.0,
        speaker: 6.0,
        digits: 6.0,
        poor: false,
    };
    let enrolment = app::enrolment::open(cx, officer, person)
        .await?
        .enrolment
        .id;
    let phrases = domain::enrolment::PHRASES
        .into_iter()
        .zip(0..)
        .map(|(digits, index)| {
            let prompt = domain::challenge::Prompt::try_from(digits.to_owned());
            (
                format!("phrase-{index}"),
                prompt.expect("the house's own phrases are digits"),
            )
        });
    let phrases: std::collections::BTreeMap<_, _> = phrases.collect();
    let pictures = (0..SAMPLES).map(|index| format!("picture-{index}"));
    for part in pictures.chain(phrases.keys().cloned()) {
        let upload = app::Upload {
            part,
            offset: 0,
            bytes: good.bytes(chance.word()),
        };
        app::enrolment::receive(cx, officer, enrolment, upload).await?;
    }
    house.pass_to(cx.now().plus_ms(ENROLMENT_MS));
    app::enrolment::submit(cx, officer, enrolment, phrases, None).await?;
    app::worker::once(cx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cheats_stand_evenly_among_the_persons_and_who_share_a_phone_name_each_other() {
        for persons in [20, 60, 100, 300, 500] {
            let all = natures(persons, &mut Chance::seeded(1));
            for kind in Cheat::ALL {
                assert!(all.iter().any(|one| one.cheat == Some(kind)), "{kind:?}");
            }
            let cheats = |some: &[Nature]| some.iter().filter(|one| one.cheat.is_some()).count();
            let share = cheats(&all) as f64 / persons as f64;
            for some in all.chunks_exact(10) {
                assert!(
                    cheats(some) as f64 <= (share * 10.0).ceil() + 1.0,
                    "{persons}"
                );
            }
            assert_eq!(cheats(&all[persons - 2 * followed(persons)..]), 0);
            let pairs = all
                .iter()
                .enumerate()
                .filter_map(|(of, one)| Some((of, one.shares_with?)));
            assert!(pairs.clone().count() >= 2, "{persons}");
            for (of, with) in pairs {
                assert_eq!(all[with].shares_with, Some(of), "{persons}");
            }
        }
    }
}
