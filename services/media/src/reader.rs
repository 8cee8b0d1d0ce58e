//! What happens to an object on its way out: opened segment by segment.

use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use bytes::{Bytes, BytesMut};
use futures::{Stream, stream};
use seal::{Opener, PersonKey, SEALED_SEGMENT_LEN};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use crate::{Error, ObjectKey};

/// How much is read from a file at once, in bytes.
const READ_LEN: usize = 4 * SEALED_SEGMENT_LEN;

/// Sealed bytes, from where they rest.
pub(crate) enum Source {
    /// A file of the disk.
    File(File),
    /// All that was in one; nothing is left when it is empty.
    Whole(Bytes),
    /// The body of an S3 server's answer, and how long each piece may take.
    Object(ByteStream, Duration),
}

impl Source {
    /// The next sealed bytes; `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        match self {
            Self::File(file) => {
                let mut piece = BytesMut::with_capacity(READ_LEN);
                let len = file.read_buf(&mut piece).await?;
                Ok((len > 0).then(|| piece.freeze()))
            }
            Self::Whole(bytes) => Ok((!bytes.is_empty()).then(|| std::mem::take(bytes))),
            Self::Object(body, timeout) => tokio::time::timeout(*timeout, body.try_next())
                .await
                .map_err(|late| Error::Unavailable(late.into()))?
                .map_err(|broken| Error::Unavailable(broken.into())),
        }
    }
}

/// Open what comes from `source`; ends after the first error.
pub(crate) fn open(
    source: Source,
    key: &ObjectKey,
    person: &PersonKey,
) -> impl Stream<Item = Result<Bytes, Error>> + Send + use<> {
    let opener = Opener::new(person, key.as_str().as_bytes());
    stream::try_unfold(Some((source, opener)), async |state| {
        let Some((mut source, mut opener)) = state else {
            return Ok(None);
        };
        let mut plain = Vec::new();
        while let Some(sealed) = source.next().await? {
            opener.push(&sealed, &mut plain)?;
            if !plain.is_empty() {
                return Ok(Some((Bytes::from(plain), Some((source, opener)))));
            }
        }
        opener.finish(&mut plain)?;
        Ok((!plain.is_empty()).then(|| (Bytes::from(plain), None)))
    })
}
