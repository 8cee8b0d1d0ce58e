//! All routes of the house in one router, and the whole OpenAPI document.

use std::time::Duration;

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use edge::Site;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// A readiness probe is answered within this time.
const READY_LIMIT: Duration = Duration::from_secs(5);

/// All routes of the house.
pub fn routes(site: Site) -> Router {
    let (phones, console) = (
        mobile_api::routes().split_for_parts().0,
        console::routes().split_for_parts().0,
    );
    let pages = console::pages().split_for_parts().0;
    let document = document();
    let own = Router::new()
        .route("/openapi.json", get(move || async move { Json(document) }))
        .route(
            "/health/live",
            get(|| async { Json(json!({ "live": true })) }),
        )
        .route("/health/ready", get(ready));
    edge::guarded(
        mobile_api::with_nonce(phones, &site)
            .merge(console)
            .merge(mobile_api::pages())
            .merge(pages)
            .merge(own),
        site,
    )
}

/// The whole OpenAPI document.
pub fn document() -> OpenApi {
    let routes = OpenApiRouter::with_openapi(edge::openapi_base())
        .merge(mobile_api::routes())
        .merge(console::routes());
    let (_, mut document) = routes.split_for_parts();
    edge::bearer_security(&mut document);
    name_operations(&mut document);
    document
}

/// Each operation by its method and path, `get_console_persons_id`: handlers are named within their file, and the document wants names that are unique.
fn name_operations(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let words = path.split(|c: char| !c.is_ascii_alphanumeric());
        let words: Vec<&str> = words.filter(|word| !["", "v1"].contains(word)).collect();
        let methods = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in methods {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{}", words.join("_")));
            }
        }
    }
}

/// The officers' pages: not for programs, and so in no document that goes out. Tests look at all of them.
pub fn pages() -> OpenApi {
    console::pages().split_for_parts().1
}

/// Ready: the database answers and media can be stored.
async fn ready(State(site): State<Site>) -> (StatusCode, Json<Value>) {
    let database = tokio::time::timeout(READY_LIMIT, site.cx.store.ping())
        .await
        .is_ok_and(|answer| answer.is_ok());
    let media = tokio::time::timeout(READY_LIMIT, site.cx.media.check())
        .await
        .is_ok_and(|answer| answer.is_ok());
    let status = if database && media {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(json!({ "database": database, "media": media, "pack": site.cx.engine.pack() })),
    )
}
