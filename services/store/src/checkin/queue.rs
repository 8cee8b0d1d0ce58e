//! The queue of submitted attempts. Claims are numbered and leased.

use domain::{
    CheckinId, DeviceId, DutyId, Micros, PersonId,
    area::Report,
    challenge::{Presence, Prompt},
    checkin::State,
    plan::SupervisionLevel,
    verdict::{Verdict, Weighed},
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
    /// The condition stands twice: the inner one finds a row, the outer one makes sure that it is still free when the lock is held.
    CLAIM_NEXT = "UPDATE checkin SET state = 'running', claim = claim + 1, lease_until = $2
                  WHERE id = (SELECT id FROM checkin
                              WHERE state IN ('queued', 'running') AND (state = 'queued' OR lease_until < $1)
                              ORDER BY submitted_at, id LIMIT 1)
                    AND state IN ('queued', 'running') AND (state = 'queued' OR lease_until < $1)
                  RETURNING id, claim, duty_id, person_id, device_id, prompt, presence, submitted_at, lease_until,
                    (SELECT p.level FROM person p WHERE p.id = checkin.person_id) AS level";
    CLAIMABLE = "SELECT EXISTS (SELECT 1 FROM checkin
                                WHERE state IN ('queued', 'running') AND (state = 'queued' OR lease_until < $1))";
    /// The two queues that a worker looks at.
    BOTH_CLAIMABLE = "SELECT EXISTS (SELECT 1 FROM enrolment
                                     WHERE state IN ('queued', 'running') AND (state = 'queued' OR lease_until < $1)) AS enrolments,
                             EXISTS (SELECT 1 FROM checkin
                                     WHERE state IN ('queued', 'running') AND (state = 'queued' OR lease_until < $1)) AS checkins";
    QUEUE_LEN = "SELECT COUNT(*) FROM checkin WHERE state IN ('queued', 'running')";
    RENEW = "UPDATE checkin SET lease_until = $3 WHERE id = $1 AND claim = $2 AND state = 'running'";
    RELEASE = "UPDATE checkin SET state = 'queued', lease_until = NULL WHERE id = $1 AND claim = $2 AND state = 'running'";
    FINISH = "UPDATE checkin SET state = $3, measurement = $4, verdict = $5, failed_match = $6, concluded_at = $7, findings = $8,
                lease_until = NULL
              WHERE id = $1 AND claim = $2 AND state = 'running'";
}

/// One worker's hold on one attempt. All that it does later names the number.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    pub checkin: CheckinId,
    /// Times that the attempt was claimed, this one included. One that was claimed again and again kills its workers.
    pub number: i32,
    pub duty: DutyId,
    pub person: PersonId,
    pub device: DeviceId,
    pub prompt: Prompt,
    /// What the person was asked to show besides a frontal face.
    pub presence: Option<Presence>,
    pub submitted_at: Micros,
    pub lease_until: Micros,
    /// Of the person's order as it stands.
    pub level: SupervisionLevel,
}

/// What a worker found.
#[derive(Debug, Clone)]
pub struct Conclusion<'a> {
    /// What [`domain::checkin::next`] made of the verdict.
    pub state: State,
    /// The measurement, and what it came to.
    pub weighed: &'a Weighed,
    pub verdict: &'a Verdict,
    /// What its position said about the areas; none without a position.
    pub place: Option<&'a Report>,
    pub at: Micros,
}

/// `queued → running`, or `running` anew when the lease lapsed before `now`: the attempt that was submitted first. None when there is
/// none, or when other workers were faster every time.
pub async fn claim_next(tx: &mut Tx, now: Micros, lease_until: Micros) -> Result<Option<Claim>> {
    for _ in 0..CLAIM_TRIES_MAX {
        let row = on!(tx, |c| sqlx::query_as::<_, Row>(CLAIM_NEXT)
            .bind(now.0)
            .bind(lease_until.0)
            .fetch_optional(c)
            .await?);
        if let Some(row) = row {
            return Claim::try_from(row).map(Some);
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

/// Is there an enrolment, and is there an attempt, that a worker could claim?
pub async fn claimable(tx: &mut Tx, now: Micros) -> Result<(bool, bool)> {
    type Both = (bool, bool);
    Ok(on!(tx, |c| sqlx::query_as::<_, Both>(BOTH_CLAIMABLE)
        .bind(now.0)
        .fetch_one(c)
        .await?))
}

/// Attempts that were acknowledged and have no verdict.
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
        .bind(claim.checkin.0)
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
        .bind(claim.checkin.0)
        .bind(claim.number)
        .execute(c)
        .await?
        .rows_affected()))
}

/// `running → verified | retry | review`.
///
/// [`Error::Lost`] when another worker has it, or it is concluded: then nothing of this result counts.
pub async fn finish(tx: &mut Tx, claim: &Claim, conclusion: &Conclusion<'_>) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(FINISH)
        .bind(claim.checkin.0)
        .bind(claim.number)
        .bind(conclusion.state.as_str())
        .bind(Json(conclusion.weighed))
        .bind(Json(conclusion.verdict))
        .bind(conclusion.verdict.failed_match())
        .bind(conclusion.at.0)
        .bind(conclusion.place.map(Json))
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    claim: i32,
    duty_id: Uuid,
    person_id: Uuid,
    device_id: Uuid,
    prompt: String,
    presence: Option<Json<Presence>>,
    submitted_at: i64,
    lease_until: i64,
    level: String,
}

impl TryFrom<Row> for Claim {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            checkin: CheckinId(row.id),
            number: row.claim,
            duty: DutyId(row.duty_id),
            person: PersonId(row.person_id),
            device: DeviceId(row.device_id),
            prompt: super::prompt("checkin.prompt", row.prompt)?,
            presence: row.presence.map(|presence| presence.0),
            submitted_at: Micros(row.submitted_at),
            lease_until: Micros(row.lease_until),
            level: parse("person.level", &row.level)?,
        })
    }
}
