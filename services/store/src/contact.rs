//! Addresses at which persons and officers are reached; what they hold is sealed by whoever stores them.

use domain::{
    ContactId, Micros, OfficerId, OrgUnitId, PersonId,
    message::{Means, Party},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, parse},
};

sql! {
    REMOVE = "DELETE FROM contact WHERE means = $3 AND (person_id = $1 OR officer_id = $2)";
    INSERT = "INSERT INTO contact (id, person_id, officer_id, means, sealed, consents, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    OF_PARTY = "SELECT id, person_id, officer_id, means, sealed, consents, set_at FROM contact
                WHERE person_id = $1 OR officer_id = $2 ORDER BY means";
    GET = "SELECT id, person_id, officer_id, means, sealed, consents, set_at FROM contact
           WHERE means = $3 AND (person_id = $1 OR officer_id = $2)";
    // Those who decide, see this person, and can be reached.
    LOOKING = "SELECT o.id, c.means FROM contact c JOIN officer o ON o.id = c.officer_id
               WHERE o.unit_id = $1 AND o.disabled_at IS NULL
                 AND o.role IN ('station_officer', 'county_officer', 'county_head', 'operator')
                 AND (o.role <> 'operator' OR NOT EXISTS (SELECT 1 FROM person p WHERE p.id = $2 AND p.minor))
                 AND NOT EXISTS (SELECT 1 FROM recusal r WHERE r.officer_id = o.id AND r.person_id = $2 AND r.lifted_at IS NULL)
               ORDER BY o.id, c.means";
    SPEND = "UPDATE contact SET consents = consents - 1 WHERE id = $1 AND consents > 0";
    ERASE = "DELETE FROM contact WHERE person_id = $1";
}

/// One address.
#[derive(Debug, Clone)]
pub struct Contact {
    pub id: ContactId,
    pub party: Party,
    pub means: Means,
    pub sealed: Vec<u8>,
    /// Messages still agreed to; none where one consent is for all.
    pub consents: Option<i32>,
    pub set_at: Micros,
}

/// Puts an address in the place of the one that the party had for these means.
pub async fn set(tx: &mut Tx, contact: &Contact) -> Result<()> {
    remove(tx, contact.party, contact.means).await?;
    let (person, officer) = ids(contact.party);
    on!(tx, |c| sqlx::query(INSERT)
        .bind(contact.id.0)
        .bind(person)
        .bind(officer)
        .bind(contact.means.as_str())
        .bind(&contact.sealed)
        .bind(contact.consents)
        .bind(contact.set_at.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// Whether there was one.
pub async fn remove(tx: &mut Tx, party: Party, means: Means) -> Result<bool> {
    let (person, officer) = ids(party);
    let rows = on!(tx, |c| sqlx::query(REMOVE)
        .bind(person)
        .bind(officer)
        .bind(means.as_str())
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows > 0)
}

/// All addresses of a party, one for each means.
pub async fn of_party(tx: &mut Tx, party: Party) -> Result<Vec<Contact>> {
    let (person, officer) = ids(party);
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_PARTY)
        .bind(person)
        .bind(officer)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Contact::try_from)
    .collect()
}

pub async fn get(tx: &mut Tx, party: Party, means: Means) -> Result<Option<Contact>> {
    let (person, officer) = ids(party);
    on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(person)
        .bind(officer)
        .bind(means.as_str())
        .fetch_optional(c)
        .await?)
    .map(Contact::try_from)
    .transpose()
}

/// The officers of a unit who may decide about a person, with every means by which each can be reached.
pub async fn looking(
    tx: &mut Tx,
    unit: OrgUnitId,
    person: PersonId,
) -> Result<Vec<(OfficerId, Means)>> {
    on!(tx, |c| sqlx::query_as::<_, LookingRow>(LOOKING)
        .bind(unit.0)
        .bind(person.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| Ok((OfficerId(row.id), parse("contact.means", &row.means)?)))
    .collect()
}

/// Uses up one consent. [`Error::Lost`] when none is left.
pub async fn spend(tx: &mut Tx, id: ContactId) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(SPEND)
        .bind(id.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Nothing of a person's addresses is kept.
pub async fn erase_of_person(tx: &mut Tx, person: PersonId) -> Result<()> {
    on!(tx, |c| sqlx::query(ERASE)
        .bind(person.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

const fn ids(party: Party) -> (Option<Uuid>, Option<Uuid>) {
    match party {
        Party::Person(id) => (Some(id.0), None),
        Party::Officer(id) => (None, Some(id.0)),
    }
}

pub(crate) fn party(person: Option<Uuid>, officer: Option<Uuid>) -> Option<Party> {
    person
        .map(|id| Party::Person(PersonId(id)))
        .or_else(|| officer.map(|id| Party::Officer(OfficerId(id))))
}

#[derive(FromRow)]
struct LookingRow {
    id: Uuid,
    means: String,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Option<Uuid>,
    officer_id: Option<Uuid>,
    means: String,
    sealed: Vec<u8>,
    consents: Option<i32>,
    set_at: i64,
}

impl TryFrom<Row> for Contact {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: ContactId(row.id),
            party: party(row.person_id, row.officer_id)
                .ok_or_else(|| Error::corrupt("contact", "nobody's"))?,
            means: parse("contact.means", &row.means)?,
            sealed: row.sealed,
            consents: row.consents,
            set_at: Micros(row.set_at),
        })
    }
}
