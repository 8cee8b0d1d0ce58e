//! Webhooks to a receiver.

use std::time::{Duration, Instant};

use notify::{
    Address, Code, Config, Error, Limits, Message, Notify, Reach, SigningSecret, TOLERANCE_S,
    Unverified, WebhookConfig, verify,
};
use serde_json::json;
use tokio::net::TcpListener;

use crate::house::{
    self, NOW_UNIX_S, Reply, SHORT_MS, Server, assert_later, assert_never, deliver, delivered,
    status,
};

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const NEXT_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// What a busy machine may add to a time-out.
const SLACK: Duration = Duration::from_secs(5);

fn secret(text: &str) -> SigningSecret {
    text.parse().unwrap()
}

fn config(url: &str) -> Config {
    Config {
        webhook: Some(WebhookConfig {
            url: url.into(),
            secrets: vec![secret(SECRET)],
        }),
        ..house::config()
    }
}

fn notify(url: &str) -> Notify {
    Notify::new(&config(url)).unwrap()
}

fn message() -> Message {
    house::message(Address::Webhook)
}

#[tokio::test]
async fn an_event_arrives_signed_and_whole() {
    let server = Server::saying(status(204)).await;
    let outcome = deliver(&notify(&server.url("/hook?key=hush")), &message()).await;
    assert_eq!(outcome, delivered(None));

    let [request] = &server.requests()[..] else {
        panic!("one attempt is one request")
    };
    assert_eq!(request.line, "POST /hook?key=hush");
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(request.headers["webhook-id"], "0198f0c2-m");
    assert_eq!(request.headers["webhook-timestamp"], NOW_UNIX_S.to_string());
    let expected = json!({
        "type": "duty.due", "timestamp": "2026-01-30T23:59:00Z", "data": { "thing1": "上午签到", "count": 2 },
    });
    assert_eq!(request.json(), expected);
    let check = |now| verify(&secret(SECRET), &request.headers, &request.body, now);
    assert_eq!(check(NOW_UNIX_S + TOLERANCE_S), Ok(()));
    assert_eq!(check(NOW_UNIX_S + TOLERANCE_S + 1), Err(Unverified::Time));
}

#[tokio::test]
async fn a_repeat_has_the_same_id_and_body_and_a_new_time() {
    let server = Server::saying(status(503)).await;
    let notify = notify(&server.url("/"));
    for late_s in [0, 300] {
        notify.deliver(&message(), NOW_UNIX_S + late_s).await;
    }
    let [first, second] = &server.requests()[..] else {
        panic!("two attempts are two requests")
    };
    assert_eq!(first.headers["webhook-id"], second.headers["webhook-id"]);
    assert_eq!(first.body, second.body);
    assert_ne!(
        first.headers["webhook-timestamp"],
        second.headers["webhook-timestamp"]
    );
    assert_ne!(
        first.headers["webhook-signature"],
        second.headers["webhook-signature"]
    );
}

#[tokio::test]
async fn while_secrets_rotate_both_sign() {
    let server = Server::saying(status(200)).await;
    let mut config = config(&server.url("/"));
    config.webhook.as_mut().unwrap().secrets = vec![secret(NEXT_SECRET), secret(SECRET)];
    deliver(&Notify::new(&config).unwrap(), &message()).await;
    let request = &server.requests()[0];
    let signatures = request.headers["webhook-signature"].to_str().unwrap();
    assert_eq!(
        signatures
            .split(' ')
            .filter(|one| one.starts_with("v1,"))
            .count(),
        2
    );
    for text in [SECRET, NEXT_SECRET] {
        let checked = verify(&secret(text), &request.headers, &request.body, NOW_UNIX_S);
        assert_eq!(checked, Ok(()));
    }
}

#[tokio::test]
async fn a_status_says_whether_to_try_again() {
    for good in [200, 201, 202, 204, 299] {
        let server = Server::saying(status(good)).await;
        assert_eq!(
            deliver(&notify(&server.url("/")), &message()).await,
            delivered(None)
        );
    }
    for bad in [400, 401, 403, 404, 410, 413, 422, 451] {
        let server = Server::saying(status(bad)).await;
        let outcome = deliver(&notify(&server.url("/")), &message()).await;
        assert_never(&outcome, Code::Rejected);
    }
    for (bad, code) in [
        (408, Code::Unavailable),
        (409, Code::Unavailable),
        (425, Code::Unavailable),
        (429, Code::Throttled),
        (500, Code::Unavailable),
        (502, Code::Unavailable),
        (503, Code::Unavailable),
        (504, Code::Unavailable),
    ] {
        let server = Server::saying(status(bad)).await;
        let outcome = deliver(&notify(&server.url("/")), &message()).await;
        assert_later(&outcome, code, None);
    }
}

#[tokio::test]
async fn retry_after_is_handed_on() {
    for (header, wait_s) in [
        ("retry-after: 120\r\n", 120),
        ("retry-after: Sat, 31 Jan 2026 00:01:30 GMT\r\n", 90),
    ] {
        for (status, code) in [(429, Code::Throttled), (503, Code::Unavailable)] {
            let server = Server::saying(Reply::Say(status, header, Vec::new())).await;
            let outcome = deliver(&notify(&server.url("/")), &message()).await;
            assert_later(&outcome, code, Some(wait_s));
        }
    }
}

#[tokio::test]
async fn redirects_are_refused_and_not_followed() {
    for moved in [301, 302, 303, 307, 308] {
        let server = Server::saying(Reply::Say(moved, "location: /else\r\n", Vec::new())).await;
        let outcome = deliver(&notify(&server.url("/")), &message()).await;
        assert_never(&outcome, Code::Redirect);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_good_status_counts_whatever_comes_behind_it() {
    for reply in [Reply::Stall, Reply::Say(200, "", vec![b'x'; 1 << 20])] {
        let server = Server::saying(reply).await;
        let begun = Instant::now();
        let outcome = deliver(&notify(&server.url("/")), &message()).await;
        assert_eq!(outcome, delivered(None));
        assert!(begun.elapsed() < SLACK);
    }
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_is_left_in_time() {
    let server = Server::saying(Reply::Hang).await;
    let mut config = config(&server.url("/"));
    config.limits = house::short();
    let begun = Instant::now();
    let outcome = deliver(&Notify::new(&config).unwrap(), &message()).await;
    assert_later(&outcome, Code::Timeout, None);
    assert!(begun.elapsed() < Duration::from_millis(SHORT_MS.into()) + SLACK);
}

#[tokio::test]
async fn a_connection_that_does_not_come_about_is_left_in_time() {
    // It listens, and says nothing to the TLS that a client begins with.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut config = config(&format!("https://{address}/"));
    config.limits = Limits {
        connect_timeout_ms: SHORT_MS,
        ..Limits::default()
    };
    let begun = Instant::now();
    let outcome = deliver(&Notify::new(&config).unwrap(), &message()).await;
    assert_later(&outcome, Code::Timeout, None);
    assert!(begun.elapsed() < Duration::from_millis(SHORT_MS.into()) + SLACK);
}

#[tokio::test]
async fn connections_that_fail_or_break_are_tried_again() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let refused = deliver(&notify(&format!("http://{address}/")), &message()).await;
    assert_later(&refused, Code::Unreachable, None);

    let server = Server::saying(Reply::Close).await;
    let broken = deliver(&notify(&server.url("/")), &message()).await;
    assert_later(&broken, Code::Unreachable, None);

    let plain = format!("https://{}/", Server::saying(status(200)).await.address);
    let untrusted = deliver(&notify(&plain), &message()).await;
    assert_later(&untrusted, Code::Unreachable, None);
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_without_a_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut config = config(&format!("https://localhost:{port}/"));
    config.reach = Reach {
        loopback: false,
        private: true,
    };
    let outcome = deliver(&Notify::new(&config).unwrap(), &message()).await;
    assert_never(&outcome, Code::Forbidden);
    let connection = tokio::time::timeout(Duration::from_millis(100), listener.accept()).await;
    assert!(connection.is_err(), "somebody has connected");
}

#[test]
fn addresses_that_may_not_be_reached_are_refused_when_configured() {
    let refused = |url: &str| {
        let mut config = config(url);
        config.reach = Reach::default();
        Notify::new(&config).err().unwrap()
    };
    for url in [
        "https://10.0.0.1/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/",
    ] {
        assert!(
            matches!(
                refused(url),
                Error::Forbidden {
                    setting: "webhook.url"
                }
            ),
            "{url}"
        );
    }
    for url in ["http://example.org/", "http://127.0.0.1/"] {
        assert!(
            matches!(
                refused(url),
                Error::Plain {
                    setting: "webhook.url"
                }
            ),
            "{url}"
        );
    }
}

#[test]
fn a_webhook_without_a_secret_is_refused() {
    let mut config = config("https://example.org/");
    config.webhook.as_mut().unwrap().secrets.clear();
    assert!(matches!(Notify::new(&config), Err(Error::NoSecret)));
}
