//! Approvals of continuous positioning (社区矫正法 §29). An approval is never changed but for its early end.

use domain::{ApprovalId, Micros, OfficerId, PersonId, positioning::Approval};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, inserted, parse},
};

macro_rules! approval_columns {
    () => {
        "id, person_id, ground, reason, from_at, until_at, approved_by, approved_at, ended_at"
    };
}

sql! {
    INSERT = "INSERT INTO positioning_approval (id, person_id, ground, reason, from_at, until_at, approved_by, approved_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    GET = concat!("SELECT ", approval_columns!(), " FROM positioning_approval WHERE id = $1");
    OF_PERSON = concat!(
        "SELECT ", approval_columns!(), " FROM positioning_approval WHERE person_id = $1 ORDER BY from_at, id"
    );
    HOLD = "UPDATE positioning_approval SET reason = reason WHERE id = $1 AND ended_at IS NULL";
    END = "UPDATE positioning_approval SET ended_by = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL";
    END_OF_PERSON = concat!(
        "UPDATE positioning_approval SET ended_by = $2, ended_at = $3
         WHERE person_id = $1 AND ended_at IS NULL AND until_at > $3 RETURNING ", approval_columns!()
    );
}

pub async fn insert(tx: &mut Tx, approval: &Approval) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(approval.id.0)
        .bind(approval.person.0)
        .bind(approval.ground.as_str())
        .bind(&approval.reason)
        .bind(approval.from.0)
        .bind(approval.until.0)
        .bind(approval.approved_by.0)
        .bind(approval.approved_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn get(tx: &mut Tx, id: ApprovalId) -> Result<Option<Approval>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_optional(c)
        .await?)
    .map(Approval::try_from)
    .transpose()
}

/// All of a person, in the order of their beginnings.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<Approval>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_PERSON)
        .bind(person.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Approval::try_from)
    .collect()
}

/// Keeps an approval from being ended until the transaction is over, so that nothing is stored under it afterwards.
///
/// [`Error::Lost`] when it was ended.
pub async fn hold(tx: &mut Tx, id: ApprovalId) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(HOLD)
        .bind(id.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// [`Error::Lost`] when it was ended before.
pub async fn end(tx: &mut Tx, id: ApprovalId, by: OfficerId, now: Micros) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(END)
        .bind(id.0)
        .bind(by.0)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Ends all that are not over; returns them as they are now.
pub async fn end_of_person(
    tx: &mut Tx,
    person: PersonId,
    by: OfficerId,
    now: Micros,
) -> Result<Vec<Approval>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(END_OF_PERSON)
        .bind(person.0)
        .bind(by.0)
        .bind(now.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Approval::try_from)
    .collect()
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    ground: String,
    reason: String,
    from_at: i64,
    until_at: i64,
    approved_by: Uuid,
    approved_at: i64,
    ended_at: Option<i64>,
}

impl TryFrom<Row> for Approval {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: ApprovalId(row.id),
            person: PersonId(row.person_id),
            ground: parse("positioning_approval.ground", &row.ground)?,
            reason: row.reason,
            from: Micros(row.from_at),
            until: Micros(row.until_at),
            approved_by: OfficerId(row.approved_by),
            approved_at: Micros(row.approved_at),
            ended_at: row.ended_at.map(Micros),
        })
    }
}
