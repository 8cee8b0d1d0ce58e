use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{Clock, DeviceKey, Jwk, Random, jws};

#[derive(Serialize)]
struct Header<'a> {
    typ: &'a str,
    alg: &'a str,
    jwk: &'a Jwk,
}

#[derive(Serialize)]
struct Claims<'a> {
    jti: String,
    htm: &'a str,
    htu: &'a str,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
}

/// What one proof is about.
pub struct Subject<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Scheme, host and path, without query.
    pub url: &'a str,
    /// What the server gave last.
    pub nonce: Option<&'a str>,
    /// Whose hash goes into `ath`.
    pub access_token: Option<&'a str>,
}

/// A DPoP proof (RFC 9449 §4.2) for one request.
pub fn prove(key: &DeviceKey, about: &Subject<'_>, clock: &Clock, random: &Random) -> String {
    let header = Header {
        typ: "dpop+jwt",
        alg: "ES256",
        jwk: key.jwk(),
    };
    let claims = Claims {
        jti: random.uuid().to_string(),
        htm: about.method,
        htu: about.url,
        iat: clock.unix_s(),
        nonce: about.nonce,
        ath: about
            .access_token
            .map(|token| BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token))),
    };
    jws::sign(key.signing(), &header, &claims)
}
