use domain::access::Role;
use phone::{DeviceKey, Phone, Random};
use reqwest::{Method, StatusCode};
use serde_json::json;
use testkit::for_each_database;

use super::{forger::Forger, problem};
use crate::support::{impatient, with_phone};

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
