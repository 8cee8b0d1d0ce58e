use axum::{extract::State, http::StatusCode, response::Response};
use domain::{AlertId, alert};
use edge::{Idempotent, Json, Officer, Path, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

#[derive(Deserialize)]
struct Found {
    state: alert::State,
    after: Option<AlertId>,
}

/// Alerts in a state: `open`, `acknowledged`, `task` or `closed`, oldest first. Nobody's look in time, and the unit above is told.
#[utoipa::path(get, path = "/v1/console/alerts", tag = "console", security(("officer" = [])),
    params(("state" = String, Query), ("after" = Option<uuid::Uuid>, Query)),
    responses((status = 200, body = wire::Page<wire::Alert>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(found): Query<Found>,
) -> Result<Json<wire::Page<wire::Alert>>, Problem> {
    let alerts = app::alert::list(&site.cx, &viewer, found.state, found.after).await?;
    let items = alerts.into_iter().map(answer::alert).collect();
    let next = |last: &wire::Alert| last.id.to_string();
    Ok(Json(answer::page(items, app::alert::PAGE_LEN, next)))
}

/// Acknowledge an alert, take it as a task with a deadline, or close it with a reason.
#[utoipa::path(post, path = "/v1/console/alerts/{id}", tag = "console", security(("officer" = [])), request_body = wire::AlertMove,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Alert), (status = "4XX", body = wire::Problem)))]
async fn act(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<AlertId>,
    asked: Idempotent<wire::AlertMove>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let due_at = body.due_at.map(|at| at.0);
        app::alert::act(&site.cx, &viewer, id, body.made, due_at, &body.reason)
            .await
            .map(answer::alert)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(act))
}
