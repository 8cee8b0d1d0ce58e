//! One person's file as an officer opens it: who he is, what is asked of him, what became of it.

use domain::{
    Micros, PersonId,
    access::Action,
    call::Call,
    enrolment::Enrolment,
    person::Device,
    plan::{SupervisionPlan, plan_at},
};
use jiff::{civil::Date, tz::TimeZone};
use store::{alert::About, checkin::Recent, duty::Marked};

use crate::{
    Cx, Error, Result, Viewer, area, call, contact, leave,
    person::{self, Standing},
};

/// Attempts that are shown.
const RECENT_LEN: u32 = 15;
/// Alerts that are shown.
const ALERTS_LEN: u32 = 20;
/// Duties of one month: more than a plan can ask for.
const DUTIES_LEN: u32 = 2_000;

pub struct File {
    pub standing: Standing,
    /// Name of his unit.
    pub unit: String,
    pub zone: TimeZone,
    /// In force now.
    pub plan: Option<SupervisionPlan>,
    /// All there are, those to come included.
    pub versions: usize,
    /// The month that is shown, and its duties that may be told of, in order of opening.
    pub month: Date,
    pub duties: Vec<Marked>,
    /// The newest first.
    pub recent: Vec<Recent>,
    pub alerts: Vec<About>,
    /// The oldest request first.
    pub leaves: Vec<leave::Standing>,
    pub device: Option<Device>,
    pub enrolment: Option<Enrolment>,
    /// How he is reached, in part.
    pub contacts: Vec<contact::Shown>,
    /// The newest first, each with the officer's name.
    pub calls: Vec<(Call, String)>,
}

/// The file of a person of the viewer's scope, with the month of `day`, this one when absent.
pub async fn open(cx: &Cx, viewer: &Viewer, id: PersonId, day: Option<Date>) -> Result<File> {
    viewer.allow(Action::Read)?;
    let now = cx.now();
    let standing = person::get(cx, viewer, id).await?;
    let leaves = leave::list(cx, viewer, id).await?;
    let contacts = contact::of_person(cx, viewer, id).await?;
    let mut tx = cx.store.read().await?;
    let unit = store::unit::get(&mut tx, standing.person.unit).await?;
    let unit = unit.ok_or(Error::NotFound("unit"))?.name;
    let zone = area::zone(&mut tx, id, now).await?;
    let today = now.local(&zone).unwrap_or_default().date();
    let month = day.unwrap_or(today).first_of_month();
    let span = (
        midnight(month, &zone)?,
        midnight(month.last_of_month().tomorrow().unwrap_or(month), &zone)?,
    );
    let mut duties = store::duty::of_person(&mut tx, id, span.0, span.1, DUTIES_LEN).await?;
    duties.retain(|one| one.duty.known(now));
    let versions = store::plan::list(&mut tx, id).await?;
    let plan = plan_at(&versions, now)?.cloned();
    Ok(File {
        unit,
        plan,
        versions: versions.len(),
        month,
        duties,
        recent: store::checkin::recent(&mut tx, id, RECENT_LEN).await?,
        alerts: store::alert::of_person(&mut tx, id, ALERTS_LEN).await?,
        leaves,
        device: store::device::live_of_person(&mut tx, id).await?,
        enrolment: store::enrolment::latest_of_person(&mut tx, id).await?,
        calls: store::call::of_person(&mut tx, id, call::LIST_LEN).await?,
        contacts,
        zone,
        standing,
    })
}

fn midnight(day: Date, zone: &TimeZone) -> Result<Micros> {
    let midnight = day.to_zoned(zone.clone());
    midnight
        .map(|midnight| Micros::from(midnight.timestamp()))
        .map_err(|_| Error::NotFound("month"))
}
