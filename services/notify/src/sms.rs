//! SMS by a provider's API of JSON.

use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;
use serde_json::Value;

use crate::exchange::Exchange;
use crate::template::{Template, plain};
use crate::{Code, Error, Message, Outcome, Pointed, SmsConfig};

/// Digits of a telephone number: 15 by E.164, and room for a prefix that a provider wants.
const DIGITS_MIN: usize = 5;
const DIGITS_MAX: usize = 20;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

pub struct Sms {
    exchange: Exchange,
    url: Url,
    headers: HeaderMap,
    template: Template,
    ok: Pointed,
    never: Vec<Value>,
    receipt: Option<String>,
}

impl Sms {
    pub fn new(exchange: &Exchange, config: &SmsConfig) -> Result<Self, Error> {
        pointer(&config.ok.pointer, "sms.ok.pointer")?;
        if let Some(receipt) = &config.receipt {
            pointer(receipt, "sms.receipt")?;
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &config.headers {
            let bad = || Error::Header { name: name.clone() };
            let mut value = HeaderValue::from_str(value.expose()).map_err(|_| bad())?;
            value.set_sensitive(true);
            headers.insert(name.parse::<HeaderName>().map_err(|_| bad())?, value);
        }
        Ok(Self {
            exchange: exchange.clone(),
            url: exchange.url(config.url.expose(), "sms.url")?,
            headers,
            template: Template::new(&config.body_template, &config.secrets)?,
            ok: config.ok.clone(),
            never: config.never.clone(),
            receipt: config.receipt.clone(),
        })
    }

    pub async fn deliver(&self, message: &Message, number: &str, now_unix_s: i64) -> Outcome {
        if !is_number(number) {
            return Outcome::never(Code::BadAddress, "this is not a telephone number");
        }
        let Ok(body) = self.template.fill(number, message) else {
            return Outcome::never(Code::BadData, "the data lack what the template wants");
        };
        let body = serde_json::to_vec(&body).expect("JSON values are JSON");
        let id = HeaderValue::from_str(&message.id).expect("ids are visible ASCII");
        let mut headers = self.headers.clone();
        headers.entry(IDEMPOTENCY_KEY).or_insert(id);
        let answer = match self.exchange.post(self.url.clone(), headers, body).await {
            Ok(answer) => answer,
            Err(outcome) => return outcome,
        };
        if let Some(refusal) = answer.refusal(now_unix_s) {
            return refusal;
        }
        match answer.json().await {
            Ok(answer) => self.judge(&answer),
            Err(outcome) => outcome,
        }
    }

    fn judge(&self, answer: &Value) -> Outcome {
        match answer.pointer(&self.ok.pointer) {
            Some(said) if *said == self.ok.value => Outcome::Delivered {
                receipt: self.receipt(answer),
            },
            Some(said) if self.never.contains(said) => {
                Outcome::never(Code::Rejected, "the provider says no")
            }
            Some(_) => Outcome::later(Code::Rejected, "the provider does not say yes"),
            None => Outcome::later(Code::BadAnswer, "the answer lacks what was to be there"),
        }
    }

    fn receipt(&self, answer: &Value) -> Option<String> {
        plain(answer.pointer(self.receipt.as_deref()?))
    }
}

fn pointer(text: &str, setting: &'static str) -> Result<(), Error> {
    if text.is_empty() || text.starts_with('/') {
        Ok(())
    } else {
        Err(Error::Pointer { setting })
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}
