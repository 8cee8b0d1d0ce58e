use app::points::{ByHand, PAGE_LEN, Sheet};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{
    PersonId, PointsEntryId,
    person::Person,
    points::{Appeal, Month},
};
use edge::{Idempotent, Json, Officer, Path, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

#[derive(Deserialize)]
struct After {
    after: Option<PointsEntryId>,
}

/// A person's month of points: what was entered, what facts propose, and a thought about the level.
#[utoipa::path(get, path = "/v1/console/persons/{id}/points/{month}", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path), ("month" = String, Path)),
    responses((status = 200, body = wire::PointsMonth), (status = "4XX", body = wire::Problem)))]
async fn of_month(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path((id, of)): Path<(PersonId, Month)>,
) -> Result<Json<wire::PointsMonth>, Problem> {
    let sheet = app::points::month(&site.cx, &viewer, id, of).await?;
    Ok(Json(month(sheet)))
}

/// Decide a proposal of the month, with a reason. Nothing is taken from a person without this.
#[utoipa::path(post, path = "/v1/console/persons/{id}/points/{month}/decision", tag = "console", security(("officer" = [])),
    request_body = wire::PointsDecision,
    params(("id" = uuid::Uuid, Path), ("month" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::PointsMonth), (status = "4XX", body = wire::Problem)))]
async fn decide(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path((id, of)): Path<(PersonId, Month)>,
    asked: Idempotent<wire::PointsDecision>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::points::decide(
            &site.cx,
            &viewer,
            (id, of),
            &body.key,
            body.answer,
            &body.reason,
        )
        .await
        .map(month)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

/// Enter what no machine counts: education, public service, what an officer saw.
#[utoipa::path(post, path = "/v1/console/persons/{id}/points/{month}/entry", tag = "console", security(("officer" = [])),
    request_body = wire::NewPoints,
    params(("id" = uuid::Uuid, Path), ("month" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::PointsMonth), (status = "4XX", body = wire::Problem)))]
async fn enter(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path((id, of)): Path<(PersonId, Month)>,
    asked: Idempotent<wire::NewPoints>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let (what, reason) = match body {
            wire::NewPoints::Observed { item, reason } => (ByHand::Observed { item }, reason),
            wire::NewPoints::Education { hours, reason } => (ByHand::Education { hours }, reason),
            wire::NewPoints::Service { hours, reason } => (ByHand::Service { hours }, reason),
        };
        app::points::enter(&site.cx, &viewer, (id, of), what, &reason)
            .await
            .map(month)
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

/// Reverse a wrong entry by another one.
#[utoipa::path(post, path = "/v1/console/points/{id}/reversal", tag = "console", security(("officer" = [])), request_body = wire::Because,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::PointsMonth), (status = "4XX", body = wire::Problem)))]
async fn reverse(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PointsEntryId>,
    asked: Idempotent<wire::Because>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::points::reverse(&site.cx, &viewer, id, &body.reason)
            .await
            .map(month)
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

/// Appeals that wait for an officer, by the entry contested.
#[utoipa::path(get, path = "/v1/console/appeals", tag = "console", security(("officer" = [])),
    params(("after" = Option<uuid::Uuid>, Query)),
    responses((status = 200, body = wire::Page<wire::PointsAppeal>), (status = "4XX", body = wire::Problem)))]
async fn appeals(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(asked): Query<After>,
) -> Result<Json<wire::Page<wire::PointsAppeal>>, Problem> {
    let found = app::points::appeals(&site.cx, &viewer, asked.after).await?;
    let items = found.into_iter();
    let items = items.map(|(one, person)| appeal(one, Some(&person)));
    let next = |last: &wire::PointsAppeal| last.entry.to_string();
    Ok(Json(answer::page(items.collect(), PAGE_LEN, next)))
}

/// Decide an appeal; another officer than the one who took.
#[utoipa::path(post, path = "/v1/console/appeals/{id}", tag = "console", security(("officer" = [])), request_body = wire::AppealDecision,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::PointsAppeal), (status = "4XX", body = wire::Problem)))]
async fn decide_appeal(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PointsEntryId>,
    asked: Idempotent<wire::AppealDecision>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let decided =
            app::points::decide_appeal(&site.cx, &viewer, id, body.finding, &body.reason).await?;
        Ok::<_, app::Error>(appeal(decided, None))
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

/// The rule books, by version.
#[utoipa::path(get, path = "/v1/console/points-books", tag = "console", security(("officer" = [])),
    responses((status = 200, body = Vec<wire::PointsBook>), (status = "4XX", body = wire::Problem)))]
async fn books(
    State(site): State<Site>,
    Officer(_viewer): Officer,
) -> Result<Json<Vec<wire::PointsBook>>, Problem> {
    let books = app::points::books(&site.cx).await?;
    let books = books.into_iter().map(|book| wire::PointsBook { book });
    Ok(Json(books.collect()))
}

/// Declare the next rule book, for a month to come; for an administrator at the top of the house.
#[utoipa::path(post, path = "/v1/console/points-books", tag = "console", security(("officer" = [])), request_body = wire::PointsBook,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::PointsBook), (status = "4XX", body = wire::Problem)))]
async fn declare(
    State(site): State<Site>,
    Officer(viewer): Officer,
    asked: Idempotent<wire::PointsBook>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let book = app::points::declare(&site.cx, &viewer, body.book).await?;
        Ok::<_, app::Error>(wire::PointsBook { book })
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(of_month))
        .routes(routes!(decide))
        .routes(routes!(enter))
        .routes(routes!(reverse))
        .routes(routes!(appeals))
        .routes(routes!(decide_appeal))
        .routes(routes!(books, declare))
}

fn month(sheet: Sheet) -> wire::PointsMonth {
    let entered = (sheet.statement, sheet.entries.as_slice());
    wire::PointsMonth::new(
        entered,
        sheet.proposals,
        sheet.suggestion,
        &sheet.book,
        &sheet.zone,
    )
}

fn appeal(appeal: Appeal, person: Option<&Person>) -> wire::PointsAppeal {
    let (finding, reason) = appeal
        .outcome
        .map(|outcome| (outcome.finding, outcome.decision.reason))
        .unzip();
    wire::PointsAppeal {
        entry: appeal.entry,
        person: person.map(answer::summary),
        text: appeal.text.into(),
        filed_at: appeal.filed_at.into(),
        finding,
        reason: reason.unwrap_or_default(),
    }
}
