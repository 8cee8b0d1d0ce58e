use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use phone::DeviceKey;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::House;

/// A phone made by hand, for saying what a real one never says.
pub struct Forger {
    key: EncodingKey,
    jwk: Jwk,
    pub token: Option<String>,
}

impl Forger {
    pub fn new(key: &DeviceKey) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("key.pem");
        key.save(&file).expect("the key is kept");
        let key =
            EncodingKey::from_ec_pem(&std::fs::read(file).expect("the key")).expect("a P-256 key");
        let jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).expect("a public key");
        Self {
            key,
            jwk,
            token: None,
        }
    }

    pub async fn with_token(key: &DeviceKey, house: &House) -> Self {
        let mut forger = Self::new(key);
        let proof = forger.proof(house, "POST", "/v1/token", "t1");
        let answer = house
            .http
            .post(format!("{}/v1/token", house.url))
            .header("dpop", proof)
            .send()
            .await
            .expect("an answer");
        let token: wire::AccessToken = answer.json().await.expect("a token");
        forger.token = Some(token.access_token);
        forger
    }

    pub fn proof(&self, house: &House, method: &str, path: &str, jti: &str) -> String {
        let nonce = house.cx.proofs.nonce(house.cx.now());
        let mut claims = json!({ "htm": method, "htu": format!("{}{path}", house.url), "jti": jti, "iat": 0, "nonce": nonce });
        if let Some(token) = &self.token {
            claims["ath"] = Value::String(ath(token));
        }
        self.sign(&claims)
    }

    fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("dpop+jwt".into());
        header.jwk = Some(self.jwk.clone());
        encode(&header, claims, &self.key).expect("a proof")
    }

    pub async fn send(&self, house: &House, method: Method, path: &str, proof: &str) -> Response {
        let mut request = house
            .http
            .request(method, format!("{}{path}", house.url))
            .header("dpop", proof);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("DPoP {token}"));
        }
        request.send().await.expect("an answer")
    }
}

/// RFC 9449 §4.1, through the digest that the phone's client shows.
fn ath(token: &str) -> String {
    let hex = phone::digest(token.as_bytes()).sha256;
    let bytes: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"))
        .collect();
    base64url(&bytes)
}

fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            text.push(char::from(
                ALPHABET[(word >> (18 - 6 * index) & 63) as usize],
            ));
        }
    }
    text
}
