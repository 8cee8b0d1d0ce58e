use axum::{
    extract::{FromRequest, FromRequestParts, Request, path::ErrorKind, rejection::PathRejection},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Problem, named};

/// A JSON body, in or out; a bad one is a problem.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let axum::Json(body) = axum::Json::from_request(request, state).await?;
        Ok(Self(body))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Parameters of the path; a bad one means that there is no such thing.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(named(
                StatusCode::NOT_FOUND,
                "not-found",
                "没有找到",
                why(&rejection),
            )),
        }
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the enums are the framework's and not exhaustive"
)]
fn why(rejection: &PathRejection) -> &'static str {
    match rejection {
        PathRejection::FailedToDeserializePathParams(error) => match error.kind() {
            ErrorKind::ParseError { .. }
            | ErrorKind::ParseErrorAtKey { .. }
            | ErrorKind::DeserializeError { .. } => "An id in the path is not one.",
            _ => "The path cannot be read.",
        },
        _ => "The path cannot be read.",
    }
}

/// Parameters of the query; a bad one is a problem.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(named(
                StatusCode::BAD_REQUEST,
                "query",
                "查询参数有误",
                rejection.body_text(),
            )),
        }
    }
}

/// How long a long poll may wait.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Wait {
    /// Seconds, at most [`wire::WAIT_S_MAX`]; longer ones are cut.
    #[serde(default)]
    pub wait_s: u32,
}

impl Wait {
    pub fn limit(self) -> std::time::Duration {
        std::time::Duration::from_secs(u64::from(self.wait_s.min(wire::WAIT_S_MAX)))
    }
}

/// A JSON body without parameters: `{}` or nothing at all.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}
