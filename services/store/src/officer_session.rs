//! Officers' sessions at the console.

use domain::{Micros, OfficerId, SessionId, access::Officer, org::UnitPath};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Tx,
    db::{on, sql},
    error::changed,
    officer::{self, officer_columns},
};

sql! {
    INSERT = "INSERT INTO officer_session (id, token_hash, officer_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    BY_TOKEN_HASH = concat!(
        "SELECT s.id AS session_id, s.expires_at, u.path, ", officer_columns!("o"),
        " FROM officer_session s JOIN officer o ON o.id = s.officer_id JOIN org_unit u ON u.id = o.unit_id
         WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND o.disabled_at IS NULL"
    );
    REVOKE = "UPDATE officer_session SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
}

/// A session, without its token.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub officer: OfficerId,
    pub created_at: Micros,
    pub expires_at: Micros,
}

/// Who stands behind a token.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub session: SessionId,
    pub officer: Officer,
    /// Of the officer's unit: what the officer may see.
    pub path: UnitPath,
    pub expires_at: Micros,
}

/// `token_hash` is a digest of the token; the token itself is stored nowhere.
pub async fn insert(tx: &mut Tx, session: &Session, token_hash: &[u8]) -> Result<()> {
    on!(tx, |c| sqlx::query(INSERT)
        .bind(session.id.0)
        .bind(token_hash)
        .bind(session.officer.0)
        .bind(session.created_at.0)
        .bind(session.expires_at.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// None when the session is unknown, revoked or over, or its officer disabled.
pub async fn by_token_hash(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Micros,
) -> Result<Option<SignedIn>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(BY_TOKEN_HASH)
        .bind(token_hash)
        .bind(now.0)
        .fetch_optional(c)
        .await?)
    .map(|row| {
        Ok(SignedIn {
            session: SessionId(row.session_id),
            officer: row.officer.try_into()?,
            path: UnitPath(row.path),
            expires_at: Micros(row.expires_at),
        })
    })
    .transpose()
}

/// [`crate::Error::Lost`] when it is unknown or was revoked before.
pub async fn revoke(tx: &mut Tx, id: SessionId, now: Micros) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(REVOKE)
        .bind(id.0)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct Row {
    session_id: Uuid,
    expires_at: i64,
    path: String,
    #[sqlx(flatten)]
    officer: officer::Row,
}
