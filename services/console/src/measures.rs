use axum::{extract::State, http::StatusCode, response::Response};
use domain::{MeasureId, PersonId};
use edge::{Idempotent, Json, Officer, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Measures of 社区矫正法 §28 against a person, as they were entered, by day.
#[utoipa::path(get, path = "/v1/console/persons/{id}/measures", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<wire::Measure>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
) -> Result<Json<Vec<wire::Measure>>, Problem> {
    let measures = app::measure::list(&site.cx, &viewer, id).await?;
    Ok(Json(measures.into_iter().map(Into::into).collect()))
}

/// Enter a measure that was decided; the house decides none.
#[utoipa::path(post, path = "/v1/console/persons/{id}/measures", tag = "console", security(("officer" = [])),
    request_body = wire::NewMeasure, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Measure), (status = "4XX", body = wire::Problem)))]
async fn enter(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::NewMeasure>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let wire::NewMeasure { kind, day, reason } = body;
        app::measure::enter(&site.cx, &viewer, id, kind, day, &reason)
            .await
            .map(wire::Measure::from)
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

/// Withdraw a measure that was entered by mistake, or set aside: it stays in the file and no longer counts.
#[utoipa::path(post, path = "/v1/console/measures/{id}/withdraw", tag = "console", security(("officer" = [])), request_body = wire::Because,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Measure), (status = "4XX", body = wire::Problem)))]
async fn withdraw(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<MeasureId>,
    asked: Idempotent<wire::Because>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::measure::withdraw(&site.cx, &viewer, id, &body.reason)
            .await
            .map(wire::Measure::from)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list, enter))
        .routes(routes!(withdraw))
}
