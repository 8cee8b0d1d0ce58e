//! Attempts to fulfil a duty.
//!
//! The row is the queue: [`submit`] puts an attempt into it, a worker takes it with [`claim_next`] and must [`finish`] or [`release`] it
//! before its lease ends.

pub(crate) mod queue;
pub(crate) mod view;

use domain::{
    CheckinId, DeviceId, DutyId, Micros, OfficerId, PersonId,
    challenge::{Presence, Prompt},
    checkin::{Attempt, Checkin, Decision, State},
    verdict::{Verdict, Weighed},
};
use serde_json::{Map, Value};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    duty::{self, Marked, duty_columns},
    error::{changed, parse},
};
pub use queue::{Claim, Conclusion, claim_next, claimable, finish, queue_len, release, renew};
pub use view::{Detail, Recent, Waiting, detail, recent, review_queue};

/// Columns of [`Row`] from a table or alias.
macro_rules! checkin_columns {
    ($table:literal) => {
        concat!(
            $table,
            ".id, ",
            $table,
            ".duty_id, ",
            $table,
            ".person_id, ",
            $table,
            ".device_id, ",
            $table,
            ".state, ",
            $table,
            ".claim, ",
            $table,
            ".prompt, ",
            $table,
            ".presence, ",
            $table,
            ".nonce, ",
            $table,
            ".opened_at, ",
            $table,
            ".expires_at, ",
            $table,
            ".submitted_at, ",
            $table,
            ".verdict, ",
            $table,
            ".concluded_at"
        )
    };
}
pub(crate) use checkin_columns;

sql! {
    OPEN = "INSERT INTO checkin (id, duty_id, person_id, device_id, state, claim, prompt, nonce, opened_at, expires_at, failed_match,
              presence)
            VALUES ($1, $2, $3, $4, 'open', 0, $5, $6, $7, $8, FALSE, $9)";
    GET = concat!("SELECT ", checkin_columns!("checkin"), " FROM checkin WHERE id = $1");
    WITH_DUTY = concat!(
        "SELECT ", checkin_columns!("k"), ", ", duty_columns!("d"), " FROM checkin k JOIN duty d ON d.id = k.duty_id WHERE k.id = $1"
    );
    OF_DUTY = concat!("SELECT ", checkin_columns!("checkin"), " FROM checkin WHERE duty_id = $1 ORDER BY opened_at, id");
    ATTEMPTS = "SELECT state, submitted_at, concluded_at, failed_match FROM checkin WHERE duty_id = $1 ORDER BY opened_at, id";
    RETRIED = "SELECT verdict, measurement FROM checkin WHERE duty_id = $1 AND state = 'retry' AND verdict IS NOT NULL AND measurement IS NOT NULL
               ORDER BY opened_at, id";
    STATES_OF_PERSON = "SELECT id, state FROM checkin WHERE person_id = $1 ORDER BY id";
    SUBMIT = "UPDATE checkin SET state = 'queued', submitted_at = $2, facts = $3
              WHERE id = $1 AND state = 'open' AND expires_at >= $2";
    EXPIRE = concat!(
        "UPDATE checkin SET state = 'expired'
         WHERE id IN (SELECT id FROM checkin WHERE state = 'open' AND expires_at < $1 ORDER BY expires_at, id LIMIT $2)
           AND state = 'open'
         RETURNING ", checkin_columns!("checkin")
    );
    ERASE_PLACES = "UPDATE checkin SET facts = NULL, findings = NULL
                    WHERE person_id = $1 AND (facts IS NOT NULL OR findings IS NOT NULL)";
    DECIDE = "UPDATE checkin SET state = $2, decision = $3, decided_by = $4, decision_reason = $5, decided_at = $6
              WHERE id = $1 AND state = $7";
}

/// What the phone said of itself and its place when it submitted, as it said it.
pub type Facts = Map<String, Value>;

/// An officer's decision on an attempt under review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    pub decision: Decision,
    pub officer: OfficerId,
    pub reason: String,
    pub at: Micros,
}

/// Inserts a fresh attempt in state [`State::Open`]; its fields beyond `expires_at` are not looked at.
pub async fn open(tx: &mut Tx, checkin: &Checkin) -> Result<()> {
    on!(tx, |c| sqlx::query(OPEN)
        .bind(checkin.id.0)
        .bind(checkin.duty.0)
        .bind(checkin.person.0)
        .bind(checkin.device.0)
        .bind(checkin.prompt.as_str())
        .bind(&checkin.nonce)
        .bind(checkin.opened_at.0)
        .bind(checkin.expires_at.0)
        .bind(checkin.presence.as_ref().map(Json))
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

pub async fn get(tx: &mut Tx, id: CheckinId) -> Result<Option<Checkin>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_optional(c)
        .await?)
    .map(Checkin::try_from)
    .transpose()
}

/// An attempt with its duty as it stands.
pub async fn with_duty(tx: &mut Tx, id: CheckinId) -> Result<Option<(Checkin, Marked)>> {
    let row = on!(tx, |c| sqlx::query_as::<_, WithDutyRow>(WITH_DUTY)
        .bind(id.0)
        .fetch_optional(c)
        .await?);
    row.map(|row| Ok((row.checkin.try_into()?, row.duty.try_into()?)))
        .transpose()
}

/// Where all attempts of a person stand.
pub async fn states_of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<(CheckinId, State)>> {
    on!(tx, |c| sqlx::query_as::<_, StateRow>(STATES_OF_PERSON)
        .bind(person.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| Ok((CheckinId(row.id), parse("checkin.state", &row.state)?)))
    .collect()
}

/// All attempts at a duty, oldest first.
pub async fn of_duty(tx: &mut Tx, duty: DutyId) -> Result<Vec<Checkin>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_DUTY)
        .bind(duty.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Checkin::try_from)
    .collect()
}

/// What all attempts at a duty came to, oldest first: enough for the attendance and for the next try.
pub async fn attempts(tx: &mut Tx, duty: DutyId) -> Result<Vec<Attempt>> {
    on!(tx, |c| sqlx::query_as::<_, AttemptRow>(ATTEMPTS)
        .bind(duty.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| {
        Ok(Attempt {
            state: parse("checkin.state", &row.state)?,
            submitted_at: row.submitted_at.map(Micros),
            concluded_at: row.concluded_at.map(Micros),
            failed_match: row.failed_match,
        })
    })
    .collect()
}

/// The verdict on each attempt at a duty that was to be taken again, and what was measured of it, oldest first.
pub async fn retried(tx: &mut Tx, duty: DutyId) -> Result<Vec<(Verdict, Weighed)>> {
    let rows: Vec<(Json<Verdict>, Json<Weighed>)> = on!(tx, |c| sqlx::query_as(RETRIED)
        .bind(duty.0)
        .fetch_all(c)
        .await?);
    let unwrapped = |(verdict, weighed): (Json<Verdict>, Json<Weighed>)| (verdict.0, weighed.0);
    Ok(rows.into_iter().map(unwrapped).collect())
}

/// `open → queued`.
///
/// [`Error::Lost`] when it is not open, or its time is over.
pub async fn submit(tx: &mut Tx, id: CheckinId, facts: &Facts, now: Micros) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(SUBMIT)
        .bind(id.0)
        .bind(now.0)
        .bind(Json(facts))
        .execute(c)
        .await?
        .rows_affected()))
}

/// `open → expired` for at most `limit` attempts whose time is over; returns them as they are now.
pub async fn expire(tx: &mut Tx, now: Micros, limit: u32) -> Result<Vec<Checkin>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(EXPIRE)
        .bind(now.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Checkin::try_from)
    .collect()
}

/// What the person's phone said of itself and of his places, and what that came to, is gone.
pub async fn erase_places(tx: &mut Tx, person: PersonId) -> Result<()> {
    on!(tx, |c| sqlx::query(ERASE_PLACES)
        .bind(person.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// `from → to` by an officer's word: `review → accepted | declined | asked_again`, and `declined → accepted` when an appeal was granted;
/// what [`domain::checkin::next`] made of it.
///
/// [`Error::Lost`] when it is not in state `from`.
pub async fn decide(
    tx: &mut Tx,
    id: CheckinId,
    (from, to): (State, State),
    ruling: &Ruling,
) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(DECIDE)
        .bind(id.0)
        .bind(to.as_str())
        .bind(ruling.decision.as_str())
        .bind(ruling.officer.0)
        .bind(&ruling.reason)
        .bind(ruling.at.0)
        .bind(from.as_str())
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
pub(crate) struct Row {
    id: Uuid,
    duty_id: Uuid,
    person_id: Uuid,
    device_id: Uuid,
    state: String,
    claim: i32,
    prompt: String,
    presence: Option<Json<Presence>>,
    nonce: String,
    opened_at: i64,
    expires_at: i64,
    submitted_at: Option<i64>,
    verdict: Option<Json<Verdict>>,
    concluded_at: Option<i64>,
}

#[derive(FromRow)]
struct WithDutyRow {
    #[sqlx(flatten)]
    checkin: Row,
    #[sqlx(flatten)]
    duty: duty::Row,
}

#[derive(FromRow)]
struct StateRow {
    id: Uuid,
    state: String,
}

#[derive(FromRow)]
struct AttemptRow {
    state: String,
    submitted_at: Option<i64>,
    concluded_at: Option<i64>,
    failed_match: bool,
}

impl TryFrom<Row> for Checkin {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: CheckinId(row.id),
            duty: DutyId(row.duty_id),
            person: PersonId(row.person_id),
            device: DeviceId(row.device_id),
            state: parse("checkin.state", &row.state)?,
            claim: row.claim,
            prompt: prompt("checkin.prompt", row.prompt)?,
            presence: row.presence.map(|presence| presence.0),
            nonce: row.nonce,
            opened_at: Micros(row.opened_at),
            expires_at: Micros(row.expires_at),
            submitted_at: row.submitted_at.map(Micros),
            verdict: row.verdict.map(|verdict| verdict.0),
            concluded_at: row.concluded_at.map(Micros),
        })
    }
}

/// Stored digits as the phrase they are.
pub(crate) fn prompt(column: &str, digits: String) -> Result<Prompt> {
    Prompt::try_from(digits).map_err(|why| Error::corrupt(column, why))
}
