//! Supervision plans. A version is never changed.

use domain::{
    Micros, PersonId, PlanId,
    plan::{DailyWindow, SupervisionPlan},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{inserted, parse},
};

sql! {
    INSERT = "INSERT INTO plan (id, person_id, version, zone, windows, effective_from, written_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    LATEST = "SELECT id, person_id, version, zone, windows, effective_from, written_at FROM plan
              WHERE person_id = $1 AND effective_from <= $2 ORDER BY version DESC LIMIT 1";
    NEWEST = "SELECT id, person_id, version, zone, windows, effective_from, written_at FROM plan
              WHERE person_id = $1 ORDER BY version DESC LIMIT 1";
    LIST = "SELECT id, person_id, version, zone, windows, effective_from, written_at FROM plan
            WHERE person_id = $1 ORDER BY version DESC";
    LIVE = "SELECT id, person_id, version, zone, windows, effective_from, written_at FROM plan
            WHERE person_id > $2 AND effective_from <= $1
              AND NOT EXISTS (SELECT 1 FROM plan later
                              WHERE later.person_id = plan.person_id AND later.version > plan.version AND later.effective_from <= $1)
            ORDER BY person_id LIMIT $3";
}

/// [`Error::Conflict`] when the person has a plan of this version.
pub async fn insert(tx: &mut Tx, plan: &SupervisionPlan) -> Result<()> {
    let windows = Windows {
        windows: plan.windows.clone(),
    };
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(plan.id.0)
        .bind(plan.person.0)
        .bind(plan.version)
        .bind(&plan.zone)
        .bind(Json(&windows))
        .bind(plan.effective_from.to_string())
        .bind(plan.written_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// The plan that holds on a local day: the highest version of those in effect.
pub async fn latest(tx: &mut Tx, person: PersonId, day: Date) -> Result<Option<SupervisionPlan>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(LATEST)
        .bind(person.0)
        .bind(day.to_string())
        .fetch_optional(c)
        .await?)
    .map(SupervisionPlan::try_from)
    .transpose()
}

/// The highest version, in effect or not yet.
pub async fn newest(tx: &mut Tx, person: PersonId) -> Result<Option<SupervisionPlan>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(NEWEST)
        .bind(person.0)
        .fetch_optional(c)
        .await?)
    .map(SupervisionPlan::try_from)
    .transpose()
}

/// All versions of a person, newest first.
pub async fn list(tx: &mut Tx, person: PersonId) -> Result<Vec<SupervisionPlan>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(LIST)
        .bind(person.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(SupervisionPlan::try_from)
    .collect()
}

/// The plans that hold on a local day, one a person, by person, beginning after `after`.
pub async fn live(
    tx: &mut Tx,
    day: Date,
    after: Option<PersonId>,
    limit: u32,
) -> Result<Vec<SupervisionPlan>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(LIVE)
        .bind(day.to_string())
        .bind(after.map_or(Uuid::nil(), |after| after.0))
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(SupervisionPlan::try_from)
    .collect()
}

/// An object around the list, since the two databases agree on objects only.
#[derive(Serialize, Deserialize)]
struct Windows {
    windows: Vec<DailyWindow>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    version: i32,
    zone: String,
    windows: Json<Windows>,
    effective_from: String,
    written_at: i64,
}

impl TryFrom<Row> for SupervisionPlan {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: PlanId(row.id),
            person: PersonId(row.person_id),
            version: row.version,
            zone: row.zone,
            windows: row.windows.0.windows,
            effective_from: parse("plan.effective_from", &row.effective_from)?,
            written_at: Micros(row.written_at),
        })
    }
}
