use jsonwebtoken::{Algorithm, Header, encode, jwk::JwkSet};
use serde::Serialize;

use crate::{Cx, Error, Result};

/// Signs a receipt's claims: a compact JWS, ES256, with the key's id.
pub fn sign<C: Serialize>(cx: &Cx, claims: &C) -> Result<String> {
    let mut header = Header::new(Algorithm::ES256);
    header.typ = Some("muster-receipt+jwt".to_owned());
    header.kid.clone_from(&cx.house.receipt_jwk().common.key_id);
    encode(&header, claims, cx.house.receipt_key())
        .map_err(|_| Error::Internal("a receipt could not be signed"))
}

/// The public keys that receipts are checked with.
pub fn keys(cx: &Cx) -> JwkSet {
    JwkSet {
        keys: vec![cx.house.receipt_jwk().clone()],
    }
}
