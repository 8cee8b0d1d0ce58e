//! One HTTP request and its answer, within the limits of the house.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, Url, retry};
use serde_json::Value;

use crate::guard::{Forbidden, Guard};
use crate::{Code, Error, Limits, Outcome, Reach, Why, retry_after};

/// What is read of an answer at most, in bytes.
pub const ANSWER_LEN_MAX: usize = 64 << 10;

/// How long a connection waits for the next message to the same receiver.
const IDLE_MAX: Duration = Duration::from_secs(30);
/// Connections that wait, for each receiver.
const IDLE_CONNECTIONS_MAX: usize = 4;

/// A client that goes only where it may. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Exchange {
    client: Client,
    guard: Guard,
}

/// What a server said. Its body is not read until it is asked for.
pub struct Answer(Response);

impl Exchange {
    pub fn new(reach: Reach, limits: Limits) -> Result<Self, Error> {
        let guard = Guard(reach);
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .retry(retry::never())
            .dns_resolver(Arc::new(guard))
            .connect_timeout(Duration::from_millis(limits.connect_timeout_ms.into()))
            .timeout(Duration::from_millis(limits.timeout_ms.into()))
            .pool_idle_timeout(IDLE_MAX)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .user_agent("muster")
            .build()
            .map_err(Error::Http)?;
        Ok(Self { client, guard })
    }

    /// Check an address that a request is to use.
    pub fn url(&self, text: &str, setting: &'static str) -> Result<Url, Error> {
        self.guard.url(text, setting)
    }

    /// Post JSON. When no answer came, this is what came of the attempt.
    pub async fn post(
        &self,
        url: Url,
        headers: HeaderMap,
        json: Vec<u8>,
    ) -> Result<Answer, Outcome> {
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .headers(headers)
            .body(json);
        send(request).await
    }

    /// Ask. When no answer came, this is what came of the attempt.
    pub async fn get(&self, url: Url) -> Result<Answer, Outcome> {
        send(self.client.get(url)).await
    }
}

async fn send(request: RequestBuilder) -> Result<Answer, Outcome> {
    let answer = request.send().await;
    answer.map(Answer).map_err(|error| unsent(&error))
}

impl Answer {
    /// What came of the attempt, unless the status says that it went well.
    pub fn refusal(&self, now_unix_s: i64) -> Option<Outcome> {
        let status = self.0.status();
        let text = format!("status {}", status.as_u16());
        let code = match status.as_u16() {
            200..=299 => return None,
            300..=399 => return Some(Outcome::never(Code::Redirect, text)),
            429 => Code::Throttled,
            408 | 409 | 425 => Code::Unavailable,
            400..=499 => return Some(Outcome::never(Code::Rejected, text)),
            _ => Code::Unavailable,
        };
        Some(Outcome::Later {
            why: Why { code, text },
            retry_after_s: retry_after::read(self.0.headers(), now_unix_s),
        })
    }

    /// The body as JSON, of [`ANSWER_LEN_MAX`] bytes at most; or what came of the attempt.
    pub async fn json(mut self) -> Result<Value, Outcome> {
        let mut body = Vec::new();
        while let Some(piece) = self.0.chunk().await.map_err(|error| unsent(&error))? {
            if body.len() + piece.len() > ANSWER_LEN_MAX {
                return Err(Outcome::later(Code::BadAnswer, "the answer is too long"));
            }
            body.extend_from_slice(&piece);
        }
        serde_json::from_slice(&body)
            .map_err(|_| Outcome::later(Code::BadAnswer, "the answer is not JSON"))
    }
}

/// No answer came. The error itself is not shown: it holds the URL, which may carry a token.
fn unsent(error: &reqwest::Error) -> Outcome {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<Forbidden>() {
            return Outcome::never(Code::Forbidden, Forbidden.to_string());
        }
        source = cause.source();
    }
    match (error.is_timeout(), error.is_connect()) {
        (true, true) => Outcome::later(Code::Timeout, "no connection in time"),
        (true, false) => Outcome::later(Code::Timeout, "no answer in time"),
        (false, true) => Outcome::later(Code::Unreachable, "no connection"),
        (false, false) => Outcome::later(Code::Unreachable, "the connection broke"),
    }
}
