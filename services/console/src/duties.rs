use axum::{extract::State, http::StatusCode};
use domain::{DutyId, Micros};
use edge::{Json, Officer, Problem, Query, Site, named};
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
        Some(text) => {
            Some(cursor(text).ok_or_else(|| bad("after must be the next of an earlier page."))?)
        }
        None => None,
    };
    let entries = app::duty::within(&site.cx, &viewer, span.from.0, span.until.0, after).await?;
    let full = entries.len() == app::duty::PAGE_LEN as usize;
    let next = entries
        .last()
        .filter(|_| full)
        .map(|entry| format!("{}.{}", entry.marked.duty.opens_at.0, entry.marked.duty.id));
    let now = site.cx.now();
    let item = |entry: &app::duty::DayEntry| wire::DutyOfDay {
        duty: answer::duty(&entry.marked, now),
        person: answer::summary(&entry.person),
    };
    Ok(Json(wire::Page {
        items: entries.iter().map(item).collect(),
        next,
    }))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(list))
}

/// `MICROS.ID`.
fn cursor(text: &str) -> Option<(Micros, DutyId)> {
    let (at, id) = text.split_once('.')?;
    Some((Micros(at.parse().ok()?), id.parse().ok()?))
}
