//! Bad input over HTTP: each has its exact answer, and nothing that was acknowledged is lost.

use std::{collections::BTreeMap, time::Duration};

use app::Limits;
use domain::{access::Role, checkin::State};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use phone::{DeviceKey, Phone, PhoneConfig, Random};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use testkit::for_each_database;
use wire::{Facts, PartDigest};

use crate::support::{House, Plan, check_in, due, impatient, upload, with_phone};

const WAIT: Duration = Duration::from_secs(20);

/// A phone made by hand, for saying what a real one never says.
struct Forger {
    key: EncodingKey,
    jwk: Jwk,
    token: Option<String>,
}

impl Forger {
    fn new(key: &DeviceKey) -> Self {
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

    async fn with_token(key: &DeviceKey, house: &House) -> Self {
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

    fn proof(&self, house: &House, method: &str, path: &str, jti: &str) -> String {
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

    async fn send(&self, house: &House, method: Method, path: &str, proof: &str) -> Response {
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

async fn problem(answer: Response) -> (StatusCode, String) {
    let status = answer.status();
    assert_eq!(answer.headers()["content-type"], wire::PROBLEM_JSON);
    (
        status,
        answer
            .json::<wire::Problem>()
            .await
            .expect("a problem")
            .name()
            .to_owned(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_is_good_once_for_one_request_by_one_key() {
    for_each_database(|url| async move {
        let (house, _, phone) = with_phone(&url).await;
        let own = Forger::with_token(phone.key(), &house).await;
        let proof = own.proof(&house, "GET", "/v1/duties", "once");
        assert_eq!(
            own.send(&house, Method::GET, "/v1/duties", &proof)
                .await
                .status(),
            StatusCode::OK
        );
        let again = problem(own.send(&house, Method::GET, "/v1/duties", &proof).await).await;
        assert_eq!(again, (StatusCode::UNAUTHORIZED, "dpop-replayed".into()));
        let other_method = own.proof(&house, "POST", "/v1/duties", "method");
        assert_eq!(
            problem(
                own.send(&house, Method::GET, "/v1/duties", &other_method)
                    .await
            )
            .await
            .1,
            "dpop-proof"
        );
        let other_path = own.proof(&house, "GET", "/v1/token", "path");
        assert_eq!(
            problem(
                own.send(&house, Method::GET, "/v1/duties", &other_path)
                    .await
            )
            .await
            .1,
            "dpop-proof"
        );

        let mut thief = Forger::new(&DeviceKey::generate(&Random::default()));
        thief.token = own.token.clone();
        let proof = thief.proof(&house, "GET", "/v1/duties", "thief");
        assert_eq!(
            problem(thief.send(&house, Method::GET, "/v1/duties", &proof).await).await,
            (StatusCode::UNAUTHORIZED, "access-token".into())
        );
        let unknown = Forger::new(&DeviceKey::generate(&Random::default()));
        let proof = unknown.proof(&house, "POST", "/v1/token", "unknown");
        assert_eq!(
            problem(
                unknown
                    .send(&house, Method::POST, "/v1/token", &proof)
                    .await
            )
            .await
            .1,
            "access-token"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_nonce_is_answered_with_a_new_one() {
    for_each_database(|url| async move {
        let (house, _, phone) = with_phone(&url).await;
        let own = Forger::with_token(phone.key(), &house).await;
        let proof = own.proof(&house, "GET", "/v1/duties", "old");
        house.cx.clock.advance_ms(app::proof::NONCE_LIFE_S * 1_000);
        let answer = own.send(&house, Method::GET, "/v1/duties", &proof).await;
        let nonce = answer.headers()[wire::DPOP_NONCE]
            .to_str()
            .expect("text")
            .to_owned();
        assert_eq!(nonce, house.cx.proofs.nonce(house.cx.now()));
        assert_eq!(
            problem(answer).await,
            (StatusCode::UNAUTHORIZED, "use-dpop-nonce".into())
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_activation_code_is_good_once() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "second", Role::StationOfficer)
            .await;
        let answer = officer
            .post(
                &format!("/v1/console/persons/{}/activation", person.id),
                &json!({}),
            )
            .await;
        let code = answer
            .json::<wire::Activation>()
            .await
            .expect("a code")
            .code;
        let phone = || {
            Phone::new(
                &house.url,
                DeviceKey::generate(&Random::default()),
                impatient(),
            )
            .expect("a phone")
        };
        let first = phone();
        first
            .activate(&code, "first")
            .await
            .expect("the code is good");
        first
            .activate(&code, "first")
            .await
            .expect("the same key may ask again");
        assert_eq!(
            phone()
                .activate(&code, "second")
                .await
                .expect_err("used")
                .name(),
            "activation-code"
        );
        assert_eq!(
            phone()
                .activate("0000-0000-0000", "third")
                .await
                .expect_err("made up")
                .name(),
            "activation-code"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_submission_again_gets_the_same_answer_and_another_one_is_refused() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        let parts = upload(&phone, &session, "1").await;
        let key = phone
            .submit(&session, parts.clone(), Facts::default())
            .await
            .expect("acknowledged");
        let again = phone
            .submit(&session, parts.clone(), Facts::default())
            .await
            .expect("the same, under another key");
        assert_eq!((key.id, key.submitted_at), (again.id, again.submitted_at));
        let mut other = parts;
        other.remove("voice");
        assert_eq!(
            phone
                .submit(&session, other, Facts::default())
                .await
                .expect_err("another")
                .name(),
            "session-used"
        );
        phone.wait(session.checkin, WAIT).await.expect("a verdict");
        assert_eq!(house.events(person.id, "checkin_submitted").await.len(), 1);
        assert_eq!(house.events(person.id, "checkin_concluded").await.len(), 1);
        assert_eq!(
            phone
                .open(session_duty(&phone).await)
                .await
                .expect_err("met")
                .name(),
            "duty-met"
        );
    })
    .await;
}

async fn session_duty(phone: &Phone) -> domain::DutyId {
    due(phone).await.id
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_window_a_submission_is_refused_and_after_the_session_too() {
    for_each_database(|url| async move {
        let (house, _, phone) = with_phone(&url).await;
        let first = phone.open(due(&phone).await.id).await.expect("a session");
        let parts = upload(&phone, &first, "1").await;
        house.cx.clock.advance_ms(domain::checkin::SESSION_MS + 1);
        assert_eq!(
            phone
                .submit(&first, parts, Facts::default())
                .await
                .expect_err("too old")
                .name(),
            "session-expired"
        );
        house.cx.clock.advance_ms(48 * 60_000);
        let late = phone
            .open(due_late(&phone).await)
            .await
            .expect("the grace is open");
        let parts = upload(&phone, &late, "2").await;
        house.cx.clock.advance_ms(5 * 60_000);
        assert_eq!(
            phone
                .submit(&late, parts, Facts::default())
                .await
                .expect_err("closed")
                .name(),
            "window-closed"
        );
        assert_eq!(
            phone
                .open(due_closed(&phone).await)
                .await
                .expect_err("closed")
                .name(),
            "window-closed"
        );
    })
    .await;
}

async fn due_late(phone: &Phone) -> domain::DutyId {
    by_phase(phone, domain::duty::Phase::Late).await
}

async fn due_closed(phone: &Phone) -> domain::DutyId {
    by_phase(phone, domain::duty::Phase::Closed).await
}

async fn by_phase(phone: &Phone, phase: domain::duty::Phase) -> domain::DutyId {
    let duties = phone.duties().await.expect("duties").duties;
    duties
        .into_iter()
        .find(|duty| duty.phase == phase)
        .expect("a duty in this phase")
        .id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duty_opens_no_session_before_its_window_or_for_another_person() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let upcoming = by_phase(&phone, domain::duty::Phase::Upcoming).await;
        assert_eq!(
            phone.open(upcoming).await.expect_err("too early").name(),
            "window-not-open"
        );
        let officer = house
            .officer(person.unit, "second", Role::StationOfficer)
            .await;
        let (_, other) = officer.ready("C-2").await;
        let duty = due(&phone).await.id;
        assert_eq!(
            other.open(duty).await.expect_err("not his").name(),
            "not-found"
        );
        let session = phone.open(duty).await.expect("a session");
        assert_eq!(
            other
                .checkin(session.checkin)
                .await
                .expect_err("not his")
                .name(),
            "not-found"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_was_cut_goes_on_where_it_stands() {
    for_each_database(|url| async move {
        let (house, _, phone) = with_phone(&url).await;
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        let own = Forger::with_token(phone.key(), &house).await;
        let whole = vec![9_u8; 300_000];
        let path = format!("/v1/checkins/{}/parts/selfie-0", session.checkin);
        let put = |offset: u64, bytes: Vec<u8>, jti: &'static str| {
            let proof = own.proof(&house, "PUT", &path, jti);
            let request = house
                .http
                .put(format!("{}{path}", house.url))
                .header("dpop", proof);
            let token = own.token.clone().expect("a token");
            request
                .header("authorization", format!("DPoP {token}"))
                .header(wire::UPLOAD_OFFSET, offset)
                .body(bytes)
                .send()
        };
        assert_eq!(
            put(0, whole[..200_000].to_vec(), "a")
                .await
                .expect("an answer")
                .status(),
            StatusCode::NO_CONTENT
        );
        // The answer was lost: the phone sends the same piece again, and hears where the part stands.
        let answer = put(0, whole[..200_000].to_vec(), "b")
            .await
            .expect("an answer");
        assert_eq!(answer.headers()[wire::UPLOAD_OFFSET], "200000");
        assert_eq!(
            problem(answer).await,
            (StatusCode::CONFLICT, "part-offset".into())
        );
        let too_large = put(200_000, vec![0; wire::CHUNK_LEN_MAX + 1], "c")
            .await
            .expect("an answer");
        assert_eq!(
            problem(too_large).await,
            (StatusCode::PAYLOAD_TOO_LARGE, "piece".into())
        );

        let digest = phone
            .upload_from(&session, "selfie-0", &whole, 0)
            .await
            .expect("the client goes on by itself");
        let voice = phone
            .upload(&session, "voice", b"voice")
            .await
            .expect("stored");
        let parts = BTreeMap::from([("selfie-0".to_owned(), digest), ("voice".to_owned(), voice)]);
        phone
            .submit(&session, parts, Facts::default())
            .await
            .expect("acknowledged");
        assert_eq!(
            phone
                .wait(session.checkin, WAIT)
                .await
                .expect("a verdict")
                .state,
            State::Verified
        );
        assert_eq!(
            house.scripted.probes().last().expect("a probe").pictures[0],
            whole
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_different_is_named() {
    for_each_database(|url| async move {
        let (_house, _, phone) = with_phone(&url).await;
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        let selfie = phone
            .upload(&session, "selfie-0", b"picture")
            .await
            .expect("stored");
        let submit = |parts: Vec<(&str, PartDigest)>| {
            let parts = parts
                .into_iter()
                .map(|(name, digest)| (name.to_owned(), digest))
                .collect();
            phone.submit(&session, parts, Facts::default())
        };
        assert_eq!(
            submit(vec![("selfie-0", selfie.clone())])
                .await
                .expect_err("no voice")
                .name(),
            "part-missing"
        );
        let ghost = phone::digest(b"voice");
        assert_eq!(
            submit(vec![("selfie-0", selfie.clone()), ("voice", ghost.clone())])
                .await
                .expect_err("never sent")
                .name(),
            "part-missing"
        );
        phone
            .upload(&session, "voice", b"other voice")
            .await
            .expect("stored");
        assert_eq!(
            submit(vec![("selfie-0", selfie.clone()), ("voice", ghost)])
                .await
                .expect_err("another length")
                .name(),
            "part-mismatch"
        );
        let forged = PartDigest {
            len: 11,
            sha256: phone::digest(b"OTHER VOICE").sha256,
        };
        assert_eq!(
            submit(vec![("selfie-0", selfie), ("voice", forged)])
                .await
                .expect_err("another hash")
                .name(),
            "part-mismatch"
        );
        let refused = phone
            .upload(&session, "passport", b"x")
            .await
            .expect_err("not asked for");
        assert!(
            ["protocol", "part-unknown"].contains(&refused.name()),
            "{}",
            refused.name()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_picture_is_never_taken_twice_from_anybody() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        house.scripted.play(Err(engine::Error::Closed));
        check_in_and_settle(&phone, "same").await;
        let officer = house
            .officer(person.unit, "second", Role::StationOfficer)
            .await;
        let (_, other) = officer.ready("C-2").await;
        let session = other.open(due(&other).await.id).await.expect("a session");
        let parts = upload(&other, &session, "same").await;
        let refused = other
            .submit(&session, parts, Facts::default())
            .await
            .expect_err("seen before");
        assert_eq!(refused.name(), "media-repeated");
        assert_eq!(
            check_in_and_settle(&other, "fresh").await,
            State::Verified,
            "a new session is free"
        );
        let enrolled = officer.ready("C-3").await;
        let session = enrolled
            .1
            .open(due(&enrolled.1).await.id)
            .await
            .expect("a session");
        let picture = format!("picture 0 of {}", enrolled.0.id).into_bytes();
        let selfie = enrolled
            .1
            .upload(&session, "selfie-0", &picture)
            .await
            .expect("stored");
        let voice = enrolled
            .1
            .upload(&session, "voice", b"new")
            .await
            .expect("stored");
        let parts = BTreeMap::from([("selfie-0".to_owned(), selfie), ("voice".to_owned(), voice)]);
        let refused = enrolled
            .1
            .submit(&session, parts, Facts::default())
            .await
            .expect_err("an enrolment's picture");
        assert_eq!(refused.name(), "media-repeated");
    })
    .await;
}

async fn check_in_and_settle(phone: &Phone, salt: &str) -> State {
    let id = check_in(phone, salt).await.id;
    phone.wait(id, WAIT).await.expect("a verdict").state
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_stands_for_one_request() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let officer = house
            .officer(unit.id, "officer", Role::StationOfficer)
            .await;
        let path = format!("{}/v1/console/persons", house.url);
        let send = |key: Option<&str>, case: &str| {
            let body = json!({ "unit": unit.id, "name": "某", "case_number": case });
            let mut request = house
                .http
                .post(&path)
                .bearer_auth(&officer.token)
                .json(&body);
            if let Some(key) = key {
                request = request.header(wire::IDEMPOTENCY_KEY, key);
            }
            request.send()
        };
        let first: wire::Person = send(Some("k"), "C-1")
            .await
            .expect("an answer")
            .json()
            .await
            .expect("a person");
        let again: wire::Person = send(Some("k"), "C-1")
            .await
            .expect("an answer")
            .json()
            .await
            .expect("a person");
        assert_eq!(first, again, "the first answer is replayed");
        assert_eq!(
            problem(send(Some("k"), "C-2").await.expect("an answer")).await,
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-mismatch".into()
            )
        );
        assert_eq!(
            problem(send(None, "C-3").await.expect("an answer")).await,
            (StatusCode::BAD_REQUEST, "idempotency-key".into())
        );
        assert_eq!(
            problem(
                send(Some(&"k".repeat(256)), "C-3")
                    .await
                    .expect("an answer")
            )
            .await
            .1,
            "idempotency-key"
        );
        assert_eq!(
            problem(send(Some("other"), "C-1").await.expect("an answer")).await,
            (StatusCode::CONFLICT, "case-number-taken".into())
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_new_media_and_loses_nothing() {
    for_each_database(|url| async move {
        let dir = tempfile::tempdir().expect("a directory");
        let media = dir.path().join("media");
        let roomy = House::at(&url, media.clone(), Plan::default()).await;
        let unit = roomy.office().await;
        let (person, _) = roomy
            .officer(unit.id, "officer", Role::StationOfficer)
            .await
            .ready("C-1")
            .await;
        roomy.kill();
        let full = House::at(
            &url,
            media.clone(),
            Plan {
                free_bytes_min: u64::MAX,
                ..Plan::default()
            },
        )
        .await;
        let phone = full
            .officer(unit.id, "second", Role::StationOfficer)
            .await
            .activate(person.id, impatient())
            .await;
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        let refused = phone
            .upload(&session, "selfie-0", b"picture")
            .await
            .expect_err("no room");
        let problem = refused.problem().expect("a problem");
        assert_eq!((problem.name(), problem.status), ("media-full", 503));
        assert_eq!(
            phone
                .checkin(session.checkin)
                .await
                .expect("the session lives")
                .parts
                .iter()
                .map(|part| part.received)
                .sum::<u64>(),
            0
        );
        full.kill();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_before_anything_is_uploaded() {
    for_each_database(|url| async move {
        let dir = tempfile::tempdir().expect("a directory");
        let media = dir.path().join("media");
        let open = House::at(&url, media.clone(), Plan::default()).await;
        let unit = open.office().await;
        let (person, _) = open
            .officer(unit.id, "officer", Role::StationOfficer)
            .await
            .ready("C-1")
            .await;
        open.kill();
        let limits = Limits {
            queue_len_max: 0,
            ..Limits::default()
        };
        let full = House::at(
            &url,
            media,
            Plan {
                limits,
                ..Plan::default()
            },
        )
        .await;
        let phone = full
            .officer(unit.id, "second", Role::StationOfficer)
            .await
            .activate(person.id, impatient())
            .await;
        let refused = phone.open(due(&phone).await.id).await.expect_err("full");
        assert_eq!(refused.name(), "busy");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_is_busy_in_time_and_loses_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let url = format!("sqlite:{}", dir.path().join("muster.db").display());
    let (house, _, phone) = with_phone(&url).await;
    let session = phone.open(due(&phone).await.id).await.expect("a session");
    let parts = upload(&phone, &session, "1").await;
    let mut lock = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url)
        .await
        .expect("a second connection");
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut lock)
        .await
        .expect("the write lock");
    let begun = std::time::Instant::now();
    let refused = phone
        .submit(&session, parts.clone(), Facts::default())
        .await
        .expect_err("locked");
    assert_eq!(refused.name(), "busy");
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "the wait is bounded"
    );
    sqlx::query("ROLLBACK")
        .execute(&mut lock)
        .await
        .expect("the lock is given back");
    phone
        .submit(&session, parts, Facts::default())
        .await
        .expect("nothing was lost");
    assert_eq!(
        phone
            .wait(session.checkin, WAIT)
            .await
            .expect("a verdict")
            .state,
        State::Verified
    );
    drop(house);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_a_problem_with_a_stable_type() {
    let dir = tempfile::tempdir().expect("a directory");
    let url = format!("sqlite:{}", dir.path().join("muster.db").display());
    let house = House::start(&url).await;
    let unit = house.office().await;
    let officer = house
        .officer(unit.id, "officer", Role::StationOfficer)
        .await;
    let get = async |path: &str| problem(officer.get(path).await).await;
    assert_eq!(
        get("/v1/console/persons/not-an-id").await,
        (StatusCode::NOT_FOUND, "not-found".into())
    );
    assert_eq!(
        get("/v1/nowhere").await,
        (StatusCode::NOT_FOUND, "not-found".into())
    );
    assert_eq!(
        get("/v1/console/duties?from=yesterday&until=today").await,
        (StatusCode::BAD_REQUEST, "query".into())
    );
    let wrong_method = house
        .http
        .delete(format!("{}/v1/duties", house.url))
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        problem(wrong_method).await,
        (StatusCode::METHOD_NOT_ALLOWED, "method".into())
    );
    let unsigned = house
        .http
        .get(format!("{}/v1/console/persons", house.url))
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        problem(unsigned).await,
        (StatusCode::UNAUTHORIZED, "session".into())
    );
    let body = officer
        .post("/v1/console/persons", &json!({ "unit": 5 }))
        .await;
    assert_eq!(
        problem(body).await,
        (StatusCode::UNPROCESSABLE_ENTITY, "json".into())
    );
    let name = officer
        .post(
            "/v1/console/persons",
            &json!({ "unit": unit.id, "name": "", "case_number": "C" }),
        )
        .await;
    assert_eq!(
        problem(name).await,
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid".into())
    );
    let config = PhoneConfig {
        tries_max: 1,
        ..impatient()
    };
    let stranger =
        Phone::new(&house.url, DeviceKey::generate(&Random::default()), config).expect("a phone");
    assert_eq!(
        stranger.duties().await.expect_err("never activated").name(),
        "access-token"
    );
}
