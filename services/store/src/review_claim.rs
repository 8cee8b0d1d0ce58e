//! Who looks at a case that waits for an officer: one officer at a time, for a while.

use domain::{CheckinId, Micros, OfficerId, access::Scope, review::Claim};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Tx,
    checkin::{Waiting, checkin_columns, view::WaitingRow},
    db::{on, sql},
    duty::duty_columns,
    error::changed,
    person::{bind_scope, person_columns, within_scope},
};

/// Cases `k` of which the officer `$2` has not said yet what he thinks.
macro_rules! not_seen {
    () => {
        "NOT EXISTS (SELECT 1 FROM review_opinion m WHERE m.checkin_id = k.id AND m.officer_id = $2)"
    };
}
pub(crate) use not_seen;

sql! {
    // Of two officers at once the second finds the first one's row, and its condition no longer holds.
    TAKE = "INSERT INTO review_claim (checkin_id, officer_id, claimed_at, expires_at)
            SELECT k.id, $2, $3, $4 FROM checkin k WHERE k.id = $1 AND k.state = 'review'
            ON CONFLICT (checkin_id) DO UPDATE
              SET officer_id = excluded.officer_id, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at
            WHERE review_claim.officer_id = excluded.officer_id OR review_claim.expires_at <= $3";
    LIVE = "SELECT c.officer_id, o.name, c.claimed_at, c.expires_at FROM review_claim c JOIN officer o ON o.id = c.officer_id
            WHERE c.checkin_id = $1 AND c.expires_at > $2";
    RENEW = "UPDATE review_claim SET expires_at = $4 WHERE checkin_id = $1 AND officer_id = $2 AND claimed_at = $3";
    RELEASE = "DELETE FROM review_claim WHERE checkin_id = $1 AND officer_id = $2 AND claimed_at = $3";
    CLEAR = "DELETE FROM review_claim WHERE checkin_id = $1";
    QUEUE = concat!(
        "SELECT ", checkin_columns!("k"), ", ", duty_columns!("d"), ", ", person_columns!("p"), ",
                c.officer_id, o.name AS officer_name, c.claimed_at, c.expires_at AS claim_expires_at
         FROM checkin k JOIN duty d ON d.id = k.duty_id JOIN person p ON p.id = k.person_id JOIN org_unit u ON u.id = p.unit_id
              LEFT JOIN review_claim c ON c.checkin_id = k.id AND c.expires_at > $6
              LEFT JOIN officer o ON o.id = c.officer_id
         WHERE k.state = 'review' AND (k.submitted_at, k.id) > ($4, $5) AND ", within_scope!(), " AND ", not_seen!(), "
         ORDER BY k.submitted_at, k.id LIMIT $7"
    );
    // The nearest one on either side that nobody else looks at.
    NEXT = concat!(
        "SELECT k.id FROM checkin k JOIN person p ON p.id = k.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE k.state = 'review' AND (k.submitted_at, k.id) > ($4, $5) AND ", within_scope!(), " AND ", not_seen!(), "
           AND NOT EXISTS (SELECT 1 FROM review_claim c WHERE c.checkin_id = k.id AND c.expires_at > $6 AND c.officer_id <> $2)
         ORDER BY k.submitted_at, k.id LIMIT 1"
    );
    BEFORE = concat!(
        "SELECT k.id FROM checkin k JOIN person p ON p.id = k.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE k.state = 'review' AND (k.submitted_at, k.id) < ($4, $5) AND ", within_scope!(), " AND ", not_seen!(), "
           AND NOT EXISTS (SELECT 1 FROM review_claim c WHERE c.checkin_id = k.id AND c.expires_at > $6 AND c.officer_id <> $2)
         ORDER BY k.submitted_at DESC, k.id DESC LIMIT 1"
    );
    COUNT = concat!(
        "SELECT COUNT(*) FROM checkin k JOIN person p ON p.id = k.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE k.state = 'review' AND ", within_scope!(), " AND ", not_seen!()
    );
}

/// An attempt that waits for an officer, and who looks at it.
#[derive(Debug, Clone)]
pub struct Queued {
    pub waiting: Waiting,
    pub claim: Option<Claim>,
}

/// Takes a case under review, again when he has it already: pages name their claim by its instant. False when another officer has it, or nobody has
/// to look at it any more.
pub async fn take(
    tx: &mut Tx,
    id: CheckinId,
    officer: OfficerId,
    now: Micros,
    expires_at: Micros,
) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(TAKE)
        .bind(id.0)
        .bind(officer.0)
        .bind(now.0)
        .bind(expires_at.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Who looks at it at this moment.
pub async fn live(tx: &mut Tx, id: CheckinId, now: Micros) -> Result<Option<Claim>> {
    let row = on!(tx, |c| sqlx::query_as::<_, Row>(LIVE)
        .bind(id.0)
        .bind(now.0)
        .fetch_optional(c)
        .await?);
    Ok(row.map(Claim::from))
}

/// Keeps a case for longer. [`crate::Error::Lost`] when the claim of this instant is not there any more.
pub async fn renew(
    tx: &mut Tx,
    id: CheckinId,
    (officer, claimed_at): (OfficerId, Micros),
    expires_at: Micros,
) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(RENEW)
        .bind(id.0)
        .bind(officer.0)
        .bind(claimed_at.0)
        .bind(expires_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// The officer looks at it no longer; nothing happens when the claim of this instant is not there any more.
pub async fn release(
    tx: &mut Tx,
    id: CheckinId,
    (officer, claimed_at): (OfficerId, Micros),
) -> Result<()> {
    on!(tx, |c| sqlx::query(RELEASE)
        .bind(id.0)
        .bind(officer.0)
        .bind(claimed_at.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// It was decided: nobody looks at it any longer.
pub async fn clear(tx: &mut Tx, id: CheckinId) -> Result<()> {
    on!(tx, |c| sqlx::query(CLEAR)
        .bind(id.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// The attempts within the scope that wait for this officer, by submission and id, beginning after `after`, with who looks at each.
pub async fn queue(
    tx: &mut Tx,
    scope: &Scope,
    after: Option<(Micros, CheckinId)>,
    now: Micros,
    limit: u32,
) -> Result<Vec<Queued>> {
    let (after_at, after_id) = after.map_or((i64::MIN, Uuid::nil()), |(at, id)| (at.0, id.0));
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, QueuedRow>(QUEUE),
        scope
    )
    .bind(after_at)
    .bind(after_id)
    .bind(now.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(|row| {
        let claim = match (
            row.officer_id,
            row.officer_name,
            row.claimed_at,
            row.claim_expires_at,
        ) {
            (Some(officer), Some(name), Some(claimed_at), Some(expires_at)) => Some(Claim {
                officer: OfficerId(officer),
                name,
                claimed_at: Micros(claimed_at),
                expires_at: Micros(expires_at),
            }),
            _ => None,
        };
        Ok(Queued {
            waiting: row.waiting.try_into()?,
            claim,
        })
    })
    .collect()
}

/// How many attempts within the scope wait for this officer.
pub async fn count(tx: &mut Tx, scope: &Scope) -> Result<i64> {
    Ok(on!(tx, |c| bind_scope!(
        sqlx::query_scalar::<_, i64>(COUNT),
        scope
    )
    .fetch_one(c)
    .await?))
}

/// The neighbours of a place in the queue that this officer may take: the one before, and the one after.
pub async fn neighbours(
    tx: &mut Tx,
    scope: &Scope,
    (at, id): (Micros, CheckinId),
    now: Micros,
) -> Result<(Option<CheckinId>, Option<CheckinId>)> {
    let before = on!(tx, |c| bind_scope!(
        sqlx::query_scalar::<_, Uuid>(BEFORE),
        scope
    )
    .bind(at.0)
    .bind(id.0)
    .bind(now.0)
    .fetch_optional(c)
    .await?);
    let next = on!(tx, |c| bind_scope!(
        sqlx::query_scalar::<_, Uuid>(NEXT),
        scope
    )
    .bind(at.0)
    .bind(id.0)
    .bind(now.0)
    .fetch_optional(c)
    .await?);
    Ok((before.map(CheckinId), next.map(CheckinId)))
}

#[derive(FromRow)]
struct Row {
    officer_id: Uuid,
    name: String,
    claimed_at: i64,
    expires_at: i64,
}

#[derive(FromRow)]
struct QueuedRow {
    #[sqlx(flatten)]
    waiting: WaitingRow,
    officer_id: Option<Uuid>,
    officer_name: Option<String>,
    claimed_at: Option<i64>,
    claim_expires_at: Option<i64>,
}

impl From<Row> for Claim {
    fn from(row: Row) -> Self {
        Self {
            officer: OfficerId(row.officer_id),
            name: row.name,
            claimed_at: Micros(row.claimed_at),
            expires_at: Micros(row.expires_at),
        }
    }
}
