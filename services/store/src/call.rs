//! Calls that officers made to persons.

use domain::{
    CallId, CheckinId, Micros, OfficerId, PersonId,
    call::{Call, CallOutcome},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{inserted, parse},
};

sql! {
    INSERT = "INSERT INTO call (id, person_id, checkin_id, officer_id, at, outcome, note) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    OF_PERSON = "SELECT c.id, c.person_id, c.checkin_id, c.officer_id, o.name AS officer_name, c.at, c.outcome, c.note
                 FROM call c JOIN officer o ON o.id = c.officer_id WHERE c.person_id = $1 ORDER BY c.at DESC, c.id DESC LIMIT $2";
}

pub async fn insert(tx: &mut Tx, call: &Call) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(call.id.0)
        .bind(call.person.0)
        .bind(call.checkin.map(|checkin| checkin.0))
        .bind(call.officer.0)
        .bind(call.at.0)
        .bind(call.outcome.as_str())
        .bind(&call.note)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Of a person, the newest first, each with the officer's name.
pub async fn of_person(tx: &mut Tx, person: PersonId, limit: u32) -> Result<Vec<(Call, String)>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_PERSON)
        .bind(person.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(<(Call, String)>::try_from)
    .collect()
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    checkin_id: Option<Uuid>,
    officer_id: Uuid,
    officer_name: String,
    at: i64,
    outcome: String,
    note: String,
}

impl TryFrom<Row> for (Call, String) {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let call = Call {
            id: CallId(row.id),
            person: PersonId(row.person_id),
            checkin: row.checkin_id.map(CheckinId),
            officer: OfficerId(row.officer_id),
            at: Micros(row.at),
            outcome: parse::<CallOutcome>("call.outcome", &row.outcome)?,
            note: row.note,
        };
        Ok((call, row.officer_name))
    }
}
