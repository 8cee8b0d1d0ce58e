//! The key of a person, wrapped. When it is erased, all that was sealed with it is gone.

use domain::PersonId;
use sqlx::FromRow;

use crate::{
    Result, Tx,
    db::{on, sql},
    error::inserted,
};

sql! {
    INSERT = "INSERT INTO person_key (person_id, wrapped, master_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    GET = "SELECT wrapped, master_id FROM person_key WHERE person_id = $1";
    ERASE = "DELETE FROM person_key WHERE person_id = $1";
}

/// A person's key as it is stored.
#[derive(FromRow)]
pub struct PersonKey {
    /// The key, sealed with the master key `master_id`.
    pub wrapped: Vec<u8>,
    pub master_id: String,
}

/// [`crate::Error::Conflict`] when the person has a key.
pub async fn insert(tx: &mut Tx, person: PersonId, wrapped: &[u8], master_id: &str) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(person.0)
        .bind(wrapped)
        .bind(master_id)
        .execute(c)
        .await?
        .rows_affected()))
}

/// None when it was erased.
pub async fn get(tx: &mut Tx, person: PersonId) -> Result<Option<PersonKey>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, PersonKey>(GET)
        .bind(person.0)
        .fetch_optional(c)
        .await?))
}

/// Was there a key to erase?
pub async fn erase(tx: &mut Tx, person: PersonId) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(ERASE)
        .bind(person.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}
