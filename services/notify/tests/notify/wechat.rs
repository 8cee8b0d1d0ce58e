//! Subscribe messages to WeChat.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use notify::{Address, Code, Config, Message, Notify, Outcome, WeChatConfig, WeChatState};
use serde_json::{Value, json};

use crate::house::{
    self, NOW_UNIX_S, Reply, Request, Server, assert_later, assert_never, deliver, delivered, says,
    status,
};

const SEND: &str = "POST /cgi-bin/message/subscribe/send?access_token=";
const TOKEN: &str = "POST /cgi-bin/stable_token";
const LIFE_S: i64 = 7_200;

fn config(server: &Server) -> Config {
    Config {
        wechat: Some(WeChatConfig {
            url: server.url("/"),
            appid: "app-1".into(),
            secret: "hush".into(),
            state: WeChatState::Trial,
        }),
        ..house::config()
    }
}

fn notify(server: &Server) -> Notify {
    Notify::new(&config(server)).unwrap()
}

fn message() -> Message {
    house::message(Address::WeChat {
        openid: "openid-1".into(),
        template_id: "template-1".into(),
        page: Some("pages/duty?id=1".into()),
    })
}

/// A server that gives out `hush-1`, `hush-2` and so on, and answers a message as its test says.
async fn server(send: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
    let given = AtomicU32::new(0);
    Server::new(move |request| {
        if request.line.starts_with(SEND) {
            return send(request);
        }
        let number = given.fetch_add(1, Ordering::Relaxed) + 1;
        says(&json!({ "access_token": format!("hush-{number}"), "expires_in": LIFE_S }))
    })
    .await
}

fn errcode(errcode: i64) -> Value {
    json!({ "errcode": errcode, "errmsg": "hush openid-1", "msgid": 77 })
}

fn count(server: &Server, line: &str) -> usize {
    let requests = server.requests();
    requests
        .iter()
        .filter(|request| request.line.starts_with(line))
        .count()
}

#[tokio::test]
async fn a_message_is_sent_with_a_token() {
    let server = server(|_| says(&errcode(0))).await;
    assert_eq!(
        deliver(&notify(&server), &message()).await,
        delivered(Some("77"))
    );
    let [token, send] = &server.requests()[..] else {
        panic!("a token and a message are two requests")
    };
    let expected = json!({
        "grant_type": "client_credential", "appid": "app-1", "secret": "hush", "force_refresh": false,
    });
    assert_eq!((token.line.as_str(), token.json()), (TOKEN, expected));
    let expected = json!({
        "touser": "openid-1", "template_id": "template-1", "page": "pages/duty?id=1",
        "data": { "thing1": { "value": "上午签到" }, "count": { "value": "2" } },
        "miniprogram_state": "trial", "lang": "zh_CN",
    });
    assert_eq!(
        (send.line.as_str(), send.json()),
        (&*format!("{SEND}hush-1"), expected)
    );
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_its_end() {
    let server = server(|_| says(&errcode(0))).await;
    let notify = notify(&server);
    for (later_s, tokens) in [(0, 1), (LIFE_S - 301, 1), (LIFE_S - 300, 2), (LIFE_S, 2)] {
        notify.deliver(&message(), NOW_UNIX_S + later_s).await;
        assert_eq!(count(&server, TOKEN), tokens, "{later_s}");
    }
}

#[tokio::test]
async fn many_messages_at_once_fetch_one_token() {
    let server = Server::new(|request| {
        if request.line.starts_with(SEND) {
            return says(&errcode(0));
        }
        let token = says(&json!({ "access_token": "hush-1", "expires_in": LIFE_S }));
        Reply::Slowly(Duration::from_millis(50), Box::new(token))
    })
    .await;
    let notify = notify(&server);
    let deliveries: Vec<_> = (0..8)
        .map(|_| {
            let notify = notify.clone();
            tokio::spawn(async move { deliver(&notify, &message()).await })
        })
        .collect();
    for delivery in deliveries {
        assert_eq!(delivery.await.unwrap(), delivered(Some("77")));
    }
    assert_eq!((count(&server, TOKEN), count(&server, SEND)), (1, 8));
}

#[tokio::test]
async fn a_refused_token_is_fetched_anew_once() {
    for refused in [40001, 40014, 42001] {
        let server = server(move |request| {
            let first = request.line.ends_with("hush-1");
            says(&errcode(if first { refused } else { 0 }))
        })
        .await;
        let notify = notify(&server);
        assert_eq!(deliver(&notify, &message()).await, delivered(Some("77")));
        assert_eq!(deliver(&notify, &message()).await, delivered(Some("77")));
        assert_eq!((count(&server, TOKEN), count(&server, SEND)), (2, 3));
    }
    let server = server(|_| says(&errcode(42001))).await;
    assert_later(
        &deliver(&notify(&server), &message()).await,
        Code::Setup,
        None,
    );
    assert_eq!((count(&server, TOKEN), count(&server, SEND)), (2, 2));
}

#[tokio::test]
async fn error_codes_say_whether_to_try_again() {
    for (number, code) in [
        (43101, Code::Consent),
        (40003, Code::BadAddress),
        (47003, Code::BadData),
        (45168, Code::BadData),
        (40037, Code::Rejected),
        (41030, Code::Rejected),
    ] {
        let server = server(move |_| says(&errcode(number))).await;
        assert_never(&deliver(&notify(&server), &message()).await, code);
    }
    for (number, code) in [
        (45009, Code::Throttled),
        (45011, Code::Throttled),
        (-1, Code::Unavailable),
        (43108, Code::Unavailable),
        (99999, Code::Rejected),
    ] {
        let server = server(move |_| says(&errcode(number))).await;
        assert_later(&deliver(&notify(&server), &message()).await, code, None);
    }
    let server = server(|_| says(&json!({}))).await;
    assert_later(
        &deliver(&notify(&server), &message()).await,
        Code::BadAnswer,
        None,
    );
}

#[tokio::test]
async fn without_a_token_a_message_waits() {
    for (reply, code) in [
        (says(&errcode(40125)), Code::Setup),
        (says(&errcode(40164)), Code::Setup),
        (says(&errcode(45009)), Code::Throttled),
        (says(&errcode(-1)), Code::Unavailable),
        (says(&json!({ "access_token": "hush" })), Code::BadAnswer),
        (status(403), Code::Setup),
        (status(503), Code::Unavailable),
        (Reply::Close, Code::Unreachable),
    ] {
        let server = Server::saying(reply).await;
        assert_later(&deliver(&notify(&server), &message()).await, code, None);
        assert_eq!(count(&server, SEND), 0);
    }
}

#[tokio::test]
async fn the_time_limit_is_for_token_and_message_together() {
    let server = server(|_| Reply::Hang).await;
    let mut config = config(&server);
    config.limits = house::short();
    let outcome = deliver(&Notify::new(&config).unwrap(), &message()).await;
    assert_later(&outcome, Code::Timeout, None);
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    let server = server(|_| says(&errcode(0))).await;
    let notify = notify(&server);
    for (openid, template_id) in [
        ("", "template-1"),
        ("openid-1", ""),
        ("open id", "template-1"),
    ] {
        let to = Address::WeChat {
            openid: openid.into(),
            template_id: template_id.into(),
            page: None,
        };
        let outcome: Outcome = deliver(&notify, &house::message(to)).await;
        assert_never(&outcome, Code::BadAddress);
    }
    let mut nested = message();
    nested.data.insert("thing2".into(), json!(["a"]));
    assert_never(&deliver(&notify, &nested).await, Code::BadData);
    assert!(server.requests().is_empty());
}

const LOGIN: &str =
    "GET /sns/jscode2session?appid=app-1&secret=hush&js_code=code-1&grant_type=authorization_code";

#[tokio::test]
async fn a_login_code_is_changed_for_the_openid_behind_it() {
    let server = Server::saying(says(&json!({ "openid": "openid-1", "session_key": "k" }))).await;
    let openid = notify(&server).openid("code-1", NOW_UNIX_S).await;
    assert_eq!(openid, Ok("openid-1".to_owned()));
    assert_eq!(count(&server, LOGIN), 1);
}

#[tokio::test]
async fn a_login_code_that_is_no_good_is_told_from_a_service_that_cannot() {
    let asked = async |reply: Reply| {
        let server = Server::saying(reply).await;
        let told = notify(&server).openid("code-1", NOW_UNIX_S).await;
        told.expect_err("no openid")
    };
    for code in [40_029, 40_163, 40_226] {
        assert_never(&asked(says(&errcode(code))).await, Code::BadAddress);
    }
    assert_later(&asked(says(&errcode(-1))).await, Code::Unavailable, None);
    assert_later(&asked(says(&errcode(40_125))).await, Code::Setup, None);
    assert_later(&asked(says(&json!({}))).await, Code::BadAnswer, None);
    let odd = json!({ "openid": "an openid" });
    assert_later(&asked(says(&odd)).await, Code::BadAnswer, None);
    assert_later(&asked(status(503)).await, Code::Unavailable, None);
}

#[tokio::test]
async fn what_is_no_login_code_is_not_asked_about() {
    let server = Server::saying(says(&json!({ "openid": "openid-1" }))).await;
    for code in ["", "a b", "a&secret=b"] {
        let told = notify(&server).openid(code, NOW_UNIX_S).await;
        assert_never(&told.expect_err("no openid"), Code::BadAddress);
    }
    assert!(server.requests().is_empty());
    let nobody = Notify::new(&house::config()).unwrap();
    let told = nobody.openid("code-1", NOW_UNIX_S).await;
    assert_never(&told.expect_err("no openid"), Code::NoChannel);
}
