//! The phone against a server that checks the protocol to the letter.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop there"
)]

mod standin;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use domain::checkin::State;
use phone::{Clock, DeviceKey, Error, Handed, Keys, Phone, PhoneConfig, Random, ReceiptError};
use serde_json::json;
use standin::{CHECKIN, CODE, DEVICE, DUTY, PERSON, Standin};

fn quick() -> PhoneConfig {
    PhoneConfig {
        pause_first: Duration::from_millis(1),
        pause_max: Duration::from_millis(5),
        random: Random::seeded(7),
        clock: Clock::Manual(Arc::new(AtomicI64::new(1_700_000_000))),
        ..PhoneConfig::default()
    }
}

fn phone_at(url: &str, config: PhoneConfig) -> Phone {
    Phone::new(url, DeviceKey::generate(&Random::seeded(3)), config).unwrap()
}

async fn activated(standin: &Standin) -> Phone {
    let phone = phone_at(&standin.url, quick());
    phone.activate(CODE, "a test").await.unwrap();
    phone
}

fn media(len: usize) -> Vec<u8> {
    (0..len).map(|i| i as u8).collect()
}

/// Opens, uploads and submits; answers what was handed in.
async fn check_in(phone: &Phone) -> Handed {
    let session = phone.open(DUTY).await.unwrap();
    let mut parts = BTreeMap::new();
    for (name, len) in [("selfie-0", 3_500), ("voice", 2_000)] {
        parts.insert(
            name.to_owned(),
            phone.upload(&session, name, &media(len)).await.unwrap(),
        );
    }
    phone
        .submit(&session, parts.clone(), wire::Facts::default())
        .await
        .unwrap();
    Handed {
        checkin: CHECKIN,
        duty: Some(DUTY),
        person: Some(PERSON),
        device: Some(DEVICE),
        parts,
    }
}

#[tokio::test]
async fn a_whole_check_in_keeps_the_protocol_and_ends_with_a_checked_receipt() {
    let standin = Standin::start().await;
    standin.memory().polls_until_settled = 2;
    let phone = activated(&standin).await;
    assert_eq!(phone.duties().await.unwrap().duties.len(), 1);
    let handed = check_in(&phone).await;
    let checkin = phone.wait(CHECKIN, Duration::from_secs(20)).await.unwrap();
    assert_eq!(checkin.state, State::Verified);
    let receipt = phone.receipt(CHECKIN).await.unwrap().receipt;
    let claims = phone.check(&receipt, &handed).await.unwrap();
    assert_eq!(claims.state, State::Verified);
    assert!(phone.trouble().is_empty(), "renewed nonces are no trouble");
    assert_eq!(standin.memory().parts["selfie-0"], media(3_500));
    standin.assert_no_breach();
}

#[tokio::test]
async fn a_nonce_that_grows_old_with_every_request_costs_one_repeat() {
    let standin = Standin::start().await;
    standin.memory().nonce_uses = 1;
    let phone = activated(&standin).await;
    check_in(&phone).await;
    standin.assert_no_breach();
}

#[tokio::test]
async fn lost_answers_are_repeated_without_doing_things_twice() {
    let standin = Standin::start().await;
    standin.fail_next("/v1/devices", 502, None, true);
    let phone = activated(&standin).await;
    standin.fail_next("/checkins", 503, Some(0), true);
    standin.fail_next("/parts/selfie-0", 500, None, true);
    standin.fail_next("/parts/voice", 503, None, false);
    standin.fail_next("/submit", 504, None, true);
    standin.fail_next("/submit", 429, Some(0), true);
    check_in(&phone).await;
    {
        let memory = standin.memory();
        assert_eq!(memory.faults.len(), 0);
        assert_eq!((memory.activations, memory.submissions), (1, 1));
        assert_eq!(memory.parts["selfie-0"], media(3_500));
    }
    assert_eq!(phone.trouble()["part-offset"], 1);
    standin.assert_no_breach();
}

#[tokio::test]
async fn an_upload_that_was_cut_goes_on_where_the_server_stands() {
    let standin = Standin::start().await;
    let phone = activated(&standin).await;
    let session = phone.open(DUTY).await.unwrap();
    standin
        .memory()
        .parts
        .insert("voice".to_owned(), media(1_234));
    let part = phone
        .upload(&session, "voice", &media(2_000))
        .await
        .unwrap();
    assert_eq!(standin.memory().parts["voice"], media(2_000));
    assert_eq!(part, phone::digest(&media(2_000)));

    let received = phone.checkin(CHECKIN).await.unwrap().parts[0].received;
    let before = standin.memory().requests.len();
    phone
        .upload_from(&session, "voice", &media(2_500), received)
        .await
        .unwrap();
    assert!(
        standin.memory().requests.len() - before <= 2,
        "one piece, once more for a nonce"
    );
    standin.assert_no_breach();
}

#[tokio::test]
async fn a_server_that_holds_more_than_the_part_breaks_the_protocol() {
    let standin = Standin::start().await;
    let phone = activated(&standin).await;
    let session = phone.open(DUTY).await.unwrap();
    standin
        .memory()
        .parts
        .insert("voice".to_owned(), media(5_000));
    let refused = phone.upload(&session, "voice", &media(2_000)).await;
    assert!(matches!(refused, Err(Error::Protocol(_))), "{refused:?}");
}

#[tokio::test]
async fn an_empty_part_is_sent_so_that_the_server_can_say_what_is_wrong() {
    let standin = Standin::start().await;
    let phone = activated(&standin).await;
    let session = phone.open(DUTY).await.unwrap();
    phone.upload(&session, "voice", &[]).await.unwrap();
    assert!(standin.memory().parts["voice"].is_empty());
    let refused = phone
        .upload(&session, "fingerprint", &[1])
        .await
        .unwrap_err();
    assert_eq!(refused.name(), "part-unknown");
}

#[tokio::test]
async fn a_token_that_the_server_forgot_is_renewed() {
    let standin = Standin::start().await;
    let phone = activated(&standin).await;
    phone.duties().await.unwrap();
    standin.forget_tokens();
    phone.duties().await.unwrap();
    standin.assert_no_breach();
}

#[tokio::test]
async fn a_wrong_clock_is_shown_and_does_no_harm() {
    let standin = Standin::start().await;
    let config = PhoneConfig {
        clock: Clock::Manual(Arc::new(AtomicI64::new(86_400))),
        ..quick()
    };
    let phone = phone_at(&standin.url, config);
    phone.activate(CODE, "").await.unwrap();
    check_in(&phone).await;
    assert!(standin.memory().iats.iter().all(|iat| *iat == 86_400));
    standin.assert_no_breach();
}

#[tokio::test]
async fn a_refusal_is_not_repeated() {
    let standin = Standin::start().await;
    let phone = phone_at(&standin.url, quick());
    let refused = phone.activate("WRONG", "").await.unwrap_err();
    assert_eq!(refused.problem().unwrap().name(), "activation-code");
    assert_eq!(
        standin.memory().requests.len(),
        2,
        "once for the nonce, once for the refusal"
    );
}

#[tokio::test]
async fn a_wait_beyond_the_phones_patience_is_not_begun() {
    let standin = Standin::start().await;
    let phone = activated(&standin).await;
    standin.fail_next("/v1/duties", 503, Some(3_600), false);
    let begun = Instant::now();
    let refused = phone.duties().await.unwrap_err();
    assert_eq!(refused.name(), "trouble");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn tries_are_bounded() {
    let standin = Standin::start().await;
    let phone = activated(&standin).await;
    phone.duties().await.unwrap();
    for _ in 0..20 {
        standin.fail_next("/v1/duties", 500, None, false);
    }
    assert!(phone.duties().await.is_err());
    assert_eq!(
        phone.trouble()["trouble"],
        u64::from(PhoneConfig::default().tries_max)
    );
}

#[tokio::test]
async fn broken_connections_are_repeated() {
    let standin = Standin::start().await;
    let broken = Arc::new(AtomicU32::new(2));
    let url = breaking_line(
        standin.url.strip_prefix("http://").unwrap().to_owned(),
        broken,
    )
    .await;
    // The stand-in refuses proofs for another address, so only what needs no proof goes over this line.
    let phone = phone_at(&url, quick());
    phone.published_keys().await.unwrap();
    assert_eq!(phone.trouble()["network"], 2);
}

/// Hangs up on the first `broken` connections and relays the others.
async fn breaking_line(to: String, broken: Arc<AtomicU32>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut here, _)) = listener.accept().await {
            let left = broken.load(Ordering::Relaxed);
            if left > 0 {
                broken.store(left - 1, Ordering::Relaxed);
                continue;
            }
            let mut there = tokio::net::TcpStream::connect(&to).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut here, &mut there).await });
        }
    });
    url
}

#[tokio::test]
async fn a_server_that_is_gone_is_a_network_error() {
    let config = PhoneConfig {
        tries_max: 2,
        ..quick()
    };
    let phone = phone_at("http://127.0.0.1:1", config);
    let error = phone.activate(CODE, "").await.unwrap_err();
    assert!(matches!(error, Error::Network(_)), "{error:?}");
}

#[tokio::test]
async fn a_receipt_about_other_media_is_refused() {
    let standin = Standin::start().await;
    let phone = activated(&standin).await;
    let handed = check_in(&phone).await;
    standin.memory().forged_sha256 = Some("0".repeat(64));
    let receipt = phone.receipt(CHECKIN).await.unwrap().receipt;
    let refused = phone.check(&receipt, &handed).await;
    assert!(
        matches!(
            refused,
            Err(Error::Receipt(ReceiptError::Disagrees("media")))
        ),
        "{refused:?}"
    );
}

#[test]
fn a_receipt_with_a_wrong_signature_is_refused() {
    let keys = Keys::from_json(standin::key_set().to_string().as_bytes()).unwrap();
    let stranger = p256::ecdsa::SigningKey::from_slice(&[8; 32]).unwrap();
    let claims = json!({ "iss": "muster" });
    let signed = |alg: &str, kid: &str| {
        let header = json!({ "alg": alg, "kid": kid });
        keys.verify(&standin::sign(&stranger, &header, &claims))
    };
    assert_eq!(signed("ES256", "key-1"), Err(ReceiptError::Signature));
    assert_eq!(
        signed("none", "key-1"),
        Err(ReceiptError::Algorithm("none".to_owned()))
    );
    assert_eq!(
        signed("ES256", "key-2"),
        Err(ReceiptError::UnknownKey("key-2".to_owned()))
    );
    assert_eq!(
        signed("ES256", "other"),
        Err(ReceiptError::UnknownKey("other".to_owned()))
    );
    for text in ["", "a.b", "a.b.c", "....."] {
        assert_eq!(keys.verify(text), Err(ReceiptError::Malformed), "{text:?}");
    }
}
