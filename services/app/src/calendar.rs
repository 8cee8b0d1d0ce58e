//! The calendar of workdays and holidays, and the duties that follow it.

use domain::{
    Refusal,
    access::Action,
    calendar::DeclaredYear,
    event::{Actor, EventKind},
};
pub use store::calendar::YearVersion;

use crate::{Cx, Error, Result, Viewer, journal::note, plan};

/// Years for which days may be declared.
const YEARS: std::ops::RangeInclusive<i16> = 2020..=2100;

/// The declared days of a year, as they count now; no secret for any officer.
pub async fn year(cx: &Cx, year: i16) -> Result<YearVersion> {
    let mut tx = cx.store.read().await?;
    let found = store::calendar::newest(&mut tx, year).await?;
    found.ok_or(Error::NotFound("year"))
}

/// Declares a year's days anew. It counts at once for what is made from now on; [`apply`] brings what was made already in line.
pub async fn declare(
    cx: &Cx,
    viewer: &Viewer,
    year: i16,
    days: DeclaredYear,
) -> Result<YearVersion> {
    viewer.allow(Action::Administer)?;
    if !YEARS.contains(&year) {
        return Err(Error::NotFound("year"));
    }
    if !days.fits(year) {
        return Err(Error::Invalid {
            field: "days",
            expected: "must be at most 120 days of this year",
        });
    }
    let mut tx = cx.store.write().await?;
    // The calendar is one for the whole house, so it is for its top to declare.
    let unit = store::unit::get(&mut tx, viewer.officer.unit).await?;
    if unit.is_none_or(|unit| unit.parent.is_some()) {
        return Err(Error::Forbidden);
    }
    let before = store::calendar::newest(&mut tx, year).await?;
    let written = YearVersion {
        year,
        version: before.map_or(1, |before| before.version + 1),
        days,
        written_by: Some(viewer.officer.id),
        written_at: cx.now(),
    };
    match store::calendar::insert(&mut tx, &written).await {
        Err(store::Error::Conflict) => return Err(Refusal::CalendarOvertaken.into()),
        other => other?,
    }
    let kind = EventKind::CalendarDeclared {
        year,
        version: written.version,
    };
    note(cx, &mut tx, Actor::Officer(viewer.officer.id), None, kind).await?;
    tx.commit().await?;
    Ok(written)
}

/// Makes the duties ahead fit what was declared since the last time. Returns how many were taken back and made.
pub async fn apply(cx: &Cx) -> Result<(u64, u64)> {
    let mut tx = cx.store.read().await?;
    let waiting = store::calendar::to_apply(&mut tx).await?;
    drop(tx);
    if waiting.is_empty() {
        return Ok((0, 0));
    }
    let replanned = plan::replan_all(cx).await?;
    let mut tx = cx.store.write().await?;
    for year in waiting {
        match store::calendar::applied(&mut tx, year, cx.now()).await {
            // Another process did the same.
            Ok(()) | Err(store::Error::Lost) => {}
            Err(other) => return Err(other.into()),
        }
    }
    tx.commit().await?;
    Ok((replanned.withdrawn, replanned.made))
}
