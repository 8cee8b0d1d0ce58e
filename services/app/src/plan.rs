use domain::{
    DutyId, Micros, PersonId, PlanId,
    access::Action,
    duty::Duty,
    event::{Actor, EventKind},
    plan::{Outlook, QuietHours, Rule, Seed, SupervisionPlan, in_force},
};
use jiff::{ToSpan, civil::Date};
use store::Tx;

use crate::{Cx, Error, Result, Viewer, journal::note};

/// Persons whose duties one transaction of [`extend`] makes: others wait for it.
const EXTEND_LEN: u32 = 100;

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
    let version = store::plan::newest(&mut tx, person)
        .await?
        .map_or(1, |plan| plan.version + 1);
    let plan = draft(cx, person, version, new)?;
    store::plan::insert(&mut tx, &plan).await?;
    let begins = plan.day_begins(plan.effective_from)?;
    let withdrawn = store::duty::withdraw(&mut tx, person, plan.id, begins, now).await?;
    let versions = store::plan::list(&mut tx, person).await?;
    let days = days_ahead(cx, now)?;
    let made = make_duties(cx, &mut tx, &versions, days, now).await?;
    let kind = EventKind::PlanWritten {
        plan: plan.id,
        version,
        withdrawn,
        made,
    };
    let officer = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, officer, Some(person), kind).await?;
    tx.commit().await?;
    Ok((plan, made))
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
    crate::person::within(&mut tx, viewer, person).await?;
    let plan = draft(cx, person, 0, new)?;
    Ok(plan.outlook(first, last)?)
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
    let versions = versions(cx, viewer, person).await?;
    let mut seen = Vec::new();
    for (plan, first, last) in in_force(&versions, first, last) {
        let of_plan = plan.outlook(first, last)?;
        seen.extend(of_plan.into_iter().map(|entry| (plan.version, entry)));
    }
    Ok(seen)
}

/// A plan that can be kept, from today on at the earliest.
fn draft(cx: &Cx, person: PersonId, version: i32, new: NewPlan) -> Result<SupervisionPlan> {
    let now = cx.now();
    let mut plan = SupervisionPlan {
        id: PlanId(cx.id()),
        person,
        version,
        zone: new.zone,
        quiet: new.quiet,
        rules: new.rules,
        seed: Seed(cx.entropy.bytes()),
        effective_from: Date::default(),
        written_at: now,
    };
    let today = plan.local_day(now)?;
    plan.effective_from = new.effective_from.unwrap_or(today);
    if plan.effective_from < today {
        return Err(Error::Invalid {
            field: "effective_from",
            expected: "must not lie in the past",
        });
    }
    plan.check()?;
    Ok(plan)
}

/// Makes the duties of the days ahead for all plans; those that exist stay as they are. Returns how many are new.
pub async fn extend(cx: &Cx) -> Result<u64> {
    let now = cx.now();
    let (first, last) = days_ahead(cx, now)?;
    let (mut after, mut made) = (store::plan::After::default(), 0);
    loop {
        let mut tx = cx.store.write().await?;
        let (plans, next) = store::plan::live(&mut tx, first, last, after, EXTEND_LEN).await?;
        let Some(next) = next else {
            return Ok(made);
        };
        after = next;
        for versions in plans.chunk_by(|one, other| one.person == other.person) {
            made += make_duties(cx, &mut tx, versions, (first, last), now).await?;
        }
        tx.commit().await?;
    }
}

/// The local days of any zone that are, or may be, today or ahead.
fn days_ahead(cx: &Cx, now: Micros) -> Result<(Date, Date)> {
    let today = now
        .timestamp()
        .ok_or(Error::Internal("the clock is outside the calendar"))?
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let ahead = i64::from(cx.limits.duties_ahead_days).days();
    Ok((today.saturating_sub(1.day()), today.saturating_add(ahead)))
}

/// The duties of one person's versions on the local days `first..=last`. Of today's, only those that have not closed yet: a plan does not reach
/// into the past.
async fn make_duties(
    cx: &Cx,
    tx: &mut Tx,
    versions: &[SupervisionPlan],
    (first, last): (Date, Date),
    now: Micros,
) -> Result<u64> {
    let mut duties = Vec::new();
    for (plan, first, last) in in_force(versions, first, last) {
        let drafts = plan.duties(first, last)?;
        let open = drafts.into_iter().filter(|draft| draft.closes_at > now);
        duties.extend(open.map(|draft| Duty {
            id: DutyId(cx.id()),
            person: plan.person,
            plan: plan.id,
            rule: draft.rule,
            opens_at: draft.opens_at,
            closes_at: draft.closes_at,
            late_until: draft.late_until,
            factors: draft.factors,
            unannounced: draft.unannounced,
        }));
    }
    Ok(store::duty::insert_missing(tx, &duties).await?)
}
