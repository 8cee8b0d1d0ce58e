//! Signatures by the Standard Webhooks specification, made and checked.
//!
//! The specification's own crate is not used: it asks the machine's clock, takes secrets of any length, and does not wipe them.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use serde::Deserialize;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Shortest secret, in bytes.
pub const SECRET_LEN_MIN: usize = 24;
/// Longest secret, in bytes.
pub const SECRET_LEN_MAX: usize = 64;
/// How far the time of an attempt may be from the receiver's, in seconds, either way.
pub const TOLERANCE_S: i64 = 5 * 60;

/// Header with the message's id.
pub const ID: &str = "webhook-id";
/// Header with the time of the attempt, in Unix seconds.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// Header with the signatures, separated by spaces.
pub const SIGNATURE: &str = "webhook-signature";

const SECRET_PREFIX: &str = "whsec_";
/// HMAC-SHA256 with a shared secret.
const VERSION_PREFIX: &str = "v1,";

/// A secret that sender and receiver share: `whsec_` and the base64 of 24 to 64 bytes. Never printed; wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop, Deserialize)]
#[serde(try_from = "String")]
pub struct SigningSecret(Vec<u8>);

/// The text is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret is whsec_ and the base64 of {SECRET_LEN_MIN} to {SECRET_LEN_MAX} bytes")]
pub struct BadSecret;

/// Why a webhook is not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// A header is missing, twice there, or not readable.
    #[error("webhook lacks a readable {0} header")]
    Header(&'static str),
    /// It was sent too long ago, or in the future, by more than [`TOLERANCE_S`].
    #[error("webhook was not sent within the last minutes")]
    Time,
    /// No signature is of this secret over this id, time and body.
    #[error("webhook has no signature of this secret")]
    Signature,
}

impl SigningSecret {
    /// The signature over an attempt, `v1,` and base64. `id` has no full stop.
    pub(crate) fn sign(&self, id: &str, at_unix_s: i64, body: &[u8]) -> String {
        let tag = self.mac(id, at_unix_s, body).finalize().into_bytes();
        format!("{VERSION_PREFIX}{}", BASE64.encode(&tag))
    }

    fn mac(&self, id: &str, at_unix_s: i64, body: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(id.as_bytes());
        mac.update(format!(".{at_unix_s}.").as_bytes());
        mac.update(body);
        mac
    }
}

/// Check a webhook as its receiver does: that it was sent by one who has the secret, as it is, within [`TOLERANCE_S`] of
/// `now_unix_s`. `body` is what came over the wire, not parsed and written again. Signatures are compared in constant time.
///
/// That it came before is for the receiver to see, by `webhook-id`.
///
/// # Errors
/// [`Unverified`].
pub fn verify(
    secret: &SigningSecret,
    headers: &HeaderMap,
    body: &[u8],
    now_unix_s: i64,
) -> Result<(), Unverified> {
    let id = header(headers, ID)?;
    let at_unix_s = header(headers, TIMESTAMP)?;
    let at_unix_s: i64 = at_unix_s
        .parse()
        .map_err(|_| Unverified::Header(TIMESTAMP))?;
    let signatures = header(headers, SIGNATURE)?;
    if at_unix_s.abs_diff(now_unix_s) > TOLERANCE_S.unsigned_abs() {
        return Err(Unverified::Time);
    }
    let mac = secret.mac(id, at_unix_s, body);
    let genuine = signatures
        .split(' ')
        .filter_map(|signature| signature.strip_prefix(VERSION_PREFIX))
        .filter_map(|tag| BASE64.decode(tag.as_bytes()).ok())
        .any(|tag| mac.clone().verify_slice(&tag).is_ok());
    if genuine {
        Ok(())
    } else {
        Err(Unverified::Signature)
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Unverified> {
    let mut values = headers.get_all(name).into_iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| Unverified::Header(name)),
        (None, _) | (Some(_), Some(_)) => Err(Unverified::Header(name)),
    }
}

impl FromStr for SigningSecret {
    type Err = BadSecret;

    fn from_str(text: &str) -> Result<Self, BadSecret> {
        let encoded = text.strip_prefix(SECRET_PREFIX).ok_or(BadSecret)?;
        let secret = BASE64.decode(encoded.as_bytes()).map_err(|_| BadSecret)?;
        let secret = Self(secret);
        if (SECRET_LEN_MIN..=SECRET_LEN_MAX).contains(&secret.0.len()) {
            Ok(secret)
        } else {
            Err(BadSecret)
        }
    }
}

impl TryFrom<String> for SigningSecret {
    type Error = BadSecret;

    fn try_from(text: String) -> Result<Self, BadSecret> {
        Zeroizing::new(text).parse()
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret")
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    // The vector of the specification's reference libraries.
    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const VECTOR_ID: &str = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
    const SENT_UNIX_S: i64 = 1_649_367_553;
    const BODY: &[u8] = br#"{"email":"test@example.com","username":"test_user"}"#;
    const SIGNED: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";

    fn secret() -> SigningSecret {
        SECRET.parse().expect("the vector's secret is one")
    }

    fn other() -> SigningSecret {
        let text = format!("{SECRET_PREFIX}{}", BASE64.encode(&[7; 32]));
        text.parse().expect("32 bytes are a secret")
    }

    fn headers(signatures: &str) -> HeaderMap {
        let value = |text: &str| HeaderValue::from_str(text).expect("a header's text");
        let mut headers = HeaderMap::new();
        headers.insert(ID, value(VECTOR_ID));
        headers.insert(TIMESTAMP, value(&SENT_UNIX_S.to_string()));
        headers.insert(SIGNATURE, value(signatures));
        headers
    }

    #[test]
    fn signatures_are_those_of_the_published_vector() {
        assert_eq!(secret().sign(VECTOR_ID, SENT_UNIX_S, BODY), SIGNED);
        assert_eq!(
            verify(&secret(), &headers(SIGNED), BODY, SENT_UNIX_S),
            Ok(())
        );
    }

    #[test]
    fn one_good_signature_among_others_is_enough() {
        let old = other().sign(VECTOR_ID, SENT_UNIX_S, BODY);
        let both = headers(&format!("v1a,AAAA v1,? {old} {SIGNED}"));
        assert_eq!(verify(&secret(), &both, BODY, SENT_UNIX_S), Ok(()));
        assert_eq!(verify(&other(), &both, BODY, SENT_UNIX_S), Ok(()));
        let none = headers(&old);
        let refused = verify(&secret(), &none, BODY, SENT_UNIX_S);
        assert_eq!(refused, Err(Unverified::Signature));
    }

    #[test]
    fn what_was_tampered_with_is_refused() {
        let check =
            |headers: &HeaderMap, body: &[u8]| verify(&secret(), headers, body, SENT_UNIX_S);
        assert_eq!(check(&headers(SIGNED), b"{}"), Err(Unverified::Signature));
        for name in [ID, TIMESTAMP] {
            let mut changed = headers(SIGNED);
            changed.insert(name, HeaderValue::from_static("1649367554"));
            assert_eq!(check(&changed, BODY), Err(Unverified::Signature), "{name}");
        }
        for signature in ["", "v1,", "v1", &SIGNED[..8], &SIGNED[3..], "v2,AAAA"] {
            let cut = headers(signature);
            assert_eq!(check(&cut, BODY), Err(Unverified::Signature), "{signature}");
        }
    }

    #[test]
    fn headers_must_be_there_once() {
        for name in [ID, TIMESTAMP, SIGNATURE] {
            let mut none = headers(SIGNED);
            none.remove(name);
            let mut twice = headers(SIGNED);
            twice.append(name, twice[name].clone());
            for bad in [none, twice] {
                let refused = verify(&secret(), &bad, BODY, SENT_UNIX_S);
                assert_eq!(refused, Err(Unverified::Header(name)));
            }
        }
        let mut word = headers(SIGNED);
        word.insert(TIMESTAMP, HeaderValue::from_static("today"));
        let refused = verify(&secret(), &word, BODY, SENT_UNIX_S);
        assert_eq!(refused, Err(Unverified::Header(TIMESTAMP)));
    }

    #[test]
    fn five_minutes_either_way_are_tolerated() {
        let check = |now| verify(&secret(), &headers(SIGNED), BODY, now);
        for late in [-TOLERANCE_S, 0, TOLERANCE_S] {
            assert_eq!(check(SENT_UNIX_S + late), Ok(()));
        }
        for late in [-TOLERANCE_S - 1, TOLERANCE_S + 1] {
            assert_eq!(check(SENT_UNIX_S + late), Err(Unverified::Time));
        }
        assert_eq!(check(i64::MIN), Err(Unverified::Time));
    }

    #[test]
    fn secrets_have_24_to_64_bytes_and_are_never_shown() {
        let with = |len| format!("{SECRET_PREFIX}{}", BASE64.encode(&vec![7; len]));
        for (len, good) in [(23, false), (24, true), (64, true), (65, false)] {
            assert_eq!(with(len).parse::<SigningSecret>().is_ok(), good, "{len}");
        }
        for text in [
            "",
            "whsec_",
            "whsec_?",
            &SECRET[6..],
            "whsk_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        ] {
            assert_eq!(
                text.parse::<SigningSecret>().err(),
                Some(BadSecret),
                "{text}"
            );
        }
        assert_eq!(format!("{:?}", secret()), "SigningSecret");
    }
}
