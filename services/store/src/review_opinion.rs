//! What officers think of a case that waits for them, one opinion each. Who may know of it: [`domain::review::seen_by`].

use domain::{CheckinId, Micros, OfficerId, review::Opinion};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{inserted, parse},
};

sql! {
    ADD = "INSERT INTO review_opinion (checkin_id, officer_id, decision, reason, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    OF_CHECKIN = "SELECT officer_id, decision, reason, at FROM review_opinion WHERE checkin_id = $1 ORDER BY at, officer_id";
}

/// [`Error::Conflict`] when this officer gave one already.
pub async fn add(tx: &mut Tx, checkin: CheckinId, opinion: &Opinion) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(ADD)
        .bind(checkin.0)
        .bind(opinion.officer.0)
        .bind(opinion.decision.as_str())
        .bind(&opinion.reason)
        .bind(opinion.at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// All of a case, the oldest first.
pub async fn of_checkin(tx: &mut Tx, checkin: CheckinId) -> Result<Vec<Opinion>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_CHECKIN)
        .bind(checkin.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Opinion::try_from)
    .collect()
}

#[derive(FromRow)]
struct Row {
    officer_id: Uuid,
    decision: String,
    reason: String,
    at: i64,
}

impl TryFrom<Row> for Opinion {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            officer: OfficerId(row.officer_id),
            decision: parse("review_opinion.decision", &row.decision)?,
            reason: row.reason,
            at: Micros(row.at),
        })
    }
}
