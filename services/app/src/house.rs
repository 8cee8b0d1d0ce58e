//! The house's own keys: one for its secrets, one for receipts, one for access tokens, sealed in the database; and the
//! persons' keys, wrapped by the master key.

use domain::{Micros, PersonId};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey,
    jwk::{Jwk, ThumbprintHash},
};
use p256::{ecdsa::SigningKey, pkcs8::EncodePrivateKey};
use seal::{MasterKey, PersonKey, Purpose, WrappedKey};
use store::{Store, Tx, server_key::ServerKey};

use crate::{Entropy, Error, Result};

/// The house's own secrets hang on no person.
const NOBODY: [u8; 16] = [0; 16];
/// P-256 private key: drawn again in the 2⁻³² cases where the random number is out of range.
const KEY_DRAWS_MAX: usize = 8;

/// Opened once at start.
pub struct House {
    master: MasterKey,
    secrets: PersonKey,
    receipt: EncodingKey,
    receipt_jwk: Jwk,
    token: EncodingKey,
    token_check: DecodingKey,
}

impl House {
    /// Opens the keys in the store, making those that are missing. Fails when they were sealed under another master key.
    pub async fn open(
        store: &Store,
        master: MasterKey,
        entropy: &Entropy,
        now: Micros,
    ) -> Result<Self> {
        let wrapped = key(store, "secrets", now, || {
            let fresh = PersonKey::from_bytes(entropy.bytes());
            Ok(master
                .wrap(NOBODY, &fresh, entropy.bytes())
                .as_bytes()
                .to_vec())
        })
        .await?;
        let secrets = master.unwrap(NOBODY, &WrappedKey::try_from(wrapped.as_slice())?)?;
        let sealed = key(store, "receipt", now, || {
            Ok(secrets.seal(
                Purpose::Secret,
                b"receipt",
                entropy.bytes(),
                &receipt_key(entropy)?,
            ))
        })
        .await?;
        let receipt =
            EncodingKey::from_ec_der(&secrets.open(Purpose::Secret, b"receipt", &sealed)?);
        let sealed = key(store, "token", now, || {
            Ok(secrets.seal(
                Purpose::Secret,
                b"token",
                entropy.bytes(),
                &entropy.bytes::<32>(),
            ))
        })
        .await?;
        let token = secrets.open(Purpose::Secret, b"token", &sealed)?;
        Ok(Self {
            master,
            receipt_jwk: public_jwk(&receipt)?,
            receipt,
            token: EncodingKey::from_secret(&token),
            token_check: DecodingKey::from_secret(&token),
            secrets,
        })
    }

    /// Seals one of the house's secrets; `context` must be the same at [`Self::open_secret`].
    pub fn seal_secret(
        &self,
        purpose: Purpose,
        context: &[u8],
        entropy: &Entropy,
        plain: &[u8],
    ) -> Vec<u8> {
        self.secrets.seal(purpose, context, entropy.bytes(), plain)
    }

    pub fn open_secret(&self, purpose: Purpose, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        Ok(self.secrets.open(purpose, context, sealed)?)
    }

    /// Makes and stores the key that everything of this person is sealed with.
    pub async fn new_person_key(
        &self,
        tx: &mut Tx,
        person: PersonId,
        entropy: &Entropy,
    ) -> Result<()> {
        let wrapped = self.master.wrap(
            person.0.into_bytes(),
            &PersonKey::from_bytes(entropy.bytes()),
            entropy.bytes(),
        );
        store::person_key::insert(
            tx,
            person,
            wrapped.as_bytes(),
            &self.master.id().to_string(),
        )
        .await?;
        Ok(())
    }

    /// The key of a person; [`Error::NotFound`] once it was erased.
    pub async fn person_key(&self, tx: &mut Tx, person: PersonId) -> Result<PersonKey> {
        let row = store::person_key::get(tx, person)
            .await?
            .ok_or(Error::NotFound("person's key"))?;
        self.unwrap(person, &row.wrapped)
    }

    /// A person's key that was read with other things of his.
    pub fn unwrap(&self, person: PersonId, wrapped: &[u8]) -> Result<PersonKey> {
        let wrapped = WrappedKey::try_from(wrapped)?;
        Ok(self.master.unwrap(person.0.into_bytes(), &wrapped)?)
    }

    /// Signs receipts, ES256.
    pub fn receipt_key(&self) -> &EncodingKey {
        &self.receipt
    }

    /// Checks receipts; its `kid` is the RFC 7638 thumbprint.
    pub fn receipt_jwk(&self) -> &Jwk {
        &self.receipt_jwk
    }

    /// Signs and checks access tokens, HS256.
    pub fn token_keys(&self) -> (&EncodingKey, &DecodingKey) {
        (&self.token, &self.token_check)
    }
}

/// The stored bytes of a key, made on first use. Two servers that start at once agree on the older one.
async fn key(
    store: &Store,
    purpose: &'static str,
    now: Micros,
    make: impl FnOnce() -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    let mut tx = store.write().await?;
    if store::server_key::by_purpose(&mut tx, purpose)
        .await?
        .is_empty()
    {
        let fresh = ServerKey {
            kid: purpose.to_owned(),
            purpose: purpose.to_owned(),
            sealed: make()?,
            created_at: now,
        };
        store::server_key::insert_if_absent(&mut tx, &fresh).await?;
    }
    let kept = store::server_key::by_purpose(&mut tx, purpose).await?.pop();
    tx.commit().await?;
    Ok(kept
        .ok_or(Error::Internal("a key that was just stored is missing"))?
        .sealed)
}

/// A fresh P-256 key, PKCS#8 DER.
fn receipt_key(entropy: &Entropy) -> Result<Vec<u8>> {
    let drawn =
        (0..KEY_DRAWS_MAX).find_map(|_| SigningKey::from_slice(&entropy.bytes::<32>()).ok());
    let key = drawn.ok_or(Error::Internal("no signing key could be drawn"))?;
    let der = key
        .to_pkcs8_der()
        .map_err(|_| Error::Internal("a signing key could not be encoded"))?;
    Ok(der.as_bytes().to_vec())
}

fn public_jwk(key: &EncodingKey) -> Result<Jwk> {
    let mut jwk = Jwk::from_encoding_key(key, Algorithm::ES256)
        .map_err(|_| Error::Internal("the receipt key cannot be read"))?;
    let thumbprint = jwk
        .thumbprint(ThumbprintHash::SHA256)
        .map_err(|_| Error::Internal("the receipt key has no thumbprint"))?;
    jwk.common.key_id = Some(thumbprint);
    Ok(jwk)
}
