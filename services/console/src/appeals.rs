use axum::{extract::State, http::StatusCode, response::Response};
use domain::{CheckinId, appeal::Appeal, person::Person};
use edge::{Idempotent, Json, Officer, Path, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

#[derive(Deserialize)]
struct After {
    /// `next` of the page before.
    after: Option<String>,
}

/// Appeals (申诉) against check-ins that were declined, those that wait for an officer, the oldest first.
#[utoipa::path(get, path = "/v1/console/checkin-appeals", tag = "console", security(("officer" = [])),
    params(("after" = Option<String>, Query)),
    responses((status = 200, body = wire::Page<wire::CheckinAppeal>), (status = "4XX", body = wire::Problem)))]
async fn open(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(from): Query<After>,
) -> Result<Json<wire::Page<wire::CheckinAppeal>>, Problem> {
    let after = answer::after(from.after.as_ref())?;
    let found = app::appeal::open(&site.cx, &viewer, after).await?;
    let full = found.len() == app::appeal::PAGE_LEN as usize;
    let last = found.last().filter(|_| full);
    let next = last.map(|(appeal, _)| format!("{}.{}", appeal.filed_at.0, appeal.checkin));
    let items = found.into_iter().map(of_person).collect();
    Ok(Json(wire::Page { items, next }))
}

/// Decide an appeal against a declined check-in; nobody who declined it may. What is granted counts from when it was handed in.
#[utoipa::path(post, path = "/v1/console/checkins/{id}/appeal", tag = "console", security(("officer" = [])), request_body = wire::AppealDecision,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::CheckinAppeal), (status = "4XX", body = wire::Problem)))]
async fn decide(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<CheckinId>,
    asked: Idempotent<wire::AppealDecision>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let decided =
            app::appeal::decide(&site.cx, &viewer, id, body.finding, &body.reason).await?;
        Ok::<_, app::Error>(wire::CheckinAppeal::from(decided))
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(decide))
}

fn of_person((appeal, person): (Appeal, Person)) -> wire::CheckinAppeal {
    wire::CheckinAppeal {
        person: Some(answer::summary(&person)),
        ..appeal.into()
    }
}
