//! Compact JWS with ES256 (RFC 7515, RFC 7518 §3.4): the signature is r ‖ s, 64 bytes.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use p256::ecdsa::{
    Signature, SigningKey, VerifyingKey, signature::Signer as _, signature::Verifier as _,
};
use serde::{Deserialize, Serialize};

/// Most characters of a JWS that we read.
const JWS_LEN_MAX: usize = 64 * 1024;

/// The header's members that matter to us.
#[derive(Debug, Deserialize)]
pub struct Header {
    pub alg: String,
    pub kid: Option<String>,
    /// Extensions that must be understood: we understand none.
    pub crit: Option<Vec<String>>,
}

/// A JWS taken apart; its signature is not checked yet.
pub struct Parsed<'a> {
    pub header: Header,
    pub claims: Vec<u8>,
    signed: &'a str,
    signature: Signature,
}

pub fn sign(key: &SigningKey, header: &impl Serialize, claims: &impl Serialize) -> String {
    let mut token = encode_json(header);
    token.push('.');
    token.push_str(&encode_json(claims));
    let signature: Signature = key.sign(token.as_bytes());
    token.push('.');
    token.push_str(&BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()));
    token
}

/// `None` when the text is not a compact JWS with a signature of ES256's shape.
pub fn parse(token: &str) -> Option<Parsed<'_>> {
    if token.len() > JWS_LEN_MAX {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header = BASE64_URL_SAFE_NO_PAD.decode(header).ok()?;
    Some(Parsed {
        header: serde_json::from_slice(&header).ok()?,
        claims: BASE64_URL_SAFE_NO_PAD.decode(claims).ok()?,
        signed,
        signature: Signature::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?,
    })
}

impl Parsed<'_> {
    pub fn signed_by(&self, key: &VerifyingKey) -> bool {
        key.verify(self.signed.as_bytes(), &self.signature).is_ok()
    }
}

fn encode_json(value: &impl Serialize) -> String {
    let json = serde_json::to_vec(value).expect("headers and claims are plain JSON");
    BASE64_URL_SAFE_NO_PAD.encode(json)
}
