//! What happens to a body on its way in: counted, hashed, sealed.

use seal::{PersonKey, STREAM_NONCE_LEN, Sealer};
use sha2::{Digest, Sha256};

use crate::{Error, ObjectKey, Stored};

/// A body on its way in.
pub(crate) struct Intake {
    sealer: Sealer,
    hash: Sha256,
    len: u64,
    limit: u64,
}

impl Intake {
    /// Begin an object of at most `limit` plain bytes. Its name is the context it is sealed with.
    pub(crate) fn new(
        key: &ObjectKey,
        person: &PersonKey,
        nonce: [u8; STREAM_NONCE_LEN],
        limit: u64,
    ) -> Self {
        Self {
            sealer: Sealer::new(person, key.as_str().as_bytes(), nonce),
            hash: Sha256::new(),
            len: 0,
            limit,
        }
    }

    /// Take plain bytes; append what is sealed by now to `out`.
    pub(crate) fn push(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let len = self.len.saturating_add(plain.len() as u64);
        if len > self.limit {
            return Err(Error::TooLarge { limit: self.limit });
        }
        self.len = len;
        self.hash.update(plain);
        self.sealer.push(plain, out)?;
        Ok(())
    }

    /// The body is complete; append the rest to `out`.
    pub(crate) fn finish(self, out: &mut Vec<u8>) -> Result<Stored, Error> {
        self.sealer.finish(out)?;
        Ok(Stored {
            len: self.len,
            sha256: self.hash.finalize().into(),
        })
    }
}
