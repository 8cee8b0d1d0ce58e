//! Answers by idempotency key, so that a request that comes twice is done once.

use domain::Micros;
use sqlx::FromRow;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::changed,
};

/// An entry that was begun longer ago and never finished is taken over by the same request: its process died. Longer than any request
/// may run. As the answer is committed together with the change, nothing is done twice.
pub const UNFINISHED_MS: i64 = 60_000;

sql! {
    /// A new entry, or one in the place of an entry that expired or whose process died.
    BEGIN = "INSERT INTO idempotency (principal, key, fingerprint, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (principal, key) DO UPDATE
             SET fingerprint = excluded.fingerprint, status = NULL, response = NULL,
                 created_at = excluded.created_at, expires_at = excluded.expires_at
             WHERE idempotency.expires_at <= $4
                OR (idempotency.status IS NULL AND idempotency.created_at < $6 AND idempotency.fingerprint = excluded.fingerprint)";
    GET = "SELECT fingerprint, status, response FROM idempotency WHERE principal = $1 AND key = $2";
    FINISH = "UPDATE idempotency SET status = $4, response = $5
              WHERE principal = $1 AND key = $2 AND created_at = $3 AND status IS NULL";
    FORGET = "DELETE FROM idempotency WHERE principal = $1 AND key = $2 AND created_at = $3 AND status IS NULL";
    SWEEP = "DELETE FROM idempotency
             WHERE (principal, key) IN (SELECT principal, key FROM idempotency WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
}

/// One request under its key.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Who asks: keys of different principals have nothing to do with each other.
    pub principal: &'a str,
    /// At most 255 characters.
    pub key: &'a str,
    /// When this request began; tells it from another one that takes over.
    pub begun_at: Micros,
}

/// What to do with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begin {
    /// Do it; then [`finish`] or [`forget`].
    New,
    /// It was done: give the same answer.
    Replay { status: u16, response: Vec<u8> },
    /// The key was used for another request.
    Mismatch,
    /// The same request is being worked on.
    InProgress,
}

/// Notes that a request begins, unless its key is known. Commit it before the work is done.
pub async fn begin(
    tx: &mut Tx,
    entry: &Entry<'_>,
    fingerprint: &[u8],
    expires_at: Micros,
) -> Result<Begin> {
    let rows = on!(tx, |c| sqlx::query(BEGIN)
        .bind(entry.principal)
        .bind(entry.key)
        .bind(fingerprint)
        .bind(entry.begun_at.0)
        .bind(expires_at.0)
        .bind(entry.begun_at.plus_ms(-UNFINISHED_MS).0)
        .execute(c)
        .await?
        .rows_affected());
    if rows == 1 {
        return Ok(Begin::New);
    }
    let row = on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(entry.principal)
        .bind(entry.key)
        .fetch_optional(c)
        .await?);
    match row {
        // Swept or forgotten between the two statements: the client's next try begins anew.
        None => Ok(Begin::InProgress),
        Some(row) if row.fingerprint != fingerprint => Ok(Begin::Mismatch),
        Some(row) => match (row.status, row.response) {
            (Some(status), Some(response)) => Ok(Begin::Replay {
                status: u16::try_from(status)
                    .map_err(|why| Error::corrupt("idempotency.status", why))?,
                response,
            }),
            _ => Ok(Begin::InProgress),
        },
    }
}

/// Keeps the answer; it belongs into the transaction of the change.
///
/// [`Error::Lost`] when another request took over, finished, or the entry is gone: then the change must not be committed.
pub async fn finish(tx: &mut Tx, entry: &Entry<'_>, status: u16, response: &[u8]) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(FINISH)
        .bind(entry.principal)
        .bind(entry.key)
        .bind(entry.begun_at.0)
        .bind(i32::from(status))
        .bind(response)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Forgets a request that failed in a way that its repetition may heal. Was it there, unfinished?
pub async fn forget(tx: &mut Tx, entry: &Entry<'_>) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(FORGET)
        .bind(entry.principal)
        .bind(entry.key)
        .bind(entry.begun_at.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Deletes at most `limit` entries that expired, and returns how many.
pub async fn sweep(tx: &mut Tx, now: Micros, limit: u32) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(SWEEP)
        .bind(now.0)
        .bind(i64::from(limit))
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct Row {
    fingerprint: Vec<u8>,
    status: Option<i32>,
    response: Option<Vec<u8>>,
}
