//! Persons of measurements.

use anyhow::Context;
use app::Cx;
use domain::{
    OrgUnitId, PersonId, PlanId,
    order::{Category, SupervisionOrder},
    person::Person,
    plan::{QuietHours, Seed, SupervisionLevel, SupervisionPlan, template},
};
use jiff::{ToSpan, tz::TimeZone};
use store::Tx;

/// Stores persons `from..from + count` of a unit, each with a plan of a window every day from today on.
pub async fn insert(
    cx: &Cx,
    tx: &mut Tx,
    unit: OrgUnitId,
    from: usize,
    count: usize,
) -> anyhow::Result<Vec<(PersonId, PlanId)>> {
    let now = cx.now();
    let today = now
        .timestamp()
        .context("the clock is outside the calendar")?
        .to_zoned(TimeZone::UTC)
        .date();
    let mut plans = Vec::with_capacity(count);
    for number in from..from + count {
        let person = Person {
            id: PersonId(cx.id()),
            unit,
            name: format!("bench {number}"),
            case_number: format!("B-{number}"),
            order: SupervisionOrder {
                category: Category::Probation,
                level: SupervisionLevel::Lenient,
                starts_on: today.saturating_sub(100.days()),
                ends_on: today.saturating_add(1.year()),
            },
            minor: false,
            registered_at: now,
            ended: None,
        };
        let plan = SupervisionPlan {
            id: PlanId(cx.id()),
            person: person.id,
            version: 1,
            zone: "Asia/Shanghai".into(),
            quiet: QuietHours::default(),
            rules: template(SupervisionLevel::General)
                .into_iter()
                .take(1)
                .collect(),
            seed: Seed(cx.entropy.bytes()),
            effective_from: today,
            written_at: now,
        };
        store::person::insert(tx, &person).await?;
        store::plan::insert(tx, &plan).await?;
        plans.push((person.id, plan.id));
    }
    Ok(plans)
}
