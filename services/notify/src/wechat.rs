//! Subscribe messages of a WeChat mini-program.

use http::HeaderMap;
use reqwest::Url;
use serde_json::{Map, Value, json};

use crate::exchange::Exchange;
use crate::login::Login;
use crate::message::is_token;
use crate::template::plain;
use crate::token::Tokens;
use crate::{Code, Error, Message, Outcome, Secret, WeChatConfig, WeChatState};

/// Longest openid or template id, in bytes; both have 28 and 43 today.
pub const ID_LEN_MAX: usize = 64;

pub struct WeChat {
    exchange: Exchange,
    url: Url,
    tokens: Tokens,
    login: Login,
    state: WeChatState,
}

/// Whom a message goes to, and in what form.
#[derive(Clone, Copy)]
pub struct Subscriber<'a> {
    pub openid: &'a str,
    pub template_id: &'a str,
    pub page: Option<&'a str>,
}

/// What WeChat said to one request.
enum Said {
    TokenRefused(i64),
    Outcome(Outcome),
}

impl WeChat {
    pub fn new(exchange: &Exchange, config: &WeChatConfig) -> Result<Self, Error> {
        let base = config.url.trim_end_matches('/');
        let url = format!("{base}/cgi-bin/message/subscribe/send");
        Ok(Self {
            exchange: exchange.clone(),
            url: exchange.url(&url, "wechat.url")?,
            tokens: Tokens::new(exchange, config, base)?,
            login: Login::new(exchange, config, base)?,
            state: config.state,
        })
    }

    /// Whose login code this is; or what came of the attempt.
    pub async fn openid(&self, code: &str, now_unix_s: i64) -> Result<String, Outcome> {
        self.login.openid(&self.exchange, code, now_unix_s).await
    }

    pub async fn deliver(&self, message: &Message, to: Subscriber<'_>, now_unix_s: i64) -> Outcome {
        if !is_token(to.openid, ID_LEN_MAX) || !is_token(to.template_id, ID_LEN_MAX) {
            return Outcome::never(Code::BadAddress, "this is not an openid with a template id");
        }
        let Some(body) = self.body(message, to) else {
            return Outcome::never(Code::BadData, "a keyword is neither text nor number");
        };
        self.send(&body, now_unix_s)
            .await
            .unwrap_or_else(|outcome| outcome)
    }

    /// Send with the token at hand; when WeChat refuses that, once more with another.
    async fn send(&self, body: &[u8], now_unix_s: i64) -> Result<Outcome, Outcome> {
        let token = self.tokens.get(&self.exchange, None, now_unix_s).await?;
        match self.ask(&token, body, now_unix_s).await? {
            Said::Outcome(outcome) => return Ok(outcome),
            Said::TokenRefused(_) => {}
        }
        let token = self
            .tokens
            .get(&self.exchange, Some(&token), now_unix_s)
            .await?;
        Ok(match self.ask(&token, body, now_unix_s).await? {
            Said::Outcome(outcome) => outcome,
            Said::TokenRefused(errcode) => Outcome::later(
                Code::Setup,
                format!("WeChat refuses its token: errcode {errcode}"),
            ),
        })
    }

    async fn ask(&self, token: &Secret, body: &[u8], now_unix_s: i64) -> Result<Said, Outcome> {
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("access_token", token.expose());
        let answer = self
            .exchange
            .post(url, HeaderMap::new(), body.to_vec())
            .await?;
        if let Some(refusal) = answer.refusal(now_unix_s) {
            return Ok(Said::Outcome(refusal));
        }
        Ok(judge(&answer.json().await?))
    }

    fn body(&self, message: &Message, to: Subscriber<'_>) -> Option<Vec<u8>> {
        let keywords = message.data.iter().map(|(name, value)| {
            let value = plain(Some(value))?;
            Some((name.clone(), json!({ "value": value })))
        });
        let keywords: Map<String, Value> = keywords.collect::<Option<_>>()?;
        let mut body = json!({
            "touser": to.openid, "template_id": to.template_id, "data": keywords,
            "miniprogram_state": state(self.state), "lang": "zh_CN",
        });
        if let Some(page) = to.page {
            body["page"] = page.into();
        }
        Some(serde_json::to_vec(&body).expect("JSON values are JSON"))
    }
}

/// By the error codes of `subscribeMessage.send` and the global ones. A code that is not known may be our own fault or theirs: it
/// is tried again.
fn judge(answer: &Value) -> Said {
    let Some(errcode) = answer.get("errcode").and_then(Value::as_i64) else {
        let text = "WeChat's answer has no errcode";
        return Said::Outcome(Outcome::later(Code::BadAnswer, text));
    };
    let text = format!("errcode {errcode}");
    Said::Outcome(match errcode {
        0 => Outcome::Delivered {
            receipt: plain(answer.get("msgid")),
        },
        40001 | 40014 | 42001 => return Said::TokenRefused(errcode),
        // Not a user of this mini-program.
        40003 => Outcome::never(Code::BadAddress, text),
        // He has refused, or the one message that he agreed to was sent.
        43101 => Outcome::never(Code::Consent, text),
        // A keyword breaks its rules; words that may not be sent.
        47003 | 45168 => Outcome::never(Code::BadData, text),
        // No such template; no such page.
        40037 | 41030 => Outcome::never(Code::Rejected, text),
        // Quotas by the day, by the minute, and by the template.
        45009 | 45011 | 40038 => Outcome::later(Code::Throttled, text),
        // Busy; several at once to the same user.
        -1 | 43108 => Outcome::later(Code::Unavailable, text),
        _ => Outcome::later(Code::Rejected, text),
    })
}

const fn state(state: WeChatState) -> &'static str {
    match state {
        WeChatState::Formal => "formal",
        WeChatState::Trial => "trial",
        WeChatState::Developer => "developer",
    }
}
