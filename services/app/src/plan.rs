use std::collections::HashSet;

use domain::{
    DutyId, Micros, PersonId, PlanId,
    access::Action,
    calendar::Calendar,
    duty::Duty,
    event::{Actor, EventKind},
    leave::Leave,
    person::Person,
    plan::{DutyDraft, Obligations, Outlook, QuietHours, Rule, Seed, SupervisionPlan},
};
use jiff::{ToSpan, civil::Date};
use store::{Tx, plan::After};

use crate::{Cx, Error, Result, Viewer, journal::note_at};

/// Persons whose duties one transaction makes: others wait for it.
const PAGE_LEN: u32 = 100;

/// The next version of a person's plan.
pub struct NewPlan {
    pub zone: String,
    pub quiet: QuietHours,
    pub rules: Vec<Rule>,
    /// First local day; today when absent. What has opened by then stays.
    pub effective_from: Option<Date>,
}

/// What became of a person's duties that have not opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Replanned {
    pub withdrawn: u64,
    pub made: u64,
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

/// Makes the duties of the days ahead for all plans; those that exist stay as they are. Returns how many are new.
pub async fn extend(cx: &Cx) -> Result<u64> {
    let now = cx.now();
    let days = days_ahead(cx, now)?;
    let (mut after, mut made, mut told) = (After::default(), 0, 0);
    loop {
        let mut tx = cx.store.write().await?;
        let calendar = store::calendar::current(&mut tx).await?;
        let (page, next) = store::plan::live(&mut tx, days.0, days.1, after, PAGE_LEN).await?;
        let mut missing = Vec::new();
        for of in &page {
            let terms = (of.versions.as_slice(), of.leaves.as_slice());
            missing.extend(asked(cx, &of.person, terms, &calendar, days)?);
        }
        missing.retain(|duty| duty.closes_at > now);
        made += store::duty::insert_missing(&mut tx, &missing).await?;
        // The log hears of it together with the first duties, or a process that dies later would leave some that nobody told of.
        if made > told && (told == 0 || next.is_none()) {
            let kind = EventKind::DutiesExtended {
                last: days.1,
                made: made - told,
            };
            note_at(cx, &mut tx, now, Actor::System, None, kind).await?;
            told = made;
        }
        tx.commit().await?;
        let Some(next) = next else { return Ok(made) };
        after = next;
    }
}

/// Makes everybody's duties that have not opened fit plans, orders, leaves and the calendar.
pub(crate) async fn replan_all(cx: &Cx) -> Result<Replanned> {
    let now = cx.now();
    let (first, last) = days_ahead(cx, now)?;
    let (mut after, mut all) = (After::default(), Replanned::default());
    loop {
        let mut tx = cx.store.write().await?;
        let calendar = store::calendar::current(&mut tx).await?;
        let (page, next) = store::plan::live(&mut tx, first, last, after, PAGE_LEN).await?;
        let Some(next) = next else {
            let kind = EventKind::CalendarApplied {
                last,
                withdrawn: all.withdrawn,
                made: all.made,
            };
            note_at(cx, &mut tx, now, Actor::System, None, kind).await?;
            tx.commit().await?;
            return Ok(all);
        };
        after = next;
        for of in &page {
            let terms = (of.versions.as_slice(), of.leaves.as_slice());
            let one = fit(cx, &mut tx, &of.person, terms, &calendar, now).await?;
            all.withdrawn += one.withdrawn;
            all.made += one.made;
        }
        tx.commit().await?;
    }
}

/// Makes a person's duties that have not opened fit his plan, his order, his leaves and the calendar. The caller holds the person.
pub(crate) async fn replan(
    cx: &Cx,
    tx: &mut Tx,
    person: &Person,
    now: Micros,
) -> Result<Replanned> {
    let versions = store::plan::list(tx, person.id).await?;
    let leaves = store::leave::of_person(tx, person.id).await?;
    let calendar = store::calendar::current(tx).await?;
    fit(cx, tx, person, (&versions, &leaves), &calendar, now).await
}

/// What has opened stays; of the rest, what is asked for is there afterwards, and nothing else.
async fn fit(
    cx: &Cx,
    tx: &mut Tx,
    person: &Person,
    terms: (&[SupervisionPlan], &[Leave]),
    calendar: &Calendar,
    now: Micros,
) -> Result<Replanned> {
    let mut asked = asked(cx, person, terms, calendar, days_ahead(cx, now)?)?;
    asked.retain(|duty| duty.closes_at > now);
    // What a leave makes of a duty belongs to its name: another place or another channel is another duty.
    let name = |duty: &Duty| {
        let (asked, place) = (duty.channels.bits(), duty.location_required);
        (duty.plan, duty.rule, duty.opens_at, asked, place)
    };
    let names: HashSet<_> = asked.iter().map(name).collect();
    let mut withdrawn = 0;
    for duty in store::duty::coming(tx, person.id, now).await? {
        if !names.contains(&name(&duty)) && store::duty::withdraw(tx, duty.id, now).await? {
            withdrawn += 1;
        }
    }
    let made = store::duty::insert_missing(tx, &asked).await?;
    Ok(Replanned { withdrawn, made })
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

/// What is asked of a person on the local days `first..=last`, each with a new id; nothing once his supervision ended.
fn asked(
    cx: &Cx,
    person: &Person,
    (versions, leaves): (&[SupervisionPlan], &[Leave]),
    calendar: &Calendar,
    (first, last): (Date, Date),
) -> Result<Vec<Duty>> {
    if person.ended.is_some() {
        return Ok(Vec::new());
    }
    let obligations = Obligations {
        order: &person.order,
        versions,
        calendar,
        leaves,
    };
    let duty = |(plan, draft): (PlanId, DutyDraft)| Duty {
        id: DutyId(cx.id()),
        person: person.id,
        plan,
        rule: draft.rule,
        opens_at: draft.opens_at,
        closes_at: draft.closes_at,
        late_until: draft.late_until,
        factors: draft.factors,
        channels: draft.channels,
        location_required: draft.location_required,
        unannounced: draft.unannounced,
    };
    let drafts = obligations.duties(first, last)?;
    Ok(drafts.into_iter().map(duty).collect())
}
