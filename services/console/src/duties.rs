use axum::{extract::State, http::StatusCode, response::Response};
use domain::DutyId;
use edge::{Idempotent, Json, Officer, Path, Problem, Query, Site, named};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::At;

use crate::answer;

/// Longest span of one question, milliseconds: 31 days.
const SPAN_MS_MAX: i64 = 31 * 24 * 3_600_000;

#[derive(Deserialize)]
struct Span {
    from: At,
    until: At,
    /// `next` of the page before.
    after: Option<String>,
}

/// The duties of the officer's subtree that open between `from` and `until`, with their attendance.
#[utoipa::path(get, path = "/v1/console/duties", tag = "console", security(("officer" = [])),
    params(("from" = String, Query), ("until" = String, Query), ("after" = Option<String>, Query)),
    responses((status = 200, body = wire::Page<wire::DutyOfDay>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(span): Query<Span>,
) -> Result<Json<wire::Page<wire::DutyOfDay>>, Problem> {
    let bad = |why| named(StatusCode::BAD_REQUEST, "query", "查询参数有误", why);
    let length = span.until.0.since_ms(span.from.0);
    if !(0..=SPAN_MS_MAX).contains(&length) {
        return Err(bad("until must follow from, by at most 31 days."));
    }
    let after = match &span.after {
        Some(text) => Some(
            answer::cursor(text)
                .ok_or_else(|| bad("after must be the next of an earlier page."))?,
        ),
        None => None,
    };
    let entries = app::duty::within(&site.cx, &viewer, span.from.0, span.until.0, after).await?;
    let now = site.cx.now();
    let items = entries.iter().map(|entry| answer::duty_of_day(entry, now));
    let next = |last: &wire::DutyOfDay| format!("{}.{}", last.duty.opens_at.0.0, last.duty.id);
    Ok(Json(answer::page(
        items.collect(),
        app::duty::PAGE_LEN,
        next,
    )))
}

/// Write down that a person reported before the officer, or that a duty is excused. What was written before stays.
#[utoipa::path(post, path = "/v1/console/duties/{id}/ruling", tag = "console", security(("officer" = [])), request_body = wire::Ruling,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::DutyOfDay), (status = "4XX", body = wire::Problem)))]
async fn rule(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<DutyId>,
    asked: Idempotent<wire::Ruling>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let at = body.at.map(|at| at.0);
        let entry = app::duty::rule(&site.cx, &viewer, id, body.kind, at, &body.reason).await?;
        Ok::<_, app::Error>(answer::duty_of_day(&entry, site.cx.now()))
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(rule))
}
