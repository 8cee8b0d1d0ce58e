use axum::{extract::State, http::StatusCode, response::Response};
use domain::CheckinId;
use edge::{Idempotent, Json, Officer, Path, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

#[derive(Deserialize)]
struct After {
    /// `next` of the page before.
    after: Option<String>,
}

/// Attempts that wait for an officer, oldest first.
#[utoipa::path(get, path = "/v1/console/reviews", tag = "console", security(("officer" = [])), params(("after" = Option<String>, Query)),
    responses((status = 200, body = wire::Page<wire::ReviewItem>), (status = "4XX", body = wire::Problem)))]
async fn reviews(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(from): Query<After>,
) -> Result<Json<wire::Page<wire::ReviewItem>>, Problem> {
    let after = answer::after(from.after.as_ref())?;
    let waiting = app::review::queue(&site.cx, &viewer, after).await?;
    let full = waiting.len() == app::review::PAGE_LEN as usize;
    let last = waiting
        .last()
        .filter(|_| full)
        .and_then(|item| Some((item.checkin.submitted_at?, item.checkin.id)));
    let item = |item: &app::review::Waiting| wire::ReviewItem {
        checkin: item.checkin.id,
        person: answer::summary(&item.person),
        submitted_at: item.checkin.submitted_at.map(Into::into),
        reasons: answer::reasons(item.checkin.verdict.as_ref()),
    };
    Ok(Json(wire::Page {
        items: waiting.iter().map(item).collect(),
        next: last.map(|(at, id)| format!("{}.{id}", at.0)),
    }))
}

/// One attempt with its evidence, and what it was compared with.
#[utoipa::path(get, path = "/v1/console/checkins/{id}", tag = "console", security(("officer" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = wire::CheckinDetail), (status = "4XX", body = wire::Problem)))]
async fn get(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<CheckinId>,
) -> Result<Json<wire::CheckinDetail>, Problem> {
    Ok(Json(answer::case(
        app::review::get(&site.cx, &viewer, id).await?,
    )))
}

/// Say what you think of an attempt under review. `accept` and `ask_again` count at once; `decline` counts when another officer, who is not told
/// of it, thinks the same. The machine's verdict stays as it was.
#[utoipa::path(post, path = "/v1/console/checkins/{id}/decision", tag = "console", security(("officer" = [])), request_body = wire::Decided,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::CheckinDetail), (status = "4XX", body = wire::Problem)))]
async fn decide(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<CheckinId>,
    asked: Idempotent<wire::Decided>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::review::decide(&site.cx, &viewer, id, body.decision, body.reason).await?;
        Ok::<_, app::Error>(answer::case(app::review::get(&site.cx, &viewer, id).await?))
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(reviews))
        .routes(routes!(get))
        .routes(routes!(decide))
}
