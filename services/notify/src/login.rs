//! Who a user of the mini-program is: a login code for his openid (`code2session`).

use reqwest::Url;
use serde_json::Value;

use crate::exchange::Exchange;
use crate::message::is_token;
use crate::wechat::ID_LEN_MAX;
use crate::{Code, Error, Outcome, Secret, WeChatConfig};

/// Longest login code, in bytes; it has 32 today.
const CODE_LEN_MAX: usize = 128;

/// What a login code is changed at.
pub struct Login {
    url: Url,
    appid: String,
    secret: Secret,
}

impl Login {
    pub fn new(exchange: &Exchange, config: &WeChatConfig, base: &str) -> Result<Self, Error> {
        Ok(Self {
            url: exchange.url(&format!("{base}/sns/jscode2session"), "wechat.url")?,
            appid: config.appid.clone(),
            secret: config.secret.clone(),
        })
    }

    /// The session's key, which comes with the openid, is not kept: nothing here needs it.
    pub async fn openid(
        &self,
        exchange: &Exchange,
        code: &str,
        now_unix_s: i64,
    ) -> Result<String, Outcome> {
        if !is_token(code, CODE_LEN_MAX) {
            return Err(Outcome::never(Code::BadAddress, "this is no login code"));
        }
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("appid", &self.appid)
            .append_pair("secret", self.secret.expose())
            .append_pair("js_code", code)
            .append_pair("grant_type", "authorization_code");
        let answer = exchange.get(url).await?;
        if let Some(refusal) = answer.refusal(now_unix_s) {
            return Err(refusal);
        }
        read(&answer.json().await?)
    }
}

/// By the error codes of `code2Session`. What is not known is our own fault or theirs: it may be tried again.
fn read(answer: &Value) -> Result<String, Outcome> {
    let errcode = answer.get("errcode").and_then(Value::as_i64).unwrap_or(0);
    let text = format!("WeChat tells no openid: errcode {errcode}");
    match errcode {
        0 => {}
        // No such code, or its five minutes are over; a user who is blocked; used before.
        40029 | 40226 | 40163 => return Err(Outcome::never(Code::BadAddress, text)),
        -1 => return Err(Outcome::later(Code::Unavailable, text)),
        45011 => return Err(Outcome::later(Code::Throttled, text)),
        _ => return Err(Outcome::later(Code::Setup, text)),
    }
    let openid = answer.get("openid").and_then(Value::as_str);
    let openid = openid.filter(|openid| is_token(openid, ID_LEN_MAX));
    openid
        .map(str::to_owned)
        .ok_or_else(|| Outcome::later(Code::BadAnswer, "WeChat's answer holds no openid"))
}
