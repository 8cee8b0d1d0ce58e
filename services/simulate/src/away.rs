//! Leave: asked for days before, given at the office, ended by a return, in time or not.

use app::{Error, leave::Asked};
use domain::{
    LeaveId, Refusal,
    leave::{Destination, Division, Kind, Purpose, Request},
};

use crate::{
    Fault,
    agenda::Event,
    conduct::{LATE_BACK, ROUND_LEN},
    simulation::Simulation,
};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Days from asking to leaving: one more than must be.
const AHEAD_DAYS: i64 = 4;
/// Days away, at most.
const DAYS_MAX: i64 = 5;

/// A person asks from his phone. What cannot be asked for, such as a leave in the time of another, is refused and nothing else.
pub async fn ask(sim: &mut Simulation, subject: usize) -> Result<(), Fault> {
    let days = sim.chance.between(1, DAYS_MAX);
    let of = &sim.county.subjects[subject];
    if of.ended {
        return Ok(());
    }
    let from = sim.house.cx.now().plus_ms(AHEAD_DAYS * DAY_MS);
    let request = Request {
        kind: Kind::Ordinary,
        from,
        until: from.plus_ms(days * DAY_MS),
        extends: None,
        purpose: Purpose::Family,
        reason: "a wedding".to_owned(),
        destinations: vec![Destination {
            division: Division::Code {
                code: "320102".to_owned(),
            },
            address: "with relatives".to_owned(),
        }],
        frequency: None,
        guardian: None,
        companions: Vec::new(),
        contact: None,
    };
    match app::leave::ask(&sim.house.cx, &of.device, request).await {
        Err(Error::Field { .. } | Error::Invalid { .. }) => Ok(()),
        other => sim.unless_dead(other).map(|_| ()),
    }
}

/// The officers of an office decide about what is theirs.
pub async fn decide(sim: &mut Simulation, office: usize) -> Result<(), Fault> {
    let (cx, viewer) = (
        sim.house.cx.clone(),
        sim.county.offices[office].viewer.clone(),
    );
    let pending = app::leave::pending(&cx, &viewer, None).await;
    let Some(pending) = sim.unless_dead(pending)? else {
        return Ok(());
    };
    for (standing, person) in pending.into_iter().take(ROUND_LEN) {
        let id = standing.leave.id;
        if standing.approval.collective {
            let noted = app::leave::act(&cx, &viewer, id, Asked::Review, "all agree").await;
            match noted {
                Err(Error::Refused(Refusal::LeaveState { .. })) => {}
                other => {
                    if sim.unless_dead(other)?.is_none() {
                        return Ok(());
                    }
                }
            }
        }
        let given = app::leave::act(&cx, &viewer, id, Asked::Approve(Vec::new()), "").await;
        match given {
            // Another level's, or too late to be given.
            Err(Error::Refused(_)) => {}
            other => {
                if sim.unless_dead(other)?.is_none() {
                    return Ok(());
                }
                let until = standing.leave.request.until;
                let late = sim.chance.hits(LATE_BACK);
                let at = if late {
                    sim.truth.late_back.insert(id);
                    until.plus_ms(30 * HOUR_MS)
                } else {
                    until.plus_ms(-2 * HOUR_MS)
                };
                let subject = sim.subject_of(person.id);
                sim.agenda.add(at, Event::Back { subject, leave: id });
            }
        }
    }
    Ok(())
}

/// The person stands before his officer, who notes the return.
pub async fn back(sim: &mut Simulation, subject: usize, leave: LeaveId) -> Result<(), Fault> {
    let of = &sim.county.subjects[subject];
    if of.ended {
        return Ok(());
    }
    let viewer = sim.county.offices[of.office].viewer.clone();
    let cx = sim.house.cx.clone();
    let noted = app::leave::act(&cx, &viewer, leave, Asked::Return(cx.now()), "was here").await;
    if sim.house.fate.dead() {
        let at = sim.later(60_000, 120_000);
        sim.agenda.add(at, Event::Back { subject, leave });
        return Ok(());
    }
    match noted {
        // The officer's first try had reached the database.
        Ok(_) | Err(Error::Refused(Refusal::LeaveState { .. })) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
