//! Signed events by the Standard Webhooks specification.

use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use reqwest::Url;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::exchange::Exchange;
use crate::signature::{ID, SIGNATURE, TIMESTAMP};
use crate::{Code, Error, Message, Outcome, SigningSecret, WebhookConfig};

pub struct Webhook {
    exchange: Exchange,
    url: Url,
    secrets: Vec<SigningSecret>,
}

/// What is posted. The same bytes in every attempt.
#[derive(Serialize)]
struct Event<'a> {
    r#type: &'a str,
    timestamp: Timestamp,
    data: &'a Map<String, Value>,
}

impl Webhook {
    pub fn new(exchange: &Exchange, config: &WebhookConfig) -> Result<Self, Error> {
        if config.secrets.is_empty() {
            return Err(Error::NoSecret);
        }
        Ok(Self {
            exchange: exchange.clone(),
            url: exchange.url(config.url.expose(), "webhook.url")?,
            secrets: config.secrets.clone(),
        })
    }

    pub async fn deliver(&self, message: &Message, now_unix_s: i64) -> Outcome {
        let Some(body) = body(message) else {
            return Outcome::never(Code::BadMessage, "the time of the event is out of range");
        };
        let headers = self.headers(&message.id, now_unix_s, &body);
        match self.exchange.post(self.url.clone(), headers, body).await {
            // A 2xx counts, and what comes behind it is not waited for.
            Ok(answer) => answer
                .refusal(now_unix_s)
                .unwrap_or(Outcome::Delivered { receipt: None }),
            Err(outcome) => outcome,
        }
    }

    fn headers(&self, id: &str, now_unix_s: i64, body: &[u8]) -> HeaderMap {
        let signatures: Vec<String> = self
            .secrets
            .iter()
            .map(|secret| secret.sign(id, now_unix_s, body))
            .collect();
        let value = |text: &str| {
            HeaderValue::from_str(text).expect("ids, numbers and base64 are visible ASCII")
        };
        let mut headers = HeaderMap::new();
        headers.insert(ID, value(id));
        headers.insert(TIMESTAMP, value(&now_unix_s.to_string()));
        headers.insert(SIGNATURE, value(&signatures.join(" ")));
        headers
    }
}

fn body(message: &Message) -> Option<Vec<u8>> {
    let event = Event {
        r#type: &message.kind,
        timestamp: Timestamp::from_second(message.at_unix_s).ok()?,
        data: &message.data,
    };
    Some(serde_json::to_vec(&event).expect("texts and JSON values are JSON"))
}
