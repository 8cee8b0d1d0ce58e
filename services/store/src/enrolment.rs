//! Attended captures of face and voice. Like check-ins, the row is the queue.

use domain::{
    EnrolmentId, Micros, OfficerId, PersonId,
    enrolment::{Enrolment, Findings, State},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, parse},
};

/// On PostgreSQL several workers may reach for the same row; one gets it and the others look again, so often.
const CLAIM_TRIES_MAX: u32 = 16;

sql! {
    OPEN = "INSERT INTO enrolment (id, person_id, officer_id, state, claim, opened_at) VALUES ($1, $2, $3, 'open', 0, $4)";
    GET = "SELECT id, person_id, officer_id, state, claim, opened_at, submitted_at, findings, concluded_at FROM enrolment WHERE id = $1";
    LATEST_OF_PERSON = "SELECT id, person_id, officer_id, state, claim, opened_at, submitted_at, findings, concluded_at FROM enrolment
                        WHERE person_id = $1 ORDER BY opened_at DESC, id DESC LIMIT 1";
    SUBMIT = "UPDATE enrolment SET state = 'queued', submitted_at = $2, despite = $3 WHERE id = $1 AND state = 'open'";
    /// The condition stands twice: the inner one finds a row, the outer one makes sure that it is still free when the lock is held.
    CLAIM_NEXT = "UPDATE enrolment SET state = 'running', claim = claim + 1, lease_until = $2
                  WHERE id = (SELECT id FROM enrolment
                              WHERE state IN ('queued', 'running') AND (state = 'queued' OR lease_until < $1)
                              ORDER BY submitted_at, id LIMIT 1)
                    AND state IN ('queued', 'running') AND (state = 'queued' OR lease_until < $1)
                  RETURNING id, claim, person_id, officer_id, despite, submitted_at, lease_until";
    CLAIMABLE = "SELECT EXISTS (SELECT 1 FROM enrolment
                                WHERE state IN ('queued', 'running') AND (state = 'queued' OR lease_until < $1))";
    QUEUE_LEN = "SELECT COUNT(*) FROM enrolment WHERE state IN ('queued', 'running')";
    RENEW = "UPDATE enrolment SET lease_until = $3 WHERE id = $1 AND claim = $2 AND state = 'running'";
    RELEASE = "UPDATE enrolment SET state = 'queued', lease_until = NULL WHERE id = $1 AND claim = $2 AND state = 'running'";
    FINISH = "UPDATE enrolment SET state = $3, findings = $4, concluded_at = $5, lease_until = NULL
              WHERE id = $1 AND claim = $2 AND state = 'running'";
}

/// One worker's hold on one enrolment. All that it does later names the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub enrolment: EnrolmentId,
    /// Times that the enrolment was claimed, this one included.
    pub number: i32,
    pub person: PersonId,
    pub officer: OfficerId,
    /// Why the officer wants it although the face stands under another name.
    pub despite: Option<String>,
    pub submitted_at: Micros,
    pub lease_until: Micros,
}

/// Inserts a fresh enrolment in state [`State::Open`]; its fields beyond `opened_at` are not looked at.
pub async fn open(tx: &mut Tx, enrolment: &Enrolment) -> Result<()> {
    on!(tx, |c| sqlx::query(OPEN)
        .bind(enrolment.id.0)
        .bind(enrolment.person.0)
        .bind(enrolment.officer.0)
        .bind(enrolment.opened_at.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

pub async fn get(tx: &mut Tx, id: EnrolmentId) -> Result<Option<Enrolment>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_optional(c)
        .await?)
    .map(Enrolment::try_from)
    .transpose()
}

/// The one that was opened last.
pub async fn latest_of_person(tx: &mut Tx, person: PersonId) -> Result<Option<Enrolment>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(LATEST_OF_PERSON)
        .bind(person.0)
        .fetch_optional(c)
        .await?)
    .map(Enrolment::try_from)
    .transpose()
}

/// `open → queued`; `despite` as [`Claim::despite`].
///
/// [`Error::Lost`] when it is not open.
pub async fn submit(
    tx: &mut Tx,
    id: EnrolmentId,
    despite: Option<&str>,
    now: Micros,
) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(SUBMIT)
        .bind(id.0)
        .bind(now.0)
        .bind(despite)
        .execute(c)
        .await?
        .rows_affected()))
}

/// `queued → running`, or `running` anew when the lease lapsed before `now`: the enrolment that was submitted first. None when there is
/// none, or when other workers were faster every time.
pub async fn claim_next(tx: &mut Tx, now: Micros, lease_until: Micros) -> Result<Option<Claim>> {
    for _ in 0..CLAIM_TRIES_MAX {
        let row = on!(tx, |c| sqlx::query_as::<_, ClaimRow>(CLAIM_NEXT)
            .bind(now.0)
            .bind(lease_until.0)
            .fetch_optional(c)
            .await?);
        if let Some(row) = row {
            return Ok(Some(row.into()));
        }
        let more = on!(tx, |c| sqlx::query_scalar::<_, bool>(CLAIMABLE)
            .bind(now.0)
            .fetch_one(c)
            .await?);
        if !more {
            break;
        }
    }
    Ok(None)
}

/// Enrolments that were handed in and are not concluded.
pub async fn queue_len(tx: &mut Tx) -> Result<i64> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, i64>(QUEUE_LEN)
        .fetch_one(c)
        .await?))
}

/// Holds on for longer.
///
/// [`Error::Lost`] when another worker has it, or it is concluded.
pub async fn renew(tx: &mut Tx, claim: &Claim, lease_until: Micros) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(RENEW)
        .bind(claim.enrolment.0)
        .bind(claim.number)
        .bind(lease_until.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// `running → queued`: this worker cannot do it, another may.
///
/// [`Error::Lost`] when another worker has it, or it is concluded.
pub async fn release(tx: &mut Tx, claim: &Claim) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(RELEASE)
        .bind(claim.enrolment.0)
        .bind(claim.number)
        .execute(c)
        .await?
        .rows_affected()))
}

/// `running → complete | refused`.
///
/// [`Error::Lost`] when another worker has it, or it is concluded: then nothing of this result counts.
pub async fn finish(
    tx: &mut Tx,
    claim: &Claim,
    state: State,
    findings: &Findings,
    at: Micros,
) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(FINISH)
        .bind(claim.enrolment.0)
        .bind(claim.number)
        .bind(state.as_str())
        .bind(Json(findings))
        .bind(at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    officer_id: Uuid,
    state: String,
    claim: i32,
    opened_at: i64,
    submitted_at: Option<i64>,
    findings: Option<Json<Findings>>,
    concluded_at: Option<i64>,
}

#[derive(FromRow)]
struct ClaimRow {
    id: Uuid,
    claim: i32,
    person_id: Uuid,
    officer_id: Uuid,
    despite: Option<String>,
    submitted_at: i64,
    lease_until: i64,
}

impl TryFrom<Row> for Enrolment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: EnrolmentId(row.id),
            person: PersonId(row.person_id),
            officer: OfficerId(row.officer_id),
            state: parse("enrolment.state", &row.state)?,
            claim: row.claim,
            opened_at: Micros(row.opened_at),
            submitted_at: row.submitted_at.map(Micros),
            findings: row.findings.map(|findings| findings.0),
            concluded_at: row.concluded_at.map(Micros),
        })
    }
}

impl From<ClaimRow> for Claim {
    fn from(row: ClaimRow) -> Self {
        Self {
            enrolment: EnrolmentId(row.id),
            number: row.claim,
            person: PersonId(row.person_id),
            officer: OfficerId(row.officer_id),
            despite: row.despite,
            submitted_at: Micros(row.submitted_at),
            lease_until: Micros(row.lease_until),
        }
    }
}
