//! A server that checks the protocol to the letter and remembers every breach; it judges nothing.

mod jose;

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    response::Response,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use domain::{CheckinId, DeviceId, DutyId, PersonId};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use jose::{KID, read_proof, signing_key};
pub use jose::{key_set, sign};

pub const CODE: &str = "K7QF-2M9X-TD4R";
pub const DUTY: DutyId = DutyId(Uuid::from_u128(0xd));
pub const CHECKIN: CheckinId = CheckinId(Uuid::from_u128(0xc));
pub const PERSON: PersonId = PersonId(Uuid::from_u128(0xa));
pub const DEVICE: DeviceId = DeviceId(Uuid::from_u128(0xde));
pub const PIECE_LEN: u64 = 1_000;
const SESSION_NONCE: &str = "once";
const AT: &str = "2026-01-02T00:00:00Z";

/// What goes wrong with the next request whose path ends so.
pub struct Fault {
    pub path: &'static str,
    pub status: u16,
    pub retry_after_s: Option<u64>,
    /// The request was carried out; only its answer is lost.
    pub processed: bool,
}

#[derive(Default)]
pub struct Memory {
    pub breaches: Vec<String>,
    pub requests: Vec<String>,
    pub faults: VecDeque<Fault>,
    pub parts: BTreeMap<String, Vec<u8>>,
    pub submissions: u32,
    pub activations: u32,
    pub iats: Vec<i64>,
    pub polls_until_settled: u32,
    /// A nonce is good for this many requests.
    pub nonce_uses: u32,
    /// What the receipt says of the media, instead of the truth.
    pub forged_sha256: Option<String>,
    nonce_left: u32,
    nonce_number: u32,
    jtis: HashSet<String>,
    tokens: HashMap<String, String>,
    replies: HashMap<String, (Vec<u8>, Answer)>,
}

#[derive(Clone)]
struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
}

#[derive(Clone)]
pub struct Standin {
    pub url: String,
    pub memory: Arc<Mutex<Memory>>,
}

impl Standin {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let memory = Memory {
            nonce_uses: 3,
            ..Memory::default()
        };
        let standin = Self {
            url,
            memory: Arc::new(Mutex::new(memory)),
        };
        let router = Router::new().fallback(answer).with_state(standin.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        standin
    }

    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap()
    }

    pub fn fail_next(
        &self,
        path: &'static str,
        status: u16,
        retry_after_s: Option<u64>,
        processed: bool,
    ) {
        self.memory().faults.push_back(Fault {
            path,
            status,
            retry_after_s,
            processed,
        });
    }

    /// Makes every token that was handed out worthless.
    pub fn forget_tokens(&self) {
        self.memory().tokens.clear();
    }

    pub fn assert_no_breach(&self) {
        assert_eq!(self.memory().breaches, Vec::<String>::new());
    }
}

async fn answer(State(standin): State<Standin>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 10_000_000).await.unwrap();
    let mut memory = standin.memory();
    let path = head.uri.path().to_owned();
    memory.requests.push(format!("{} {path}", head.method));
    let url = format!("{}{path}", standin.url);
    let mut reply = match memory.admit(&head.method, &path, &url, &head.headers) {
        Err(refusal) => refusal,
        Ok(()) => memory.repeatable(&head.method, &path, head.uri.query(), &head.headers, &body),
    };
    memory.nonce_left = memory.nonce_left.saturating_sub(1);
    if memory.nonce_left == 0 {
        memory.nonce_number += 1;
        memory.nonce_left = memory.nonce_uses.max(1);
    }
    reply.headers.push(("dpop-nonce", memory.nonce()));
    let mut response = Response::builder().status(reply.status);
    let media_type = if reply.status < 400 {
        "application/json"
    } else {
        "application/problem+json"
    };
    response = response.header("content-type", media_type);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    let body = reply
        .body
        .map_or_else(Body::empty, |json| Body::from(json.to_string()));
    response.body(body).unwrap()
}

impl Memory {
    fn nonce(&self) -> String {
        format!("nonce-{}", self.nonce_number)
    }

    fn breach(&mut self, what: &str) -> Answer {
        self.breaches.push(what.to_owned());
        problem(400, "breach", &json!({ "what": what }))
    }

    /// The proof, its nonce and its token.
    fn admit(
        &mut self,
        method: &Method,
        path: &str,
        url: &str,
        headers: &HeaderMap,
    ) -> Result<(), Answer> {
        if path.starts_with("/.well-known") {
            return Ok(());
        }
        let Some(proof) = text(headers, "dpop") else {
            return Err(self.breach(&format!("{path} came without proof")));
        };
        let (claims, thumbprint) = match read_proof(proof) {
            Ok(read) => read,
            Err(what) => return Err(self.breach(&what)),
        };
        self.iats.push(claims["iat"].as_i64().unwrap());
        if claims["htm"] != method.as_str() || claims["htu"] != url {
            return Err(self.breach(&format!("proof of another request: {claims} at {url}")));
        }
        let jti = claims["jti"].as_str().unwrap_or_default().to_owned();
        if jti.len() < 16 || !self.jtis.insert(jti) {
            return Err(self.breach(&format!("replayed proof: {claims}")));
        }
        if claims["nonce"] != self.nonce().as_str() {
            return Err(problem(401, "use-dpop-nonce", &json!({})));
        }
        let unbound = path == "/v1/devices" || path == "/v1/token";
        match text(headers, "authorization").map(|v| v.strip_prefix("DPoP ")) {
            None if unbound => Ok(()),
            Some(Some(token)) if !unbound => {
                if claims["ath"] != BASE64.encode(Sha256::digest(token)).as_str() {
                    return Err(self.breach(&format!("ath does not fit: {claims}")));
                }
                match self.tokens.get(token) {
                    Some(owner) if *owner == thumbprint => Ok(()),
                    Some(_) => Err(self.breach("token of another key")),
                    None => Err(problem(401, "token-invalid", &json!({}))),
                }
            }
            other => Err(self.breach(&format!("authorization {other:?} at {path}"))),
        }
    }

    /// Answers a repeated POST as before, and lets things go wrong.
    fn repeatable(
        &mut self,
        method: &Method,
        path: &str,
        query: Option<&str>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Answer {
        let fault = match self.faults.front() {
            Some(fault) if path.ends_with(fault.path) => self.faults.pop_front(),
            _ => None,
        };
        if let Some(fault) = fault.as_ref().filter(|fault| !fault.processed) {
            return fault.answer();
        }
        let key = text(headers, "idempotency-key").map(str::to_owned);
        if (*method == Method::POST) != key.is_some() {
            return self.breach(&format!("{method} {path} with idempotency key {key:?}"));
        }
        let mut content = path.as_bytes().to_vec();
        content.extend_from_slice(body);
        let reply = match key {
            None => self.act(method, path, query, headers, body),
            Some(key) if key.parse::<Uuid>().is_err() => {
                self.breach(&format!("key {key:?} is no UUID"))
            }
            Some(key) => match self.replies.get(&key) {
                Some((same, reply)) if *same == content => reply.clone(),
                Some(_) => self.breach(&format!("key {key} stands for another request")),
                None => {
                    let reply = self.act(method, path, query, headers, body);
                    self.replies.insert(key, (content, reply.clone()));
                    reply
                }
            },
        };
        fault.map_or(reply, |fault| fault.answer())
    }

    fn act(
        &mut self,
        method: &Method,
        path: &str,
        query: Option<&str>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Answer {
        let checkin = format!("/v1/checkins/{CHECKIN}");
        let rest = path.strip_prefix(&checkin);
        match (method.as_str(), path, rest) {
            ("POST", "/v1/devices", _) => self.activate(headers, body),
            ("POST", "/v1/token", _) => self.token(headers, body),
            ("GET", "/v1/duties", _) => ok(200, json!({ "now": AT, "duties": [duty()] })),
            ("GET", "/.well-known/jwks.json", _) => ok(200, key_set()),
            ("POST", path, _) if *path == format!("/v1/duties/{DUTY}/checkins") => {
                ok(201, session())
            }
            ("GET", _, Some("")) => self.poll(query),
            ("GET", _, Some("/receipt")) => ok(200, json!({ "receipt": self.receipt("verified") })),
            ("POST", _, Some("/submit")) => self.submit(body),
            ("PUT", _, Some(rest)) if rest.starts_with("/parts/") => {
                self.put(&rest["/parts/".len()..], headers, body)
            }
            _ => self.breach(&format!("{method} {path} does not exist")),
        }
    }

    fn activate(&mut self, headers: &HeaderMap, body: &[u8]) -> Answer {
        let body: Value = serde_json::from_slice(body).unwrap();
        if body["code"] != CODE {
            return problem(422, "activation-code", &json!({}));
        }
        self.activations += 1;
        let (_, thumbprint) = read_proof(text(headers, "dpop").unwrap()).unwrap();
        ok(
            201,
            json!({ "device": DEVICE, "person": PERSON, "thumbprint": thumbprint }),
        )
    }

    fn token(&mut self, headers: &HeaderMap, body: &[u8]) -> Answer {
        if !body.is_empty() {
            return self.breach("the body of /v1/token must be empty");
        }
        let (_, thumbprint) = read_proof(text(headers, "dpop").unwrap()).unwrap();
        let token = format!("token-{}", self.jtis.len());
        self.tokens.insert(token.clone(), thumbprint);
        ok(
            200,
            json!({ "access_token": token, "token_type": "DPoP", "expires_in": 300 }),
        )
    }

    fn put(&mut self, part: &str, headers: &HeaderMap, body: &[u8]) -> Answer {
        if part != "selfie-0" && part != "voice" {
            return problem(404, "part-unknown", &json!({}));
        }
        if body.len() as u64 > PIECE_LEN {
            return self.breach(&format!("a piece of {} bytes", body.len()));
        }
        let held = self.parts.entry(part.to_owned()).or_default();
        let offset: Option<usize> = text(headers, "upload-offset").and_then(|v| v.parse().ok());
        if offset != Some(held.len()) {
            return problem(409, "part-offset", &json!({ "offset": held.len() }));
        }
        held.extend_from_slice(body);
        Answer {
            status: 204,
            headers: vec![("upload-offset", held.len().to_string())],
            body: None,
        }
    }

    fn submit(&mut self, body: &[u8]) -> Answer {
        let said: wire::Submission = serde_json::from_slice(body).unwrap();
        let held: BTreeMap<_, _> = self
            .parts
            .iter()
            .map(|(name, bytes)| (name.clone(), phone::digest(bytes)))
            .collect();
        if said.nonce != SESSION_NONCE || said.parts != held {
            return problem(422, "part-mismatch", &json!({}));
        }
        self.submissions += 1;
        ok(202, self.checkin("queued"))
    }

    fn poll(&mut self, query: Option<&str>) -> Answer {
        if self.submissions == 0 {
            return ok(200, self.checkin("open"));
        }
        if self.polls_until_settled > 0 {
            if query.is_none_or(|q| !q.starts_with("wait_s=")) {
                return self.breach("a poll that does not wait");
            }
            self.polls_until_settled -= 1;
            return ok(200, self.checkin("running"));
        }
        ok(200, self.checkin("verified"))
    }

    fn checkin(&self, state: &str) -> Value {
        let verdict = (state == "verified").then(
            || json!({ "kind": "verified", "message": { "zh": "通过", "en": "verified" }, "coaching": [] }),
        );
        let parts: Vec<_> = self
            .parts
            .iter()
            .map(|(name, bytes)| json!({ "name": name, "received": bytes.len() }))
            .collect();
        json!({
            "id": CHECKIN, "duty": DUTY, "state": state, "expires_at": AT, "submitted_at": AT, "parts": parts,
            "verdict": verdict, "receipt": (state != "open").then(|| self.receipt(state)),
        })
    }

    fn receipt(&self, state: &str) -> String {
        let media: Vec<_> = self
            .parts
            .iter()
            .map(|(name, bytes)| {
                let sha256 = self
                    .forged_sha256
                    .clone()
                    .unwrap_or_else(|| phone::digest(bytes).sha256);
                json!({ "part": name, "sha256": sha256 })
            })
            .collect();
        let claims = json!({
            "iss": "muster", "iat": 1, "checkin": CHECKIN, "duty": DUTY, "person": PERSON, "device": DEVICE,
            "submitted_at": AT, "state": state, "attendance": "on_time", "media": media,
        });
        sign(
            &signing_key(),
            &json!({ "alg": "ES256", "kid": KID }),
            &claims,
        )
    }
}

impl Fault {
    fn answer(&self) -> Answer {
        let mut answer = problem(self.status, "trouble", &json!({}));
        if let Some(seconds) = self.retry_after_s {
            answer.headers.push(("retry-after", seconds.to_string()));
        }
        answer
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

fn ok(status: u16, body: Value) -> Answer {
    assert!(StatusCode::from_u16(status).unwrap().is_success());
    Answer {
        status,
        headers: Vec::new(),
        body: Some(body),
    }
}

fn problem(status: u16, name: &str, facts: &Value) -> Answer {
    let mut body = json!({
        "type": format!("urn:muster:problem:{name}"), "status": status, "title": "出错了", "detail": format!("{name} happened"),
    });
    for (fact, value) in facts.as_object().unwrap() {
        body[fact] = value.clone();
    }
    Answer {
        status,
        headers: Vec::new(),
        body: Some(body),
    }
}

fn duty() -> Value {
    json!({
        "id": DUTY, "opens_at": AT, "closes_at": AT, "late_until": AT, "factors": "face_and_voice",
        "channels": ["app"], "location_required": false, "phase": "open",
        "attendance": "due",
    })
}

fn session() -> Value {
    let part = |name: &str| json!({ "name": name, "required": true, "len_max": 100_000, "chunk_len_max": PIECE_LEN });
    json!({
        "checkin": CHECKIN, "prompt": "40718293", "nonce": SESSION_NONCE, "expires_at": AT,
        "parts": [part("selfie-0"), part("voice")],
    })
}
