//! Media at rest: pictures and recordings, sealed with their person's key, on disk or on an S3 server.
//!
//! [`Media::put`] hashes and seals while the body streams in, and returns when the object is durable; [`Media::get`] gives the
//! plain bytes back as a stream. An object is bound to its person's key and to its own name: under another key or another name
//! it does not open.
//!
//! Invariants
//! 1. Plain media never touches the disk or the network's far end: only sealed bytes leave this crate's hands at rest.
//! 2. An object is there whole or not at all: a put that is cut, refused or crashed leaves nothing that can be read.
//! 3. Putting a name again replaces the object in one step; repeating a put is harmless. Deleting what is gone is harmless.
//! 4. Only this crate knows `aws-sdk-s3`. It must not know what the media show, who may see them, nor the database.
//!
//! Nonces are passed in; each is drawn fresh from the operating system's generator, also when a put is repeated.

mod disk;
mod intake;
mod key;
mod reader;
mod s3;

use std::error::Error as StdError;
use std::io;

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use seal::{PersonKey, STREAM_NONCE_LEN};

pub use disk::{Disk, DiskConfig, LEFTOVER_AGE};
pub use key::{BadKey, OBJECT_KEY_LEN_MAX, ObjectKey};
pub use s3::{ATTEMPTS_MAX, CONNECT_TIMEOUT_MAX, S3, S3_OBJECT_LEN_MAX, S3Config};

use intake::Intake;

/// An error of any type, as bodies and servers produce them.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Where media rest. Cloning is cheap.
#[derive(Debug, Clone)]
pub enum Media {
    /// A folder of this machine.
    Disk(Disk),
    /// A bucket of an S3 server.
    S3(S3),
}

/// What was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Length of the plain bytes.
    pub len: u64,
    /// SHA-256 of the plain bytes.
    pub sha256: [u8; 32],
}

/// Why media could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no object of this name.
    #[error("no such media")]
    Missing,
    /// The plain bytes are more than the caller allows, or more than [`S3_OBJECT_LEN_MAX`] on S3.
    #[error("media are longer than {limit} bytes")]
    TooLarge {
        /// What would have been allowed, in bytes.
        limit: u64,
    },
    /// No room is left, or less than the reserve; nothing was stored.
    #[error("no room is left for media")]
    Full,
    /// The S3 server did not answer in time, or answered that it cannot now; trying later may help.
    #[error("media server is unavailable")]
    Unavailable(#[source] BoxError),
    /// The S3 server refused: a wrong key, bucket or region, which only an administrator can put right.
    #[error("media server refused with status {status}")]
    Refused {
        /// HTTP status of the answer.
        status: u16,
        /// What the server said.
        #[source]
        source: BoxError,
    },
    /// The body that was to be stored broke off; nothing was stored.
    #[error("media could not be received")]
    Body(#[source] BoxError),
    /// The bytes at rest do not open: another person's key, another name, or damage.
    #[error("media could not be opened")]
    Sealed(#[from] seal::Error),
    /// The disk failed.
    #[error("media folder could not be used")]
    Disk(#[source] io::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        let full = matches!(
            error.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        );
        if full { Self::Full } else { Self::Disk(error) }
    }
}

impl Media {
    /// Store a body of at most `limit` plain bytes under `key`, sealed for `person`; durable when this returns. `nonce` is drawn
    /// fresh. When the future is dropped before, nothing is stored or the whole object is.
    ///
    /// Errors: [`Error::TooLarge`], [`Error::Full`], [`Error::Body`] when the body yields an error; else as the place fails.
    pub async fn put<S, E>(
        &self,
        key: &ObjectKey,
        person: &PersonKey,
        nonce: [u8; STREAM_NONCE_LEN],
        body: S,
        limit: u64,
    ) -> Result<Stored, Error>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<BoxError>,
    {
        match self {
            Self::Disk(disk) => {
                let intake = Intake::new(key, person, nonce, limit);
                disk.put(key, intake, body).await
            }
            Self::S3(s3) => {
                let intake = Intake::new(key, person, nonce, limit.min(S3_OBJECT_LEN_MAX));
                s3.put(key, intake, body).await
            }
        }
    }

    /// Open an object as a stream of plain bytes, in pieces of about a segment.
    ///
    /// Every piece is genuine; only the stream's end says that nothing is missing, so a reader that acts on the whole waits for
    /// it. Errors: [`Error::Missing`] at once, [`Error::Sealed`] in the stream.
    pub async fn get(
        &self,
        key: &ObjectKey,
        person: &PersonKey,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + Send + Unpin + use<>, Error> {
        let source = match self {
            Self::Disk(disk) => disk.get(key).await?,
            Self::S3(s3) => s3.get(key).await?,
        };
        Ok(Box::pin(reader::open(source, key, person)))
    }

    /// Read an object of at most `limit` plain bytes into memory, checked to its end.
    ///
    /// Errors: [`Error::Missing`], [`Error::TooLarge`], [`Error::Sealed`].
    pub async fn read(
        &self,
        key: &ObjectKey,
        person: &PersonKey,
        limit: u64,
    ) -> Result<Bytes, Error> {
        let mut pieces = self.get(key, person).await?;
        let mut all = BytesMut::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece?;
            if (all.len() + piece.len()) as u64 > limit {
                return Err(Error::TooLarge { limit });
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }

    /// Delete an object; one that is not there is no error.
    pub async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        match self {
            Self::Disk(disk) => disk.delete(key).await,
            Self::S3(s3) => s3.delete(key).await,
        }
    }

    /// Ask whether media can be stored now: the folder takes files and has room, or the bucket answers. For readiness probes.
    pub async fn check(&self) -> Result<(), Error> {
        match self {
            Self::Disk(disk) => disk.check().await,
            Self::S3(s3) => s3.check().await,
        }
    }
}
