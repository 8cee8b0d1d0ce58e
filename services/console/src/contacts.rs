use axum::{extract::State, http::StatusCode, response::Response};
use domain::PersonId;
use edge::{Idempotent, Json, Officer, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

/// How a person is reached; addresses are shown in part only.
#[utoipa::path(get, path = "/v1/console/persons/{id}/contacts", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<wire::Contact>), (status = "4XX", body = wire::Problem)))]
async fn of_person(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
) -> Result<Json<Vec<wire::Contact>>, Problem> {
    let all = app::contact::of_person(&site.cx, &viewer, id).await?;
    Ok(Json(answer::contacts(all)))
}

/// Set or remove a person's telephone number or mail address.
#[utoipa::path(post, path = "/v1/console/persons/{id}/contacts", tag = "console", security(("officer" = [])),
    request_body = wire::NewContact, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = Vec<wire::Contact>), (status = "4XX", body = wire::Problem)))]
async fn set_of_person(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::NewContact>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let address = body.address.as_deref();
        app::contact::set_of_person(&site.cx, &viewer, id, body.means, address)
            .await
            .map(answer::contacts)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

/// How the officer himself is told of alerts and reviews.
#[utoipa::path(get, path = "/v1/console/contacts", tag = "console", security(("officer" = [])),
    responses((status = 200, body = Vec<wire::Contact>), (status = "4XX", body = wire::Problem)))]
async fn own(
    State(site): State<Site>,
    Officer(viewer): Officer,
) -> Result<Json<Vec<wire::Contact>>, Problem> {
    let all = app::contact::own(&site.cx, &viewer).await?;
    Ok(Json(answer::contacts(all)))
}

/// Set or remove the officer's own telephone number or mail address.
#[utoipa::path(post, path = "/v1/console/contacts", tag = "console", security(("officer" = [])),
    request_body = wire::NewContact, params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = Vec<wire::Contact>), (status = "4XX", body = wire::Problem)))]
async fn set_own(
    State(site): State<Site>,
    Officer(viewer): Officer,
    asked: Idempotent<wire::NewContact>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let address = body.address.as_deref();
        app::contact::set_own(&site.cx, &viewer, body.means, address)
            .await
            .map(answer::contacts)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(of_person, set_of_person))
        .routes(routes!(own, set_own))
}
