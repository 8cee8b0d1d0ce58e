//! Proof of possession of a phone's key: DPoP (RFC 9449) with nonces of the server, and the access tokens bound to the key.
//!
//! The phone's clock is never believed. A proof is fresh because it holds a nonce that this process made less than
//! [`NONCE_LIFE_S`] ago, and it is used once because its `jti` is remembered as long as its nonce lives. The nonce key is
//! drawn at start, so a proof from before a restart is never fresh; several processes need sticky sessions.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{DeviceId, Micros};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, decode, decode_header, encode,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, ThumbprintHash},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{AuthFault, Cx, Error, Result};

/// A nonce counts in its own minute and the two after it.
pub const NONCE_LIFE_S: i64 = 3 * NONCE_STEP_S;
/// Access tokens live this long.
pub const TOKEN_LIFE_S: u32 = 300;
const NONCE_STEP_S: i64 = 60;
/// Bytes of the nonce's authenticator.
const NONCE_TAG_LEN: usize = 15;
/// Longest `jti`, bytes.
const JTI_LEN_MAX: usize = 128;
/// Longest proof, bytes.
const PROOF_LEN_MAX: usize = 4_096;
/// Proofs remembered a minute: 16 bytes each; beyond it requests are refused until the minute is over.
const PROOFS_PER_STEP_MAX: usize = 1_000_000;

/// Makes nonces and remembers proofs.
pub struct Proofs {
    key: [u8; 32],
    used: Mutex<Used>,
}

/// Proofs of each living minute.
#[derive(Default)]
struct Used {
    steps: Vec<(i64, HashSet<[u8; 16]>)>,
}

impl Proofs {
    pub fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            used: Mutex::default(),
        }
    }

    /// The nonce of this minute.
    pub fn nonce(&self, now: Micros) -> String {
        self.nonce_of(now.unix_s().div_euclid(NONCE_STEP_S))
    }

    fn nonce_of(&self, step: i64) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(&step.to_be_bytes());
        let tag = mac.finalize().into_bytes();
        URL_SAFE_NO_PAD.encode(&tag[..NONCE_TAG_LEN])
    }

    /// The minute that a nonce is of, if it still counts.
    fn step_of(&self, nonce: &str, now: Micros) -> Option<i64> {
        let current = now.unix_s().div_euclid(NONCE_STEP_S);
        let mut living = (0..NONCE_LIFE_S / NONCE_STEP_S).map(|age| current - age);
        living.find(|&step| bool::from(self.nonce_of(step).as_bytes().ct_eq(nonce.as_bytes())))
    }

    /// Remembers a proof; an error when it was used before.
    fn spend(&self, step: i64, thumbprint: &str, jti: &str, now: Micros) -> Result<()> {
        let mut hash = Sha256::new();
        hash.update(thumbprint.as_bytes());
        hash.update([0]);
        hash.update(jti.as_bytes());
        let digest = hash.finalize();
        let id: [u8; 16] = digest[..16].try_into().expect("a SHA-256 has 32 bytes");
        let oldest = now.unix_s().div_euclid(NONCE_STEP_S) - NONCE_LIFE_S / NONCE_STEP_S;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.steps.retain(|(step, _)| *step > oldest);
        if !used.steps.iter().any(|(known, _)| *known == step) {
            used.steps.push((step, HashSet::new()));
        }
        let (_, ids) = used
            .steps
            .iter_mut()
            .find(|(known, _)| *known == step)
            .expect("it was just put there");
        if ids.len() >= PROOFS_PER_STEP_MAX {
            return Err(Error::Busy {
                retry_after_s: NONCE_STEP_S as u32,
            });
        }
        if ids.insert(id) {
            Ok(())
        } else {
            Err(Error::Unauthenticated(AuthFault::Replayed))
        }
    }
}

/// What a proof is shown for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    /// Scheme, host and path, without query.
    pub url: &'a str,
    /// The access token shown with it, if any.
    pub access_token: Option<&'a str>,
}

/// A key whose possession was proved just now.
#[derive(Debug, Clone)]
pub struct ProvedKey {
    /// RFC 7638, SHA-256, base64url.
    pub thumbprint: String,
    /// SEC 1, uncompressed.
    pub public_key: Vec<u8>,
}

#[derive(Deserialize)]
struct ProofClaims {
    jti: String,
    htm: String,
    htu: String,
    nonce: Option<String>,
    ath: Option<String>,
}

/// Checks a DPoP proof (RFC 9449 §4.3) for one request and spends it.
pub fn check(cx: &Cx, proof: &str, request: Request<'_>) -> Result<ProvedKey> {
    let bad = |why| Error::Unauthenticated(AuthFault::Proof(why));
    if proof.len() > PROOF_LEN_MAX {
        return Err(bad("too long"));
    }
    let header = decode_header(proof).map_err(|_| bad("not a JWT"))?;
    if header.typ.as_deref() != Some("dpop+jwt") || header.alg != Algorithm::ES256 {
        return Err(bad("typ must be dpop+jwt and alg ES256"));
    }
    let jwk = header.jwk.ok_or_else(|| bad("jwk is missing"))?;
    let public_key = p256_point(&jwk).ok_or_else(|| bad("jwk must be a P-256 public key"))?;
    let key = DecodingKey::from_jwk(&jwk).map_err(|_| bad("jwk must be a P-256 public key"))?;
    let claims = decode::<ProofClaims>(proof, &key, &unclocked(Algorithm::ES256))
        .map_err(|_| bad("signature or claims"))?
        .claims;
    if claims.htm != request.method {
        return Err(bad("htm is another method"));
    }
    if claims.htu != request.url {
        return Err(bad("htu is another address"));
    }
    if claims.jti.is_empty() || claims.jti.len() > JTI_LEN_MAX {
        return Err(bad("jti must have 1 to 128 bytes"));
    }
    if claims.ath != request.access_token.map(token_hash) {
        return Err(bad("ath does not fit to the access token"));
    }
    let now = cx.now();
    let step = claims
        .nonce
        .and_then(|nonce| cx.proofs.step_of(&nonce, now))
        .ok_or(Error::Unauthenticated(AuthFault::Nonce))?;
    let thumbprint = jwk
        .thumbprint(ThumbprintHash::SHA256)
        .map_err(|_| bad("jwk has no thumbprint"))?;
    cx.proofs.spend(step, &thumbprint, &claims.jti, now)?;
    Ok(ProvedKey {
        thumbprint,
        public_key,
    })
}

#[derive(Serialize, Deserialize)]
struct TokenClaims {
    iss: String,
    sub: DeviceId,
    exp: i64,
    cnf: Confirmation,
}

/// RFC 7800 / RFC 9449 §6.1.
#[derive(Serialize, Deserialize)]
struct Confirmation {
    jkt: String,
}

/// A token for a device, bound to its key, good for [`TOKEN_LIFE_S`].
pub fn issue_token(cx: &Cx, device: DeviceId, thumbprint: &str) -> Result<String> {
    let claims = TokenClaims {
        iss: "muster".to_owned(),
        sub: device,
        exp: cx.now().unix_s() + i64::from(TOKEN_LIFE_S),
        cnf: Confirmation {
            jkt: thumbprint.to_owned(),
        },
    };
    encode(
        &Header::new(Algorithm::HS256),
        &claims,
        cx.house.token_keys().0,
    )
    .map_err(|_| Error::Internal("a token could not be signed"))
}

/// The device that a token was issued to, if it is good and bound to the proved key.
pub fn check_token(cx: &Cx, token: &str, key: &ProvedKey) -> Result<DeviceId> {
    let bad = || Error::Unauthenticated(AuthFault::Token);
    let claims =
        decode::<TokenClaims>(token, cx.house.token_keys().1, &unclocked(Algorithm::HS256))
            .map_err(|_| bad())?
            .claims;
    if claims.exp <= cx.now().unix_s() || claims.cnf.jkt != key.thumbprint {
        return Err(bad());
    }
    Ok(claims.sub)
}

/// Time is checked against the context's clock, not the library's.
fn unclocked(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    validation
}

fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// SEC 1 uncompressed point of a P-256 key.
fn p256_point(jwk: &Jwk) -> Option<Vec<u8>> {
    let AlgorithmParameters::EllipticCurve(curve) = &jwk.algorithm else {
        return None;
    };
    if curve.curve != EllipticCurve::P256 {
        return None;
    }
    let mut point = vec![4];
    for coordinate in [&curve.x, &curve.y] {
        let bytes = URL_SAFE_NO_PAD
            .decode(coordinate)
            .ok()
            .filter(|bytes| bytes.len() == 32)?;
        point.extend(bytes);
    }
    p256::PublicKey::from_sec1_bytes(&point)
        .is_ok()
        .then_some(point)
}
