use axum::{extract::State, http::StatusCode};
use domain::CheckinId;
use edge::{Device, Json, Path, Problem, Site, named};
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

/// The signed receipt of an attempt as it stands now.
#[utoipa::path(get, path = "/v1/checkins/{id}/receipt", tag = "phone", security(("phone" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = wire::Receipt), (status = "4XX", body = wire::Problem)))]
async fn get(
    State(site): State<Site>,
    Device(device): Device,
    Path(id): Path<CheckinId>,
) -> Result<Json<wire::Receipt>, Problem> {
    let standing = app::checkin::get(&site.cx, &device, id).await?;
    let receipt = answer::receipt(&site.cx, &standing)?;
    let none = || {
        named(
            StatusCode::NOT_FOUND,
            "not-found",
            "没有找到",
            "Nothing was handed in yet.",
        )
    };
    receipt
        .map(|receipt| Json(wire::Receipt { receipt }))
        .ok_or_else(none)
}

/// The public keys that receipts are checked with (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "phone", responses((status = 200, body = Object)))]
async fn keys(State(site): State<Site>) -> Result<Json<Value>, Problem> {
    let keys = serde_json::to_value(app::receipt::keys(&site.cx))
        .map_err(|_| app::Error::Internal("keys could not be written"))?;
    Ok(Json(keys))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(get))
        .routes(routes!(keys))
}
