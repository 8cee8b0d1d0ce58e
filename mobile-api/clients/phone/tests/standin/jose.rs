//! The stand-in's own key, and its reading of a phone's proofs.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use p256::{
    Sec1Point,
    ecdsa::{
        Signature, SigningKey, VerifyingKey, signature::Signer as _, signature::Verifier as _,
    },
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub const KID: &str = "key-1";

pub fn sign(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let signed = format!(
        "{}.{}",
        BASE64.encode(header.to_string()),
        BASE64.encode(claims.to_string())
    );
    let signature: Signature = key.sign(signed.as_bytes());
    format!("{signed}.{}", BASE64.encode(signature.to_bytes()))
}

pub fn signing_key() -> SigningKey {
    SigningKey::from_slice(&[9; 32]).unwrap()
}

pub fn key_set() -> Value {
    let point = signing_key().verifying_key().to_sec1_point(false);
    let [x, y] = [point.x(), point.y()].map(|c| BASE64.encode(c.unwrap()));
    json!({ "keys": [
        { "kty": "OKP", "crv": "Ed25519", "kid": "other", "x": "AA" },
        { "kty": "EC", "crv": "P-256", "kid": KID, "use": "sig", "alg": "ES256", "x": x, "y": y },
    ] })
}

/// A proof's claims and the thumbprint of its key.
pub fn read_proof(proof: &str) -> Result<(Value, String), String> {
    let pieces: Vec<&str> = proof.split('.').collect();
    let [header, claims, signature] = pieces[..] else {
        return Err("a proof of other than three pieces".to_owned());
    };
    let read =
        |piece: &str| -> Value { serde_json::from_slice(&BASE64.decode(piece).unwrap()).unwrap() };
    let (head, claims_read) = (read(header), read(claims));
    if head["typ"] != "dpop+jwt" || head["alg"] != "ES256" || !head["jwk"]["d"].is_null() {
        return Err(format!("a proof with header {head}"));
    }
    let jwk = &head["jwk"];
    let coordinate = |name: &str| -> [u8; 32] {
        BASE64
            .decode(jwk[name].as_str().unwrap())
            .unwrap()
            .try_into()
            .unwrap()
    };
    let point =
        Sec1Point::from_affine_coordinates(&coordinate("x").into(), &coordinate("y").into(), false);
    let key = VerifyingKey::from_sec1_point(&point).map_err(|_| "no key".to_owned())?;
    let signature = Signature::from_slice(&BASE64.decode(signature).unwrap()).unwrap();
    key.verify(format!("{header}.{claims}").as_bytes(), &signature)
        .map_err(|_| "the proof's signature does not fit".to_owned())?;
    let members = format!(
        r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#,
        jwk["x"], jwk["y"]
    );
    Ok((claims_read, BASE64.encode(Sha256::digest(members))))
}
