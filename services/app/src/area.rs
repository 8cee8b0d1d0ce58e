//! Areas of a person: drawn by an officer, ended by an officer, never deleted.

use domain::{
    AreaId, Micros, PersonId, Refusal,
    access::Action,
    area::{AreaKind, AreaName, AreaRule, Drawn, Hours, Validity},
    event::{Actor, EventKind},
    plan::zone_at,
};
use jiff::{civil::Date, tz::TimeZone};
use store::Tx;
pub use store::area::Area;

use crate::{Cx, Error, Result, Viewer, field, journal::note};

/// Areas of one person that count at the same time.
pub const STANDING_MAX: u32 = 100;
/// Areas of one person that are shown, ended ones included.
const LIST_LEN: u32 = 1_000;

/// An area to be drawn.
pub struct NewArea {
    pub kind: AreaKind,
    pub name: String,
    pub drawn: Drawn,
    pub hours: Hours,
    /// First local day; today when absent.
    pub from: Option<Date>,
    /// Last local day; none when absent.
    pub until: Option<Date>,
}

/// Draws an area for a supervised person of the viewer's scope. It counts from now on, within its days and hours.
pub async fn draw(cx: &Cx, viewer: &Viewer, person: PersonId, new: NewArea) -> Result<Area> {
    viewer.allow(Action::Manage)?;
    let name = AreaName::new(new.name.trim())?;
    let shape = new.drawn.shape().map_err(|error| error.within("shape"))?;
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    crate::person::within(&mut tx, viewer, person).await?;
    store::plan::hold(&mut tx, person).await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    person.supervised()?;
    if store::area::count_standing(&mut tx, person.id).await? >= i64::from(STANDING_MAX) {
        return Err(Refusal::AreasFull { max: STANDING_MAX }.into());
    }
    let zone = zone(&mut tx, person.id, now).await?;
    let from = new.from.map_or_else(|| today(&zone, now), Ok)?;
    let area = Area {
        person: person.id,
        rule: AreaRule {
            id: AreaId(cx.id()),
            name,
            kind: new.kind,
            shape,
            hours: new.hours,
            validity: Validity::new(from, new.until)?,
        },
        drawn: new.drawn,
        created_by: viewer.officer.id,
        created_at: now,
        ended_at: None,
    };
    store::area::insert(&mut tx, &area).await?;
    let kind = EventKind::AreaDrawn {
        area: area.rule.id,
        area_kind: area.rule.kind,
        name: area.rule.name.clone(),
    };
    let officer = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, officer, Some(person.id), kind).await?;
    tx.commit().await?;
    Ok(area)
}

/// All areas of a person, the oldest first.
pub async fn list(cx: &Cx, viewer: &Viewer, person: PersonId) -> Result<Vec<Area>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    Ok(store::area::of_person(&mut tx, person.id, LIST_LEN).await?)
}

/// Ends an area: it no longer counts, and stays in the file.
pub async fn end(cx: &Cx, viewer: &Viewer, id: AreaId, reason: &str) -> Result<Area> {
    viewer.allow(Action::Manage)?;
    let reason = field::reason("reason", reason)?;
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    let found = store::area::get(&mut tx, id).await?;
    let mut area = found.ok_or(Error::NotFound("area"))?;
    crate::person::within(&mut tx, viewer, area.person)
        .await
        .map_err(|_| Error::NotFound("area"))?;
    match store::area::end(&mut tx, id, viewer.officer.id, now).await {
        Err(store::Error::Lost) => {
            let ended_at = area.ended_at.unwrap_or(now);
            return Err(Refusal::AreaEnded { ended_at }.into());
        }
        other => other?,
    }
    let kind = EventKind::AreaEnded { area: id, reason };
    let officer = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, officer, Some(area.person), kind).await?;
    tx.commit().await?;
    area.ended_at = Some(now);
    Ok(area)
}

/// The clock on the person's wall at an instant, by his plan.
pub(crate) async fn zone(tx: &mut Tx, person: PersonId, at: Micros) -> Result<TimeZone> {
    let versions = store::plan::list(tx, person).await?;
    Ok(zone_at(&versions, at)?)
}

fn today(zone: &TimeZone, now: Micros) -> Result<Date> {
    let now = now.timestamp();
    let now = now.ok_or(Error::Internal("the clock is outside the calendar"))?;
    Ok(zone.to_datetime(now).date())
}
