//! What an administrator sets.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::{Error, Secret, SigningSecret};

/// Until a connection stands, milliseconds.
pub const CONNECT_TIMEOUT_MS: u32 = 5_000;
/// The whole of an attempt, milliseconds.
pub const TIMEOUT_MS: u32 = 15_000;
/// The most that either may be set to, milliseconds.
pub const TIMEOUT_MS_MAX: u32 = 60_000;

/// All channels. Those that are absent are not set up.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// A message whose channel is not set up is noted in the log, without its content, and counts as delivered. Else it is
    /// [`Code::NoChannel`](crate::Code::NoChannel).
    pub log: bool,
    /// Where HTTP requests may go.
    pub reach: Reach,
    /// How long an attempt may take.
    pub limits: Limits,
    /// The receiver of events.
    pub webhook: Option<WebhookConfig>,
    /// The mail server.
    pub mail: Option<MailConfig>,
    /// The SMS provider.
    pub sms: Option<SmsConfig>,
    /// The mini-program.
    pub wechat: Option<WeChatConfig>,
}

/// Where HTTP requests may go beside public addresses. Link-local addresses and those of cloud metadata are refused in any case.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reach {
    /// This machine, there also without TLS when the URL names it by its address (`http://127.0.0.1:8080/`).
    pub loopback: bool,
    /// Private networks: 10/8, 172.16/12, 192.168/16, 100.64/10, `fc00::/7`.
    pub private: bool,
}

/// How long an attempt may take; 1 to [`TIMEOUT_MS_MAX`].
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Until a connection stands.
    pub connect_timeout_ms: u32,
    /// The whole of an attempt.
    pub timeout_ms: u32,
}

/// A receiver of Standard Webhooks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// Where events are posted to; it may carry a token.
    pub url: Secret,
    /// At least one; while one takes another's place, both, and each signs.
    pub secrets: Vec<SigningSecret>,
}

/// A mail server that takes messages for others.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// Its name, which its certificate must bear.
    pub server: String,
    /// By default 587 for STARTTLS, 465 for TLS from the start, 25 for none.
    pub port: Option<u16>,
    /// How the connection is secured.
    #[serde(default)]
    pub tls: Tls,
    /// When the server asks for it.
    pub login: Option<Login>,
    /// The sender, as `name@example.org` or `名称 <name@example.org>`.
    pub from: String,
}

/// How a connection to a mail server is secured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// Begun plainly, secured before anything is said; a server that does not offer it gets nothing.
    #[default]
    Starttls,
    /// From the start.
    Implicit,
    /// Not at all: only for an address of loopback.
    Plain,
}

/// An account at a mail server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Its name.
    pub username: Secret,
    /// Its password.
    pub password: Secret,
}

/// A provider of SMS with an API of JSON.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsConfig {
    /// Where messages are posted to; it may carry a token.
    pub url: Secret,
    /// Sent with every request.
    #[serde(default)]
    pub headers: BTreeMap<String, Secret>,
    /// The body. In its texts these places are filled: `{to}`, `{zh}`, `{en}`, `{title_zh}`, `{title_en}`, `{id}`, `{data}` (all of
    /// the data, as JSON in a text), `{data.NAME}` (one of them), `{secret.NAME}` (one of `secrets`). Filled texts remain JSON texts,
    /// whatever they hold. A brace itself is written twice.
    pub body_template: Value,
    /// What the template must not show: keys that the provider wants in the body.
    #[serde(default)]
    pub secrets: BTreeMap<String, Secret>,
    /// How an answer says that the provider took the message.
    pub ok: Pointed,
    /// Values at the same place that say that it never will; any other is tried again.
    #[serde(default)]
    pub never: Vec<Value>,
    /// JSON pointer to what the provider calls the message, such as `/data/id`.
    pub receipt: Option<String>,
}

/// A place in an answer, and what must stand there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pointed {
    /// JSON pointer (RFC 6901), such as `/code`.
    pub pointer: String,
    /// The value.
    pub value: Value,
}

/// A mini-program that sends subscribe messages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeChatConfig {
    /// Where its API is.
    #[serde(default = "wechat_url")]
    pub url: String,
    /// The mini-program.
    pub appid: String,
    /// Its `AppSecret`.
    pub secret: Secret,
    /// Which version a message opens.
    #[serde(default)]
    pub state: WeChatState,
}

/// A version of a mini-program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeChatState {
    /// 正式版。
    #[default]
    Formal,
    /// 体验版。
    Trial,
    /// 开发版。
    Developer,
}

fn wechat_url() -> String {
    "https://api.weixin.qq.com".to_owned()
}

impl Limits {
    pub(crate) fn check(self) -> Result<(), Error> {
        let limits = [
            ("connect_timeout_ms", self.connect_timeout_ms),
            ("timeout_ms", self.timeout_ms),
        ];
        let bad = |(_, ms): &(_, u32)| !(1..=TIMEOUT_MS_MAX).contains(ms);
        match limits.into_iter().find(bad) {
            Some((setting, _)) => Err(Error::Limit { setting }),
            None => Ok(()),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout_ms: CONNECT_TIMEOUT_MS,
            timeout_ms: TIMEOUT_MS,
        }
    }
}

impl fmt::Debug for SmsConfig {
    /// Without the template: providers often want keys in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmsConfig").finish_non_exhaustive()
    }
}
