//! 计分考核: a person's month of points; what facts propose is confirmed or refused here, what an officer saw is entered, a wrong entry reversed.

use app::points::{ByHand, Sheet};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    PersonId, PointsEntryId,
    access::{Action, may},
    person::Person,
    points::{Answer, Month, Trigger},
};
use edge::{Browser, Filled, Path, Problem, Query, Site};
use jiff::{ToSpan, civil::Date};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    shell::{Shell, page, see},
    words,
};

#[derive(Template)]
#[template(path = "points.html")]
struct Page {
    shell: Shell,
    id: String,
    name: String,
    case_number: String,
    month: String,
    before: String,
    after: String,
    opening: i64,
    base: i64,
    total: i64,
    closing: i64,
    lines: Vec<Line>,
    proposals: Vec<Proposed>,
    suggestion: Option<(String, String)>,
    /// What an officer may enter: code, Chinese, English, points.
    items: Vec<(String, String, String, i32)>,
    may_enter: bool,
}

struct Line {
    entry: String,
    title: (String, String),
    fact: (String, String),
    at: String,
    points: i64,
    counted: i64,
    reversed: bool,
    reason: String,
}

struct Proposed {
    key: String,
    title: (String, String),
    fact: (String, String),
    points: i32,
}

#[derive(Deserialize)]
struct Asked {
    month: Option<Month>,
}

/// A person's month of points, this one when none is named.
#[utoipa::path(get, path = "/console/persons/{id}/points", params(("id" = uuid::Uuid, Path), ("month" = Option<String>, Query)),
    responses((status = 200)))]
async fn show(
    State(site): State<Site>,
    browser: Browser,
    Path(id): Path<PersonId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let (cx, viewer) = (&site.cx, &browser.viewer);
    let person = app::person::get(cx, viewer, id).await?.person;
    let zone = app::morning::zone()?;
    let today: Date = cx.now().local(&zone).unwrap_or_default().date();
    let month = asked.month.unwrap_or_else(|| Month::of(today));
    let sheet = app::points::month(cx, viewer, id, month).await?;
    let may_enter = person.ended.is_none() && may(viewer.officer.role, Action::Decide);
    let shell = Shell::new(
        &browser,
        ("计分考核", "Points"),
        "/console/persons",
        cx.now(),
    );
    page(&made(shell, person, (sheet, month), may_enter))
}

#[derive(Deserialize)]
struct Decided {
    key: String,
    answer: Answer,
    reason: String,
}

/// Confirms or refuses what a fact proposes.
#[utoipa::path(post, path = "/console/persons/{id}/points/{month}/decision", params(("id" = uuid::Uuid, Path), ("month" = String, Path)),
    responses((status = 303), (status = 409)))]
async fn decide(
    State(site): State<Site>,
    Path((id, month)): Path<(PersonId, Month)>,
    form: Filled<Decided>,
) -> Result<Response, Problem> {
    let (viewer, sent) = (&form.browser.viewer, form.sent);
    app::points::decide(
        &site.cx,
        viewer,
        (id, month),
        &sent.key,
        sent.answer,
        &sent.reason,
    )
    .await?;
    Ok(see(&place(id, month)))
}

#[derive(Deserialize)]
struct Entered {
    /// An item's code, or `education` or `service` with hours.
    what: String,
    hours: String,
    reason: String,
}

/// Enters what no machine counts.
#[utoipa::path(post, path = "/console/persons/{id}/points/{month}/entry", params(("id" = uuid::Uuid, Path), ("month" = String, Path)),
    responses((status = 303), (status = 422)))]
async fn enter(
    State(site): State<Site>,
    Path((id, month)): Path<(PersonId, Month)>,
    form: Filled<Entered>,
) -> Result<Response, Problem> {
    let (viewer, sent) = (&form.browser.viewer, form.sent);
    // What is no number is refused as none is.
    let hours = sent.hours.trim().parse().unwrap_or(0);
    let what = match sent.what.as_str() {
        "education" => ByHand::Education { hours },
        "service" => ByHand::Service { hours },
        _ => ByHand::Observed { item: sent.what },
    };
    app::points::enter(&site.cx, viewer, (id, month), what, &sent.reason).await?;
    Ok(see(&place(id, month)))
}

#[derive(Deserialize)]
struct Reversed {
    reason: String,
    person: PersonId,
    month: Month,
}

/// Reverses a wrong entry by another one.
#[utoipa::path(post, path = "/console/points/{id}/reversal", params(("id" = uuid::Uuid, Path)), responses((status = 303), (status = 409)))]
async fn reverse(
    State(site): State<Site>,
    Path(entry): Path<PointsEntryId>,
    form: Filled<Reversed>,
) -> Result<Response, Problem> {
    let (viewer, sent) = (&form.browser.viewer, form.sent);
    app::points::reverse(&site.cx, viewer, entry, &sent.reason).await?;
    Ok(see(&place(sent.person, sent.month)))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(decide))
        .routes(routes!(enter))
        .routes(routes!(reverse))
}

fn place(person: PersonId, month: Month) -> String {
    format!("/console/persons/{person}/points?month={month}")
}

fn made(shell: Shell, person: Person, (sheet, month): (Sheet, Month), may_enter: bool) -> Page {
    let observed = sheet
        .book
        .items
        .iter()
        .filter(|item| item.on == Trigger::Observed);
    let items = observed
        .map(|item| {
            (
                item.code.clone(),
                item.zh.clone(),
                item.en.clone(),
                item.points,
            )
        })
        .collect();
    let zone = sheet.zone.clone();
    let entered = (sheet.statement, sheet.entries.as_slice());
    let told = wire::PointsMonth::new(
        entered,
        sheet.proposals,
        sheet.suggestion,
        &sheet.book,
        &sheet.zone,
    );
    let spoken = |one: wire::Spoken| (one.zh, one.en);
    let before = Month::of(month.first().saturating_sub(1.month()));
    Page {
        shell,
        id: person.id.to_string(),
        name: person.name,
        case_number: person.case_number,
        month: month.to_string(),
        before: before.to_string(),
        after: month.next().to_string(),
        opening: told.opening,
        base: told.base,
        total: told.total,
        closing: told.closing,
        lines: told
            .lines
            .into_iter()
            .map(|line| Line {
                entry: line.entry.to_string(),
                title: spoken(line.title),
                fact: spoken(line.fact),
                at: words::minute(line.at.0, &zone),
                points: line.points,
                counted: line.counted,
                reversed: line.reversed_by.is_some(),
                reason: line.reason,
            })
            .collect(),
        proposals: told
            .proposals
            .into_iter()
            .map(|one| Proposed {
                key: one.key,
                title: spoken(one.title),
                fact: spoken(one.fact),
                points: one.points,
            })
            .collect(),
        suggestion: told.suggestion.map(|one| spoken(one.message)),
        items,
        may_enter,
    }
}
