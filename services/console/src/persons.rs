use axum::{extract::State, http::StatusCode, response::Response};
use domain::PersonId;
use edge::{Idempotent, Json, Nothing, Officer, Path, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

/// Where a list continues.
#[derive(Deserialize)]
struct After {
    after: Option<PersonId>,
}

/// The persons of the officer's subtree.
#[utoipa::path(get, path = "/v1/console/persons", tag = "console", security(("officer" = [])),
    params(("after" = Option<uuid::Uuid>, Query)),
    responses((status = 200, body = wire::Page<wire::PersonSummary>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(from): Query<After>,
) -> Result<Json<wire::Page<wire::PersonSummary>>, Problem> {
    let persons = app::person::list(&site.cx, &viewer, from.after).await?;
    let full = persons.len() == app::person::PAGE_LEN as usize;
    let next = persons
        .last()
        .filter(|_| full)
        .map(|person| person.id.to_string());
    Ok(Json(wire::Page {
        items: persons.iter().map(answer::summary).collect(),
        next,
    }))
}

/// Register a supervised person.
#[utoipa::path(post, path = "/v1/console/persons", tag = "console", security(("officer" = [])), request_body = wire::NewPerson,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Person), (status = "4XX", body = wire::Problem)))]
async fn register(
    State(site): State<Site>,
    Officer(viewer): Officer,
    asked: Idempotent<wire::NewPerson>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let person =
            app::person::register(&site.cx, &viewer, body.unit, body.name, body.case_number)
                .await?;
        Ok::<_, app::Error>(answer::person(person, false, false))
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

/// One person.
#[utoipa::path(get, path = "/v1/console/persons/{id}", tag = "console", security(("officer" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = wire::Person), (status = "4XX", body = wire::Problem)))]
async fn get(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
) -> Result<Json<wire::Person>, Problem> {
    let standing = app::person::get(&site.cx, &viewer, id).await?;
    Ok(Json(answer::person(
        standing.person,
        standing.enrolled,
        standing.device_active,
    )))
}

/// Make a one-time code that binds a phone to this person; earlier codes are void.
#[utoipa::path(post, path = "/v1/console/persons/{id}/activation", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Activation), (status = "4XX", body = wire::Problem)))]
async fn issue_code(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<Nothing>,
) -> Result<Response, Problem> {
    let Idempotent {
        body: Nothing {},
        once,
    } = asked;
    let work = async {
        let code = app::activation::issue(&site.cx, &viewer, id).await?;
        Ok::<_, app::Error>(wire::Activation {
            code: code.code,
            expires_at: code.expires_at.into(),
        })
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list, register))
        .routes(routes!(get))
        .routes(routes!(issue_code))
}
