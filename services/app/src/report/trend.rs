//! A unit's weeks, drawn: attendance, verdicts, alerts.

use domain::{
    Micros, OrgUnitId,
    access::{Action, Scope},
    alert::Precision,
    attendance::Attendance,
    checkin::State,
};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use report::trend::{Chart, Week, charts};
use store::Tx;

use crate::{Cx, Error, Result, Viewer};

/// Weeks that are drawn.
const WEEKS: i64 = 12;
/// Closed alerts of a week that are counted.
const CLOSED_LEN: u32 = 20_000;

/// The weeks up to the one of `last` of a unit of the viewer's subtree. Nobody is named, so that no look is written down.
pub async fn trend(cx: &Cx, viewer: &Viewer, unit: OrgUnitId, last: Date) -> Result<Vec<Chart>> {
    viewer.allow(Action::Read)?;
    let zone = crate::morning::zone()?;
    let mut tx = cx.store.read().await?;
    let unit = crate::unit::within(&mut tx, viewer, unit).await?;
    let scope = Scope {
        path: unit.path,
        ..viewer.scope.clone()
    };
    let monday = last.saturating_sub(i64::from(last.weekday().to_monday_zero_offset()).days());
    let mut weeks = Vec::new();
    for back in (0..WEEKS).rev() {
        let first = monday.saturating_sub((7 * back).days());
        let span = (
            midnight(first, &zone)?,
            midnight(first.saturating_add(7.days()), &zone)?,
        );
        weeks.push(week(&mut tx, &scope, (first, span), cx.now()).await?);
    }
    Ok(charts(&weeks)?)
}

async fn week(
    tx: &mut Tx,
    scope: &Scope,
    (first, span): (Date, (Micros, Micros)),
    now: Micros,
) -> Result<Week> {
    let duties = store::duty::tally(tx, scope, span, now).await?;
    let duties = |attendance: Attendance| -> u32 {
        let of = duties.iter().filter(|one| one.attendance == attendance);
        of.map(|one| one.duties).sum()
    };
    let attempts = store::report::attempts(tx, scope, span).await?;
    let attempts = |states: &[State]| -> u32 {
        let of = attempts.iter().filter(|(state, _)| states.contains(state));
        of.map(|(_, attempts)| attempts).sum()
    };
    let closed = store::alert::outcomes_within(tx, scope, span, CLOSED_LEN).await?;
    let mut alerts = Precision::default();
    for of_rule in domain::alert::precision(closed).into_values() {
        alerts.confirmed += of_rule.confirmed;
        alerts.unfounded += of_rule.unfounded;
        alerts.unclear += of_rule.unclear;
    }
    Ok(Week {
        first,
        on_time: duties(Attendance::OnTime),
        late: duties(Attendance::Late),
        missed: duties(Attendance::Missed),
        excused: duties(Attendance::Excused),
        verified: attempts(&[State::Verified]),
        told_to_retry: attempts(&[State::Retry]),
        to_an_officer: attempts(&[
            State::Review,
            State::Accepted,
            State::Declined,
            State::AskedAgain,
        ]),
        alerts,
    })
}

fn midnight(day: Date, zone: &TimeZone) -> Result<Micros> {
    let midnight = day.to_zoned(zone.clone());
    midnight
        .map(|midnight| Micros::from(midnight.timestamp()))
        .map_err(|_| Error::Internal("a week reaches beyond the calendar"))
}
