//! The configuration, and what is not set up.

use std::io::Write;
use std::sync::{Arc, Mutex};

use notify::{Address, Code, Config, Error, Notify, Tls, WeChatState};

use crate::house::{PRIVATE, assert_never, deliver, delivered, message};

const ALL: &str = r#"
    log = true
    reach = { private = true }
    limits = { timeout_ms = 10000 }
    [webhook]
    url = "https://example.org/hook?key=hush"
    secrets = ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]
    [mail]
    server = "mail.example.org"
    login = { username = "hush", password = "hush" }
    from = "司法所 <office@example.org>"
    [sms]
    url = "https://sms.example.org/send?key=hush"
    headers = { authorization = "Bearer hush" }
    body_template = { key = "hush", to = "{to}", text = "{zh}" }
    ok = { pointer = "/code", value = 0 }
    [wechat]
    appid = "app-1"
    secret = "hush"
"#;

fn addresses() -> [Address; 4] {
    [
        Address::Webhook,
        Address::Mail("person@example.org".into()),
        Address::Sms("13800000000".into()),
        Address::WeChat {
            openid: "openid-1".into(),
            template_id: "template-1".into(),
            page: None,
        },
    ]
}

/// Lines of the log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn every_channel_is_set_up_from_a_configuration() {
    let config: Config = toml::from_str(ALL).unwrap();
    Notify::new(&config).unwrap();
    assert_eq!(config.limits.connect_timeout_ms, 5_000);
    assert_eq!(config.mail.as_ref().unwrap().tls, Tls::Starttls);
    let wechat = config.wechat.as_ref().unwrap();
    assert_eq!(
        (wechat.url.as_str(), wechat.state),
        ("https://api.weixin.qq.com", WeChatState::Formal)
    );
    let shown = format!("{config:?}");
    assert!(
        !shown.contains("hush") && !shown.contains("whsec"),
        "{shown}"
    );
}

#[test]
fn unknown_settings_are_refused() {
    for table in [
        "",
        "[reach]\n",
        "[limits]\n",
        "[webhook]\nurl = ''\nsecrets = []\n",
    ] {
        let text = format!("{table}surprise = 1");
        assert!(toml::from_str::<Config>(&text).is_err(), "{text}");
    }
    let deeper = ALL.replace("value = 0", "value = 0, surprise = 1");
    assert!(toml::from_str::<Config>(&deeper).is_err());
    let weak = ALL.replace("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "whsec_aHVzaA==");
    let error = toml::from_str::<Config>(&weak).unwrap_err();
    assert!(!error.message().contains("aHVzaA"), "{}", error.message());
}

#[test]
fn time_limits_have_limits() {
    for (text, refused) in [
        ("timeout_ms = 0", "timeout_ms"),
        ("connect_timeout_ms = 60001", "connect_timeout_ms"),
    ] {
        let config: Config = toml::from_str(&format!("[limits]\n{text}")).unwrap();
        let error = Notify::new(&config).err().unwrap();
        assert!(matches!(error, Error::Limit { setting } if setting == refused));
    }
}

#[tokio::test]
async fn a_channel_that_is_not_set_up_does_not_pretend() {
    let notify = Notify::new(&Config::default()).unwrap();
    for to in addresses() {
        assert_never(&deliver(&notify, &message(to)).await, Code::NoChannel);
    }
}

#[tokio::test]
async fn the_log_gets_a_line_without_content_or_names() {
    let config: Config = toml::from_str("log = true").unwrap();
    let notify = Notify::new(&config).unwrap();
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    for to in addresses() {
        assert_eq!(deliver(&notify, &message(to)).await, delivered(None));
    }
    drop(guard);
    let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert_eq!(logged.lines().count(), 4);
    assert!(logged.contains("Logged message 0198f0c2-m"), "{logged}");
    for private in PRIVATE
        .iter()
        .chain(&["签到提醒", "Please check in", "上午签到"])
    {
        assert!(!logged.contains(private), "{logged}");
    }
}

#[tokio::test]
async fn an_id_that_headers_or_signatures_cannot_bear_is_refused() {
    let config: Config = toml::from_str("log = true").unwrap();
    let notify = Notify::new(&config).unwrap();
    for id in ["", "a.b", "a b", "a\r\nb", "编号", &"a".repeat(256)] {
        let mut message = message(Address::Webhook);
        message.id = id.into();
        assert_never(&deliver(&notify, &message).await, Code::BadMessage);
    }
}

#[test]
fn a_message_shows_nothing_private_and_survives_the_outbox() {
    for to in addresses() {
        let message = message(to);
        let shown = format!("{message:?}");
        for private in PRIVATE {
            assert!(!shown.contains(private), "{shown}");
        }
        let stored = serde_json::to_string(&message).unwrap();
        assert_eq!(
            serde_json::from_str::<notify::Message>(&stored).unwrap(),
            message
        );
    }
}
