//! Mail to a server.

use data_encoding::BASE64;
use notify::{Address, Code, Config, Error, Login, MailConfig, Message, Notify, Tls};
use tokio::net::TcpListener;

use crate::house::{self, assert_later, assert_never, deliver, delivered};
use crate::post_office::{Manners, PostOffice};

fn mail(office: &PostOffice) -> MailConfig {
    MailConfig {
        server: office.address.ip().to_string(),
        port: Some(office.address.port()),
        tls: Tls::Plain,
        login: None,
        from: "司法所 <office@example.org>".into(),
    }
}

fn notify(mail: MailConfig) -> Notify {
    Notify::new(&Config {
        mail: Some(mail),
        ..Config::default()
    })
    .unwrap()
}

fn message() -> Message {
    house::message(Address::Mail("person@example.org".into()))
}

async fn replying(command: &'static str, reply: &'static str) -> PostOffice {
    let reply = Some((command, reply));
    PostOffice::new(Manners {
        reply,
        ..Manners::default()
    })
    .await
}

/// Header lines, unfolded, and the body.
fn parts(mail: &str) -> (Vec<String>, String) {
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ");
    (
        head.split("\r\n").map(str::to_owned).collect(),
        body.to_owned(),
    )
}

fn header<'a>(head: &'a [String], name: &str) -> &'a str {
    let mut found = head
        .iter()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let value = found.next().unwrap();
    assert_eq!(found.next(), None, "{name} is there twice");
    value
}

/// A header of encoded words (RFC 2047), all of base64 and UTF-8.
fn decoded(value: &str) -> String {
    let words = value.split(' ').filter(|word| !word.is_empty());
    let bytes = words.flat_map(|word| {
        match word
            .strip_prefix("=?utf-8?b?")
            .and_then(|word| word.strip_suffix("?="))
        {
            Some(word) => BASE64.decode(word.as_bytes()).unwrap(),
            None => word.as_bytes().to_vec(),
        }
    });
    String::from_utf8(bytes.collect()).unwrap()
}

fn decoded_body(body: &str) -> String {
    let body: String = body.split_whitespace().collect();
    String::from_utf8(BASE64.decode(body.as_bytes()).unwrap()).unwrap()
}

#[tokio::test]
async fn a_mail_says_it_in_both_languages() {
    let office = PostOffice::new(Manners::default()).await;
    let outcome = deliver(&notify(mail(&office)), &message()).await;
    assert_eq!(outcome, delivered(Some("2.0.0 Ok: queued as 4F1")));

    let commands = office.commands();
    assert!(
        commands.contains(&"EHLO example.org".to_owned()),
        "{commands:?}"
    );
    assert!(
        commands
            .iter()
            .any(|line| line.starts_with("MAIL FROM:<office@example.org>"))
    );
    assert!(commands.contains(&"RCPT TO:<person@example.org>".to_owned()));
    let (head, body) = parts(&office.mails()[0]);
    assert_eq!(header(&head, "To"), "person@example.org");
    assert_eq!(header(&head, "Message-ID"), "<0198f0c2-m@example.org>");
    assert_eq!(header(&head, "Date"), "Fri, 30 Jan 2026 23:59:00 +0000");
    assert_eq!(header(&head, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(&head, "Content-Type"), "text/plain; charset=utf-8");
    let subject = decoded(header(&head, "Subject"));
    assert_eq!(subject.replace(' ', ""), "签到提醒/Check-indue");
    assert_eq!(decoded_body(&body), "请签到。\r\n\r\nPlease check in.");
}

#[tokio::test]
async fn a_repeat_is_the_same_mail() {
    let office = PostOffice::new(Manners::default()).await;
    let notify = notify(mail(&office));
    for late_s in [0, 300] {
        notify.deliver(&message(), house::NOW_UNIX_S + late_s).await;
    }
    let mails = office.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0], mails[1]);
}

#[tokio::test]
async fn no_header_begins_inside_another() {
    let office = PostOffice::new(Manners::default()).await;
    let notify = notify(mail(&office));
    let mut sly = message();
    sly.title.zh = "提醒\r\nBcc: else@example.org\r\n\r\nbody".into();
    sly.title.en = "due\nX-Evil: 1\rX-Evil: 2\u{b}\u{85}\u{2028}X-Evil: 3\0".into();
    sly.body.zh = "一\r\n.\r\nMAIL FROM:<else@example.org>\r\n".into();
    assert_eq!(
        deliver(&notify, &sly).await,
        delivered(Some("2.0.0 Ok: queued as 4F1"))
    );
    sly.title.zh = "plain\r\nX-Evil: 4".into();
    sly.body.zh = "plain\n.\nRCPT TO:<else@example.org>".into();
    assert_eq!(
        deliver(&notify, &sly).await,
        delivered(Some("2.0.0 Ok: queued as 4F1"))
    );

    for mail in office.mails() {
        let (head, _) = parts(&mail);
        let names: Vec<&str> = head
            .iter()
            .map(|line| line.split(':').next().unwrap())
            .collect();
        assert!(
            !names.iter().any(|name| ["Bcc", "X-Evil"].contains(name)),
            "{head:?}"
        );
        assert_eq!(names.len(), 9, "{names:?}");
    }
    let commands = office.commands().join("\n");
    assert!(!commands.contains("else@example.org"), "{commands}");
}

#[tokio::test]
async fn addresses_that_mail_cannot_carry_are_not_tried() {
    let office = PostOffice::new(Manners::default()).await;
    let notify = notify(mail(&office));
    let long = format!("a@{}.org", "b.".repeat(130));
    for address in [
        "",
        "person",
        "person@",
        "@example.org",
        "person@example.org\r\nRCPT TO:<else@example.org>",
        "person@example.org>\r\nDATA",
        "a b@example.org",
        "a@example.org, b@example.org",
        "名字 <person@example.org>",
        "名字@example.org",
        "person@例子.org",
        &long,
    ] {
        let message = house::message(Address::Mail(address.into()));
        let outcome = notify.deliver(&message, house::NOW_UNIX_S).await;
        assert_never(&outcome, Code::BadAddress);
    }
    assert!(office.commands().is_empty());
}

#[tokio::test]
async fn permanent_replies_are_never_and_transient_ones_later() {
    for command in ["MAIL", "RCPT", "DATA", "."] {
        let office = replying(command, "550 5.1.1 <person@example.org> hush").await;
        let outcome = deliver(&notify(mail(&office)), &message()).await;
        assert_never(&outcome, Code::Rejected);
        let office = replying(command, "451 4.7.1 <person@example.org> hush").await;
        let outcome = deliver(&notify(mail(&office)), &message()).await;
        assert_later(&outcome, Code::Unavailable, None);
    }
}

#[tokio::test]
async fn an_account_that_is_refused_does_not_lose_messages() {
    let login = Some(Login {
        username: "name".into(),
        password: "hush".into(),
    });
    let office = PostOffice::new(Manners::default()).await;
    let mut good = mail(&office);
    good.login.clone_from(&login);
    assert_eq!(
        deliver(&notify(good), &message()).await,
        delivered(Some("2.0.0 Ok: queued as 4F1"))
    );
    let expected = format!("AUTH PLAIN {}", BASE64.encode(b"\0name\0hush"));
    assert!(
        office.commands().contains(&expected),
        "{:?}",
        office.commands()
    );

    let office = replying("AUTH", "535 5.7.8 hush").await;
    let mut bad = mail(&office);
    bad.login = login;
    assert_later(&deliver(&notify(bad), &message()).await, Code::Setup, None);
    assert!(office.mails().is_empty());
}

#[tokio::test]
async fn without_tls_nothing_is_said() {
    // It does not offer TLS; it offers, and has none; it speaks plainly where TLS should begin.
    for (tls, starttls, code) in [
        (Tls::Starttls, false, Code::Setup),
        (Tls::Starttls, true, Code::Unreachable),
        (Tls::Implicit, false, Code::Unreachable),
    ] {
        let office = PostOffice::new(Manners {
            starttls,
            ..Manners::default()
        })
        .await;
        let mut secured = mail(&office);
        secured.tls = tls;
        secured.login = Some(Login {
            username: "name".into(),
            password: "hush".into(),
        });
        assert_later(&deliver(&notify(secured), &message()).await, code, None);
        let commands = office.commands().join("\n");
        assert!(
            !commands.contains("AUTH") && !commands.contains("MAIL"),
            "{commands}"
        );
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_in_time() {
    let office = PostOffice::new(Manners {
        silent: true,
        ..Manners::default()
    })
    .await;
    let mut config = Config {
        mail: Some(mail(&office)),
        ..Config::default()
    };
    config.limits = house::short();
    let outcome = deliver(&Notify::new(&config).unwrap(), &message()).await;
    assert_later(&outcome, Code::Timeout, None);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let office = PostOffice::new(Manners::default()).await;
    let mut gone = mail(&office);
    gone.port = Some(port);
    assert_later(
        &deliver(&notify(gone), &message()).await,
        Code::Unreachable,
        None,
    );
}

#[tokio::test]
async fn plain_mail_is_for_loopback_only() {
    let office = PostOffice::new(Manners::default()).await;
    for server in ["mail.example.org", "10.0.0.1", "localhost"] {
        let mut far = mail(&office);
        far.server = server.into();
        let refused = Notify::new(&Config {
            mail: Some(far),
            ..Config::default()
        });
        assert!(matches!(refused, Err(Error::PlainMail)), "{server}");
    }
}
