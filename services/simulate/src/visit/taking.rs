//! When a person answers, and what he puts before the phone.

use domain::{
    Micros,
    area::{Datum, Reading},
    duty::Duty,
};

use super::Visit;
use crate::{
    capture::Shown,
    chance::Chance,
    conduct::{Cheat, EDGE_S, GALLERY, JUMPS, MOCK_SILENT, MOCK_TOLD, RELATIVE, REPLAYS},
    simulation::Simulation,
    subject::Subject,
};

/// The other end of the country.
const FAR: (f64, f64) = (45.8, 126.6);

/// When a person answers a duty; never, when he forgets it.
pub fn begins(sim: &mut Simulation, subject: usize, duty: &Duty) -> Option<Micros> {
    let (habit, cheat) = (
        sim.county.subjects[subject].habit,
        sim.county.subjects[subject].cheat,
    );
    let chance = &mut sim.chance;
    if cheat == Some(Cheat::Edge) {
        return Some(duty.opens_at.plus_ms(chance.between(1_000, EDGE_S * 1_000)));
    }
    if chance.hits(habit.misses) {
        return None;
    }
    let grace_ms = duty.late_until.since_ms(duty.closes_at);
    let late = grace_ms > 0 && chance.hits(habit.late);
    let (from, ms) = if late {
        (duty.closes_at, grace_ms)
    } else {
        (duty.opens_at, duty.closes_at.since_ms(duty.opens_at))
    };
    Some(from.plus_ms(chance.between(ms / 25, ms * 17 / 20)))
}

/// Takes pictures, a recording and the position, as this person does it.
pub(super) fn take(sim: &mut Simulation, visit: &mut Visit) {
    let subject = &sim.county.subjects[visit.subject];
    let chance = &mut sim.chance;
    let mut shown = Shown {
        face: 6.0 + 2.0 * chance.normal(),
        speaker: 7.5 + 1.2 * chance.normal(),
        digits: 6.0 + chance.normal(),
        poor: chance.hits(subject.habit.poor),
    };
    let first = visit.tries == 0;
    let factors = visit.duty.factors;
    let mut names = Vec::new();
    if factors.face() {
        names.push("selfie-0".to_owned());
    }
    if factors.voice() {
        names.push(app::checkin::VOICE.to_owned());
    }
    let same_parts = names
        .iter()
        .eq(subject.last_media.iter().map(|(name, _)| name));
    visit.place = Some(place(subject, chance, sim.house.cx.now()));
    visit.honest = true;
    if subject.cheat == Some(Cheat::Relative) && chance.hits(RELATIVE) {
        shown.face = 2.5f64.mul_add(chance.normal(), -4.0);
        shown.speaker = 2.5f64.mul_add(chance.normal(), -3.0);
        visit.honest = false;
    }
    if subject.cheat == Some(Cheat::Replay) && first {
        if same_parts && chance.hits(REPLAYS) {
            visit.media.clone_from(&subject.last_media);
            visit.honest = false;
            return;
        }
        if chance.hits(GALLERY) {
            shown.digits = -3.0;
            visit.honest = false;
        }
    }
    let media = names
        .into_iter()
        .map(|name| (name, shown.bytes(chance.word())));
    visit.media = media.collect();
}

/// Where the phone says it is, and when.
fn place(subject: &Subject, chance: &mut Chance, now: Micros) -> (Reading, Option<Micros>) {
    let noise = 0.000_3;
    let (mut lat, mut lon) = subject.home;
    let (mut accuracy_m, mut mock) = (8.0 + 30.0 * chance.share(), Some(false));
    let made_up = chance.share();
    if subject.cheat == Some(Cheat::VirtualLocation) && made_up < MOCK_TOLD + MOCK_SILENT + JUMPS {
        accuracy_m = 5.0;
        mock = if made_up < MOCK_TOLD {
            Some(true)
        } else {
            None
        };
        if made_up >= MOCK_TOLD + MOCK_SILENT {
            (lat, lon) = FAR;
        }
    } else {
        lat += noise * chance.normal();
        lon += noise * chance.normal();
    }
    let reading = Reading::new(Datum::Wgs84, (lat, lon), accuracy_m, mock);
    (
        reading.expect("places in China with a few metres"),
        Some(now),
    )
}
