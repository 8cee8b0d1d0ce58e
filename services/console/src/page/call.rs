//! Calling a person: his number, each look at which is written down, and what came of the call.

use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    CheckinId, PersonId,
    call::{Call, CallOutcome},
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
#[template(path = "call.html")]
struct Page {
    shell: Shell,
    id: String,
    name: String,
    case_number: String,
    number: Option<String>,
    checkin: Option<String>,
    calls: Vec<CallLine>,
}

/// A call in a list.
pub struct CallLine {
    pub at: String,
    pub by: String,
    pub outcome: Words,
    pub tone: &'static str,
    pub note: String,
    /// The check-in that it was about.
    pub checkin: Option<String>,
}

#[derive(Deserialize)]
struct About {
    checkin: Option<CheckinId>,
}

/// The person's number, in large digits.
#[utoipa::path(get, path = "/console/persons/{id}/call", params(("id" = uuid::Uuid, Path), ("checkin" = Option<uuid::Uuid>, Query)),
    responses((status = 200)))]
async fn show(
    State(site): State<Site>,
    browser: Browser,
    Path(id): Path<PersonId>,
    Query(about): Query<About>,
) -> Result<Response, Problem> {
    let (cx, viewer) = (&site.cx, &browser.viewer);
    let (person, number) = app::call::number(cx, viewer, id).await?;
    let calls = app::call::list(cx, viewer, id).await?;
    let zone = app::morning::zone()?;
    page(&Page {
        shell: Shell::new(&browser, ("电话核实", "Call"), "/console/persons", cx.now()),
        id: id.to_string(),
        name: person.name,
        case_number: person.case_number,
        number,
        checkin: about.checkin.map(|checkin| checkin.to_string()),
        calls: calls.iter().map(|one| line(one, &zone)).collect(),
    })
}

#[derive(Deserialize)]
struct Said {
    checkin: Option<CheckinId>,
    outcome: CallOutcome,
    note: String,
}

/// Writes down what came of a call.
#[utoipa::path(post, path = "/console/persons/{id}/call", params(("id" = uuid::Uuid, Path)), responses((status = 303)))]
async fn enter(
    State(site): State<Site>,
    Path(id): Path<PersonId>,
    form: Filled<Said>,
) -> Result<Response, Problem> {
    let Said {
        checkin,
        outcome,
        note,
    } = form.sent;
    app::call::enter(
        &site.cx,
        &form.browser.viewer,
        id,
        checkin,
        (outcome, &note),
    )
    .await?;
    Ok(see(&format!("/console/persons/{id}#calls")))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(show, enter))
}

/// As it was written down.
pub fn line((call, by): &(Call, String), zone: &TimeZone) -> CallLine {
    let (outcome, tone) = match call.outcome {
        CallOutcome::Reached => (("本人接听", "reached"), "good"),
        CallOutcome::OtherAnswered => (("他人接听", "somebody else answered"), "look"),
        CallOutcome::NoAnswer => (("无人接听", "no answer"), "look"),
        CallOutcome::WrongNumber => (("号码不符", "wrong number"), "bad"),
    };
    CallLine {
        at: words::minute(call.at, zone),
        by: by.clone(),
        outcome,
        tone,
        note: call.note.clone(),
        checkin: call.checkin.map(|checkin| checkin.to_string()),
    }
}
