use axum::{extract::State, http::StatusCode, response::Response};
use domain::PersonId;
use edge::{Idempotent, Json, Officer, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

/// A person's telephone number, for whoever decides about him. Each look is written down, and told to the person who asks who looked.
#[utoipa::path(get, path = "/v1/console/persons/{id}/telephone", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = wire::Telephone), (status = "4XX", body = wire::Problem)))]
async fn number(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
) -> Result<Json<wire::Telephone>, Problem> {
    let (_, number) = app::call::number(&site.cx, &viewer, id).await?;
    Ok(Json(wire::Telephone { number }))
}

/// Calls that officers made to a person, the newest first.
#[utoipa::path(get, path = "/v1/console/persons/{id}/calls", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<wire::Call>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
) -> Result<Json<Vec<wire::Call>>, Problem> {
    let calls = app::call::list(&site.cx, &viewer, id).await?;
    let named = |(call, by)| wire::Call {
        by: Some(by),
        ..wire::Call::from(call)
    };
    Ok(Json(calls.into_iter().map(named).collect()))
}

/// Write down what came of a call.
#[utoipa::path(post, path = "/v1/console/persons/{id}/calls", tag = "console", security(("officer" = [])), request_body = wire::NewCall,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Call), (status = "4XX", body = wire::Problem)))]
async fn enter(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::NewCall>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let said = (body.outcome, body.note.as_str());
        app::call::enter(&site.cx, &viewer, id, body.checkin, said)
            .await
            .map(wire::Call::from)
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(number))
        .routes(routes!(list, enter))
}
