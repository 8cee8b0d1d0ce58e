//! Mail by a server that takes it for others.

use std::net::IpAddr;
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls as Wrapping, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::{Code, Error, Limits, MailConfig, Message, Outcome, Tls};

/// Longest mail address, in bytes (RFC 5321 §4.5.3.1.3, without the brackets).
const ADDRESS_LEN_MAX: usize = 254;
/// What is kept of a server's word on a message that it took, in bytes.
const RECEIPT_LEN_MAX: usize = 200;
/// Replies that speak of our account or connection, not of the message (RFC 4954 §6).
const ACCOUNT_REPLIES: [u16; 4] = [530, 534, 535, 538];

const STARTTLS_PORT: u16 = 587;
const IMPLICIT_PORT: u16 = 465;
const PLAIN_PORT: u16 = 25;

/// Makes a connection for each message: they are few, and a connection that waited may be dead.
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mail {
    pub fn new(config: &MailConfig, limits: Limits) -> Result<Self, Error> {
        let from: Mailbox = config.from.parse().map_err(Error::From)?;
        let tls = || TlsParameters::new(config.server.clone()).map_err(Error::MailTls);
        let (port, wrapping) = match config.tls {
            Tls::Starttls => (STARTTLS_PORT, Wrapping::Required(tls()?)),
            Tls::Implicit => (IMPLICIT_PORT, Wrapping::Wrapper(tls()?)),
            Tls::Plain if is_loopback(&config.server) => (PLAIN_PORT, Wrapping::None),
            Tls::Plain => return Err(Error::PlainMail),
        };
        let connect_timeout = Duration::from_millis(limits.connect_timeout_ms.into());
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&*config.server)
            .port(config.port.unwrap_or(port))
            .tls(wrapping)
            .timeout(Some(connect_timeout))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
        if let Some(login) = &config.login {
            let (username, password) = (login.username.expose(), login.password.expose());
            builder = builder.credentials(Credentials::from((username, password)));
        }
        Ok(Self {
            transport: builder.build(),
            from,
        })
    }

    pub async fn deliver(&self, message: &Message, address: &str) -> Outcome {
        let Some(to) = mailbox(address) else {
            return Outcome::never(
                Code::BadAddress,
                "this is not a mail address that can be used",
            );
        };
        let Some(mail) = self.mail(message, to) else {
            return Outcome::never(Code::BadMessage, "no mail can be made of the message");
        };
        match self.transport.send(mail).await {
            Ok(reply) => Outcome::Delivered {
                receipt: receipt(&reply),
            },
            Err(error) => failed(&error),
        }
    }

    /// The mail. The same bytes in every attempt.
    fn mail(&self, message: &Message, to: Mailbox) -> Option<lettre::Message> {
        let date = UNIX_EPOCH + Duration::from_secs(u64::try_from(message.at_unix_s).ok()?);
        let id = format!("<{}@{}>", message.id, self.from.email.domain());
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        lettre::Message::builder()
            .from(self.from.clone())
            .to(to)
            .date(date)
            .message_id(Some(id))
            .subject(one_line(&message.title.joined(" / ")))
            .raw_header(automatic)
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .body(message.body.joined("\n\n"))
            .ok()
    }
}

/// An address as SMTP can carry it everywhere: ASCII, no spaces or controls.
fn mailbox(address: &str) -> Option<Mailbox> {
    let usable =
        address.len() <= ADDRESS_LEN_MAX && address.bytes().all(|byte| byte.is_ascii_graphic());
    let address = usable.then(|| address.parse().ok()).flatten()?;
    Some(Mailbox::new(None, address))
}

/// No header can begin inside a subject.
fn one_line(text: &str) -> String {
    let spaced = text.replace(
        |c: char| c.is_control() || c == '\u{2028}' || c == '\u{2029}',
        " ",
    );
    spaced.trim().to_owned()
}

fn is_loopback(server: &str) -> bool {
    server.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn receipt(reply: &Response) -> Option<String> {
    let line = reply.first_line()?;
    let shown = line.chars().filter(|c| c.is_ascii_graphic() || *c == ' ');
    Some(shown.take(RECEIPT_LEN_MAX).collect())
}

/// What the server says is not shown, but for its number: servers repeat addresses.
fn failed(error: &smtp::Error) -> Outcome {
    if let Some(reply) = error.status() {
        let number: u16 = reply.into();
        let text = format!("reply {number}");
        return match (error.is_permanent(), ACCOUNT_REPLIES.contains(&number)) {
            (_, true) => Outcome::later(Code::Setup, text),
            (true, false) => Outcome::never(Code::Rejected, text),
            (false, false) => Outcome::later(Code::Unavailable, text),
        };
    }
    match () {
        () if error.is_tls() => Outcome::later(Code::Setup, "TLS did not come about"),
        () if error.is_client() => {
            Outcome::later(Code::Setup, "the server lacks TLS or a way to sign in")
        }
        () if error.is_response() => {
            Outcome::later(Code::BadAnswer, "the server's reply cannot be read")
        }
        () if error.is_timeout() => Outcome::later(Code::Timeout, "no connection in time"),
        () => Outcome::later(Code::Unreachable, "no connection, or it broke"),
    }
}
