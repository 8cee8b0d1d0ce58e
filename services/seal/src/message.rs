//! Messages: small things sealed at once. On storage: form 1 byte, nonce 24, cipher text, tag 16.

use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead, Payload};

use crate::{Error, NONCE_LEN, PersonKey, Purpose, TAG_LEN};

/// How many bytes longer a sealed message is than the plain one.
pub const MESSAGE_OVERHEAD_LEN: usize = 1 + NONCE_LEN + TAG_LEN;

const MESSAGE_V1: u8 = 0x11;
const FORM: &str = "muster/seal/1/message";

impl PersonKey {
    /// Seal a message for one purpose. `aad` is the context that must be the same when it is opened (the row's id, a model's
    /// version); it is not stored. `nonce` is drawn fresh.
    pub fn seal(
        &self,
        purpose: Purpose,
        aad: &[u8],
        nonce: [u8; NONCE_LEN],
        plain: &[u8],
    ) -> Vec<u8> {
        let cipher = self.cipher(purpose, FORM);
        let body = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
            .expect("a message in memory is shorter than the cipher's 256 GiB");
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + body.len());
        sealed.push(MESSAGE_V1);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        sealed
    }

    /// Open a sealed message.
    ///
    /// Errors: [`Error::Format`] when it does not look sealed, [`Error::Refused`] when key, purpose or context differ or a byte
    /// was changed.
    pub fn open(&self, purpose: Purpose, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let (head, body) = sealed
            .split_at_checked(1 + NONCE_LEN)
            .ok_or(Error::Format)?;
        if head[0] != MESSAGE_V1 {
            return Err(Error::Format);
        }
        let nonce = XNonce::try_from(&head[1..]).map_err(|_| Error::Format)?;
        self.cipher(purpose, FORM)
            .decrypt(&nonce, Payload { msg: body, aad })
            .map_err(|_| Error::Refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PersonKey {
        PersonKey::from_bytes([5; 32])
    }

    fn sealed() -> Vec<u8> {
        key().seal(Purpose::Template, b"row 1", [6; NONCE_LEN], b"a template")
    }

    #[test]
    fn message_opens_with_key_purpose_and_context() {
        assert_eq!(sealed().len(), b"a template".len() + MESSAGE_OVERHEAD_LEN);
        let plain = key().open(Purpose::Template, b"row 1", &sealed());
        assert_eq!(plain.unwrap(), b"a template");
    }

    #[test]
    fn wrong_key_purpose_or_context_is_refused() {
        let other = PersonKey::from_bytes([4; 32]);
        for opened in [
            other.open(Purpose::Template, b"row 1", &sealed()),
            key().open(Purpose::Media, b"row 1", &sealed()),
            key().open(Purpose::Response, b"row 1", &sealed()),
            key().open(Purpose::Secret, b"row 1", &sealed()),
            key().open(Purpose::Template, b"row 2", &sealed()),
        ] {
            assert_eq!(opened.unwrap_err(), Error::Refused);
        }
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_refused() {
        let sealed = sealed();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 0x80;
            assert!(
                key().open(Purpose::Template, b"row 1", &changed).is_err(),
                "byte {at}"
            );
            assert!(
                key()
                    .open(Purpose::Template, b"row 1", &sealed[..at])
                    .is_err(),
                "cut at {at}"
            );
        }
    }
}
