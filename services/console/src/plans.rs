use app::plan::NewPlan;
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{
    PersonId,
    plan::{Outlook, PlanError, SupervisionLevel, template},
};
use edge::{Idempotent, Json, Officer, Path, Problem, Query, Site};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

#[derive(Deserialize)]
struct Days {
    first: Date,
    last: Date,
}

/// Where the plans of each supervision level begin.
#[utoipa::path(get, path = "/v1/console/plan-templates", tag = "console", security(("officer" = [])),
    responses((status = 200, body = wire::PlanTemplates), (status = "4XX", body = wire::Problem)))]
async fn templates(Officer(_viewer): Officer) -> Json<wire::PlanTemplates> {
    let of_level = |&level: &SupervisionLevel| wire::PlanTemplate {
        level,
        rules: template(level).iter().map(Into::into).collect(),
    };
    Json(wire::PlanTemplates {
        templates: SupervisionLevel::ALL.iter().map(of_level).collect(),
    })
}

/// All versions of a person's plan, newest first.
#[utoipa::path(get, path = "/v1/console/persons/{id}/plan", tag = "console", security(("officer" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = wire::Plans), (status = "4XX", body = wire::Problem)))]
async fn versions(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
) -> Result<Json<wire::Plans>, Problem> {
    let plans = app::plan::versions(&site.cx, &viewer, id).await?;
    let plans = plans.into_iter().map(|plan| answer::plan(plan, None));
    Ok(Json(wire::Plans {
        plans: plans.collect(),
    }))
}

/// Write the next version of a person's plan. Duties of earlier versions that have not opened are taken back from its first day on; its own
/// for the days ahead are made at once.
#[utoipa::path(post, path = "/v1/console/persons/{id}/plan", tag = "console", security(("officer" = [])), request_body = wire::NewPlan,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Plan), (status = "4XX", body = wire::Problem)))]
async fn write(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::NewPlan>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let (plan, duties) = app::plan::write(&site.cx, &viewer, id, new(&body)?).await?;
        Ok::<_, app::Error>(answer::plan(plan, Some(duties)))
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

/// What a plan would ask for; nothing is written.
#[utoipa::path(post, path = "/v1/console/persons/{id}/plan/preview", tag = "console", security(("officer" = [])),
    request_body = wire::PlanPreview, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Outlooks), (status = "4XX", body = wire::Problem)))]
async fn preview(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::PlanPreview>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let days = (body.first, body.last);
        let entries = app::plan::preview(&site.cx, &viewer, id, new(&body.plan)?, days).await?;
        Ok::<_, app::Error>(wire::Outlooks {
            entries: entries.iter().map(|entry| outlook(None, entry)).collect(),
        })
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

/// What a person's plans ask for on the local days `first` to `last`.
#[utoipa::path(get, path = "/v1/console/persons/{id}/outlook", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path), ("first" = String, Query), ("last" = String, Query)),
    responses((status = 200, body = wire::Outlooks), (status = "4XX", body = wire::Problem)))]
async fn ahead(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    Query(days): Query<Days>,
) -> Result<Json<wire::Outlooks>, Problem> {
    let entries = app::plan::outlook(&site.cx, &viewer, id, (days.first, days.last)).await?;
    let entry = |(version, entry): &(i32, Outlook)| outlook(Some(*version), entry);
    Ok(Json(wire::Outlooks {
        entries: entries.iter().map(entry).collect(),
    }))
}

fn new(body: &wire::NewPlan) -> Result<NewPlan, PlanError> {
    Ok(NewPlan {
        zone: body.zone.clone(),
        quiet: body.quiet.map_or_else(Default::default, Into::into),
        rules: body.domain_rules()?,
        effective_from: body.effective_from,
    })
}

fn outlook(version: Option<i32>, entry: &Outlook) -> wire::Outlook {
    wire::Outlook {
        version,
        rule: entry.rule,
        day: entry.day,
        last: entry.last,
        opens: entry.opens,
        closes: entry.closes,
        count: entry.count,
        factors: entry.factors,
        channels: entry.channels.into(),
        unannounced: entry.unannounced,
    }
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(templates))
        .routes(routes!(versions, write))
        .routes(routes!(preview))
        .routes(routes!(ahead))
}
