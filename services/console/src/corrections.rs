use app::correction::{Asked, Named, New, Which};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{CorrectionId, OfficerId, OrgUnitId};
use edge::{Idempotent, Json, Officer, Path, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

#[derive(Deserialize)]
struct Wanted {
    /// Those that are over.
    #[serde(default)]
    closed: bool,
    /// `next` of the page before.
    after: Option<String>,
}

/// Procurators' corrections (检察监督): those that are not over, by the day on which a reply is owed; or those that are, the newest first.
#[utoipa::path(get, path = "/v1/console/corrections", tag = "console", security(("officer" = [])),
    params(("closed" = Option<bool>, Query), ("after" = Option<String>, Query)),
    responses((status = 200, body = wire::Page<wire::Correction>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(wanted): Query<Wanted>,
) -> Result<Json<wire::Page<wire::Correction>>, Problem> {
    let which = if wanted.closed {
        Which::Closed
    } else {
        Which::Open
    };
    let after = answer::after(wanted.after.as_ref())?;
    let found = app::correction::list(&site.cx, &viewer, which, after).await?;
    let next = app::correction::next(which, &found);
    Ok(Json(wire::Page {
        next: next.map(|(at, id)| format!("{}.{id}", at.0)),
        items: found.into_iter().map(correction).collect(),
    }))
}

/// One correction with its thread.
#[utoipa::path(get, path = "/v1/console/corrections/{id}", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = wire::Correction), (status = "4XX", body = wire::Problem)))]
async fn get(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<CorrectionId>,
) -> Result<Json<wire::Correction>, Problem> {
    let found = app::correction::get(&site.cx, &viewer, id).await?;
    Ok(Json(correction(found)))
}

/// Write a correction to a unit: for procurators. The unit owes a written reply.
#[utoipa::path(post, path = "/v1/console/units/{id}/corrections", tag = "console", security(("officer" = [])), request_body = wire::NewCorrection,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Correction), (status = "4XX", body = wire::Problem)))]
async fn file(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(unit): Path<OrgUnitId>,
    asked: Idempotent<wire::NewCorrection>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let new = New {
            kind: body.kind,
            person: body.person,
            checkin: body.checkin,
            found: body.found,
            asked: body.asked,
            reply_days: body.reply_days,
        };
        app::correction::file(&site.cx, &viewer, unit, new)
            .await
            .map(correction)
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

/// Reply to a correction, accept the reply, ask for another one, or take the correction back before it is answered.
#[utoipa::path(post, path = "/v1/console/corrections/{id}", tag = "console", security(("officer" = [])), request_body = wire::CorrectionMove,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Correction), (status = "4XX", body = wire::Problem)))]
async fn step(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<CorrectionId>,
    asked: Idempotent<wire::CorrectionMove>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let asked = match body {
            wire::CorrectionMove::Reply {
                adoption,
                text,
                why_not,
            } => Asked::Reply {
                adoption,
                text,
                why_not,
            },
            wire::CorrectionMove::Insist { text, reply_days } => Asked::Insist { text, reply_days },
            wire::CorrectionMove::Accept => Asked::Accept,
            wire::CorrectionMove::Withdraw { reason } => Asked::Withdraw { reason },
        };
        app::correction::step(&site.cx, &viewer, id, asked)
            .await
            .map(correction)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, step))
        .routes(routes!(file))
}

fn correction(named: Named) -> wire::Correction {
    let (state, due_at) = (named.correction.state(), named.correction.due_at());
    let name = |officer: &OfficerId| named.officers.get(officer).cloned().unwrap_or_default();
    let one = named.correction;
    wire::Correction {
        id: one.id,
        unit: one.unit,
        unit_name: named.unit,
        person: one
            .person
            .zip(named.person)
            .map(|(id, (name, case_number))| wire::PersonSummary {
                id,
                name,
                case_number,
            }),
        checkin: one.checkin,
        kind: one.kind,
        found: one.found,
        asked: one.asked,
        filed_by: name(&one.filed_by),
        filed_at: one.filed_at.into(),
        due_at: due_at.into(),
        state,
        steps: one
            .steps
            .into_iter()
            .map(|taken| wire::CorrectionStep {
                by: name(&taken.by),
                at: taken.at.into(),
                step: taken.step,
            })
            .collect(),
    }
}
