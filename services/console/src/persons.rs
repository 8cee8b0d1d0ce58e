use app::person::{NewPerson, Standing};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::PersonId;
use edge::{Idempotent, Json, Nothing, Officer, Path, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

/// Which persons, and where the list continues.
#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    ended: bool,
    after: Option<PersonId>,
}

/// The persons of the officer's units who are supervised; with `ended` those who no longer are.
#[utoipa::path(get, path = "/v1/console/persons", tag = "console", security(("officer" = [])),
    params(("ended" = Option<bool>, Query), ("after" = Option<uuid::Uuid>, Query)),
    responses((status = 200, body = wire::Page<wire::PersonSummary>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(which): Query<Which>,
) -> Result<Json<wire::Page<wire::PersonSummary>>, Problem> {
    let persons = app::person::list(&site.cx, &viewer, which.ended, which.after).await?;
    let items = persons.iter().map(answer::summary).collect();
    let next = |last: &wire::PersonSummary| last.id.to_string();
    Ok(Json(answer::page(items, app::person::PAGE_LEN, next)))
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
        let new = NewPerson {
            unit: body.unit,
            name: body.name,
            case_number: body.case_number,
            order: body.order.into(),
            minor: body.minor,
        };
        let person = app::person::register(&site.cx, &viewer, &new).await?;
        Ok::<_, app::Error>(answer::person(Standing::new(person)))
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
    Ok(Json(answer::person(standing)))
}

/// Enter another order: a new level, a longer or shorter term. Duties that have not opened follow it.
#[utoipa::path(post, path = "/v1/console/persons/{id}/order", tag = "console", security(("officer" = [])), request_body = wire::Order,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Person), (status = "4XX", body = wire::Problem)))]
async fn change_order(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::Order>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::supervision::change_order(&site.cx, &viewer, id, body.into()).await?;
        app::person::get(&site.cx, &viewer, id)
            .await
            .map(answer::person)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

/// End supervision: nothing more is asked, and the time of retention begins.
#[utoipa::path(post, path = "/v1/console/persons/{id}/end", tag = "console", security(("officer" = [])),
    request_body = wire::EndSupervision, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Person), (status = "4XX", body = wire::Problem)))]
async fn end(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::EndSupervision>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::supervision::end(&site.cx, &viewer, id, body.reason, &body.note).await?;
        app::person::get(&site.cx, &viewer, id)
            .await
            .map(answer::person)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
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
        .routes(routes!(change_order))
        .routes(routes!(end))
        .routes(routes!(issue_code))
}
