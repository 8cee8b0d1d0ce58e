use app::appeal::PAGE_LEN;
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    CheckinId, Micros, PointsEntryId,
    access::{Action, may},
    person::Person,
    points::{AppealText, Finding},
};
use edge::{Browser, Filled, Path, Problem, Query, Site};
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    shell::{Shell, page, see},
    words,
};
use crate::answer;

#[derive(Template)]
#[template(path = "appeals.html")]
struct Page {
    shell: Shell,
    checkins: Vec<Line>,
    points: Vec<Line>,
    next: Option<String>,
    may_decide: bool,
}

struct Line {
    id: String,
    person: String,
    name: String,
    case_number: String,
    text: String,
    filed: String,
}

#[derive(Deserialize)]
struct From {
    /// Where the page before ended.
    after: Option<String>,
}

/// What persons contest: check-ins that were declined, entries that took points. The oldest first.
#[utoipa::path(get, path = "/console/appeals", params(("after" = Option<String>, Query)), responses((status = 200)))]
async fn open(
    State(site): State<Site>,
    browser: Browser,
    Query(from): Query<From>,
) -> Result<Response, Problem> {
    let (cx, viewer) = (&site.cx, &browser.viewer);
    let after = from.after.as_ref();
    let after = after.and_then(|text| answer::cursor::<CheckinId>(text));
    let checkins = app::appeal::open(cx, viewer, after).await?;
    let points = app::points::appeals(cx, viewer, None).await?;
    let zone = app::morning::zone()?;
    let full = checkins.len() == PAGE_LEN as usize;
    let last = checkins.last().filter(|_| full);
    page(&Page {
        shell: Shell::new(&browser, ("申诉", "Appeals"), "/console/appeals", cx.now()),
        next: last.map(|(appeal, _)| format!("{}.{}", appeal.filed_at.0, appeal.checkin)),
        checkins: checkins
            .iter()
            .map(|(one, person)| {
                line(
                    one.checkin.to_string(),
                    person,
                    (&one.text, one.filed_at),
                    &zone,
                )
            })
            .collect(),
        points: points
            .iter()
            .map(|(one, person)| {
                line(
                    one.entry.to_string(),
                    person,
                    (&one.text, one.filed_at),
                    &zone,
                )
            })
            .collect(),
        may_decide: may(viewer.officer.role, Action::Decide),
    })
}

#[derive(Deserialize)]
struct Decided {
    finding: Finding,
    reason: String,
}

/// Decides an appeal against a declined check-in.
#[utoipa::path(post, path = "/console/appeals/checkins/{id}", params(("id" = uuid::Uuid, Path)), responses((status = 303), (status = 409)))]
async fn of_a_checkin(
    State(site): State<Site>,
    Path(id): Path<CheckinId>,
    form: Filled<Decided>,
) -> Result<Response, Problem> {
    let Decided { finding, reason } = form.sent;
    app::appeal::decide(&site.cx, &form.browser.viewer, id, finding, &reason).await?;
    Ok(see("/console/appeals"))
}

/// Decides an appeal against an entry of points.
#[utoipa::path(post, path = "/console/appeals/points/{id}", params(("id" = uuid::Uuid, Path)), responses((status = 303), (status = 409)))]
async fn of_an_entry(
    State(site): State<Site>,
    Path(id): Path<PointsEntryId>,
    form: Filled<Decided>,
) -> Result<Response, Problem> {
    let Decided { finding, reason } = form.sent;
    app::points::decide_appeal(&site.cx, &form.browser.viewer, id, finding, &reason).await?;
    Ok(see("/console/appeals"))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(of_a_checkin))
        .routes(routes!(of_an_entry))
}

fn line(
    id: String,
    person: &Person,
    (text, filed_at): (&AppealText, Micros),
    zone: &TimeZone,
) -> Line {
    Line {
        id,
        person: person.id.to_string(),
        name: person.name.clone(),
        case_number: person.case_number.clone(),
        text: text.to_string(),
        filed: words::minute(filed_at, zone),
    }
}
