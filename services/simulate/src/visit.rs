//! A phone's way through one duty: open, upload, hand in, wait for the verdict; on a line that drops.

mod request;
mod taking;

use app::Error;
use bytes::Bytes;
use domain::{CheckinId, Micros, Refusal, area::Reading, checkin::State, duty::Duty};
use serde::{Deserialize, Serialize};

use self::{request::request, taking::take};
use crate::{
    Fault,
    agenda::Event,
    conduct::{REPEATS_MAX, TRIES_MAX},
    simulation::Simulation,
};

pub use taking::begins;

/// Looks at an attempt before its phone gives up on a verdict: the house owes one.
const LOOKS_MAX: u32 = 40;
/// What a phone is about to do for a duty.
pub struct Visit {
    pub subject: usize,
    pub duty: Duty,
    stage: Stage,
    /// Sessions before this one.
    tries: u32,
    /// Repeats of this request.
    repeats: u32,
    /// Of this request and its repeats.
    key: u64,
    session: Option<Session>,
    media: Vec<(String, Bytes)>,
    honest: bool,
    place: Option<(Reading, Option<Micros>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    /// Uploads the part with this number.
    Part(usize),
    Submit,
    /// Looked so often for the verdict.
    Await(u32),
}

/// What a phone keeps of an opened session.
#[derive(Clone, Serialize, Deserialize)]
struct Session {
    checkin: CheckinId,
    nonce: String,
}

enum Reply {
    Opened(Session),
    Stored,
    Acknowledged,
    Standing(State),
}

impl Visit {
    pub fn new(subject: usize, duty: Duty, key: u64) -> Self {
        Self {
            subject,
            duty,
            stage: Stage::Open,
            tries: 0,
            repeats: 0,
            key,
            session: None,
            media: Vec::new(),
            honest: true,
            place: None,
        }
    }

    /// Is this the whole of the part?
    fn sent(&self, part: &str, len: u64) -> bool {
        let mut parts = self.media.iter();
        parts.any(|(name, bytes)| name == part && bytes.len() as u64 == len)
    }
}

/// The next request of a phone.
pub async fn step(sim: &mut Simulation, visit: Box<Visit>) -> Result<(), Fault> {
    if sim.county.subjects[visit.subject].ended {
        return Ok(());
    }
    let weather = sim.weather;
    if matches!(visit.stage, Stage::Part(_)) && sim.chance.hits(weather.upload_broken) {
        sim.tally.uploads_broken += 1;
        anew(sim, visit, 60_000, 300_000);
        return Ok(());
    }
    if sim.chance.hits(weather.request_lost) {
        sim.tally.requests_lost += 1;
        repeat(sim, visit);
        return Ok(());
    }
    let reply = request(sim, &visit).await;
    if visit.stage == Stage::Submit {
        let at = sim.later(300, 1_500);
        sim.agenda.add(at, Event::Work { all: false });
    }
    if sim.house.fate.dead() {
        repeat(sim, visit);
        return Ok(());
    }
    let reply = match reply {
        Err(error) if !expected(&error) => {
            return Err(sim.broken_at(&visit, format!("a phone heard: {error}")));
        }
        reply => reply,
    };
    if sim.chance.hits(weather.answer_lost) {
        sim.tally.answers_lost += 1;
        repeat(sim, visit);
        return Ok(());
    }
    match reply {
        Ok(reply) => heard(sim, visit, reply),
        Err(Error::Refused(refusal)) => refused(sim, visit, &refusal),
        // Another phone took this one's place.
        Err(Error::NotFound("check-in")) => {
            anew(sim, visit, 5_000, 20_000);
            Ok(())
        }
        Err(Error::Busy { .. } | Error::IdempotencyInProgress) => {
            repeat(sim, visit);
            Ok(())
        }
        // A plan or the calendar took the duty back.
        Err(_) => Ok(()),
    }
}

/// What a phone may hear on its honest way.
fn expected(error: &Error) -> bool {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other errors are faults of the house"
    )]
    match error {
        Error::Refused(_) | Error::Busy { .. } | Error::IdempotencyInProgress => true,
        Error::NotFound(what) => matches!(*what, "duty" | "check-in"),
        _ => false,
    }
}

fn heard(sim: &mut Simulation, mut visit: Box<Visit>, reply: Reply) -> Result<(), Fault> {
    visit.repeats = 0;
    visit.key = sim.chance.word();
    let pause = match reply {
        Reply::Opened(session) => {
            take(sim, &mut visit);
            sim.truth.captures.insert(session.checkin, visit.honest);
            visit.session = Some(session);
            visit.stage = Stage::Part(0);
            (4_000, 15_000)
        }
        Reply::Stored => {
            stored(sim, visit);
            return Ok(());
        }
        Reply::Acknowledged => {
            if let Some(session) = &visit.session {
                sim.ledger.acknowledge(session.checkin, &visit.duty);
            }
            sim.tally.acknowledged += 1;
            sim.county.subjects[visit.subject]
                .last_media
                .clone_from(&visit.media);
            visit.stage = Stage::Await(0);
            (2_000, 5_000)
        }
        Reply::Standing(state) => return standing(sim, visit, state),
    };
    go_on(sim, visit, pause);
    Ok(())
}

fn stored(sim: &mut Simulation, mut visit: Box<Visit>) {
    visit.stage = match visit.stage {
        Stage::Part(index) if index + 1 < visit.media.len() => Stage::Part(index + 1),
        Stage::Part(_) | Stage::Open | Stage::Submit | Stage::Await(_) => Stage::Submit,
    };
    go_on(sim, visit, (300, 2_000));
}

fn standing(sim: &mut Simulation, mut visit: Box<Visit>, state: State) -> Result<(), Fault> {
    match (state, visit.stage) {
        (State::Retry, _) => anew(sim, visit, 10_000, 60_000),
        (State::Queued | State::Running, Stage::Await(looks)) if looks < LOOKS_MAX => {
            visit.stage = Stage::Await(looks + 1);
            go_on(sim, visit, (5_000, 15_000));
        }
        (State::Queued | State::Running | State::Open | State::Expired, _) => {
            let what = format!("an acknowledged check-in is {state}");
            return Err(sim.broken_at(&visit, what));
        }
        (
            State::Verified | State::Review | State::Accepted | State::Declined | State::AskedAgain,
            _,
        ) => {}
    }
    Ok(())
}

fn refused(sim: &mut Simulation, visit: Box<Visit>, refusal: &Refusal) -> Result<(), Fault> {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other refusals have no place on a phone's way"
    )]
    match refusal {
        Refusal::DutyMet => {}
        // An earlier try had arrived.
        Refusal::PartOffset { part, offset } if visit.sent(part, *offset) => stored(sim, visit),
        Refusal::TooManyTries { retry_at } => {
            let ms = retry_at.since_ms(sim.house.cx.now()) + 1_000;
            anew(sim, visit, ms, ms);
        }
        Refusal::MediaRepeated { .. } => {
            sim.tally.media_repeated += 1;
            anew(sim, visit, 20_000, 90_000);
        }
        Refusal::SessionExpired | Refusal::VerdictPending => anew(sim, visit, 20_000, 40_000),
        Refusal::WindowClosed { .. } | Refusal::SeeOfficer => give_up(sim, &visit),
        other => {
            let what = format!("a phone was refused: {other}");
            return Err(sim.broken_at(&visit, what));
        }
    }
    Ok(())
}

/// A new session for the same duty.
fn anew(sim: &mut Simulation, mut visit: Box<Visit>, from_ms: i64, to_ms: i64) {
    visit.tries += 1;
    if visit.tries >= TRIES_MAX {
        give_up(sim, &visit);
        return;
    }
    visit.stage = Stage::Open;
    visit.session = None;
    visit.repeats = 0;
    visit.key = sim.chance.word();
    go_on(sim, visit, (from_ms, to_ms));
}

/// The same request again, as it was.
fn repeat(sim: &mut Simulation, mut visit: Box<Visit>) {
    visit.repeats += 1;
    if visit.repeats > REPEATS_MAX {
        give_up(sim, &visit);
        return;
    }
    let longest = 5_000 << visit.repeats.min(4);
    go_on(sim, visit, (2_000, longest));
}

fn go_on(sim: &mut Simulation, visit: Box<Visit>, (from_ms, to_ms): (i64, i64)) {
    let at = sim.later(from_ms, to_ms);
    sim.agenda.add(at, Event::Phone(visit));
}

/// He tried, and it did not work: what is missed now is not his fault.
fn give_up(sim: &mut Simulation, visit: &Visit) {
    sim.tally.given_up += 1;
    if visit.honest {
        sim.truth.in_vain.insert(visit.duty.id);
    }
}
