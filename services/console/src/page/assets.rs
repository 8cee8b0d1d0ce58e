//! Styles and scripts of the pages. They hold nobody's data, so whoever asks gets them.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::LazyLock,
};

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use edge::{Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

const ASSETS: [Asset; 6] = [
    Asset {
        name: "app.css",
        kind: CSS,
        text: include_str!("../../static/app.css"),
    },
    Asset {
        name: "live.js",
        kind: SCRIPT,
        text: include_str!("../../static/live.js"),
    },
    Asset {
        name: "case.js",
        kind: SCRIPT,
        text: include_str!("../../static/case.js"),
    },
    Asset {
        name: "enrolment.js",
        kind: SCRIPT,
        text: include_str!("../../static/enrolment.js"),
    },
    Asset {
        name: "plan.js",
        kind: SCRIPT,
        text: include_str!("../../static/plan.js"),
    },
    Asset {
        name: "icon.svg",
        kind: "image/svg+xml",
        text: include_str!("../../static/icon.svg"),
    },
];

/// One for all: they change together, with the program.
static TAG: LazyLock<HeaderValue> = LazyLock::new(|| {
    let mut hash = DefaultHasher::new();
    for asset in &ASSETS {
        asset.text.hash(&mut hash);
    }
    HeaderValue::from_str(&format!("\"{:016x}\"", hash.finish()))
        .unwrap_or(HeaderValue::from_static("\"0\""))
});

/// A stylesheet, a script or the icon.
#[utoipa::path(get, path = "/console/static/{name}", params(("name" = String, Path)), responses((status = 200)))]
async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let found = ASSETS.iter().find(|asset| asset.name == name);
    let asset = found.ok_or(app::Error::NotFound("asset"))?;
    // Asked for again each time, and answered with nothing while it is the same: a new program is seen at once.
    let own = [
        (header::ETAG, TAG.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    if headers.get(header::IF_NONE_MATCH) == Some(&*TAG) {
        return Ok((StatusCode::NOT_MODIFIED, own).into_response());
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind))];
    Ok((own, kind, asset.text).into_response())
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(asset))
}
