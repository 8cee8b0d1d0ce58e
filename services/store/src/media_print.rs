//! Sealed prints of pictures and recordings, by which copies of them are known.

use domain::{CheckinId, DutyId, MediaId, Micros, PersonId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Tx,
    db::{on, sql},
    error::parse,
};

sql! {
    INSERT = "INSERT INTO media_print (media_id, person_id, kind, sealed, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    NEWEST = "SELECT r.media_id, r.kind, r.sealed, r.created_at, k.id AS checkin_id, k.duty_id
              FROM media_print r JOIN media m ON m.id = r.media_id LEFT JOIN checkin k ON k.id = m.owner_id AND m.owner = 'checkin'
              WHERE r.person_id = $1 AND m.owner_id <> $2 ORDER BY r.created_at DESC, r.media_id DESC LIMIT $3";
    ERASE_OF_PERSON = "DELETE FROM media_print WHERE person_id = $1";
}

/// What a print is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Picture,
    Voice,
}

domain::text_enum!(Kind { Picture = "picture", Voice = "voice" });

/// One print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaPrint {
    pub media: MediaId,
    pub person: PersonId,
    pub kind: Kind,
    /// Sealed with the person's key.
    pub sealed: Vec<u8>,
    pub created_at: Micros,
}

/// One print and what its medium was handed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub print: MediaPrint,
    /// None of an enrolment.
    pub checkin: Option<(CheckinId, DutyId)>,
}

/// Keeps a print; one that is kept already stays.
pub async fn insert(tx: &mut Tx, print: &MediaPrint) -> Result<()> {
    on!(tx, |c| sqlx::query(INSERT)
        .bind(print.media.0)
        .bind(print.person.0)
        .bind(print.kind.as_str())
        .bind(&print.sealed)
        .bind(print.created_at.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// The newest prints of a person but those of one check-in or enrolment, the newest first.
pub async fn newest(tx: &mut Tx, person: PersonId, but: Uuid, limit: u32) -> Result<Vec<Kept>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(NEWEST)
        .bind(person.0)
        .bind(but)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| row.kept(person))
    .collect()
}

/// Erases all of them; how many there were.
pub async fn erase_of_person(tx: &mut Tx, person: PersonId) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(ERASE_OF_PERSON)
        .bind(person.0)
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct Row {
    media_id: Uuid,
    kind: String,
    sealed: Vec<u8>,
    created_at: i64,
    checkin_id: Option<Uuid>,
    duty_id: Option<Uuid>,
}

impl Row {
    fn kept(self, person: PersonId) -> Result<Kept> {
        let checkin = self.checkin_id.zip(self.duty_id);
        Ok(Kept {
            print: MediaPrint {
                media: MediaId(self.media_id),
                person,
                kind: parse("media_print.kind", &self.kind)?,
                sealed: self.sealed,
                created_at: Micros(self.created_at),
            },
            checkin: checkin.map(|(checkin, duty)| (CheckinId(checkin), DutyId(duty))),
        })
    }
}
