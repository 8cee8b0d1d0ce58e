use app::positioning::{NewApproval, PAGE_LEN};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{
    ApprovalId, Micros, PersonId,
    positioning::{Approval, Sighting, Source},
};
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

/// All approvals of continuous positioning of a person, as far as his order reaches.
#[utoipa::path(get, path = "/v1/console/persons/{id}/positioning", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<wire::Positioning>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
) -> Result<Json<Vec<wire::Positioning>>, Problem> {
    let approvals = app::positioning::list(&site.cx, &viewer, id).await?;
    let now = site.cx.now();
    let approvals = approvals.into_iter().map(|one| approval(one, now));
    Ok(Json(approvals.collect()))
}

/// Approve continuous positioning (社区矫正法 §29): the head of the county, one of five grounds, three months at most. Going on needs
/// another approval.
#[utoipa::path(post, path = "/v1/console/persons/{id}/positioning", tag = "console", security(("officer" = [])),
    request_body = wire::NewPositioning, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Positioning), (status = "4XX", body = wire::Problem)))]
async fn approve(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::NewPositioning>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let new = NewApproval {
        ground: body.ground,
        reason: body.reason,
        from: body.from.map(|from| from.0),
        until: body.until.0,
    };
    let work = async {
        let approved = app::positioning::approve(&site.cx, &viewer, id, new).await?;
        Ok::<_, app::Error>(approval(approved, site.cx.now()))
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

/// End an approval early: nothing more is taken from this moment on.
#[utoipa::path(post, path = "/v1/console/positioning/{id}/end", tag = "console", security(("officer" = [])), request_body = wire::Because,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Positioning), (status = "4XX", body = wire::Problem)))]
async fn end(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<ApprovalId>,
    asked: Idempotent<wire::Because>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let ended = app::positioning::end(&site.cx, &viewer, id, &body.reason).await?;
        Ok::<_, app::Error>(approval(ended, site.cx.now()))
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

/// A person's positions that arrived between `from` and `until`, at check-ins and in between. Each look is written down.
#[utoipa::path(get, path = "/v1/console/persons/{id}/positions", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path), ("from" = String, Query), ("until" = String, Query), ("after" = Option<String>, Query)),
    responses((status = 200, body = wire::Page<wire::TrackPoint>), (status = "4XX", body = wire::Problem)))]
async fn positions(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    Query(span): Query<Span>,
) -> Result<Json<wire::Page<wire::TrackPoint>>, Problem> {
    let bad = |field, why| {
        named(StatusCode::BAD_REQUEST, "query", "查询参数有误", why).fact("field", field)
    };
    let length = span.until.0.since_ms(span.from.0);
    if !(0..=SPAN_MS_MAX).contains(&length) {
        return Err(bad("until", "until must follow from, by at most 31 days."));
    }
    let after = match &span.after {
        Some(text) => Some(
            answer::cursor(text)
                .ok_or_else(|| bad("after", "after must be the next of an earlier page."))?,
        ),
        None => None,
    };
    let span = (span.from.0, span.until.0);
    let found = app::positioning::read(&site.cx, &viewer, id, span, after).await?;
    let items: Result<Vec<wire::TrackPoint>, Problem> = found.iter().map(point).collect();
    let next = |last: &wire::TrackPoint| format!("{}.{}", last.at.0.0, last.id);
    Ok(Json(answer::page(items?, PAGE_LEN, next)))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list, approve))
        .routes(routes!(end))
        .routes(routes!(positions))
}

fn approval(approval: Approval, now: Micros) -> wire::Positioning {
    wire::Positioning {
        live: approval.live(now),
        id: approval.id,
        ground: approval.ground,
        reason: approval.reason,
        from: approval.from.into(),
        until: approval.until.into(),
        approved_by: approval.approved_by,
        approved_at: approval.approved_at.into(),
        ended_at: approval.ended_at.map(Into::into),
    }
}

fn point(sighting: &Sighting) -> Result<wire::TrackPoint, Problem> {
    let reading = &sighting.reading;
    let fix = reading.fix(sighting.at).map_err(app::Error::from)?;
    let (checkin, approval) = match sighting.source {
        Source::Checkin(id) => (Some(id), None),
        Source::Continuous(id) => (None, Some(id)),
    };
    Ok(wire::TrackPoint {
        id: sighting.id,
        at: sighting.at.into(),
        said_at: sighting.said_at.map(Into::into),
        location: wire::Location {
            latitude: reading.lat_deg(),
            longitude: reading.lon_deg(),
            accuracy_m: reading.accuracy_m(),
            datum: reading.datum(),
            mock: reading.mock(),
        },
        wgs84: wire::LatLon {
            lat_deg: fix.position().lat_deg(),
            lon_deg: fix.position().lon_deg(),
        },
        checkin,
        approval,
    })
}
