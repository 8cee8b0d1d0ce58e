//! Measures of 社区矫正法 §28, entered by officers of the county and above. The house decides none and proposes none.

use domain::{
    MeasureId, PersonId,
    access::Action,
    event::{Actor, EventKind},
    measure::{Measure, MeasureKind, Withdrawn},
};
use jiff::civil::Date;

use crate::{Cx, Error, Result, Viewer, field, journal::note};

/// Measures of one person that are shown.
const LIST_LEN: u32 = 1_000;

/// Enters what was decided against a person of the viewer's scope.
pub async fn enter(
    cx: &Cx,
    viewer: &Viewer,
    person: PersonId,
    kind: MeasureKind,
    day: Date,
    reason: &str,
) -> Result<Measure> {
    viewer.allow(Action::Govern)?;
    let reason = field::reason("reason", reason)?;
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    let zone = crate::area::zone(&mut tx, person.id, now).await?;
    let today = now.local(&zone).unwrap_or_default().date();
    if !(person.order.starts_on..=today).contains(&day) {
        return Err(Error::Invalid {
            field: "day",
            expected: "must not lie ahead, nor before the order's first day",
        });
    }
    let measure = Measure {
        id: MeasureId(cx.id()),
        person: person.id,
        kind,
        day,
        reason: reason.clone(),
        entered_by: viewer.officer.id,
        entered_at: now,
        withdrawn: None,
    };
    store::measure::insert(&mut tx, &measure).await?;
    let entered = EventKind::MeasureEntered {
        measure: measure.id,
        measure_kind: kind,
        day,
        reason,
    };
    let officer = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, officer, Some(person.id), entered).await?;
    tx.commit().await?;
    Ok(measure)
}

/// Of a person of the viewer's scope, also what was withdrawn, by day.
pub async fn list(cx: &Cx, viewer: &Viewer, person: PersonId) -> Result<Vec<Measure>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    Ok(store::measure::of_person(&mut tx, person.id, LIST_LEN).await?)
}

/// What was entered by mistake, or set aside, no longer counts.
pub async fn withdraw(cx: &Cx, viewer: &Viewer, id: MeasureId, reason: &str) -> Result<Measure> {
    viewer.allow(Action::Govern)?;
    let withdrawn = Withdrawn {
        by: viewer.officer.id,
        at: cx.now(),
        reason: field::reason("reason", reason)?,
    };
    let mut tx = cx.store.write().await?;
    let found = store::measure::get(&mut tx, id).await?;
    let measure = found.ok_or(Error::NotFound("measure"))?;
    crate::person::within(&mut tx, viewer, measure.person)
        .await
        .map_err(|_| Error::NotFound("measure"))?;
    let measure = measure.withdraw(withdrawn.clone())?;
    match store::measure::withdraw(&mut tx, id, &withdrawn).await {
        Err(store::Error::Lost) => return Err(domain::Refusal::MeasureWithdrawn.into()),
        other => other?,
    }
    let kind = EventKind::MeasureWithdrawn {
        measure: id,
        reason: withdrawn.reason,
    };
    let officer = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, officer, Some(measure.person), kind).await?;
    tx.commit().await?;
    Ok(measure)
}
