use domain::{
    DutyId, Micros, PersonId, PlanId,
    access::Action,
    duty::Duty,
    event::{Actor, EventKind},
    plan::{DailyWindow, PlanError, SupervisionPlan},
};
use jiff::{ToSpan, civil::Date};
use store::Tx;

use crate::{Cx, Error, Result, Viewer, journal::note};

/// Plans that one round of [`extend`] takes from the database at once.
const EXTEND_LEN: u32 = 500;

/// The next version of a person's plan.
pub struct NewPlan {
    pub zone: String,
    pub windows: Vec<DailyWindow>,
    /// First local day; today when absent. Days that have begun keep their duties.
    pub effective_from: Option<Date>,
}

/// Writes a plan and makes its duties for the days ahead.
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
    let version = store::plan::newest(&mut tx, person)
        .await?
        .map_or(1, |plan| plan.version + 1);
    let mut plan = SupervisionPlan {
        id: PlanId(cx.id()),
        person,
        version,
        zone: new.zone,
        windows: new.windows,
        effective_from: Date::default(),
        written_at: now,
    };
    plan.check()?;
    let today = plan.local_day(now)?;
    plan.effective_from = new.effective_from.unwrap_or(today);
    if plan.effective_from < today {
        return Err(Error::Invalid {
            field: "effective_from",
            expected: "must not lie in the past",
        });
    }
    store::plan::insert(&mut tx, &plan).await?;
    let duties = make_duties(cx, &mut tx, &plan, now).await?;
    note(
        cx,
        &mut tx,
        Actor::Officer(viewer.officer.id),
        Some(person),
        EventKind::PlanWritten {
            plan: plan.id,
            version,
        },
    )
    .await?;
    tx.commit().await?;
    Ok((plan, duties))
}

/// Makes the duties of the days ahead for all live plans; those that exist stay as they are. Returns how many are new.
pub async fn extend(cx: &Cx) -> Result<u64> {
    let now = cx.now();
    let today = now
        .timestamp()
        .ok_or(Error::Internal("the clock is outside the calendar"))?;
    let today = today.to_zoned(jiff::tz::TimeZone::UTC).date();
    let (mut after, mut made) = (None, 0);
    loop {
        let mut tx = cx.store.read().await?;
        let plans =
            store::plan::live(&mut tx, today.saturating_add(1.day()), after, EXTEND_LEN).await?;
        drop(tx);
        let Some(last) = plans.last() else {
            return Ok(made);
        };
        after = Some(last.person);
        let mut tx = cx.store.write().await?;
        for plan in &plans {
            made += make_duties(cx, &mut tx, plan, now).await?;
        }
        tx.commit().await?;
    }
}

/// The duties of today and the days ahead. Of today's, only those that have not closed yet: a plan does not reach into the past.
async fn make_duties(cx: &Cx, tx: &mut Tx, plan: &SupervisionPlan, now: Micros) -> Result<u64> {
    let today = plan.local_day(now)?;
    let last = today
        .checked_add(i64::from(cx.limits.duties_ahead_days).days())
        .map_err(|_| PlanError::WindowCount)?;
    let drafts = plan.duties(today, last)?;
    let duties: Vec<Duty> = drafts
        .into_iter()
        .filter(|draft| draft.closes_at > now)
        .map(|draft| Duty {
            id: DutyId(cx.id()),
            person: plan.person,
            plan: plan.id,
            opens_at: draft.opens_at,
            closes_at: draft.closes_at,
            late_until: draft.late_until,
            factors: draft.factors,
        })
        .collect();
    Ok(store::duty::insert_missing(tx, &duties).await?)
}
