//! What is to be delivered, and to whom.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Longest id of a message, in bytes.
pub const ID_LEN_MAX: usize = 255;

/// A message as the outbox keeps it. Its `Debug` form shows only id, kind and channel.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The same over all attempts: the receiver's idempotency key, `webhook-id`, and the left part of a mail's Message-ID. 1 to
    /// [`ID_LEN_MAX`] of ASCII letters, digits, `-` and `_`.
    pub id: String,
    /// What happened, parts joined by full stops, such as `duty.missed`: the `type` of a webhook.
    pub kind: String,
    /// When it happened, in Unix seconds: a webhook's `timestamp`, a mail's date.
    pub at_unix_s: i64,
    /// To whom.
    pub to: Address,
    /// A mail's subject; `{title_zh}` and `{title_en}` of an SMS.
    pub title: Text,
    /// A mail's body; `{zh}` and `{en}` of an SMS. A webhook carries neither title nor body.
    pub body: Text,
    /// A webhook's `data`; the keywords of a WeChat template, each a text or number; `{data}` and `{data.NAME}` of an SMS.
    pub data: Map<String, Value>,
}

/// A text in both languages. Either may be empty.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// 中文。
    pub zh: String,
    /// English.
    pub en: String,
}

/// To whom a message goes, and by which channel. Its `Debug` form shows only the channel.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Address {
    /// The webhook of the configuration.
    Webhook,
    /// A mail address, ASCII, without a name.
    Mail(String),
    /// A telephone number: 5 to 20 digits, perhaps behind a `+`.
    Sms(String),
    /// A user of the mini-program.
    #[serde(rename = "wechat")]
    WeChat {
        /// The user, as this mini-program knows him.
        openid: String,
        /// The template that he agreed to.
        template_id: String,
        /// The page that the message opens, such as `pages/duty?id=1`; none when absent.
        page: Option<String>,
    },
}

impl Message {
    pub(crate) fn has_good_id(&self) -> bool {
        is_token(&self.id, ID_LEN_MAX)
    }
}

impl Text {
    /// What there is of both languages, Chinese first.
    pub(crate) fn joined(&self, between: &str) -> String {
        let parts = [self.zh.as_str(), self.en.as_str()];
        let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
        parts.collect::<Vec<_>>().join(between)
    }
}

impl Address {
    /// The channel's name: `webhook`, `mail`, `sms` or `wechat`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Mail(_) => "mail",
            Self::Sms(_) => "sms",
            Self::WeChat { .. } => "wechat",
        }
    }
}

/// Is this 1 to `len_max` ASCII letters, digits, `-` and `_`? Such a text is safe in every header, and has no full stop, which a
/// signature is joined by.
pub fn is_token(text: &str, len_max: usize) -> bool {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=len_max).contains(&text.len()) && text.bytes().all(safe)
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}
