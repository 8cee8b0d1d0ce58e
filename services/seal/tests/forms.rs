//! What rests must open for as long as it is kept: the stored forms do not change unnoticed.
//!
//! The bytes were confirmed by a second implementation of the construction (HKDF and ChaCha20-Poly1305 of Python's
//! `cryptography`, `HChaCha20` written from the draft).

use data_encoding::HEXLOWER;
use seal::{MasterKey, PersonKey, Purpose, STREAM_NONCE_LEN, Sealer};

fn key() -> PersonKey {
    PersonKey::from_bytes([1; 32])
}

#[test]
fn wrapped_key_has_its_first_form() {
    let wrapped = MasterKey::from_bytes([2; 32]).wrap([3; 16], &key(), [4; 24]);
    let stored = concat!(
        "3164e2e6a704040404040404040404040404040404040404040404040409f000310f35e0bfb25d0a30268c06",
        "6c3f30443e5a5c5f9ecd42e5ff34381c7905b42bc7097b518495f20bab487c28d1",
    );
    assert_eq!(HEXLOWER.encode(wrapped.as_bytes()), stored);
}

#[test]
fn message_has_its_first_form() {
    let sealed = key().seal(Purpose::Template, b"row 1", [4; 24], b"a template");
    let stored = concat!(
        "1104040404040404040404040404040404040404040404040410eaf6a89dee9744849ef5794b77f33d5292d6",
        "0621dd0e6049d4",
    );
    assert_eq!(HEXLOWER.encode(&sealed), stored);
}

#[test]
fn stream_has_its_first_form() {
    let mut out = Vec::new();
    let mut sealer = Sealer::new(&key(), b"checkin/1", [4; STREAM_NONCE_LEN]);
    sealer.push(b"a picture", &mut out).expect("short");
    sealer.finish(&mut out).expect("short");
    let stored = concat!(
        "210404040404040404040404040404040404040451a64868d075badbdbae99b4ea95bab1ce7576a86d6b0aed",
        "93",
    );
    assert_eq!(HEXLOWER.encode(&out), stored);
}
