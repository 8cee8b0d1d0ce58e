use domain::{MessageId, message::Means};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::At;

/// How somebody is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contact {
    /// `sms`, `mail` or `wechat`.
    #[schema(value_type = String, example = "sms")]
    pub means: Means,
    /// Enough of the address to tell whether it is the right one.
    pub masked: String,
    /// Messages still agreed to; absent where one consent is for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consents: Option<i32>,
}

/// Sets a telephone number or a mail address; removes it when none is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// `sms` or `mail`.
    #[schema(value_type = String, example = "sms")]
    pub means: Means,
    #[serde(default)]
    pub address: Option<String>,
}

/// The mini-program's user logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeChatLogin {
    /// What `wx.login` gave: good once, within five minutes.
    pub code: String,
}

/// The person agreed to subscribe messages of the mini-program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// The template that he agreed to: 1 to 64 letters, digits, `-` and `_`.
    pub template_id: String,
    /// How often he agreed, 1 to 50; each is good for one message.
    pub consents: i32,
}

/// A message that could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeadLetter {
    #[schema(value_type = uuid::Uuid)]
    pub id: MessageId,
    /// What happened, such as `alert.raised`.
    pub kind: String,
    /// `webhook`, `sms`, `mail` or `wechat`.
    pub means: String,
    pub made_at: At,
    pub attempts: i32,
    /// Why the last attempt failed: a stable word and a text; without address or content.
    pub why: String,
    pub over_at: At,
}

/// A message that is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revived {
    #[schema(value_type = uuid::Uuid)]
    pub id: MessageId,
    pub next_at: At,
}
