use axum::{extract::State, http::StatusCode, response::Response};
use domain::{PersonId, RecusalId};
use edge::{Idempotent, Json, Officer, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

/// Who stands or stood aside from a person's case.
#[utoipa::path(get, path = "/v1/console/persons/{id}/recusals", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<wire::Recusal>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
) -> Result<Json<Vec<wire::Recusal>>, Problem> {
    let recusals = app::recusal::list(&site.cx, &viewer, id).await?;
    Ok(Json(recusals.into_iter().map(answer::recusal).collect()))
}

/// Let an officer stand aside from a person's case: he sees nothing of it any more. Everybody may ask it for himself.
#[utoipa::path(post, path = "/v1/console/persons/{id}/recusals", tag = "console", security(("officer" = [])),
    request_body = wire::NewRecusal, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Recusal), (status = "4XX", body = wire::Problem)))]
async fn set(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::NewRecusal>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::recusal::set(&site.cx, &viewer, id, body.officer, &body.reason)
            .await
            .map(answer::recusal)
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

/// End a recusal; nobody lifts his own.
#[utoipa::path(post, path = "/v1/console/recusals/{id}/lift", tag = "console", security(("officer" = [])), request_body = wire::Because,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Recusal), (status = "4XX", body = wire::Problem)))]
async fn lift(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<RecusalId>,
    asked: Idempotent<wire::Because>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::recusal::lift(&site.cx, &viewer, id, &body.reason)
            .await
            .map(answer::recusal)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list, set))
        .routes(routes!(lift))
}
