use domain::access::Role;
use reqwest::StatusCode;
use serde_json::json;
use testkit::for_each_database;

use crate::support::{House, totp};

async fn sign_in(house: &House, password: &str, code: &str) -> (StatusCode, String) {
    let body = json!({ "login": "officer", "password": password, "totp": code });
    let answer = house
        .http
        .post(format!("{}/v1/console/session", house.url))
        .json(&body)
        .send()
        .await
        .expect("an answer");
    let status = answer.status();
    let kind = answer
        .json::<wire::Problem>()
        .await
        .map(|problem| problem.name().to_owned())
        .unwrap_or_default();
    (status, kind)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_one_time_code_is_good_once_and_five_failures_lock_the_login() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let officer = house
            .officer(unit.id, "officer", Role::StationOfficer)
            .await;
        let right = "correct horse battery staple";
        let used = totp(&officer.totp_uri, house.cx.now());
        assert_eq!(
            sign_in(&house, right, &used).await,
            (StatusCode::UNAUTHORIZED, "credentials".into()),
            "the code was used"
        );
        for _ in 0..4 {
            let code = totp(&officer.totp_uri, house.cx.now().plus_ms(30_000));
            assert_eq!(
                sign_in(&house, "wrong wrong wrong", &code).await.1,
                "credentials"
            );
        }
        house.cx.clock.advance_ms(31_000);
        let fresh = totp(&officer.totp_uri, house.cx.now());
        assert_eq!(
            sign_in(&house, right, &fresh).await,
            (StatusCode::TOO_MANY_REQUESTS, "locked".into())
        );
        house.cx.clock.advance_ms(app::officer::LOCK_MS);
        let fresh = totp(&officer.totp_uri, house.cx.now());
        assert_eq!(sign_in(&house, right, &fresh).await.0, StatusCode::CREATED);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_does_only_what_it_may() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let worker = house.officer(unit.id, "social", Role::SocialWorker).await;
        let person = worker.register("C-1").await;
        let answer = worker.post(&format!("/v1/console/persons/{}/activation", person.id), &json!({})).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let administrator = house.officer(unit.id, "admin", Role::Administrator).await;
        assert_eq!(administrator.get("/v1/console/persons").await.status(), StatusCode::FORBIDDEN, "an administrator sees no case");
        let new = json!({ "unit": unit.id, "login": "new", "name": "名", "role": "station_officer", "password": "short" });
        let answer = administrator.post("/v1/console/officers", &new).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "a short password is refused");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_is_signed_out_or_old() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let officer = house
            .officer(unit.id, "officer", Role::StationOfficer)
            .await;
        assert_eq!(
            officer.get("/v1/console/session").await.status(),
            StatusCode::OK
        );
        house.cx.clock.advance_ms(app::officer::SESSION_MS + 1_000);
        assert_eq!(
            officer.get("/v1/console/session").await.status(),
            StatusCode::UNAUTHORIZED
        );
        let second = house.officer(unit.id, "second", Role::StationOfficer).await;
        let url = format!("{}/v1/console/session", house.url);
        let out = house
            .http
            .delete(&url)
            .bearer_auth(&second.token)
            .send()
            .await
            .expect("an answer");
        assert_eq!(out.status(), StatusCode::NO_CONTENT);
        assert_eq!(
            second.get("/v1/console/session").await.status(),
            StatusCode::UNAUTHORIZED
        );
    })
    .await;
}
