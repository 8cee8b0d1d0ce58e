//! WeChat's access token: fetched once, kept until shortly before it ends.

use reqwest::Url;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;

use crate::exchange::Exchange;
use crate::{Code, Error, Outcome, Secret, WeChatConfig};

/// How long before its end a token is fetched anew, in seconds: within its last five minutes WeChat gives out the next one, and the
/// old one still counts.
const MARGIN_S: i64 = 5 * 60;

/// The token of one mini-program.
pub struct Tokens {
    url: Url,
    appid: String,
    secret: Secret,
    /// Held while it is fetched, so that those who want it meanwhile wait for the one fetch.
    cached: Mutex<Option<Token>>,
}

struct Token {
    text: Secret,
    until_unix_s: i64,
}

/// What WeChat answers.
#[derive(Deserialize)]
struct Granted {
    access_token: Secret,
    expires_in: u32,
}

impl Tokens {
    pub fn new(exchange: &Exchange, config: &WeChatConfig, base: &str) -> Result<Self, Error> {
        Ok(Self {
            url: exchange.url(&format!("{base}/cgi-bin/stable_token"), "wechat.url")?,
            appid: config.appid.clone(),
            secret: config.secret.clone(),
            cached: Mutex::new(None),
        })
    }

    /// A token that should count now, and is not the one that WeChat has just `refused`; or what came of the attempt.
    ///
    /// WeChat's own cache is never forced: what it gives out counts for every process of the house, and forcing it would take the
    /// token away from the others (and is allowed 20 times a day).
    pub async fn get(
        &self,
        exchange: &Exchange,
        refused: Option<&Secret>,
        now_unix_s: i64,
    ) -> Result<Secret, Outcome> {
        let mut cached = self.cached.lock().await;
        if let Some(token) = &*cached {
            let wanted = refused.is_none_or(|refused| refused.expose() != token.text.expose());
            if wanted && now_unix_s < token.until_unix_s {
                return Ok(token.text.clone());
            }
        }
        *cached = None;
        let granted = self.fetch(exchange, now_unix_s).await?;
        let text = granted.access_token.clone();
        *cached = Some(Token {
            text: granted.access_token,
            until_unix_s: now_unix_s.saturating_add(i64::from(granted.expires_in) - MARGIN_S),
        });
        Ok(text)
    }

    async fn fetch(&self, exchange: &Exchange, now_unix_s: i64) -> Result<Granted, Outcome> {
        let request = json!({
            "grant_type": "client_credential", "appid": self.appid, "secret": self.secret.expose(),
            "force_refresh": false,
        });
        let request = serde_json::to_vec(&request).expect("JSON values are JSON");
        let answer = exchange
            .post(self.url.clone(), http::HeaderMap::new(), request)
            .await?;
        if let Some(refusal) = answer.refusal(now_unix_s) {
            return Err(unset(refusal));
        }
        let answer = answer.json().await?;
        if let Some(errcode) = answer.get("errcode").and_then(serde_json::Value::as_i64)
            && errcode != 0
        {
            let text = format!("WeChat gives no token: errcode {errcode}");
            return Err(match errcode {
                -1 => Outcome::later(Code::Unavailable, text),
                45009 | 45011 => Outcome::later(Code::Throttled, text),
                _ => Outcome::later(Code::Setup, text),
            });
        }
        serde_json::from_value(answer)
            .map_err(|_| Outcome::later(Code::BadAnswer, "WeChat's answer holds no token"))
    }
}

/// That no token is given says nothing of the message: it is tried again, while an administrator looks.
fn unset(refusal: Outcome) -> Outcome {
    match refusal {
        Outcome::Never { why } => {
            Outcome::later(Code::Setup, format!("WeChat gives no token: {}", why.text))
        }
        Outcome::Delivered { .. } | Outcome::Later { .. } => refusal,
    }
}
