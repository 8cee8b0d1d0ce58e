//! 检察核对: what a unit holds against the procurators' own lists on the 25th. The lists of persons are counted in the table of persons when
//! a month ends; what moved them in between is told by the log. Neither is made from the other.

use std::collections::HashMap;

use domain::{
    Micros, OrgUnitId,
    access::Action,
    event::{Actor, EventKind},
    org::OrgUnit,
    points::Month,
    replay::in_order,
    report::{Census, Entry, History, Matter, Movement, Period, local, reconcile},
};
use store::{Tx, report::Listed};

use super::{
    Made, PERSONS_LEN, Persons, ROWS_LEN, Report, lists, made, persons, span, who, whole, zone,
};
use crate::{Cx, Error, Result, Viewer, journal::note_at};

/// Measures of one report.
const MEASURES_LEN: u32 = 10_000;
/// Persons who moved anywhere in the house in one month.
const MOVED_LEN: u32 = 50_000;
/// How long before a month a leave that touches it may have been asked for.
const LEAVE_REACH_MS: i64 = 400 * 24 * 3_600_000;

/// Writes down who is supervised, once, when a month of the procurators is over. A change that is under way in that very moment may stand in
/// the log before it and in the list after it: the report then names the person as one who does not fit.
pub async fn take_census(cx: &Cx) -> Result<()> {
    let now = cx.now();
    let today = local(now, &zone(None)?).date();
    let Some(month) = Period::last_reconciled(today) else {
        return Ok(());
    };
    let mut tx = cx.store.read().await?;
    let taken = store::census::taken(&mut tx, month.last()).await?;
    drop(tx);
    if taken.is_some() {
        return Ok(());
    }
    let mut tx = cx.store.write().await?;
    if let Some(persons) = store::census::take(&mut tx, month.last(), now).await? {
        let kind = EventKind::CensusTaken {
            day: month.last(),
            persons,
        };
        note_at(cx, &mut tx, now, Actor::System, None, kind).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The month of the procurators that ends on the 25th of this one, for a unit of the viewer's and all below it. While it is not over, the
/// last list is of now.
pub async fn reconciliation(
    cx: &Cx,
    viewer: &Viewer,
    unit: OrgUnitId,
    month: Month,
) -> Result<Made> {
    viewer.allow(Action::Read)?;
    let now = cx.now();
    let first = month.first();
    let period = Period::of_reconciliation(first.year(), first.month());
    let period = period.ok_or(Error::NotFound("month"))?;
    let before = period.first().yesterday();
    let before = before.map_err(|_| Error::NotFound("month"))?;
    let mut tx = cx.store.write().await?;
    let unit = crate::unit::within(&mut tx, viewer, unit).await?;
    let persons = persons(&mut tx, viewer, &unit, period).await?;
    let begun = store::census::taken(&mut tx, before).await?;
    let begun = begun.ok_or(Error::NotFound("census"))?;
    let begin = store::census::of_day(&mut tx, &persons.scope, before, PERSONS_LEN).await?;
    let ended = store::census::taken(&mut tx, period.last()).await?;
    let end = if ended.is_some() {
        store::census::of_day(&mut tx, &persons.scope, period.last(), PERSONS_LEN).await?
    } else {
        store::census::standing(&mut tx, &persons.scope, PERSONS_LEN).await?
    };
    let ended = ended.unwrap_or(now);
    let movements = movements(&mut tx, &persons, &unit, (begun, ended)).await?;
    let entries = entries(&mut tx, &persons, period, now).await?;
    let (begin, end) = (census(begun, begin)?, census(ended, end)?);
    let report = reconcile(period, [&begin, &end], movements, &entries);
    let report = Report::Reconciliation(report);
    made(cx, tx, viewer, (&unit, None), ("reconciliation", report)).await
}

fn census(taken: Micros, listed: Vec<Listed>) -> Result<Census> {
    let persons = whole(listed, PERSONS_LEN)?;
    Ok(Census {
        taken: local(taken, &zone(None)?),
        persons: persons
            .iter()
            .map(|listed| who(&listed.person, &listed.unit))
            .collect(),
    })
}

async fn movements(
    tx: &mut Tx,
    persons: &Persons,
    unit: &OrgUnit,
    between: (Micros, Micros),
) -> Result<Vec<Movement>> {
    let units = store::unit::list_below(tx, &unit.path).await?;
    let units: HashMap<OrgUnitId, String> =
        units.into_iter().map(|unit| (unit.id, unit.name)).collect();
    let limits = (MOVED_LEN, ROWS_LEN);
    let moved = store::census::moved(tx, &persons.scope, between, limits).await?;
    let mut all = Vec::new();
    for (listed, mut file) in whole(moved, MOVED_LEN)? {
        in_order(&mut file);
        let history = History::of(&listed.person, &file);
        let zone = zone(listed.zone.as_deref())?;
        let who = who(&listed.person, &listed.unit);
        all.extend(history.movements(between, &zone, &units, &who));
    }
    Ok(all)
}

/// What is counted beside the persons. Exceptions and leaves are those of the persons whom the unit has now.
async fn entries(
    tx: &mut Tx,
    persons: &Persons,
    period: Period,
    now: Micros,
) -> Result<Vec<Entry>> {
    let mut all = Vec::new();
    let lists = lists(tx, persons, period).await?;
    let mut entry = |person, day, matter| {
        all.push(Entry {
            person,
            day,
            matter,
        });
    };
    for one in &lists.wrong_place {
        entry(one.who.person, one.at.date(), Matter::WrongPlace);
    }
    for one in &lists.out_of_area {
        entry(one.who.person, one.first.date(), Matter::OutOfArea);
    }
    for one in &lists.missed {
        entry(one.who.person, one.duty.day(), Matter::Missed);
    }
    let zones = persons.zones();
    let (from, until) = span(period)?;
    let asked = (from.plus_ms(-LEAVE_REACH_MS), until);
    for leave in store::leave::within(tx, &persons.scope, asked).await? {
        let (Some(zone), Some(time)) = (zones.get(&leave.person), leave.live()) else {
            continue;
        };
        entry(leave.person, local(time.from, zone).date(), Matter::Leave);
        if leave.was_overdue(now) {
            let day = local(leave.due_at(), zone).date();
            entry(leave.person, day, Matter::LeaveOverdue);
        }
    }
    let days = (period.first(), period.last());
    let measures = store::measure::within(tx, &persons.scope, days, MEASURES_LEN).await?;
    for one in whole(measures, MEASURES_LEN)? {
        entry(one.person, one.day, one.kind.into());
    }
    Ok(all)
}
