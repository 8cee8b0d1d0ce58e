//! One-time codes that activate a phone.

use domain::{Micros, OfficerId, PersonId};

use crate::{
    Result, Tx,
    db::{on, sql},
    error::inserted,
};

sql! {
    INSERT = "INSERT INTO activation (code_hash, person_id, issued_by, issued_at, expires_at)
              VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    TAKE = "UPDATE activation SET used_at = $2 WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING person_id";
    VOID_OF_PERSON = "UPDATE activation SET used_at = $2 WHERE person_id = $1 AND used_at IS NULL AND expires_at > $2";
}

/// A code that an officer handed out. Only its digest is stored.
#[derive(Debug, Clone)]
pub struct Activation {
    pub code_hash: Vec<u8>,
    pub person: PersonId,
    pub issued_by: OfficerId,
    pub issued_at: Micros,
    pub expires_at: Micros,
}

/// [`crate::Error::Conflict`] when the code was handed out before.
pub async fn insert(tx: &mut Tx, activation: &Activation) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(&activation.code_hash)
        .bind(activation.person.0)
        .bind(activation.issued_by.0)
        .bind(activation.issued_at.0)
        .bind(activation.expires_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Uses a code up: whose it was, or none when it is unknown, used or expired.
pub async fn take(tx: &mut Tx, code_hash: &[u8], now: Micros) -> Result<Option<PersonId>> {
    let person = on!(tx, |c| sqlx::query_scalar(TAKE)
        .bind(code_hash)
        .bind(now.0)
        .fetch_optional(c)
        .await?);
    Ok(person.map(PersonId))
}

/// Makes the codes useless that a person still holds, and returns how many there were.
pub async fn void_of_person(tx: &mut Tx, person: PersonId, now: Micros) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(VOID_OF_PERSON)
        .bind(person.0)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}
