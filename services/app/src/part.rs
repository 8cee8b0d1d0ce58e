//! Parts of an attempt or an enrolment: uploaded in pieces, each durable before it is acknowledged.

use bytes::{Bytes, BytesMut};
use data_encoding::HEXLOWER;
use domain::{MediaId, PersonId, Refusal, challenge::Prompt};
use futures::stream;
use media::{BoxError, ObjectKey};
use seal::PersonKey;
use sha2::{Digest, Sha256};
use store::{
    Tx,
    media::{Appended, Chunk, Media, Owner},
};

use crate::{Cx, Error, Result};

/// Pieces that one part may consist of: a bound on what a hostile phone can leave behind.
const PIECES_MAX: usize = 4_096;

/// One piece of a part.
pub struct Upload {
    pub part: String,
    /// Byte of the part at which the piece begins.
    pub offset: u64,
    pub bytes: Bytes,
}

/// How much of a part is stored durably.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartReceived {
    pub name: String,
    pub received: u64,
}

/// Stores one piece. The caller has checked, in the transaction that he hands over, that the owner takes this part now. Returns the length that
/// is durable.
pub async fn receive(
    cx: &Cx,
    mut tx: Tx,
    (owner, person): (Owner, PersonId),
    limit: u64,
    upload: Upload,
) -> Result<u64> {
    let Upload {
        part,
        offset,
        bytes,
    } = upload;
    let key = cx.house.person_key(&mut tx, person).await?;
    let known = store::media::by_part(&mut tx, owner, &part).await?;
    drop(tx);
    let received = known.as_ref().map_or(0, |media| media.len);
    let complete = known
        .as_ref()
        .is_some_and(|media| media.completed_at.is_some());
    let len = bytes.len() as u64;
    if complete {
        return Err(Refusal::SessionUsed.into());
    }
    if offset != received {
        let offset = received;
        return Err(Refusal::PartOffset { part, offset }.into());
    }
    if offset + len > limit {
        return Err(Refusal::PartTooLarge { part, limit }.into());
    }
    let media = match known {
        Some(_) if len == 0 => return Ok(received),
        Some(media) => Place::At(media),
        None => Place::New(Media {
            id: MediaId(cx.id()),
            person,
            owner,
            part,
            phrase: None::<Prompt>,
            len: 0,
            sha256: None,
            created_at: cx.now(),
            completed_at: None,
        }),
    };
    append(cx, media, &key, offset, bytes, limit).await
}

/// Where a piece goes.
enum Place {
    /// To the end of this one.
    At(Media),
    /// It is the first of a part that is not there yet.
    New(Media),
}

impl Place {
    const fn media(&self) -> &Media {
        match self {
            Self::At(media) | Self::New(media) => media,
        }
    }

    /// The medium, there in any case.
    async fn there(self, tx: &mut Tx) -> Result<Media> {
        let media = match self {
            Self::At(media) => return Ok(media),
            Self::New(media) => media,
        };
        match store::media::create(tx, &media).await {
            // Two first pieces at once: the other one made it.
            Err(store::Error::Conflict) => store::media::by_part(tx, media.owner, &media.part)
                .await?
                .ok_or(Error::NotFound("part")),
            other => other.map(|()| media).map_err(Error::from),
        }
    }
}

/// First the object, then the row that counts it: what is acknowledged is durable, what is not is an orphan that nobody counts.
async fn append(
    cx: &Cx,
    place: Place,
    key: &PersonKey,
    offset: u64,
    bytes: Bytes,
    limit: u64,
) -> Result<u64> {
    let len = bytes.len() as u64;
    if len == 0 {
        let mut tx = cx.store.write().await?;
        let media = place.there(&mut tx).await?;
        tx.commit().await?;
        return Ok(media.len);
    }
    let nonce = HEXLOWER.encode(&cx.entropy.bytes::<6>());
    let media = place.media();
    let name = format!("{}/{}/{offset}-{nonce}", media.person, media.id);
    let object =
        ObjectKey::try_from(name).map_err(|_| Error::Internal("an object's name is not valid"))?;
    let body = stream::iter([Ok::<_, BoxError>(bytes)]);
    cx.media
        .put(&object, key, cx.entropy.bytes(), body, limit)
        .await?;
    let chunk = Chunk {
        start: offset,
        len,
        object_key: object.to_string(),
    };
    let mut tx = cx.store.write().await?;
    let media = place.there(&mut tx).await?;
    let refusal = match store::media::append_chunk(&mut tx, media.id, &chunk).await? {
        Appended::Stored { len } => {
            tx.commit().await?;
            return Ok(len);
        }
        Appended::Elsewhere { len } => Refusal::PartOffset {
            part: media.part,
            offset: len,
        },
        Appended::Complete { .. } => Refusal::SessionUsed,
    };
    drop(tx);
    cx.media.delete(&object).await?;
    Err(refusal.into())
}

/// The parts of an owner and how much of each is stored.
pub async fn list(tx: &mut Tx, owner: Owner) -> Result<Vec<PartReceived>> {
    let media = store::media::of_owner(tx, owner).await?;
    Ok(media
        .into_iter()
        .map(|media| PartReceived {
            name: media.part,
            received: media.len,
        })
        .collect())
}

/// A whole part in memory, opened.
pub async fn read(cx: &Cx, media: &Media, chunks: &[Chunk], key: &PersonKey) -> Result<Bytes> {
    if chunks.len() > PIECES_MAX {
        return Err(Error::Internal("a part has too many pieces"));
    }
    let mut whole = BytesMut::with_capacity(usize::try_from(media.len).unwrap_or(0).min(1 << 24));
    for chunk in chunks {
        let object: ObjectKey = chunk
            .object_key
            .parse()
            .map_err(|_| Error::Internal("an object's name is not valid"))?;
        let piece = cx.media.read(&object, key, chunk.len).await?;
        if chunks.len() == 1 {
            return Ok(piece);
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}

/// SHA-256 of a whole part, from what is stored.
pub async fn digest(cx: &Cx, media: &Media, chunks: &[Chunk], key: &PersonKey) -> Result<[u8; 32]> {
    Ok(Sha256::digest(&read(cx, media, chunks, key).await?).into())
}
