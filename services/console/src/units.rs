use axum::{extract::State, http::StatusCode, response::Response};
use edge::{Idempotent, Json, Officer, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

/// The officer's unit and all below it.
#[utoipa::path(get, path = "/v1/console/units", tag = "console", security(("officer" = [])),
    responses((status = 200, body = Vec<wire::Unit>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
) -> Result<Json<Vec<wire::Unit>>, Problem> {
    let units = app::unit::list(&site.cx, &viewer).await?;
    Ok(Json(units.into_iter().map(answer::unit).collect()))
}

/// Create a unit below one of the administrator's subtree.
#[utoipa::path(post, path = "/v1/console/units", tag = "console", security(("officer" = [])), request_body = wire::NewUnit,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Unit), (status = "4XX", body = wire::Problem)))]
async fn create(
    State(site): State<Site>,
    Officer(viewer): Officer,
    asked: Idempotent<wire::NewUnit>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::unit::create(&site.cx, &viewer, body.parent, body.level, body.name)
            .await
            .map(answer::unit)
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(list, create))
}
