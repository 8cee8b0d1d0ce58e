//! What phones talk to: activation, tokens, duties, capture sessions, receipts; and the page for those without an app.
//!
//! A handler is a sentence: extract, call one use-case, answer. Every request proves the phone's key (DPoP, RFC 9449); every
//! answer carries the nonce for the next proof. The weakest client sets the protocol: small pieces, resumable, repeatable.

mod answer;
mod checkins;
mod contacts;
mod devices;
mod duties;
mod holdings;
mod leaves;
mod pages;
mod points;
mod positions;
mod receipts;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use edge::Site;
use utoipa_axum::router::OpenApiRouter;

/// The phones' routes with their part of the OpenAPI document.
pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .merge(devices::routes())
        .merge(duties::routes())
        .merge(checkins::routes())
        .merge(contacts::routes())
        .merge(positions::routes())
        .merge(leaves::routes())
        .merge(points::routes())
        .merge(holdings::routes())
        .merge(receipts::routes())
}

/// The page for phones without an app.
pub fn pages() -> Router<Site> {
    pages::routes()
}

/// Every answer carries the nonce for the next proof (RFC 9449 §8.2).
pub fn with_nonce(routes: Router<Site>, site: &Site) -> Router<Site> {
    routes.layer(from_fn_with_state(site.clone(), add_nonce))
}

async fn add_nonce(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Ok(nonce) = HeaderValue::from_str(&site.cx.proofs.nonce(site.cx.now())) {
        response
            .headers_mut()
            .insert(HeaderName::from_static(wire::DPOP_NONCE), nonce);
    }
    response
}
