use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::{Next, from_fn_with_state, map_response},
    response::{IntoResponse, Response},
};
use tower_http::{catch_panic::CatchPanicLayer, trace::TraceLayer};
use utoipa::openapi::{InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};

use crate::{JSON_LEN_MAX, REQUEST_LIMIT_S, Site, named, refused::note_refusals};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts limits, request ids, time-outs and a last answer for everything unexpected around the routes.
pub fn guarded(routes: Router<Site>, site: Site) -> Router {
    routes
        .fallback(|| async {
            named(
                StatusCode::NOT_FOUND,
                "not-found",
                "没有找到",
                "There is nothing at this address.",
            )
        })
        .method_not_allowed_fallback(|| async {
            named(
                StatusCode::METHOD_NOT_ALLOWED,
                "method",
                "不支持此操作",
                "This address does not take this method.",
            )
        })
        .layer(DefaultBodyLimit::max(JSON_LEN_MAX))
        .layer(from_fn_with_state(site.clone(), note_refusals))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(map_response(secure))
        .layer(from_fn_with_state(site.clone(), identify))
        .layer(TraceLayer::new_for_http())
        .with_state(site)
}

/// The OpenAPI document before any resource.
pub fn openapi_base() -> OpenApi {
    let licence = LicenseBuilder::new()
        .name("Apache-2.0")
        .identifier(Some("Apache-2.0"))
        .build();
    let info = InfoBuilder::new()
        .title("muster")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Check-ins of supervised persons, their verdicts, and the officers who look at them.",
        ))
        .license(Some(licence))
        .build();
    OpenApiBuilder::new().info(info).build()
}

/// Gives every request an id, its log lines that id, and every server error a body that names it; and ends it in time.
async fn identify(State(site): State<Site>, request: Request, next: Next) -> Response {
    use tracing::Instrument;
    let id = site.cx.id().to_string();
    let span = tracing::info_span!("request", request.id = %id);
    let answer = tokio::time::timeout(Duration::from_secs(REQUEST_LIMIT_S), next.run(request))
        .instrument(span)
        .await;
    let late = || {
        named(
            StatusCode::SERVICE_UNAVAILABLE,
            "timeout",
            "处理超时，请稍后再试",
            "The request took too long.",
        )
        .header("retry-after", "5")
    };
    let mut response = answer.unwrap_or_else(|_| late().into_response());
    if response.status().is_server_error() {
        response = with_instance(response, &id).await;
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Writes the request's id into a problem.
async fn with_instance(response: Response, id: &str) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, JSON_LEN_MAX)
        .await
        .unwrap_or_default();
    let Ok(mut problem) = serde_json::from_slice::<wire::Problem>(&bytes) else {
        return Response::from_parts(parts, bytes.into());
    };
    problem.instance = Some(format!("urn:uuid:{id}"));
    parts.headers.remove("content-length");
    Response::from_parts(
        parts,
        serde_json::to_vec(&problem).unwrap_or_default().into(),
    )
}

async fn secure(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        "x-content-type-options",
        HeaderValue::from_static("nosniff"),
    );
    headers
        .entry("referrer-policy")
        .or_insert(HeaderValue::from_static("no-referrer"));
    headers
        .entry("cache-control")
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A panic is our mistake: it is logged, and the caller hears the same as of any other failure.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer hands the panic over"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let what = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    tracing::error!(
        panic = what.as_deref().unwrap_or("unknown"),
        "A handler panicked"
    );
    named(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "系统出错，请稍后再试",
        "Something failed on our side.",
    )
    .into_response()
}
