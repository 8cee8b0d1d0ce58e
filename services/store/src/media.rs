//! Pictures and recordings: what arrived of them and where the bytes lie. The bytes themselves are not here.

use domain::{CheckinId, EnrolmentId, MediaId, Micros, PersonId, challenge::Prompt};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    checkin::prompt,
    db::{on, sql},
    error::{changed, count, inserted, stored},
};

/// Octets of a SHA-256 digest.
const SHA256_LEN: usize = 32;

sql! {
    CREATE = "INSERT INTO media (id, person_id, owner, owner_id, part, phrase, len, created_at)
              VALUES ($1, $2, $3, $4, $5, $6, 0, $7) ON CONFLICT DO NOTHING";
    GET = "SELECT id, person_id, owner, owner_id, part, phrase, len, sha256, created_at, completed_at FROM media WHERE id = $1";
    BY_PART = "SELECT id, person_id, owner, owner_id, part, phrase, len, sha256, created_at, completed_at FROM media
               WHERE owner_id = $1 AND part = $2 AND owner = $3";
    OF_OWNER = "SELECT id, person_id, owner, owner_id, part, phrase, len, sha256, created_at, completed_at FROM media
                WHERE owner_id = $1 AND owner = $2 ORDER BY part";
    WITH_CHUNKS = "SELECT m.id, m.person_id, m.owner, m.owner_id, m.part, m.phrase, m.len, m.sha256, m.created_at, m.completed_at,
                          c.start, c.len AS chunk_len, c.object_key
                   FROM media m LEFT JOIN media_chunk c ON c.media_id = m.id WHERE m.owner_id = $1 AND m.owner = $2 ORDER BY m.part, c.start";
    GROW = "UPDATE media SET len = len + $3 WHERE id = $1 AND len = $2 AND completed_at IS NULL RETURNING len";
    INSERT_CHUNK = "INSERT INTO media_chunk (media_id, start, len, object_key) VALUES ($1, $2, $3, $4)";
    COMPLETE = "UPDATE media SET sha256 = $3, completed_at = $4 WHERE id = $1 AND len = $2 AND completed_at IS NULL";
    SET_PHRASE = "UPDATE media SET phrase = $2 WHERE id = $1 AND phrase IS NULL";
    OBJECTS_OF_PERSON = "SELECT c.object_key FROM media_chunk c JOIN media m ON m.id = c.media_id WHERE m.person_id = $1 LIMIT $2";
    FORGET_OBJECT = "DELETE FROM media_chunk WHERE object_key = $1";
    CHUNKS = "SELECT start, len, object_key FROM media_chunk WHERE media_id = $1 ORDER BY start";
    SEEN = "INSERT INTO media_seen (sha256, media_id, seen_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
}

/// What a picture or recording belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    Checkin(CheckinId),
    Enrolment(EnrolmentId),
}

/// One picture or recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    pub id: MediaId,
    pub person: PersonId,
    pub owner: Owner,
    /// Name within its owner, such as `picture-0`.
    pub part: String,
    /// What a recording was said to contain.
    pub phrase: Option<Prompt>,
    /// Bytes received so far.
    pub len: u64,
    /// None until it is complete.
    pub sha256: Option<[u8; SHA256_LEN]>,
    pub created_at: Micros,
    pub completed_at: Option<Micros>,
}

/// A piece of a medium, in the order of `start`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// First byte within the medium.
    pub start: u64,
    /// Bytes, 1 or more.
    pub len: u64,
    /// Where the bytes lie.
    pub object_key: String,
}

/// What became of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is part of the medium, which now has so many bytes.
    Stored { len: u64 },
    /// It does not begin where the medium ends, at `len`. Nothing changed.
    Elsewhere { len: u64 },
    /// The medium is complete. Nothing changed.
    Complete { len: u64 },
}

/// Inserts an empty medium; its fields `len`, `sha256` and `completed_at` are not looked at.
///
/// [`Error::Conflict`] when the owner has a part of this name.
pub async fn create(tx: &mut Tx, media: &Media) -> Result<()> {
    let (owner, owner_id) = media.owner.split();
    inserted(on!(tx, |c| sqlx::query(CREATE)
        .bind(media.id.0)
        .bind(media.person.0)
        .bind(owner)
        .bind(owner_id)
        .bind(&media.part)
        .bind(media.phrase.as_ref().map(Prompt::as_str))
        .bind(media.created_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn get(tx: &mut Tx, id: MediaId) -> Result<Option<Media>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_optional(c)
        .await?)
    .map(Media::try_from)
    .transpose()
}

pub async fn by_part(tx: &mut Tx, owner: Owner, part: &str) -> Result<Option<Media>> {
    let (owner, owner_id) = owner.split();
    on!(tx, |c| sqlx::query_as::<_, Row>(BY_PART)
        .bind(owner_id)
        .bind(part)
        .bind(owner)
        .fetch_optional(c)
        .await?)
    .map(Media::try_from)
    .transpose()
}

/// All media of an owner, by part.
pub async fn of_owner(tx: &mut Tx, owner: Owner) -> Result<Vec<Media>> {
    let (owner, owner_id) = owner.split();
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_OWNER)
        .bind(owner_id)
        .bind(owner)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Media::try_from)
    .collect()
}

/// All media of an owner, by part, each with its chunks, in order and without gaps.
pub async fn with_chunks(tx: &mut Tx, owner: Owner) -> Result<Vec<(Media, Vec<Chunk>)>> {
    let (owner, owner_id) = owner.split();
    let rows = on!(tx, |c| sqlx::query_as::<_, WithChunkRow>(WITH_CHUNKS)
        .bind(owner_id)
        .bind(owner)
        .fetch_all(c)
        .await?);
    let mut all = Vec::<(Media, Vec<Chunk>)>::new();
    for row in rows {
        let chunk = match (row.start, row.chunk_len, row.object_key) {
            (Some(start), Some(len), Some(object_key)) => Some(Chunk {
                start: count("media_chunk.start", start)?,
                len: count("media_chunk.len", len)?,
                object_key,
            }),
            _ => None,
        };
        let media = Media::try_from(row.media)?;
        match all.last_mut().filter(|(last, _)| last.id == media.id) {
            Some((_, chunks)) => chunks.extend(chunk),
            None => all.push((media, chunk.into_iter().collect())),
        }
    }
    Ok(all)
}

/// Adds a chunk to the end of a medium, if it begins there.
///
/// [`Error::Lost`] when there is no such medium.
pub async fn append_chunk(tx: &mut Tx, id: MediaId, chunk: &Chunk) -> Result<Appended> {
    let (start, len) = (
        stored("media_chunk.start", chunk.start)?,
        stored("media_chunk.len", chunk.len)?,
    );
    let grown = on!(tx, |c| sqlx::query_scalar::<_, i64>(GROW)
        .bind(id.0)
        .bind(start)
        .bind(len)
        .fetch_optional(c)
        .await?);
    let Some(grown) = grown else {
        let media = get(tx, id).await?.ok_or(Error::Lost)?;
        return Ok(match media.completed_at {
            None => Appended::Elsewhere { len: media.len },
            Some(_) => Appended::Complete { len: media.len },
        });
    };
    on!(tx, |c| sqlx::query(INSERT_CHUNK)
        .bind(id.0)
        .bind(start)
        .bind(len)
        .bind(&chunk.object_key)
        .execute(c)
        .await?
        .rows_affected());
    Ok(Appended::Stored {
        len: count("media.len", grown)?,
    })
}

/// Nothing more is added to a medium of `len` bytes.
///
/// [`Error::Lost`] when it has another length or is complete already.
pub async fn complete(
    tx: &mut Tx,
    id: MediaId,
    len: u64,
    sha256: &[u8; SHA256_LEN],
    now: Micros,
) -> Result<()> {
    let len = stored("media.len", len)?;
    changed(on!(tx, |c| sqlx::query(COMPLETE)
        .bind(id.0)
        .bind(len)
        .bind(sha256.as_slice())
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Notes which digits a recording holds, once.
///
/// [`Error::Lost`] when it was noted before.
pub async fn set_phrase(tx: &mut Tx, id: MediaId, phrase: &Prompt) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(SET_PHRASE)
        .bind(id.0)
        .bind(phrase.as_str())
        .execute(c)
        .await?
        .rows_affected()))
}

/// Names of a person's objects, some of them.
pub async fn objects_of_person(tx: &mut Tx, person: PersonId, limit: u32) -> Result<Vec<String>> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, String>(
        OBJECTS_OF_PERSON
    )
    .bind(person.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?))
}

/// An object that was deleted is no part of anything any more.
pub async fn forget_object(tx: &mut Tx, object_key: &str) -> Result<()> {
    on!(tx, |c| sqlx::query(FORGET_OBJECT)
        .bind(object_key)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// The chunks of a medium, in order and without gaps.
pub async fn chunks(tx: &mut Tx, id: MediaId) -> Result<Vec<Chunk>> {
    on!(tx, |c| sqlx::query_as::<_, ChunkRow>(CHUNKS)
        .bind(id.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| {
        Ok(Chunk {
            start: count("media_chunk.start", row.start)?,
            len: count("media_chunk.len", row.len)?,
            object_key: row.object_key,
        })
    })
    .collect()
}

/// Notes that a medium with this digest was handed in.
///
/// [`Error::Conflict`] when one was before, by anybody; the transaction can go on.
pub async fn seen(
    tx: &mut Tx,
    sha256: &[u8; SHA256_LEN],
    media: MediaId,
    now: Micros,
) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(SEEN)
        .bind(sha256.as_slice())
        .bind(media.0)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

impl Owner {
    const fn split(self) -> (&'static str, Uuid) {
        match self {
            Self::Checkin(id) => ("checkin", id.0),
            Self::Enrolment(id) => ("enrolment", id.0),
        }
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    owner: String,
    owner_id: Uuid,
    part: String,
    phrase: Option<String>,
    len: i64,
    sha256: Option<Vec<u8>>,
    created_at: i64,
    completed_at: Option<i64>,
}

#[derive(FromRow)]
struct WithChunkRow {
    #[sqlx(flatten)]
    media: Row,
    start: Option<i64>,
    chunk_len: Option<i64>,
    object_key: Option<String>,
}

#[derive(FromRow)]
struct ChunkRow {
    start: i64,
    len: i64,
    object_key: String,
}

impl TryFrom<Row> for Media {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let owner = match row.owner.as_str() {
            "checkin" => Owner::Checkin(CheckinId(row.owner_id)),
            "enrolment" => Owner::Enrolment(EnrolmentId(row.owner_id)),
            other => return Err(Error::corrupt("media.owner", other)),
        };
        let sha256 = row.sha256.map(<[u8; SHA256_LEN]>::try_from).transpose();
        Ok(Self {
            id: MediaId(row.id),
            person: PersonId(row.person_id),
            owner,
            part: row.part,
            phrase: row
                .phrase
                .map(|digits| prompt("media.phrase", digits))
                .transpose()?,
            len: count("media.len", row.len)?,
            sha256: sha256.map_err(|_| Error::corrupt("media.sha256", "not 32 octets"))?,
            created_at: Micros(row.created_at),
            completed_at: row.completed_at.map(Micros),
        })
    }
}
