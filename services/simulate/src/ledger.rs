//! The log of the house, read each night: what was acknowledged is there once, nothing adverse happened without an officer, nobody was
//! followed without an approval, and officers were told in time.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::{
    ApprovalId, CheckinId, DutyId, EventId, Micros, OfficerId, PersonId, alert,
    attendance::Attendance,
    checkin::Decision,
    duty::Duty,
    event::{Actor, Event, EventKind},
    verdict::VerdictKind,
};
use sha2::{Digest, Sha256};

use crate::{Fault, simulation::Simulation};

/// Entries of one look at the log.
const PAGE_LEN: u32 = 2_000;
/// Officers are told of what was missed within this time, see MISSION.md.
const TOLD_WITHIN_MS: i64 = 120_000;

/// What the log told so far, and what phones were told.
#[derive(Default)]
pub struct Ledger {
    until: Option<(Micros, EventId)>,
    hash: Sha256,
    /// How often each attempt was handed in and concluded.
    attempts: HashMap<CheckinId, (u8, u8)>,
    /// Acknowledged since the last look.
    acknowledged: Vec<(CheckinId, PersonId, DutyId)>,
    /// Who would decline an attempt, before another officer looked.
    first_looks: HashMap<CheckinId, OfficerId>,
    /// What was declined since the last look, whose it is, and by whom.
    declined: Vec<(CheckinId, Option<PersonId>, DutyId, Actor)>,
    approvals: HashMap<ApprovalId, (Micros, Micros)>,
    /// Whose missed duty was taken back, and when; what the house closed by itself, and when.
    unmissed: HashSet<(PersonId, Micros)>,
    closed: Vec<(PersonId, Micros)>,
    /// Duties of yesterday and today.
    pub duties: HashMap<DutyId, Duty>,
    /// Duties that the last look told of.
    pub touched: BTreeSet<DutyId>,
    pub events: u64,
    pub verdicts: [u64; 3],
    pub alerts: Alerts,
}

/// Alerts that were raised.
#[derive(Default)]
pub struct Alerts {
    pub count: u64,
    pub founded: u64,
    pub by_kind: BTreeMap<&'static str, u64>,
    pub by_office_day: BTreeMap<(usize, i64), u64>,
    pub kinds_of: BTreeMap<PersonId, BTreeSet<&'static str>>,
}

impl Ledger {
    /// The phone has it in its hands.
    pub fn acknowledge(&mut self, checkin: CheckinId, duty: &Duty) {
        self.acknowledged.push((checkin, duty.person, duty.id));
    }

    /// Of all entries so far, in order of time and id.
    pub fn digest(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }

    fn handed_in(&mut self, checkin: CheckinId, duty: DutyId) -> Result<(), &'static str> {
        self.touched.insert(duty);
        let (submitted, _) = self.attempts.entry(checkin).or_default();
        *submitted += 1;
        if *submitted > 1 {
            return Err("a check-in was handed in twice");
        }
        Ok(())
    }

    fn concluded(
        &mut self,
        checkin: CheckinId,
        duty: DutyId,
        verdict: VerdictKind,
    ) -> Result<(), &'static str> {
        self.touched.insert(duty);
        self.verdicts[match verdict {
            VerdictKind::Verified => 0,
            VerdictKind::Retry => 1,
            VerdictKind::Review => 2,
        }] += 1;
        let attempt = self.attempts.entry(checkin).or_default();
        attempt.1 += 1;
        if *attempt != (1, 1) {
            return Err("a check-in was concluded twice, or before it was handed in");
        }
        Ok(())
    }

    fn first_look(&mut self, checkin: CheckinId, by: Actor) {
        if let Actor::Officer(officer) = by {
            self.first_looks.insert(checkin, officer);
        }
    }

    fn decline(&mut self, checkin: CheckinId, event: &Event, duty: DutyId) {
        self.declined
            .push((checkin, event.person, duty, event.actor));
    }

    fn add(&mut self, event: &Event) -> Result<(), Fault> {
        let text =
            serde_json::to_vec(event).map_err(|_| app::Error::Internal("an event has no text"))?;
        self.hash.update((text.len() as u64).to_le_bytes());
        self.hash.update(&text);
        self.events += 1;
        self.until = Some((event.at, event.id));
        Ok(())
    }
}

/// Reads what was written before this moment.
pub async fn read(sim: &mut Simulation) -> Result<(), Fault> {
    sim.ledger.touched.clear();
    loop {
        let mut tx = sim.house.cx.store.read().await?;
        let now = sim.house.cx.now();
        let page = store::event::all(&mut tx, sim.ledger.until, now, PAGE_LEN).await?;
        drop(tx);
        if page.is_empty() {
            break;
        }
        for event in &page {
            sim.ledger.add(event)?;
            take(sim, event)?;
        }
    }
    for (person, at) in std::mem::take(&mut sim.ledger.closed) {
        if !sim.ledger.unmissed.contains(&(person, at)) {
            let what = format!("an alert was closed at {at} without an officer");
            return Err(sim.broken(Some(person), None, what));
        }
    }
    sim.ledger.unmissed.clear();
    for (checkin, person, duty, by) in std::mem::take(&mut sim.ledger.declined) {
        let first = sim.ledger.first_looks.remove(&checkin);
        let two = match (first, by) {
            (Some(first), Actor::Officer(second)) => first != second,
            _ => false,
        };
        if !two {
            let what = format!("check-in {checkin} was declined without two officers");
            return Err(sim.broken(person, Some(duty), what));
        }
    }
    for (checkin, person, duty) in std::mem::take(&mut sim.ledger.acknowledged) {
        let (submitted, concluded) = sim
            .ledger
            .attempts
            .get(&checkin)
            .copied()
            .unwrap_or_default();
        if (submitted, concluded) != (1, 1) {
            let what = format!(
                "check-in {checkin} was acknowledged, {submitted} times stored and {concluded} times concluded"
            );
            return Err(sim.broken(Some(person), Some(duty), what));
        }
    }
    Ok(())
}

fn take(sim: &mut Simulation, event: &Event) -> Result<(), Fault> {
    let by_officer = matches!(event.actor, Actor::Officer(_));
    let ledger = &mut sim.ledger;
    let wrong = |duty: Option<DutyId>, what: &str| {
        let what = format!("{} at {}: {what}", event.kind.as_str(), event.at);
        Err::<(), _>((duty, what))
    };
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other events bind nobody"
    )]
    let seen = match &event.kind {
        EventKind::CheckinSubmitted { checkin, duty } => ledger
            .handed_in(*checkin, *duty)
            .map_err(|what| (Some(*duty), what.to_owned())),
        EventKind::CheckinConcluded {
            checkin,
            duty,
            verdict,
            ..
        } => {
            let concluded = ledger.concluded(*checkin, *duty, verdict.kind());
            concluded.map_err(|what| (Some(*duty), what.to_owned()))
        }
        EventKind::SecondLookAsked { checkin, .. } => {
            ledger.first_look(*checkin, event.actor);
            Ok(())
        }
        EventKind::CheckinDecided {
            checkin,
            duty,
            decision: Decision::Decline,
            ..
        } => {
            ledger.touched.insert(*duty);
            ledger.decline(*checkin, event, *duty);
            Ok(())
        }
        EventKind::CheckinDecided { duty, .. } | EventKind::DutyRuled { duty, .. } => {
            ledger.touched.insert(*duty);
            if by_officer {
                Ok(())
            } else {
                wrong(Some(*duty), "without an officer")
            }
        }
        EventKind::OrderChanged { .. } | EventKind::SupervisionEnded { .. } if !by_officer => {
            wrong(None, "without an officer")
        }
        EventKind::DutyMarked { duty, from, to } => {
            ledger.touched.insert(*duty);
            marked(sim, event, *duty, (*from, *to), by_officer)
        }
        EventKind::AlertMoved {
            state: alert::State::Closed,
            ..
        } if !by_officer => {
            ledger
                .closed
                .extend(event.person.map(|person| (person, event.at)));
            Ok(())
        }
        EventKind::AlertRaised { cause, .. } => {
            raised(sim, event, cause);
            Ok(())
        }
        EventKind::PositioningApproved {
            approval,
            from,
            until,
            ..
        } => {
            ledger.approvals.insert(*approval, (*from, *until));
            if by_officer {
                Ok(())
            } else {
                wrong(None, "without an officer")
            }
        }
        EventKind::PositioningEnded { approval, .. } => {
            if let Some((_, until)) = ledger.approvals.get_mut(approval) {
                *until = event.at.min(*until);
            }
            Ok(())
        }
        EventKind::PositionsReceived {
            approval, stored, ..
        } => {
            let span = ledger.approvals.get(approval);
            let live = span.is_some_and(|(from, until)| *from <= event.at && event.at < *until);
            if live || *stored == 0 {
                Ok(())
            } else {
                wrong(None, "without a live approval")
            }
        }
        _ => Ok(()),
    };
    seen.map_err(|(duty, what)| sim.broken(event.person, duty, what))
}

/// Missed is a fact of time alone, or of an officer's decision; and officers hear of it in time.
fn marked(
    sim: &mut Simulation,
    event: &Event,
    duty: DutyId,
    (from, to): (Attendance, Attendance),
    by_officer: bool,
) -> Result<(), (Option<DutyId>, String)> {
    if from == Attendance::Missed {
        sim.ledger
            .unmissed
            .extend(event.person.map(|person| (person, event.at)));
    }
    let over = |duty: &Duty| duty.late_until.max(duty.closes_at);
    let over_at = sim.ledger.duties.get(&duty).map(over);
    match (from, to, over_at) {
        (_, Attendance::Missed, Some(over_at)) if event.at < over_at => Err((
            Some(duty),
            format!("missed at {} before its time was over", event.at),
        )),
        (Attendance::Due, Attendance::Missed, Some(over_at))
            if event.at.since_ms(over_at) > TOLD_WITHIN_MS =>
        {
            Err((
                Some(duty),
                format!("officers were told of it at {} only", event.at),
            ))
        }
        (Attendance::UnderReview, Attendance::Missed, _) if !by_officer => {
            Err((Some(duty), "declined without an officer".to_owned()))
        }
        _ => Ok(()),
    }
}

fn raised(sim: &mut Simulation, event: &Event, cause: &alert::Cause) {
    let Some(person) = event.person else { return };
    let founded = sim.truth.founded(cause, person);
    let day = sim.day_of(event.at);
    let office = sim.office_of(person);
    let alerts = &mut sim.ledger.alerts;
    alerts.count += 1;
    alerts.founded += u64::from(founded);
    *alerts.by_kind.entry(cause.kind()).or_default() += 1;
    *alerts.by_office_day.entry((office, day)).or_default() += 1;
    alerts
        .kinds_of
        .entry(person)
        .or_default()
        .insert(cause.kind());
}
