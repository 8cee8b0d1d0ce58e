use std::collections::HashMap;

use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    EventId, OfficerId,
    event::{Actor, Event},
};
use edge::{Browser, Problem, Query, Site};
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    shell::{Shell, page},
    words,
};
use crate::answer;

#[derive(Template)]
#[template(path = "audit.html")]
struct Page {
    shell: Shell,
    lines: Vec<Line>,
    next: Option<String>,
}

struct Line {
    at: String,
    officer: String,
    kind: &'static str,
    person: Option<String>,
    /// All that was written down, as it stands in the log.
    body: String,
}

#[derive(Deserialize)]
struct From {
    after: Option<String>,
}

/// What officers did and were refused, in order.
#[utoipa::path(get, path = "/console/audit", params(("after" = Option<String>, Query)), responses((status = 200)))]
async fn list(
    State(site): State<Site>,
    browser: Browser,
    Query(from): Query<From>,
) -> Result<Response, Problem> {
    let place = |text: &String| answer::cursor::<EventId>(text);
    let after = from.after.as_ref().and_then(place);
    let events = app::audit::list(&site.cx, &browser.viewer, after).await?;
    let users = app::officer::list(&site.cx, &browser.viewer).await?;
    let names: HashMap<OfficerId, String> = users
        .into_iter()
        .map(|user| (user.officer.id, user.officer.name))
        .collect();
    let zone = app::morning::zone()?;
    let full = events.len() == app::audit::PAGE_LEN as usize;
    let last = events.last().filter(|_| full);
    page(&Page {
        shell: Shell::new(&browser, ("日志", "Log"), "/console/audit", site.cx.now()),
        next: last.map(|last| format!("{}.{}", last.at.0, last.id)),
        lines: events
            .iter()
            .filter_map(|event| line(event, &names, &zone))
            .collect(),
    })
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(list))
}

fn line(event: &Event, names: &HashMap<OfficerId, String>, zone: &TimeZone) -> Option<Line> {
    let Actor::Officer(officer) = event.actor else {
        return None;
    };
    Some(Line {
        at: words::minute(event.at, zone),
        officer: names
            .get(&officer)
            .cloned()
            .unwrap_or_else(|| officer.to_string()),
        kind: event.kind.as_str(),
        person: event.person.map(|person| person.to_string()),
        body: serde_json::to_string(&event.kind).unwrap_or_default(),
    })
}
