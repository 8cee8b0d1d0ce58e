use axum::{extract::State, http::StatusCode, response::Response};
use domain::{PersonId, TransferId, transfer};
use edge::{Idempotent, Json, Officer, Path, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

#[derive(Deserialize)]
struct Found {
    state: transfer::State,
    after: Option<TransferId>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Propose that a person moves to another unit of the house; that unit answers.
#[utoipa::path(post, path = "/v1/console/persons/{id}/transfer", tag = "console", security(("officer" = [])),
    request_body = wire::NewTransfer, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Transfer), (status = "4XX", body = wire::Problem)))]
async fn propose(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::NewTransfer>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::transfer::propose(&site.cx, &viewer, id, body.to, &body.reason)
            .await
            .map(answer::transfer)
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

/// Transfers in a state that leave or reach the officer's units.
#[utoipa::path(get, path = "/v1/console/transfers", tag = "console", security(("officer" = [])),
    params(("state" = String, Query), ("after" = Option<uuid::Uuid>, Query)),
    responses((status = 200, body = wire::Page<wire::Transfer>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(found): Query<Found>,
) -> Result<Json<wire::Page<wire::Transfer>>, Problem> {
    let transfers = app::transfer::list(&site.cx, &viewer, found.state, found.after).await?;
    let items = transfers.into_iter().map(answer::transfer).collect();
    let next = |last: &wire::Transfer| last.id.to_string();
    Ok(Json(answer::page(items, app::transfer::PAGE_LEN, next)))
}

/// Accept or decline a transfer, as the receiving unit; withdraw it, as the sending one.
#[utoipa::path(post, path = "/v1/console/transfers/{id}/decision", tag = "console", security(("officer" = [])),
    request_body = wire::TransferDecision, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Transfer), (status = "4XX", body = wire::Problem)))]
async fn decide(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<TransferId>,
    asked: Idempotent<wire::TransferDecision>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::transfer::decide(&site.cx, &viewer, id, body.made, &body.reason)
            .await
            .map(answer::transfer)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

/// Units of the whole house whose name holds a text, at most 50: where a person may move to.
#[utoipa::path(get, path = "/v1/console/directory", tag = "console", security(("officer" = [])), params(("name" = String, Query)),
    responses((status = 200, body = Vec<wire::Unit>), (status = "4XX", body = wire::Problem)))]
async fn directory(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(named): Query<Named>,
) -> Result<Json<Vec<wire::Unit>>, Problem> {
    let units = app::transfer::find_units(&site.cx, &viewer, &named.name).await?;
    Ok(Json(units.into_iter().map(answer::unit).collect()))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(propose))
        .routes(routes!(list))
        .routes(routes!(decide))
        .routes(routes!(directory))
}
