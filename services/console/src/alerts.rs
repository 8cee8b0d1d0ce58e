use app::{alert::Told, watch::Version};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{AlertId, OrgUnitId, PersonId, alert};
use edge::{Idempotent, Json, Officer, Path, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::At;

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

/// Acknowledge an alert, take it as a task with a deadline, or close it with a reason and what it came to.
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
        let told = Told {
            due_at: body.due_at.map(|at| at.0),
            reason: &body.reason,
            outcome: body.outcome,
        };
        app::alert::act(&site.cx, &viewer, id, body.made, told)
            .await
            .map(answer::alert)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

/// What the officer is to look at today, the most severe first, and how many more are open.
#[utoipa::path(get, path = "/v1/console/alerts/today", tag = "console", security(("officer" = [])),
    responses((status = 200, body = wire::AlertsToday), (status = "4XX", body = wire::Problem)))]
async fn today(
    State(site): State<Site>,
    Officer(viewer): Officer,
) -> Result<Json<wire::AlertsToday>, Problem> {
    let (today, later) = app::alert::today(&site.cx, &viewer).await?;
    Ok(Json(wire::AlertsToday {
        today: today.into_iter().map(answer::alert).collect(),
        later,
    }))
}

#[derive(Deserialize)]
struct Span {
    from: At,
    until: At,
}

/// How the alerts of each rule came out that officers closed in `from..until`: the measured precision.
#[utoipa::path(get, path = "/v1/console/alerts/precision", tag = "console", security(("officer" = [])),
    params(("from" = String, Query), ("until" = String, Query)),
    responses((status = 200, body = Vec<wire::RulePrecision>), (status = "4XX", body = wire::Problem)))]
async fn precision(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(span): Query<Span>,
) -> Result<Json<Vec<wire::RulePrecision>>, Problem> {
    let figures = app::alert::figures(&site.cx, &viewer, (span.from.0, span.until.0)).await?;
    let rule = |(rule, of): (alert::Rule, alert::Precision)| wire::RulePrecision {
        rule,
        confirmed: of.confirmed,
        unfounded: of.unfounded,
        unclear: of.unclear,
        share: of.share(),
        interval: of.interval().map(|(low, high)| [low, high]),
    };
    Ok(Json(figures.into_iter().map(rule).collect()))
}

/// Write down a breach of the rules that no machine saw, so that it is looked into.
#[utoipa::path(post, path = "/v1/console/persons/{id}/breaches", tag = "console", security(("officer" = [])),
    request_body = wire::NewBreach, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Alert), (status = "4XX", body = wire::Problem)))]
async fn breach(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::NewBreach>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::alert::enter_breach(&site.cx, &viewer, id, body.at.0, &body.text)
            .await
            .map(answer::alert)
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

/// Write down with whom somebody was sentenced, by the number of their case.
#[utoipa::path(post, path = "/v1/console/persons/{id}/case-group", tag = "console", security(("officer" = [])),
    request_body = wire::CaseGroup, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::CaseGroup), (status = "4XX", body = wire::Problem)))]
async fn case_group(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::CaseGroup>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::watch::set_group(&site.cx, &viewer, id, body.case_group.as_deref()).await?;
        Ok::<_, app::Error>(body)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

/// What a unit set of the rules of alerts, and what holds for it.
#[utoipa::path(get, path = "/v1/console/units/{id}/alert-settings", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = wire::AlertSettings), (status = "4XX", body = wire::Problem)))]
async fn settings(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<OrgUnitId>,
) -> Result<Json<wire::AlertSettings>, Problem> {
    let found = app::watch::settings(&site.cx, &viewer, id).await?;
    Ok(Json(set_so_far(found)))
}

/// Switch and tune the rules of a unit: what is left out comes from the units above.
#[utoipa::path(post, path = "/v1/console/units/{id}/alert-settings", tag = "console", security(("officer" = [])),
    request_body = wire::NewAlertSettings, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::AlertSettings), (status = "4XX", body = wire::Problem)))]
async fn set(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<OrgUnitId>,
    asked: Idempotent<wire::NewAlertSettings>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::watch::set(&site.cx, &viewer, id, body.settings)
            .await
            .map(set_so_far)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

fn set_so_far((own, holds): (Option<Version>, alert::Settings)) -> wire::AlertSettings {
    wire::AlertSettings {
        version: own.as_ref().map_or(0, |own| own.number),
        own: own.map(|own| own.settings).unwrap_or_default(),
        holds,
    }
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(today))
        .routes(routes!(precision))
        .routes(routes!(act))
        .routes(routes!(breach))
        .routes(routes!(case_group))
        .routes(routes!(settings, set))
}
