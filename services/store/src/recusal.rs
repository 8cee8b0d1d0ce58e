//! Officers who stand aside from a case (执法回避). Who may see whom: `within_scope!` of `person`.

use domain::{Micros, OfficerId, PersonId, RecusalId, access::Recusal};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Tx,
    db::{on, sql},
    error::{changed, inserted},
};

sql! {
    INSERT = "INSERT INTO recusal (id, person_id, officer_id, reason, set_by, set_at)
              VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    GET = "SELECT id, person_id, officer_id, reason, set_by, set_at, lifted_at FROM recusal WHERE id = $1";
    OF_PERSON = "SELECT id, person_id, officer_id, reason, set_by, set_at, lifted_at FROM recusal
                 WHERE person_id = $1 ORDER BY set_at, id LIMIT $2";
    LIFT = "UPDATE recusal SET lifted_by = $2, lifted_at = $3 WHERE id = $1 AND lifted_at IS NULL";
}

/// [`crate::Error::Conflict`] when the officer stands aside from this case already.
pub async fn insert(tx: &mut Tx, recusal: &Recusal) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(recusal.id.0)
        .bind(recusal.person.0)
        .bind(recusal.officer.0)
        .bind(&recusal.reason)
        .bind(recusal.set_by.0)
        .bind(recusal.set_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn get(tx: &mut Tx, id: RecusalId) -> Result<Option<Recusal>> {
    let row = on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_optional(c)
        .await?);
    Ok(row.map(Recusal::from))
}

/// Of a person, live or lifted, the oldest first.
pub async fn of_person(tx: &mut Tx, person: PersonId, limit: u32) -> Result<Vec<Recusal>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, Row>(OF_PERSON)
        .bind(person.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?);
    Ok(rows.into_iter().map(Recusal::from).collect())
}

/// [`crate::Error::Lost`] when it was lifted before.
pub async fn lift(tx: &mut Tx, id: RecusalId, by: OfficerId, now: Micros) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(LIFT)
        .bind(id.0)
        .bind(by.0)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    officer_id: Uuid,
    reason: String,
    set_by: Uuid,
    set_at: i64,
    lifted_at: Option<i64>,
}

impl From<Row> for Recusal {
    fn from(row: Row) -> Self {
        Self {
            id: RecusalId(row.id),
            person: PersonId(row.person_id),
            officer: OfficerId(row.officer_id),
            reason: row.reason,
            set_by: OfficerId(row.set_by),
            set_at: Micros(row.set_at),
            lifted_at: row.lifted_at.map(Micros),
        }
    }
}
