use askama::Template;
use axum::{extract::State, response::Response};
use domain::{CheckinId, Micros};
use edge::{Browser, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    queue_line::{self, QueueLine},
    shell::{Shell, page},
};
use crate::answer;

/// Cases of one page.
const PAGE_LEN: u32 = 50;

#[derive(Template)]
#[template(path = "reviews.html")]
struct Page {
    shell: Shell,
    lines: Vec<QueueLine>,
    waiting: i64,
    /// The first one that nobody looks at.
    first: Option<String>,
    next: Option<String>,
    later: bool,
    done: Option<Done>,
}

/// What was just done, when nothing is left.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Done {
    Settled,
    SecondLook,
}

#[derive(Deserialize)]
struct From {
    /// Where the page before ended.
    after: Option<String>,
    done: Option<Done>,
}

/// What waits for an officer, the oldest first.
#[utoipa::path(get, path = "/console/reviews", params(("after" = Option<String>, Query)), responses((status = 200)))]
async fn list(
    State(site): State<Site>,
    browser: Browser,
    Query(from): Query<From>,
) -> Result<Response, Problem> {
    let now = site.cx.now();
    let place = |text: &String| answer::cursor::<CheckinId>(text);
    let after = from.after.as_ref().and_then(place);
    let (queued, waiting) = app::review::page(&site.cx, &browser.viewer, after, PAGE_LEN).await?;
    let zone = app::morning::zone()?;
    let full = queued.len() == PAGE_LEN as usize;
    let last = queued.last().filter(|_| full).map(|last| {
        let checkin = &last.waiting.checkin;
        let at = checkin.submitted_at.unwrap_or(Micros(0));
        format!("{}.{}", at.0, checkin.id)
    });
    let free = queued.iter().find(|one| {
        let other = |claim: &app::review::Claim| claim.officer != browser.viewer.officer.id;
        !one.claim.as_ref().is_some_and(other)
    });
    page(&Page {
        shell: Shell::new(&browser, ("待核查", "Reviews"), "/console/reviews", now),
        first: free.map(|one| one.waiting.checkin.id.to_string()),
        lines: queued
            .iter()
            .map(|one| queue_line::made(one, &zone, now))
            .collect(),
        waiting,
        next: last,
        later: after.is_some(),
        done: from.done,
    })
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(list))
}
