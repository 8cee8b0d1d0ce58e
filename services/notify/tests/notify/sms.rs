//! SMS to a provider.

use std::collections::BTreeMap;

use notify::{
    ANSWER_LEN_MAX, Address, Code, Config, Error, Message, Notify, Pointed, Secret, SmsConfig,
};
use serde_json::{Value, json};

use crate::house::{
    self, Reply, Server, assert_later, assert_never, deliver, delivered, says, status,
};

fn sms(server: &Server) -> SmsConfig {
    SmsConfig {
        url: server.url("/send?key=hush").as_str().into(),
        headers: BTreeMap::from([("authorization".to_owned(), Secret::from("Bearer hush"))]),
        body_template: json!({ "phone": "{to}", "text": "{zh}\n{en}", "ref": "{id}", "key": "{secret.key}" }),
        secrets: BTreeMap::from([("key".to_owned(), Secret::from("hush"))]),
        ok: Pointed {
            pointer: "/code".into(),
            value: json!("OK"),
        },
        never: vec![json!("BAD_NUMBER")],
        receipt: Some("/data/id".into()),
    }
}

fn config(sms: SmsConfig) -> Config {
    Config {
        sms: Some(sms),
        ..house::config()
    }
}

fn notify(server: &Server) -> Notify {
    Notify::new(&config(sms(server))).unwrap()
}

fn message() -> Message {
    house::message(Address::Sms("13800000000".into()))
}

async fn saying(json: Value) -> Server {
    Server::saying(says(&json)).await
}

#[tokio::test]
async fn a_message_reaches_the_provider_as_the_template_says() {
    let server = saying(json!({ "code": "OK", "data": { "id": 77 } })).await;
    let mut message = message();
    message.body.zh = "他说\"好\"}],\n\\{to}".into();
    assert_eq!(
        deliver(&notify(&server), &message).await,
        delivered(Some("77"))
    );
    let [request] = &server.requests()[..] else {
        panic!("one attempt is one request")
    };
    assert_eq!(request.headers["authorization"], "Bearer hush");
    assert_eq!(request.headers["idempotency-key"], "0198f0c2-m");
    let expected = json!({
        "phone": "13800000000", "text": "他说\"好\"}],\n\\{to}\nPlease check in.", "ref": "0198f0c2-m", "key": "hush",
    });
    assert_eq!(request.json(), expected);
}

#[tokio::test]
async fn the_provider_says_yes_no_or_something_else() {
    let server = saying(json!({ "code": "OK" })).await;
    assert_eq!(deliver(&notify(&server), &message()).await, delivered(None));
    let server = saying(json!({ "code": "BAD_NUMBER" })).await;
    assert_never(&deliver(&notify(&server), &message()).await, Code::Rejected);
    let server = saying(json!({ "code": "BUSY" })).await;
    assert_later(
        &deliver(&notify(&server), &message()).await,
        Code::Rejected,
        None,
    );
    let server = saying(json!({ "message": "OK" })).await;
    assert_later(
        &deliver(&notify(&server), &message()).await,
        Code::BadAnswer,
        None,
    );
}

#[tokio::test]
async fn a_status_counts_before_the_body() {
    for (code, body) in [(401, "{}"), (404, r#"{"code":"OK"}"#)] {
        let server = Server::saying(Reply::Say(code, "", body.into())).await;
        assert_never(&deliver(&notify(&server), &message()).await, Code::Rejected);
    }
    let server = Server::saying(status(502)).await;
    assert_later(
        &deliver(&notify(&server), &message()).await,
        Code::Unavailable,
        None,
    );
}

#[tokio::test]
async fn an_answer_is_read_to_its_limit_only() {
    let padded = |len: usize| {
        let text = r#"{"code":"OK"}"#;
        format!("{text}{}", " ".repeat(len - text.len())).into_bytes()
    };
    let server = Server::saying(Reply::Say(200, "", padded(ANSWER_LEN_MAX))).await;
    assert_eq!(deliver(&notify(&server), &message()).await, delivered(None));
    let server = Server::saying(Reply::Say(200, "", padded(ANSWER_LEN_MAX + 1))).await;
    assert_later(
        &deliver(&notify(&server), &message()).await,
        Code::BadAnswer,
        None,
    );
    let server = Server::saying(Reply::Say(200, "", b"<html>".to_vec())).await;
    assert_later(
        &deliver(&notify(&server), &message()).await,
        Code::BadAnswer,
        None,
    );
}

#[tokio::test]
async fn an_answer_that_does_not_end_is_left_in_time() {
    let server = Server::saying(Reply::Stall).await;
    let mut config = config(sms(&server));
    config.limits = house::short();
    let outcome = deliver(&Notify::new(&config).unwrap(), &message()).await;
    assert_later(&outcome, Code::Timeout, None);
}

#[tokio::test]
async fn what_is_no_telephone_number_is_not_sent() {
    let server = saying(json!({ "code": "OK" })).await;
    let notify = notify(&server);
    for number in [
        "",
        "1234",
        "+",
        "1380000000a",
        "138 0000 0000",
        "１３８００００００００",
        "138000000001380000000",
    ] {
        let message = house::message(Address::Sms(number.into()));
        assert_never(&deliver(&notify, &message).await, Code::BadAddress);
    }
    for number in ["12345", "+8613800000000"] {
        let message = house::message(Address::Sms(number.into()));
        assert_eq!(
            deliver(&notify, &message).await,
            delivered(None),
            "{number}"
        );
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn data_that_the_template_wants_must_be_there() {
    let server = saying(json!({ "code": "OK" })).await;
    let mut sms = sms(&server);
    sms.body_template = json!({ "at": "{data.at}" });
    let notify = Notify::new(&config(sms)).unwrap();
    assert_never(&deliver(&notify, &message()).await, Code::BadData);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn settings_that_cannot_be_are_refused() {
    let server = saying(json!({})).await;
    let refused = |change: fn(&mut SmsConfig)| {
        let mut sms = sms(&server);
        change(&mut sms);
        Notify::new(&config(sms)).err().unwrap()
    };
    let error = refused(|sms| sms.ok.pointer = "code".into());
    assert!(matches!(
        error,
        Error::Pointer {
            setting: "sms.ok.pointer"
        }
    ));
    let error = refused(|sms| sms.receipt = Some("id".into()));
    assert!(matches!(
        error,
        Error::Pointer {
            setting: "sms.receipt"
        }
    ));
    let error = refused(|sms| sms.body_template = json!("{name}"));
    assert!(matches!(error, Error::Place { place } if place == "name"));
    let error = refused(|sms| drop(sms.headers.insert("x".into(), "hush\r\ny: z".into())));
    assert!(matches!(error, Error::Header { name } if name == "x"));
}
