use app::leave::{Asked, PAGE_LEN, Standing};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    LeaveId,
    access::{Action, may},
    leave::{Division, Kind, Request},
    person::Person,
};
use edge::{Browser, Filled, Path, Problem, Query, Site};
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    shell::{Shell, page, see},
    words::{self, Words},
};

#[derive(Template)]
#[template(path = "leaves.html")]
struct Page {
    shell: Shell,
    lines: Vec<Line>,
    next: Option<String>,
    may_act: bool,
}

struct Line {
    id: String,
    person: String,
    name: String,
    case_number: String,
    kind: Words,
    purpose: &'static str,
    from: String,
    until: String,
    reason: String,
    places: Vec<String>,
    asked: String,
    state: Words,
    level: Words,
    /// 集体评议 must come first.
    review: bool,
    reviewed: bool,
}

#[derive(Deserialize)]
struct From {
    after: Option<LeaveId>,
}

/// Requests for leave about which nobody has decided, the oldest first.
#[utoipa::path(get, path = "/console/leaves", params(("after" = Option<uuid::Uuid>, Query)), responses((status = 200)))]
async fn pending(
    State(site): State<Site>,
    browser: Browser,
    Query(from): Query<From>,
) -> Result<Response, Problem> {
    let found = app::leave::pending(&site.cx, &browser.viewer, from.after).await?;
    let zone = app::morning::zone()?;
    let last = found
        .last()
        .map(|(standing, _)| standing.leave.id.to_string());
    page(&Page {
        shell: Shell::new(
            &browser,
            ("请假审批", "Leave"),
            "/console/leaves",
            site.cx.now(),
        ),
        next: last.filter(|_| found.len() == PAGE_LEN as usize),
        lines: found
            .into_iter()
            .map(|(standing, person)| line(&standing, person, &zone))
            .collect(),
        may_act: may(browser.viewer.officer.role, Action::Manage),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deed {
    Review,
    Approve,
    Refuse,
}

#[derive(Deserialize)]
struct Sent {
    deed: Deed,
    reason: String,
}

/// Notes a collective review, approves or refuses. Approved so, no allowed area binds the person while he is away; places are drawn through the API.
#[utoipa::path(post, path = "/console/leaves/{id}", params(("id" = uuid::Uuid, Path)), responses((status = 303)))]
async fn act(
    State(site): State<Site>,
    Path(id): Path<LeaveId>,
    form: Filled<Sent>,
) -> Result<Response, Problem> {
    let asked = match form.sent.deed {
        Deed::Review => Asked::Review,
        Deed::Approve => Asked::Approve(Vec::new()),
        Deed::Refuse => Asked::Refuse,
    };
    app::leave::act(&site.cx, &form.browser.viewer, id, asked, &form.sent.reason).await?;
    Ok(see("/console/leaves"))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(pending))
        .routes(routes!(act))
}

fn line(standing: &Standing, person: Person, zone: &TimeZone) -> Line {
    let leave = &standing.leave;
    let request = &leave.request;
    let state = leave.state();
    Line {
        id: leave.id.to_string(),
        person: person.id.to_string(),
        name: person.name,
        case_number: person.case_number,
        kind: match request.kind {
            Kind::Ordinary => ("一般请假", "ordinary"),
            Kind::Emergency => ("突发请假", "emergency"),
            Kind::Standing => ("经常性外出", "standing permit"),
        },
        purpose: request.purpose.zh(),
        from: words::minute(request.from, zone),
        until: words::minute(request.until, zone),
        reason: request.reason.clone(),
        places: places(request),
        asked: words::minute(leave.asked_at, zone),
        state: words::leave_state(state),
        level: words::unit_level(standing.approval.level),
        review: standing.approval.collective,
        reviewed: state == domain::leave::State::Reviewed,
    }
}

fn places(request: &Request) -> Vec<String> {
    let place = |one: &domain::leave::Destination| {
        let division = match &one.division {
            Division::Code { code } => code.clone(),
            Division::Names {
                province,
                city,
                county,
            } => format!("{province}{city}{county}"),
        };
        format!("{division} {}", one.address)
    };
    request.destinations.iter().map(place).collect()
}
