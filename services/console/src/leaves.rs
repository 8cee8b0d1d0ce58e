use app::leave::{Asked, PAGE_LEN, Standing};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{LeaveId, PersonId, person::Person};
use edge::{Idempotent, Json, Officer, Path, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

#[derive(Deserialize)]
struct After {
    after: Option<LeaveId>,
}

/// Requests for leave about which nobody has decided, the oldest first, each with the level that must.
#[utoipa::path(get, path = "/v1/console/leaves", tag = "console", security(("officer" = [])),
    params(("after" = Option<uuid::Uuid>, Query)),
    responses((status = 200, body = wire::Page<wire::Leave>), (status = "4XX", body = wire::Problem)))]
async fn pending(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(asked): Query<After>,
) -> Result<Json<wire::Page<wire::Leave>>, Problem> {
    let found = app::leave::pending(&site.cx, &viewer, asked.after).await?;
    let items = found.into_iter();
    let items = items.map(|(standing, person)| leave(standing, Some(&person)));
    let next = |last: &wire::Leave| last.id.to_string();
    Ok(Json(answer::page(items.collect(), PAGE_LEN, next)))
}

/// All leaves of a person, the oldest request first.
#[utoipa::path(get, path = "/v1/console/persons/{id}/leaves", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<wire::Leave>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
) -> Result<Json<Vec<wire::Leave>>, Problem> {
    let all = app::leave::list(&site.cx, &viewer, id).await?;
    Ok(Json(all.into_iter().map(|one| leave(one, None)).collect()))
}

/// Write down what a person asks for.
#[utoipa::path(post, path = "/v1/console/persons/{id}/leaves", tag = "console", security(("officer" = [])),
    request_body = wire::NewLeave, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Leave), (status = "4XX", body = wire::Problem)))]
async fn ask(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::NewLeave>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let standing = app::leave::ask_for(&site.cx, &viewer, id, body.into()).await?;
        Ok::<_, app::Error>(leave(standing, None))
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

/// Note a review, decide, call back, or note the return.
#[utoipa::path(post, path = "/v1/console/leaves/{id}", tag = "console", security(("officer" = [])), request_body = wire::LeaveMove,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Leave), (status = "4XX", body = wire::Problem)))]
async fn act(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<LeaveId>,
    asked: Idempotent<wire::LeaveMove>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let (asked, reason) = of_officer(body);
        let standing = app::leave::act(&site.cx, &viewer, id, asked, &reason).await?;
        Ok::<_, app::Error>(leave(standing, None))
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(pending))
        .routes(routes!(list, ask))
        .routes(routes!(act))
}

fn of_officer(made: wire::LeaveMove) -> (Asked, String) {
    match made {
        wire::LeaveMove::Review { reason } => (Asked::Review, reason),
        wire::LeaveMove::Approve { grounds, reason } => {
            let grounds = grounds.into_iter();
            let drawn = grounds.map(|ground| (ground.name, ground.shape.into()));
            (Asked::Approve(drawn.collect()), reason)
        }
        wire::LeaveMove::Refuse { reason } => (Asked::Refuse, reason),
        wire::LeaveMove::Cancel { reason } => (Asked::Cancel, reason),
        wire::LeaveMove::Recall { return_by, reason } => (Asked::Recall(return_by.0), reason),
        wire::LeaveMove::Return { at, reason } => (Asked::Return(at.0), reason),
    }
}

fn leave(standing: Standing, person: Option<&Person>) -> wire::Leave {
    wire::Leave::new(
        standing.leave,
        standing.approval,
        person.map(answer::summary),
    )
}
