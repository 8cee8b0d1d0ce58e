//! Keys: the master key, the key of a person, and the wrapped form in which the latter is stored.

use std::fmt;
use std::str::FromStr;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{Error, NONCE_LEN, TAG_LEN};

/// Length of a key, in bytes.
pub const KEY_LEN: usize = 32;

/// Length of a wrapped key, in bytes: form 1, master key's id 4, nonce 24, key 32, tag 16.
pub const WRAPPED_KEY_LEN: usize = 1 + KEY_ID_LEN + NONCE_LEN + KEY_LEN + TAG_LEN;

const KEY_ID_LEN: usize = 4;
const WRAPPED_V1: u8 = 0x31;

/// What a subkey is for; bytes sealed for one purpose do not open for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Templates of face and voice.
    Template,
    /// Pictures and recordings.
    Media,
    /// Stored answers, replayed to a client that repeats a request.
    Response,
    /// Login secrets, such as the seed of one-time passwords.
    Secret,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Media => "media",
            Self::Response => "response",
            Self::Secret => "secret",
        }
    }
}

/// Names a master key without showing it: the first 4 bytes of a SHA-256 over it, printed as 8 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; KEY_ID_LEN]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The key that wraps all persons' keys; it lives in the configuration or a secret store, never in the database.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; KEY_LEN]);

impl MasterKey {
    /// Take 32 bytes that were drawn at random.
    pub fn from_bytes(bytes: [u8; KEY_LEN]) -> Self {
        Self(bytes)
    }

    /// The short name of this key, for logs and for telling which key wrapped what.
    pub fn id(&self) -> KeyId {
        let hash = Sha256::new()
            .chain_update(b"muster/seal/1/id")
            .chain_update(self.0)
            .finalize();
        KeyId([hash[0], hash[1], hash[2], hash[3]])
    }

    /// Wrap a person's key for storage, bound to the person (the 16 bytes of the person's id). `nonce` is drawn fresh.
    pub fn wrap(&self, person: [u8; 16], key: &PersonKey, nonce: [u8; NONCE_LEN]) -> WrappedKey {
        let sealed = self
            .cipher()
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: &key.0,
                    aad: &person,
                },
            )
            .expect("32 bytes are shorter than the cipher's limit");
        let mut bytes = [0; WRAPPED_KEY_LEN];
        let (head, body) = bytes.split_at_mut(1 + KEY_ID_LEN + NONCE_LEN);
        head[0] = WRAPPED_V1;
        head[1..=KEY_ID_LEN].copy_from_slice(&self.id().0);
        head[1 + KEY_ID_LEN..].copy_from_slice(&nonce);
        body.copy_from_slice(&sealed);
        WrappedKey(bytes)
    }

    /// Unwrap the key of a person.
    ///
    /// Errors: [`Error::OtherMaster`] when another master key wrapped it, [`Error::Refused`] when it belongs to another person
    /// or was changed.
    pub fn unwrap(&self, person: [u8; 16], wrapped: &WrappedKey) -> Result<PersonKey, Error> {
        if wrapped.master() != self.id() {
            return Err(Error::OtherMaster {
                wrapped_by: wrapped.master(),
                at_hand: self.id(),
            });
        }
        let (head, body) = wrapped.0.split_at(1 + KEY_ID_LEN + NONCE_LEN);
        let nonce = XNonce::try_from(&head[1 + KEY_ID_LEN..]).map_err(|_| Error::Format)?;
        let plain = self
            .cipher()
            .decrypt(
                &nonce,
                Payload {
                    msg: body,
                    aad: &person,
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| Error::Refused)?;
        PersonKey::try_from(plain.as_slice())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        cipher(&self.0, "muster/seal/1/wrap", "")
    }
}

impl TryFrom<&[u8]> for MasterKey {
    type Error = Error;

    fn try_from(bytes: &[u8]) -> Result<Self, Error> {
        bytes.try_into().map(Self).map_err(|_| Error::Key)
    }
}

impl FromStr for MasterKey {
    type Err = Error;

    /// Read 64 hexadecimal digits, or base64 (either alphabet, padded or not); white space around it is allowed.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.len() == 2 * KEY_LEN {
            let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes());
            let bytes = Zeroizing::new(bytes.map_err(|_| Error::Key)?);
            return Self::try_from(bytes.as_slice());
        }
        let text = text.trim_end_matches('=').as_bytes();
        let bytes = BASE64_NOPAD
            .decode(text)
            .or_else(|_| BASE64URL_NOPAD.decode(text))
            .map_err(|_| Error::Key)?;
        Self::try_from(Zeroizing::new(bytes).as_slice())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id())
    }
}

/// The key of one person; it is stored only as a [`WrappedKey`].
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct PersonKey([u8; KEY_LEN]);

impl PersonKey {
    /// Take 32 bytes that were drawn at random.
    pub fn from_bytes(bytes: [u8; KEY_LEN]) -> Self {
        Self(bytes)
    }

    /// The cipher under the subkey of one purpose and form (message or stream).
    pub(crate) fn cipher(&self, purpose: Purpose, form: &'static str) -> XChaCha20Poly1305 {
        cipher(&self.0, form, purpose.as_str())
    }
}

impl TryFrom<&[u8]> for PersonKey {
    type Error = Error;

    fn try_from(bytes: &[u8]) -> Result<Self, Error> {
        bytes.try_into().map(Self).map_err(|_| Error::Key)
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(hidden)")
    }
}

/// A person's key, wrapped by the master key: 77 bytes for the database. Erasing it erases the person's data.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey([u8; WRAPPED_KEY_LEN]);

impl WrappedKey {
    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The master key that wrapped it.
    pub fn master(&self) -> KeyId {
        KeyId([self.0[1], self.0[2], self.0[3], self.0[4]])
    }
}

impl TryFrom<&[u8]> for WrappedKey {
    type Error = Error;

    fn try_from(bytes: &[u8]) -> Result<Self, Error> {
        let bytes: [u8; WRAPPED_KEY_LEN] = bytes.try_into().map_err(|_| Error::Format)?;
        if bytes[0] == WRAPPED_V1 {
            Ok(Self(bytes))
        } else {
            Err(Error::Format)
        }
    }
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey(by {})", self.master())
    }
}

/// XChaCha20-Poly1305 under a subkey: HKDF-SHA256 (RFC 5869) without salt, `info` is the form, a slash, the purpose.
fn cipher(key: &[u8; KEY_LEN], form: &str, purpose: &str) -> XChaCha20Poly1305 {
    let mut subkey = Zeroizing::new([0; KEY_LEN]);
    Hkdf::<Sha256>::new(None, key)
        .expand_multi_info(
            &[form.as_bytes(), b"/", purpose.as_bytes()],
            subkey.as_mut(),
        )
        .expect("32 bytes are within what HKDF can give");
    XChaCha20Poly1305::new((&*subkey).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERSON: [u8; 16] = [7; 16];

    fn master() -> MasterKey {
        MasterKey::from_bytes([1; KEY_LEN])
    }

    #[test]
    fn wrapped_key_unwraps_for_its_person_only() {
        let key = PersonKey::from_bytes([2; KEY_LEN]);
        let wrapped = master().wrap(PERSON, &key, [3; NONCE_LEN]);
        let stored = WrappedKey::try_from(wrapped.as_bytes()).unwrap();
        assert_eq!(master().unwrap(PERSON, &stored).unwrap().0, key.0);
        assert_eq!(
            master().unwrap([8; 16], &stored).unwrap_err(),
            Error::Refused
        );
    }

    #[test]
    fn every_changed_byte_of_a_wrapped_key_is_refused() {
        let wrapped = master().wrap(PERSON, &PersonKey::from_bytes([2; KEY_LEN]), [3; NONCE_LEN]);
        for at in 0..WRAPPED_KEY_LEN {
            let mut bytes = wrapped.0;
            bytes[at] ^= 1;
            let opened = WrappedKey::try_from(bytes.as_slice())
                .and_then(|changed| master().unwrap(PERSON, &changed));
            assert!(opened.is_err(), "byte {at}");
        }
        assert_eq!(WrappedKey::try_from(&wrapped.0[1..]), Err(Error::Format));
    }

    #[test]
    fn another_master_key_is_named() {
        let wrapped = master().wrap(PERSON, &PersonKey::from_bytes([2; KEY_LEN]), [3; NONCE_LEN]);
        let other = MasterKey::from_bytes([9; KEY_LEN]);
        assert_eq!(
            other.unwrap(PERSON, &wrapped).unwrap_err(),
            Error::OtherMaster {
                wrapped_by: master().id(),
                at_hand: other.id()
            }
        );
    }

    #[test]
    fn master_key_reads_hex_and_base64() {
        let bytes: [u8; KEY_LEN] = std::array::from_fn(|i| (i * 8 + 3) as u8);
        let key = MasterKey::from_bytes(bytes);
        let base64 = data_encoding::BASE64.encode(&bytes);
        for text in [
            HEXLOWER.encode(&bytes),
            HEXLOWER.encode(&bytes).to_uppercase(),
            base64.clone(),
            format!(" {}\n", base64.trim_end_matches('=')),
            data_encoding::BASE64URL.encode(&bytes),
        ] {
            assert_eq!(text.parse::<MasterKey>().unwrap().0, key.0, "{text}");
        }
        for text in ["", "00", "zz", &"0".repeat(63), &"g".repeat(64)] {
            assert_eq!(
                text.parse::<MasterKey>().unwrap_err(),
                Error::Key,
                "{text:?}"
            );
        }
    }

    #[test]
    fn debug_hides_keys() {
        let shown = format!("{:?}", master());
        assert_eq!(shown, format!("MasterKey({})", master().id()));
        assert_eq!(master().id().to_string().len(), 8);
        assert_eq!(
            format!("{:?}", PersonKey::from_bytes([2; KEY_LEN])),
            "PersonKey(hidden)"
        );
    }
}
