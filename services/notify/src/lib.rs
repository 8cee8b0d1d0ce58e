//! Messages out of the house: signed webhooks, mail, SMS, and WeChat subscribe messages.
//!
//! [`Notify::deliver`] makes one attempt and says what came of it: [`Outcome::Delivered`], [`Outcome::Later`] or
//! [`Outcome::Never`]. Retries (by [`backoff()`]), order, quiet hours and quotas are the caller's, who keeps an outbox.
//!
//! Invariants
//! 1. One call is one attempt of bounded length ([`Limits`]). A message keeps its id over attempts, and the id goes out with it, so
//!    that a receiver can tell a repeat: an attempt that timed out may have arrived.
//! 2. Nothing leaves over a connection that others can read; only loopback may be plain, and only where the configuration says so.
//! 3. No request goes to an address inside the house unless [`Reach`] allows it: names are resolved, the answers checked, and the
//!    connection made to exactly those. Redirects are not followed, proxies of the environment not used.
//! 4. Neither logs nor outcomes hold secrets, addresses, or what a message says.
//! 5. Only what cannot succeed by trying again is `Never`. What an administrator can put right meanwhile is `Later`.
//! 6. This crate must not know SQL, the domain, or the time: it comes in as Unix seconds.

mod backoff;
mod config;
mod error;
mod exchange;
mod guard;
mod login;
mod mail;
mod message;
mod outcome;
mod retry_after;
mod secret;
mod signature;
mod sms;
mod template;
mod token;
mod webhook;
mod wechat;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tracing::info;

pub use backoff::{ATTEMPTS_MAX, backoff};
pub use config::{
    CONNECT_TIMEOUT_MS, Config, Limits, Login, MailConfig, Pointed, Reach, SmsConfig, TIMEOUT_MS,
    TIMEOUT_MS_MAX, Tls, WeChatConfig, WeChatState, WebhookConfig,
};
pub use error::Error;
pub use exchange::ANSWER_LEN_MAX;
pub use message::{Address, ID_LEN_MAX, Message, Text};
pub use outcome::{Code, Outcome, Why};
pub use retry_after::RETRY_AFTER_S_MAX;
pub use secret::Secret;
pub use signature::{
    BadSecret, SECRET_LEN_MAX, SECRET_LEN_MIN, SigningSecret, TOLERANCE_S, Unverified, verify,
};

use exchange::Exchange;
use mail::Mail;
use sms::Sms;
use webhook::Webhook;
use wechat::{Subscriber, WeChat};

/// The way out of the house. Cloning is cheap, and clones share connections and WeChat's token.
#[derive(Clone)]
pub struct Notify(Arc<Channels>);

/// What is set up.
struct Channels {
    webhook: Option<Webhook>,
    mail: Option<Mail>,
    sms: Option<Sms>,
    wechat: Option<WeChat>,
    log: bool,
    timeout: Duration,
}

/// The channel of one message, with whom it goes to.
enum Channel<'a> {
    Log,
    Webhook(&'a Webhook),
    Mail(&'a Mail, &'a str),
    Sms(&'a Sms, &'a str),
    WeChat(&'a WeChat, Subscriber<'a>),
}

impl Notify {
    /// Set up the channels that `config` has. Nothing is resolved or connected yet.
    ///
    /// # Errors
    /// [`Error`] names the setting that cannot be.
    pub fn new(config: &Config) -> Result<Self, Error> {
        config.limits.check()?;
        let outward = config.webhook.is_some() || config.sms.is_some() || config.wechat.is_some();
        let exchange = if outward {
            Some(Exchange::new(config.reach, config.limits)?)
        } else {
            None
        };
        let by_http = exchange.as_ref();
        Ok(Self(Arc::new(Channels {
            webhook: by_http
                .zip(config.webhook.as_ref())
                .map(|(exchange, config)| Webhook::new(exchange, config))
                .transpose()?,
            mail: config
                .mail
                .as_ref()
                .map(|mail| Mail::new(mail, config.limits))
                .transpose()?,
            sms: by_http
                .zip(config.sms.as_ref())
                .map(|(exchange, config)| Sms::new(exchange, config))
                .transpose()?,
            wechat: by_http
                .zip(config.wechat.as_ref())
                .map(|(exchange, config)| WeChat::new(exchange, config))
                .transpose()?,
            log: config.log,
            timeout: Duration::from_millis(config.limits.timeout_ms.into()),
        })))
    }

    /// Would a message by this channel, `webhook`, `mail`, `sms` or `wechat`, go anywhere?
    pub fn has(&self, channel: &str) -> bool {
        let set_up = match channel {
            "webhook" => self.0.webhook.is_some(),
            "mail" => self.0.mail.is_some(),
            "sms" => self.0.sms.is_some(),
            "wechat" => self.0.wechat.is_some(),
            _ => return false,
        };
        set_up || self.0.log
    }

    /// The openid behind a login code of the mini-program. A code is good once, within five minutes.
    ///
    /// Ends within [`Limits::timeout_ms`].
    ///
    /// # Errors
    /// What came of the attempt, never [`Outcome::Delivered`]: with [`Code::BadAddress`] the code itself is no good.
    pub async fn openid(&self, code: &str, now_unix_s: i64) -> Result<String, Outcome> {
        let Some(wechat) = &self.0.wechat else {
            return Err(Outcome::never(Code::NoChannel, "no mini-program is set up"));
        };
        timeout(self.0.timeout, wechat.openid(code, now_unix_s))
            .await
            .unwrap_or_else(|_| {
                Err(Outcome::later(
                    Code::Timeout,
                    "no end within the time allowed",
                ))
            })
    }

    /// Try once to deliver a message; `now_unix_s` is the time of the attempt.
    ///
    /// Ends within [`Limits::timeout_ms`]. Dropped before, the message may or may not have gone out.
    pub async fn deliver(&self, message: &Message, now_unix_s: i64) -> Outcome {
        if !message.has_good_id() {
            return Outcome::never(Code::BadMessage, "the id is not one that can be sent");
        }
        let Some(channel) = self.0.channel(&message.to) else {
            let text = format!("no channel for {} is set up", message.to.kind());
            return Outcome::never(Code::NoChannel, text);
        };
        timeout(self.0.timeout, channel.deliver(message, now_unix_s))
            .await
            .unwrap_or_else(|_| Outcome::later(Code::Timeout, "no end within the time allowed"))
    }
}

impl Channels {
    fn channel<'a>(&'a self, to: &'a Address) -> Option<Channel<'a>> {
        let channel = match to {
            Address::Webhook => self.webhook.as_ref().map(Channel::Webhook),
            Address::Mail(address) => self.mail.as_ref().map(|mail| Channel::Mail(mail, address)),
            Address::Sms(number) => self.sms.as_ref().map(|sms| Channel::Sms(sms, number)),
            Address::WeChat {
                openid,
                template_id,
                page,
            } => self.wechat.as_ref().map(|wechat| {
                let subscriber = Subscriber {
                    openid,
                    template_id,
                    page: page.as_deref(),
                };
                Channel::WeChat(wechat, subscriber)
            }),
        };
        channel.or_else(|| self.log.then_some(Channel::Log))
    }
}

impl Channel<'_> {
    async fn deliver(self, message: &Message, now_unix_s: i64) -> Outcome {
        match self {
            Self::Log => {
                let (id, kind, channel) = (&message.id, &message.kind, message.to.kind());
                info!(message.id = %id, message.kind = %kind, channel, "Logged message {id}");
                Outcome::Delivered { receipt: None }
            }
            Self::Webhook(webhook) => webhook.deliver(message, now_unix_s).await,
            Self::Mail(mail, address) => mail.deliver(message, address).await,
            Self::Sms(sms, number) => sms.deliver(message, number, now_unix_s).await,
            Self::WeChat(wechat, to) => wechat.deliver(message, to, now_unix_s).await,
        }
    }
}
