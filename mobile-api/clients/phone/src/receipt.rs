use std::collections::BTreeMap;

use domain::{CheckinId, DeviceId, DutyId, PersonId};
use serde::Deserialize;
use wire::{PartDigest, ReceiptClaims};

use crate::{Error, Jwk, jws};

/// Who writes receipts.
const ISSUER: &str = "muster";

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    #[error("it is not a compact JWS")]
    Malformed,
    #[error("it is signed with {0}, not with ES256")]
    Algorithm(String),
    #[error("it has extensions that we do not understand")]
    Critical,
    #[error("its key {0:?} is not among the server's published keys")]
    UnknownKey(String),
    #[error("its signature does not fit")]
    Signature,
    #[error("its claims cannot be read: {0}")]
    Claims(String),
    #[error("it speaks of another {0} than was handed in")]
    Disagrees(&'static str),
}

/// The server's public keys (RFC 7517 JWK set), by key id.
#[derive(Debug, Clone, Default)]
pub struct Keys(BTreeMap<String, Jwk>);

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct PublishedKey {
    kid: String,
    #[serde(flatten)]
    jwk: Jwk,
}

impl Keys {
    /// Reads a JWK set; keys of other kinds than EC P-256 with a `kid` are passed over.
    ///
    /// # Errors
    /// [`Error::Protocol`] when it is no JWK set.
    pub fn from_json(jwks: &[u8]) -> Result<Self, Error> {
        let set: KeySet = serde_json::from_slice(jwks)
            .map_err(|e| Error::Protocol(format!("the published keys are no JWK set: {e}")))?;
        let usable = set.keys.into_iter().filter_map(|key| {
            let key: PublishedKey = serde_json::from_value(key).ok()?;
            key.jwk.verifying_key().map(|_| (key.kid, key.jwk))
        });
        Ok(Self(usable.collect()))
    }

    /// Checks the signature and reads the claims; compare them with [`Handed::compare`].
    ///
    /// # Errors
    /// Every [`ReceiptError`] but `Disagrees`.
    pub fn verify(&self, receipt: &str) -> Result<ReceiptClaims, ReceiptError> {
        let parsed = jws::parse(receipt).ok_or(ReceiptError::Malformed)?;
        if parsed.header.alg != "ES256" {
            return Err(ReceiptError::Algorithm(parsed.header.alg));
        }
        if parsed.header.crit.is_some() {
            return Err(ReceiptError::Critical);
        }
        let kid = parsed.header.kid.clone().unwrap_or_default();
        let key = self
            .0
            .get(&kid)
            .and_then(Jwk::verifying_key)
            .ok_or(ReceiptError::UnknownKey(kid))?;
        if !parsed.signed_by(&key) {
            return Err(ReceiptError::Signature);
        }
        serde_json::from_slice(&parsed.claims).map_err(|e| ReceiptError::Claims(e.to_string()))
    }
}

/// What this phone handed in, as far as it remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    pub checkin: CheckinId,
    pub duty: Option<DutyId>,
    pub person: Option<PersonId>,
    pub device: Option<DeviceId>,
    /// All parts of the submission.
    pub parts: BTreeMap<String, PartDigest>,
}

impl Handed {
    /// Does the receipt speak of exactly this?
    ///
    /// # Errors
    /// [`ReceiptError::Disagrees`] with the first difference.
    pub fn compare(&self, claims: &ReceiptClaims) -> Result<(), ReceiptError> {
        let media_fits = claims.media.len() == self.parts.len()
            && self.parts.iter().all(|(name, part)| {
                let mut named = claims.media.iter().filter(|m| m.part == *name);
                named.next().is_some_and(|m| m.sha256 == part.sha256)
            });
        let checks = [
            ("issuer", claims.iss == ISSUER),
            ("check-in", claims.checkin == self.checkin),
            ("duty", self.duty.is_none_or(|duty| duty == claims.duty)),
            (
                "person",
                self.person.is_none_or(|person| person == claims.person),
            ),
            (
                "device",
                self.device.is_none_or(|device| device == claims.device),
            ),
            ("media", media_fits),
        ];
        match checks.into_iter().find(|(_, fits)| !fits) {
            Some((what, _)) => Err(ReceiptError::Disagrees(what)),
            None => Ok(()),
        }
    }
}
