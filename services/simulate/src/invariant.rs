//! What must hold of the rows themselves, looked at each night and, for everything, at the end.

use std::collections::{HashMap, hash_map::Entry};

use app::recompute;
use domain::{
    DutyId, PersonId,
    attendance::{Attendance, mark},
    message::Peace,
    positioning::Source,
};
use sha2::{Digest, Sha256};
use store::{Tx, duty::Marked};

use crate::{Fault, report::Table, simulation::Simulation};

/// Positions of one look.
const PAGE_LEN: u32 = 1_000;
/// Messages of one look: those of a day, and of the hours around it.
const TOLD_MS: i64 = 30 * 3_600_000;
/// Each week one person of so many is recomputed from the log.
const SAMPLE: usize = 20;

/// The attendance of the duties that the last look at the log told of.
pub async fn touched(sim: &mut Simulation) -> Result<(), Fault> {
    let closed: Vec<DutyId> = sim.ledger.duties.keys().copied().collect();
    let mut ids = std::mem::take(&mut sim.ledger.touched);
    ids.extend(closed);
    let mut tx = sim.house.cx.store.read().await?;
    for id in ids {
        // What had not opened may have been taken back.
        if let Some(marked) = store::duty::get(&mut tx, id).await? {
            one_state(sim, &mut tx, &marked).await?;
        }
    }
    Ok(())
}

/// A duty's one state is the one that follows from its attempts and rulings.
async fn one_state(sim: &Simulation, tx: &mut Tx, marked: &Marked) -> Result<(), Fault> {
    let duty = &marked.duty;
    let attempts = store::checkin::attempts(tx, duty.id).await?;
    let rulings = store::duty::ruling::of_duty(tx, duty.id).await?;
    let follows = mark(duty, &attempts, &rulings, sim.house.cx.now());
    if follows == marked.attendance {
        return Ok(());
    }
    let what = format!(
        "attendance is {}, and {follows} follows from attempts and rulings",
        marked.attendance
    );
    Err(sim.broken(Some(duty.person), Some(duty.id), what))
}

/// Nobody was told anything in his quiet hours since the day before yesterday.
pub async fn left_in_peace(sim: &Simulation) -> Result<(), Fault> {
    let now = sim.house.cx.now();
    let mut tx = sim.house.cx.store.read().await?;
    let told = store::message::delivered(&mut tx, (now.plus_ms(-TOLD_MS), now)).await?;
    let mut plans = HashMap::new();
    for (person, at) in told {
        if let Entry::Vacant(of) = plans.entry(person) {
            of.insert(store::plan::list(&mut tx, person).await?);
        }
        let peace = Peace::of(&plans[&person], at).map_err(app::Error::from)?;
        if peace.hours().are_quiet(at) {
            let what = format!("a message went out at {at}, in quiet hours");
            return Err(sim.broken(Some(person), None, what));
        }
    }
    Ok(())
}

/// A sample of the persons, another one each week.
pub async fn sample(sim: &Simulation, week: usize) -> Result<(), Fault> {
    let persons = sim.county.subjects.iter().map(|subject| subject.person);
    let persons: Vec<PersonId> = persons.skip(week % SAMPLE).step_by(SAMPLE).collect();
    recomputed(sim, &recompute::check_of(&sim.house.cx, &persons).await?)
}

fn recomputed(sim: &Simulation, report: &recompute::Report) -> Result<(), Fault> {
    if let Some((person, difference)) = report.told.first() {
        let duty = match difference {
            recompute::Difference::DutyUnasked { duty, .. }
            | recompute::Difference::Attendance { duty, .. } => Some(*duty),
            recompute::Difference::DutyGone { .. } | recompute::Difference::Checkin { .. } => None,
        };
        let what = format!(
            "{} differences from the log, the first {difference:?}",
            report.differences
        );
        return Err(sim.broken(Some(*person), duty, what));
    }
    if report.pending > 0 {
        let what = format!("{} duties are over and were not marked", report.pending);
        return Err(sim.broken(None, None, what));
    }
    Ok(())
}

/// Everything: each duty of each person, the log against the rows, and each position. Returns the attendance and its SHA-256.
pub async fn everything(sim: &Simulation) -> Result<(Table, [u8; 32]), Fault> {
    let (mut table, mut hash) = (Table::default(), Sha256::new());
    let mut tx = sim.house.cx.store.read().await?;
    for subject in &sim.county.subjects {
        for marked in store::duty::all_of_person(&mut tx, subject.person).await? {
            one_state(sim, &mut tx, &marked).await?;
            let Marked {
                duty,
                attendance,
                marked_at,
            } = &marked;
            table.add(*attendance);
            hash.update(duty.id.0.as_bytes());
            hash.update(attendance.as_str());
            hash.update(marked_at.map_or(0, |at| at.0).to_le_bytes());
            if *attendance == Attendance::Due && duty.late_until < sim.house.cx.now() {
                let what = "it is over and still due".to_owned();
                return Err(sim.broken(Some(duty.person), Some(duty.id), what));
            }
        }
        followed(sim, &mut tx, subject.person).await?;
    }
    drop(tx);
    recomputed(sim, &recompute::check(&sim.house.cx).await?)?;
    Ok((table, hash.finalize().into()))
}

/// Every continuous position arrived, and was taken, under an approval that was live.
async fn followed(sim: &Simulation, tx: &mut Tx, person: PersonId) -> Result<(), Fault> {
    let approvals = store::positioning::of_person(tx, person).await?;
    let always = (domain::Micros(i64::MIN), domain::Micros(i64::MAX));
    let mut after = None;
    loop {
        let page = store::position::of_person(tx, person, always, after, PAGE_LEN).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some((last.at, last.id));
        for sighting in &page {
            let Source::Continuous(id) = sighting.source else {
                continue;
            };
            let live = |at| {
                approvals
                    .iter()
                    .any(|approval| approval.id == id && approval.live(at))
            };
            if !live(sighting.at) || !sighting.said_at.is_some_and(live) {
                let what = format!("a continuous position of {} without approval", sighting.at);
                return Err(sim.broken(Some(person), None, what));
            }
        }
    }
}
