mod ahead;

use domain::{
    Micros, PersonId, PlanId,
    access::Action,
    event::{Actor, EventKind},
    person::Person,
    plan::{Obligations, Outlook, QuietHours, Rule, Seed, SupervisionPlan},
};
use jiff::civil::Date;
use store::Tx;

use crate::{Cx, Error, Result, Viewer, journal::note_at};
pub use ahead::extend;
pub(crate) use ahead::{replan, replan_all};

/// The next version of a person's plan.
pub struct NewPlan {
    pub zone: String,
    pub quiet: QuietHours,
    pub rules: Vec<Rule>,
    /// First local day; today when absent. What has opened by then stays.
    pub effective_from: Option<Date>,
}

/// Writes a plan, takes back the duties of earlier versions that it replaces, and makes its own for the days ahead. Returns how many.
pub async fn write(
    cx: &Cx,
    viewer: &Viewer,
    person: PersonId,
    new: NewPlan,
) -> Result<(SupervisionPlan, u64)> {
    viewer.allow(Action::Register)?;
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    crate::person::within(&mut tx, viewer, person).await?;
    store::plan::hold(&mut tx, person).await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    person.supervised()?;
    let version = store::plan::newest(&mut tx, person.id)
        .await?
        .map_or(1, |plan| plan.version + 1);
    let plan = draft(cx, &mut tx, &person, version, now, new).await?;
    store::plan::insert(&mut tx, &plan).await?;
    let replanned = replan(cx, &mut tx, &person, now).await?;
    let kind = EventKind::PlanWritten {
        plan: plan.id,
        version,
        withdrawn: replanned.withdrawn,
        made: replanned.made,
    };
    let officer = Actor::Officer(viewer.officer.id);
    note_at(cx, &mut tx, now, officer, Some(person.id), kind).await?;
    tx.commit().await?;
    Ok((plan, replanned.made))
}

/// What a plan would ask for on the local days `first..=last`. Nothing is written.
pub async fn preview(
    cx: &Cx,
    viewer: &Viewer,
    person: PersonId,
    new: NewPlan,
    (first, last): (Date, Date),
) -> Result<Vec<Outlook>> {
    viewer.allow(Action::Register)?;
    let mut tx = cx.store.read().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    let plan = draft(cx, &mut tx, &person, 0, cx.now(), new).await?;
    let calendar = store::calendar::current(&mut tx).await?;
    let (first, last) = person.order.clip(first, last);
    Ok(plan.outlook(first, last, &calendar)?)
}

/// All versions of a person's plan, newest first.
pub async fn versions(cx: &Cx, viewer: &Viewer, person: PersonId) -> Result<Vec<SupervisionPlan>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    crate::person::within(&mut tx, viewer, person).await?;
    Ok(store::plan::list(&mut tx, person).await?)
}

/// What a person's plans ask for on the local days `first..=last`, with the version that does.
pub async fn outlook(
    cx: &Cx,
    viewer: &Viewer,
    person: PersonId,
    (first, last): (Date, Date),
) -> Result<Vec<(i32, Outlook)>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    let versions = store::plan::list(&mut tx, person.id).await?;
    let calendar = store::calendar::current(&mut tx).await?;
    let leaves = store::leave::of_person(&mut tx, person.id).await?;
    let asked = Obligations {
        order: &person.order,
        versions: &versions,
        calendar: &calendar,
        leaves: &leaves,
    };
    Ok(asked.outlook(first, last)?)
}

/// A plan that can be kept, from today or from the order's first day on at the earliest.
async fn draft(
    cx: &Cx,
    tx: &mut Tx,
    person: &Person,
    version: i32,
    now: Micros,
    new: NewPlan,
) -> Result<SupervisionPlan> {
    let mut plan = SupervisionPlan {
        id: PlanId(cx.id()),
        person: person.id,
        version,
        zone: new.zone,
        quiet: new.quiet,
        rules: new.rules,
        seed: Seed(cx.entropy.bytes()),
        effective_from: Date::default(),
        written_at: now,
    };
    let today = plan.local_day(now)?;
    plan.effective_from = new
        .effective_from
        .unwrap_or_else(|| today.max(person.order.starts_on));
    if plan.effective_from < today {
        return Err(Error::Invalid {
            field: "effective_from",
            expected: "must not lie in the past",
        });
    }
    let calendar = store::calendar::current(tx).await?;
    plan.check(&person.order, &calendar)?;
    Ok(plan)
}
