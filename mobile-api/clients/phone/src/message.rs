use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::{
    Method, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER},
};
use serde::de::DeserializeOwned;
use uuid::Uuid;
use wire::{DPOP_NONCE, PROBLEM_JSON, Problem};

use crate::Error;

/// Bytes of an answer that we read, at most.
const ANSWER_LEN_MAX: usize = 1024 * 1024;

/// One request, as often as it has to be repeated.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    pub method: Method,
    /// From `/v1` on.
    pub path: &'a str,
    pub query: Option<String>,
    pub body: Body,
    /// Goes into `Idempotency-Key`.
    pub action: Option<Uuid>,
    /// Goes into `Upload-Offset`.
    pub offset: Option<u64>,
    /// How long the server was asked to wait.
    pub wait: Duration,
}

#[derive(Debug, Clone)]
pub enum Body {
    Empty,
    Json(Bytes),
    Raw(Bytes),
}

/// A successful answer.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: Bytes,
}

impl<'a> Call<'a> {
    pub fn get(path: &'a str) -> Self {
        Self {
            method: Method::GET,
            path,
            query: None,
            body: Body::Empty,
            action: None,
            offset: None,
            wait: Duration::ZERO,
        }
    }

    pub fn post(path: &'a str, action: Uuid, body: Body) -> Self {
        Self {
            method: Method::POST,
            body,
            action: Some(action),
            ..Self::get(path)
        }
    }
}

impl Body {
    pub fn json(value: &impl serde::Serialize) -> Self {
        let json = serde_json::to_vec(value).expect("wire types are plain JSON");
        Self::Json(json.into())
    }
}

impl Reply {
    /// Reads a whole answer.
    pub async fn receive(mut response: Response) -> Result<Self, Error> {
        let mut body = BytesMut::new();
        while let Some(piece) = response.chunk().await.map_err(Error::Network)? {
            if body.len() + piece.len() > ANSWER_LEN_MAX {
                return Err(Error::Protocol(format!(
                    "an answer of more than {ANSWER_LEN_MAX} bytes"
                )));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Self {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body: body.freeze(),
        })
    }

    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|e| {
            Error::Protocol(format!(
                "an answer of status {} cannot be read: {e}",
                self.status
            ))
        })
    }

    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The refusal that this answer is.
    pub fn into_error(self) -> Error {
        let is_problem = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| {
                v.split(';')
                    .next()
                    .is_some_and(|v| v.trim() == PROBLEM_JSON)
            });
        if is_problem && let Ok(problem) = self.read::<Problem>() {
            return Error::Problem(Box::new(problem));
        }
        Error::Protocol(format!(
            "status {} came without a problem document",
            self.status
        ))
    }

    /// Worth a repeat later: too many requests, the server's own trouble, or a conflict that the server says will pass.
    pub fn will_pass(&self) -> bool {
        self.status == StatusCode::TOO_MANY_REQUESTS
            || self.status.is_server_error()
            || (self.status == StatusCode::CONFLICT && self.headers.contains_key(RETRY_AFTER))
    }

    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.headers.get(RETRY_AFTER)?.to_str().ok()?;
        seconds.trim().parse().ok().map(Duration::from_secs)
    }

    /// The server only wants a newer nonce in the proof.
    pub fn wants_nonce(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
            && self.headers.contains_key(DPOP_NONCE)
            && self
                .read::<Problem>()
                .is_ok_and(|problem| problem.name() == "use-dpop-nonce")
    }
}
