use std::time::Duration;

use app::Limits;
use domain::{access::Role, checkin::State};
use phone::{DeviceKey, Phone, PhoneConfig, Random};
use reqwest::StatusCode;
use serde_json::json;
use testkit::for_each_database;
use wire::Facts;

use super::{WAIT, problem};
use crate::support::{House, Plan, due, impatient, person, upload, with_phone};

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
            let body = person(unit.id, case);
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
    let mut nameless = person(unit.id, "C");
    nameless["name"] = "".into();
    let name = officer.post("/v1/console/persons", &nameless).await;
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
