use app::{
    Viewer,
    idempotency::{Answer, Request as Asked, Turn},
    proof::ProvedKey,
};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{FILE_LEN_MAX, JSON_LEN_MAX, Problem, Site, named};

/// A POST with its Idempotency-Key and JSON body. An empty body counts as `{}`.
pub struct Idempotent<T> {
    pub body: T,
    pub once: Once,
}

/// What makes a repetition recognisable.
pub struct Once {
    key: String,
    method: String,
    path: String,
    bytes: Bytes,
}

/// Who asks: a key means something among the requests of one principal only.
pub trait Principal {
    /// Kind and identity.
    fn principal(&self) -> String;
}

impl Principal for Viewer {
    fn principal(&self) -> String {
        format!("officer:{}", self.officer.id)
    }
}

impl Principal for domain::person::Device {
    fn principal(&self) -> String {
        format!("device:{}", self.id)
    }
}

impl Principal for ProvedKey {
    fn principal(&self) -> String {
        format!("key:{}", self.thumbprint)
    }
}

impl<T: DeserializeOwned> FromRequest<Site> for Idempotent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Problem> {
        let (once, _) = read(request, site, JSON_LEN_MAX).await?;
        let text: &[u8] = if once.bytes.is_empty() {
            b"{}"
        } else {
            &once.bytes
        };
        let body = parse(text)?;
        Ok(Self { body, once })
    }
}

/// A body that cannot be read names the field at which reading ended.
fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    let unreadable = |error: &serde_json::Error| {
        named(
            StatusCode::UNPROCESSABLE_ENTITY,
            "json",
            "请求内容无法读取",
            format!("The JSON body cannot be read: {error}."),
        )
    };
    let mut source = serde_json::Deserializer::from_slice(text);
    let body = serde_path_to_error::deserialize(&mut source).map_err(|error| {
        let problem = unreadable(error.inner());
        match error.path().to_string() {
            path if path == "." => problem,
            path => problem.fact("field", path),
        }
    })?;
    source.end().map_err(|error| unreadable(&error))?;
    Ok(body)
}

/// A POST with its Idempotency-Key and a file.
pub struct IdempotentFile {
    pub bytes: Bytes,
    /// As the request names it, without parameters.
    pub media_type: String,
    pub once: Once,
}

impl FromRequest<Site> for IdempotentFile {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Problem> {
        let (once, headers) = read(request, site, FILE_LEN_MAX).await?;
        let named = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next());
        Ok(Self {
            bytes: once.bytes.clone(),
            media_type: named.unwrap_or_default().trim().to_ascii_lowercase(),
            once,
        })
    }
}

async fn read(request: Request, site: &Site, len_max: usize) -> Result<(Once, HeaderMap), Problem> {
    let (mut parts, body) = request.into_parts();
    let key = Key::from_request_parts(&mut parts, site).await?.0;
    let bytes = axum::body::to_bytes(body, len_max).await.map_err(|_| {
        named(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "请求内容太大",
            format!("A body of this kind has at most {len_max} bytes, and must arrive whole."),
        )
    })?;
    let once = Once {
        key,
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        bytes,
    };
    Ok((once, parts.headers))
}

struct Key(String);

impl FromRequestParts<Site> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Problem> {
        let key = parts
            .headers
            .get(wire::IDEMPOTENCY_KEY)
            .and_then(|key| key.to_str().ok())
            .map(str::trim);
        let fits = key.filter(|key| (1..=wire::IDEMPOTENCY_KEY_LEN_MAX).contains(&key.len()));
        fits.map(|key| Self(key.to_owned())).ok_or_else(|| {
            named(
                StatusCode::BAD_REQUEST,
                "idempotency-key",
                "缺少幂等键",
                "Every POST needs an Idempotency-Key of 1 to 255 ASCII characters.",
            )
        })
    }
}

impl Once {
    /// Does the work once. A repetition with the same key gets the first answer; what was refused or failed is judged anew.
    pub async fn run<T, E>(
        self,
        site: &Site,
        by: &impl Principal,
        status: StatusCode,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<Response, Problem>
    where
        T: Serialize,
        E: Into<Problem>,
    {
        let principal = by.principal();
        let parameters: [&[u8]; 3] = [self.method.as_bytes(), self.path.as_bytes(), &self.bytes];
        let request = Asked {
            principal: &principal,
            key: &self.key,
            parameters: &parameters,
        };
        let ticket = match app::idempotency::begin(&site.cx, &request).await? {
            Turn::Again(answer) => return Ok(respond(answer)),
            Turn::First(ticket) => ticket,
        };
        match work.await {
            Ok(done) => {
                let body = serde_json::to_vec(&done)
                    .map_err(|_| app::Error::Internal("an answer could not be written"))?;
                let answer = Answer {
                    status: status.as_u16(),
                    body,
                };
                app::idempotency::finish(&site.cx, ticket, &answer).await?;
                Ok(respond(answer))
            }
            Err(error) => {
                app::idempotency::forget(&site.cx, ticket).await?;
                Err(error.into())
            }
        }
    }
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let json = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, json, answer.body).into_response()
}
