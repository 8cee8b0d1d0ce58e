//! Sealed templates of faces and voices. A person has at most one live template of each kind for each model pack.

use domain::{EnrolmentId, Micros, PersonId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::parse,
};

sql! {
    RETIRE = "UPDATE template SET retired_at = $4 WHERE person_id = $1 AND modality = $2 AND pack = $3 AND retired_at IS NULL";
    INSERT = "INSERT INTO template (id, enrolment_id, person_id, modality, pack, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    LIVE = "SELECT id, enrolment_id, person_id, modality, pack, sealed, created_at FROM template
            WHERE person_id = $1 AND pack = $2 AND retired_at IS NULL ORDER BY modality";
    ANY_LIVE = "SELECT EXISTS (SELECT 1 FROM template WHERE person_id = $1 AND retired_at IS NULL)";
    FACES = "SELECT t.id, t.person_id, t.sealed, t.created_at, k.wrapped FROM template t JOIN person_key k ON k.person_id = t.person_id
             WHERE t.pack = $1 AND t.modality = 'face' AND t.retired_at IS NULL AND (t.created_at, t.id) > ($2, $3)
             ORDER BY t.created_at, t.id LIMIT $4";
    FACE_IDS = "SELECT id FROM template WHERE pack = $1 AND modality = 'face' AND retired_at IS NULL AND id > $2 ORDER BY id LIMIT $3";
    STANDS = "SELECT EXISTS (SELECT 1 FROM template t JOIN person p ON p.id = t.person_id
                             WHERE t.id = $1 AND t.retired_at IS NULL AND p.ended_at IS NULL)";
    ERASE_OF_PERSON = "DELETE FROM template WHERE person_id = $1";
    ERASE_OF_PACK = "DELETE FROM template WHERE pack = $1";
    LACKING = "SELECT DISTINCT t.person_id, t.enrolment_id FROM template t
               JOIN enrolment e ON e.id = t.enrolment_id JOIN person p ON p.id = t.person_id
               WHERE t.person_id > $2 AND t.pack <> $1 AND t.retired_at IS NULL AND p.ended_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM template o JOIN enrolment f ON f.id = o.enrolment_id
                                 WHERE o.person_id = t.person_id AND o.retired_at IS NULL
                                   AND (f.opened_at > e.opened_at OR o.pack = $1 AND f.opened_at >= e.opened_at))
               ORDER BY t.person_id LIMIT $3";
    STILL = "SELECT EXISTS (SELECT 1 FROM template WHERE enrolment_id = $1 AND retired_at IS NULL)";
    PACKS = "SELECT pack, COUNT(DISTINCT person_id) FROM template WHERE retired_at IS NULL GROUP BY pack ORDER BY pack";
    RETIRE_OF_PERSON = "UPDATE template SET retired_at = $2 WHERE person_id = $1 AND retired_at IS NULL";
}

/// What a template was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Modality {
    Face,
    Voice,
}

domain::text_enum!(Modality { Face = "face", Voice = "voice" });

/// One template, live or retired.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    pub id: Uuid,
    pub enrolment: EnrolmentId,
    pub person: PersonId,
    pub modality: Modality,
    /// `name@version` of the model pack that made it.
    pub pack: String,
    /// Sealed with the person's key.
    pub sealed: Vec<u8>,
    pub created_at: Micros,
}

/// Inserts a live template and retires the one that it replaces: same person, modality and pack.
///
/// [`Error::Conflict`] when another transaction did the same at the same moment; then this one must be dropped.
pub async fn insert(tx: &mut Tx, template: &Template) -> Result<()> {
    on!(tx, |c| sqlx::query(RETIRE)
        .bind(template.person.0)
        .bind(template.modality.as_str())
        .bind(&template.pack)
        .bind(template.created_at.0)
        .execute(c)
        .await?
        .rows_affected());
    on!(tx, |c| sqlx::query(INSERT)
        .bind(template.id)
        .bind(template.enrolment.0)
        .bind(template.person.0)
        .bind(template.modality.as_str())
        .bind(&template.pack)
        .bind(&template.sealed)
        .bind(template.created_at.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// A person's live templates that a pack can compare with: at most a face and a voice, in this order.
pub async fn live(tx: &mut Tx, person: PersonId, pack: &str) -> Result<Vec<Template>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(LIVE)
        .bind(person.0)
        .bind(pack)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Template::try_from)
    .collect()
}

/// One live face with its person's wrapped key.
pub struct Face {
    pub id: Uuid,
    pub person: PersonId,
    /// Sealed with the person's key.
    pub sealed: Vec<u8>,
    pub created_at: Micros,
    pub wrapped_key: Vec<u8>,
}

/// The next live faces of a pack in the whole house, by time and id, beginning after `after`.
pub async fn faces(
    tx: &mut Tx,
    pack: &str,
    after: (Micros, Uuid),
    limit: u32,
) -> Result<Vec<Face>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, FaceRow>(FACES)
        .bind(pack)
        .bind(after.0.0)
        .bind(after.1)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?);
    let face = |row: FaceRow| Face {
        id: row.id,
        person: PersonId(row.person_id),
        sealed: row.sealed,
        created_at: Micros(row.created_at),
        wrapped_key: row.wrapped,
    };
    Ok(rows.into_iter().map(face).collect())
}

/// The next ids of live faces of a pack, beginning after `after`.
pub async fn face_ids(tx: &mut Tx, pack: &str, after: Uuid, limit: u32) -> Result<Vec<Uuid>> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, Uuid>(FACE_IDS)
        .bind(pack)
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?))
}

/// Is this template live, and its person supervised?
pub async fn stands(tx: &mut Tx, id: Uuid) -> Result<bool> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, bool>(STANDS)
        .bind(id)
        .fetch_one(c)
        .await?))
}

/// Has the person a live template of any pack?
pub async fn any_live(tx: &mut Tx, person: PersonId) -> Result<bool> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, bool>(ANY_LIVE)
        .bind(person.0)
        .fetch_one(c)
        .await?))
}

/// Erases all of them, live or retired; how many there were.
pub async fn erase_of_person(tx: &mut Tx, person: PersonId) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(ERASE_OF_PERSON)
        .bind(person.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Erases all templates of a pack, live or retired; how many there were.
pub async fn erase_of_pack(tx: &mut Tx, pack: &str) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(ERASE_OF_PACK)
        .bind(pack)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Supervised persons after `after` whose newest enrolment has live templates of other packs and none of this one, by id, each with that enrolment.
pub async fn lacking(
    tx: &mut Tx,
    pack: &str,
    after: PersonId,
    limit: u32,
) -> Result<Vec<(PersonId, EnrolmentId)>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, (Uuid, Uuid)>(LACKING)
        .bind(pack)
        .bind(after.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?);
    let ids = |(person, enrolment)| (PersonId(person), EnrolmentId(enrolment));
    Ok(rows.into_iter().map(ids).collect())
}

/// Has this enrolment a live template of any pack?
pub async fn still(tx: &mut Tx, enrolment: EnrolmentId) -> Result<bool> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, bool>(STILL)
        .bind(enrolment.0)
        .fetch_one(c)
        .await?))
}

/// The packs that have live templates, each with the number of their persons.
pub async fn packs(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, (String, i64)>(PACKS)
        .fetch_all(c)
        .await?))
}

/// Takes all of a person's templates out of use, and returns how many.
pub async fn retire_of_person(tx: &mut Tx, person: PersonId, now: Micros) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(RETIRE_OF_PERSON)
        .bind(person.0)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    enrolment_id: Uuid,
    person_id: Uuid,
    modality: String,
    pack: String,
    sealed: Vec<u8>,
    created_at: i64,
}

#[derive(FromRow)]
struct FaceRow {
    id: Uuid,
    person_id: Uuid,
    sealed: Vec<u8>,
    created_at: i64,
    wrapped: Vec<u8>,
}

impl TryFrom<Row> for Template {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            enrolment: EnrolmentId(row.enrolment_id),
            person: PersonId(row.person_id),
            modality: parse("template.modality", &row.modality)?,
            pack: row.pack,
            sealed: row.sealed,
            created_at: Micros(row.created_at),
        })
    }
}
