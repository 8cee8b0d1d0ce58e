//! Measures of 社区矫正法 §28, as officers entered them.

use domain::{
    MeasureId, Micros, OfficerId, PersonId,
    access::Scope,
    measure::{Measure, Withdrawn},
};
use jiff::civil::Date;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, inserted, parse},
    person::{bind_scope, within_scope},
};

macro_rules! select {
    ($rest:expr) => {
        concat!(
            "SELECT m.id, m.person_id, m.kind, m.day, m.reason, m.entered_by, m.entered_at, m.withdrawn_by, m.withdrawn_at, m.withdrawn_reason
             FROM measure m ",
            $rest
        )
    };
}

sql! {
    INSERT = "INSERT INTO measure (id, person_id, kind, day, reason, entered_by, entered_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    GET = select!("WHERE m.id = $1");
    OF_PERSON = select!("WHERE m.person_id = $1 ORDER BY m.day, m.id LIMIT $2");
    WITHIN = select!(concat!(
        "JOIN person p ON p.id = m.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE ", within_scope!(), " AND m.day >= $4 AND m.day <= $5 AND m.withdrawn_at IS NULL ORDER BY m.day, m.id LIMIT $6"
    ));
    WITHDRAW = "UPDATE measure SET withdrawn_by = $2, withdrawn_at = $3, withdrawn_reason = $4 WHERE id = $1 AND withdrawn_at IS NULL";
}

/// Inserts a measure that counts.
pub async fn insert(tx: &mut Tx, measure: &Measure) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(measure.id.0)
        .bind(measure.person.0)
        .bind(measure.kind.as_str())
        .bind(measure.day.to_string())
        .bind(&measure.reason)
        .bind(measure.entered_by.0)
        .bind(measure.entered_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn get(tx: &mut Tx, id: MeasureId) -> Result<Option<Measure>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_optional(c)
        .await?)
    .map(Measure::try_from)
    .transpose()
}

/// Of a person, also withdrawn ones, by day.
pub async fn of_person(tx: &mut Tx, person: PersonId, limit: u32) -> Result<Vec<Measure>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_PERSON)
        .bind(person.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Measure::try_from)
    .collect()
}

/// Those that count, of the persons within the scope, given on `first..=last`, by day.
pub async fn within(
    tx: &mut Tx,
    scope: &Scope,
    (first, last): (Date, Date),
    limit: u32,
) -> Result<Vec<Measure>> {
    on!(tx, |c| bind_scope!(sqlx::query_as::<_, Row>(WITHIN), scope)
        .bind(first.to_string())
        .bind(last.to_string())
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Measure::try_from)
    .collect()
}

/// [`Error::Lost`] when it was withdrawn before.
pub async fn withdraw(tx: &mut Tx, id: MeasureId, withdrawn: &Withdrawn) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(WITHDRAW)
        .bind(id.0)
        .bind(withdrawn.by.0)
        .bind(withdrawn.at.0)
        .bind(&withdrawn.reason)
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    kind: String,
    day: String,
    reason: String,
    entered_by: Uuid,
    entered_at: i64,
    withdrawn_by: Option<Uuid>,
    withdrawn_at: Option<i64>,
    withdrawn_reason: Option<String>,
}

impl TryFrom<Row> for Measure {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let withdrawn = match (row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason) {
            (Some(by), Some(at), Some(reason)) => Some(Withdrawn {
                by: OfficerId(by),
                at: Micros(at),
                reason,
            }),
            _ => None,
        };
        Ok(Self {
            id: MeasureId(row.id),
            person: PersonId(row.person_id),
            kind: parse("measure.kind", &row.kind)?,
            day: parse("measure.day", &row.day)?,
            reason: row.reason,
            entered_by: OfficerId(row.entered_by),
            entered_at: Micros(row.entered_at),
            withdrawn,
        })
    }
}
