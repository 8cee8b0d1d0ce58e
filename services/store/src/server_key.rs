//! Sealed keys of the house: for signing receipts and access tokens.

use domain::Micros;
use sqlx::FromRow;

use crate::{
    Result, Tx,
    db::{on, sql},
};

sql! {
    INSERT = "INSERT INTO server_key (kid, purpose, sealed, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    BY_PURPOSE = "SELECT kid, purpose, sealed, created_at FROM server_key WHERE purpose = $1 ORDER BY created_at DESC, kid";
}

/// One key.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerKey {
    /// Key id, as tokens and receipts name it.
    pub kid: String,
    /// What it is for.
    pub purpose: String,
    pub sealed: Vec<u8>,
    pub created_at: Micros,
}

/// Was it inserted? Not when a key of this id exists, which stays as it is.
pub async fn insert_if_absent(tx: &mut Tx, key: &ServerKey) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(INSERT)
        .bind(&key.kid)
        .bind(&key.purpose)
        .bind(&key.sealed)
        .bind(key.created_at.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// All keys for a purpose, the newest first, in an order that every process agrees on.
pub async fn by_purpose(tx: &mut Tx, purpose: &str) -> Result<Vec<ServerKey>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, Row>(BY_PURPOSE)
        .bind(purpose)
        .fetch_all(c)
        .await?);
    Ok(rows.into_iter().map(ServerKey::from).collect())
}

#[derive(FromRow)]
struct Row {
    kid: String,
    purpose: String,
    sealed: Vec<u8>,
    created_at: i64,
}

impl From<Row> for ServerKey {
    fn from(row: Row) -> Self {
        Self {
            kid: row.kid,
            purpose: row.purpose,
            sealed: row.sealed,
            created_at: Micros(row.created_at),
        }
    }
}
