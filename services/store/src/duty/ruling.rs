//! What officers wrote down about duties. Entries are only ever added.

use domain::{DutyId, Micros, OfficerId, attendance::Ruling};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::parse,
};

sql! {
    ADD = "INSERT INTO duty_ruling (id, duty_id, kind, at, officer_id, reason, ruled_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    OF_DUTY = "SELECT kind, at, officer_id, reason FROM duty_ruling WHERE duty_id = $1 ORDER BY ruled_at, id";
}

/// Adds an entry under a new id. The caller holds the duty.
pub async fn add(
    tx: &mut Tx,
    id: Uuid,
    duty: DutyId,
    ruling: &Ruling,
    ruled_at: Micros,
) -> Result<()> {
    on!(tx, |c| sqlx::query(ADD)
        .bind(id)
        .bind(duty.0)
        .bind(ruling.kind.as_str())
        .bind(ruling.at.0)
        .bind(ruling.officer.0)
        .bind(&ruling.reason)
        .bind(ruled_at.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// All entries about a duty, the oldest first.
pub async fn of_duty(tx: &mut Tx, duty: DutyId) -> Result<Vec<Ruling>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_DUTY)
        .bind(duty.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Ruling::try_from)
    .collect()
}

#[derive(FromRow)]
struct Row {
    kind: String,
    at: i64,
    officer_id: Uuid,
    reason: String,
}

impl TryFrom<Row> for Ruling {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            kind: parse("duty_ruling.kind", &row.kind)?,
            at: Micros(row.at),
            officer: OfficerId(row.officer_id),
            reason: row.reason,
        })
    }
}
