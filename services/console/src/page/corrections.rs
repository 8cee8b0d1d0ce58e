//! Procurators' corrections (检察监督) and the units' written replies.

use app::correction::{Asked, Named, New, Which, may_step};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    CheckinId, CorrectionId, Micros, OrgUnitId, PersonId,
    access::{Action, may},
    correction::{self, Adoption, CorrectionKind, Step, Taken},
};
use edge::{Browser, Filled, Path, Problem, Query, Site};
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    shell::{Shell, page, see},
    words::{self, Words},
};
use crate::answer;

const PLACE: &str = "/console/corrections";

#[derive(Template)]
#[template(path = "corrections.html")]
struct Page {
    shell: Shell,
    lines: Vec<Line>,
    closed: bool,
    next: Option<String>,
    form: Option<Form>,
}

/// One in a list.
pub struct Line {
    pub id: String,
    pub kind: Words,
    pub state: Words,
    pub tone: &'static str,
    pub unit: String,
    /// Name and case number.
    pub person: Option<(String, String)>,
    pub found: String,
    pub filed: String,
    pub due: String,
    pub overdue: bool,
}

/// For whoever may write one.
struct Form {
    units: Vec<(String, String, bool)>,
    /// Whom it is about: id, name, case number.
    person: Option<(String, String, String)>,
    checkin: Option<String>,
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    closed: bool,
    after: Option<String>,
    /// Whom a new one is about.
    person: Option<PersonId>,
    checkin: Option<CheckinId>,
}

/// Corrections that are not over, or those that are; for procurators with a form for a new one.
#[utoipa::path(get, path = "/console/corrections",
    params(("closed" = Option<bool>, Query), ("after" = Option<String>, Query), ("person" = Option<uuid::Uuid>, Query), ("checkin" = Option<uuid::Uuid>, Query)),
    responses((status = 200)))]
async fn list(
    State(site): State<Site>,
    browser: Browser,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let (cx, viewer) = (&site.cx, &browser.viewer);
    let which = if wanted.closed {
        Which::Closed
    } else {
        Which::Open
    };
    let place = |text: &String| answer::cursor::<CorrectionId>(text);
    let after = wanted.after.as_ref().and_then(place);
    let found = app::correction::list(cx, viewer, which, after).await?;
    let (zone, now) = (app::morning::zone()?, cx.now());
    let form = if may(viewer.officer.role, Action::Correct) {
        Some(form(&site, &browser, &wanted).await?)
    } else {
        None
    };
    let next = app::correction::next(which, &found);
    page(&Page {
        shell: Shell::new(&browser, ("检察监督", "Corrections"), PLACE, now),
        lines: found.iter().map(|one| line(one, &zone, now)).collect(),
        closed: wanted.closed,
        next: next.map(|(at, id)| format!("{}.{id}", at.0)),
        form,
    })
}

async fn form(site: &Site, browser: &Browser, wanted: &Wanted) -> Result<Form, Problem> {
    let units = app::unit::list(&site.cx, &browser.viewer).await?;
    let person = match wanted.person {
        Some(id) => Some(
            app::person::get(&site.cx, &browser.viewer, id)
                .await?
                .person,
        ),
        None => None,
    };
    let own = |unit: OrgUnitId| person.as_ref().is_some_and(|person| person.unit == unit);
    Ok(Form {
        units: units
            .into_iter()
            .map(|unit| (unit.id.to_string(), unit.name, own(unit.id)))
            .collect(),
        checkin: wanted.checkin.map(|checkin| checkin.to_string()),
        person: person.map(|one| (one.id.to_string(), one.name, one.case_number)),
    })
}

#[derive(Deserialize)]
struct Written {
    unit: OrgUnitId,
    kind: CorrectionKind,
    person: Option<PersonId>,
    checkin: Option<CheckinId>,
    found: String,
    asked: String,
    #[serde(default)]
    reply_days: Days,
}

/// A field that may be left empty.
#[derive(Default, Deserialize)]
#[serde(try_from = "String")]
struct Days(Option<u16>);

impl TryFrom<String> for Days {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        let days = (!text.is_empty()).then(|| text.parse()).transpose()?;
        Ok(Self(days))
    }
}

/// Writes a correction to a unit.
#[utoipa::path(post, path = "/console/corrections", responses((status = 303), (status = 422)))]
async fn file(State(site): State<Site>, form: Filled<Written>) -> Result<Response, Problem> {
    let sent = form.sent;
    let new = New {
        kind: sent.kind,
        person: sent.person,
        checkin: sent.checkin,
        found: sent.found,
        asked: sent.asked,
        reply_days: sent.reply_days.0,
    };
    let named = app::correction::file(&site.cx, &form.browser.viewer, sent.unit, new).await?;
    Ok(see(&format!("{PLACE}/{}", named.correction.id)))
}

#[derive(Template)]
#[template(path = "correction.html")]
struct Thread {
    shell: Shell,
    head: Line,
    person: Option<String>,
    checkin: Option<String>,
    asked: String,
    by: String,
    steps: Vec<StepLine>,
    /// What the reader may do now.
    may_reply: bool,
    may_judge: bool,
    may_withdraw: bool,
}

struct StepLine {
    words: Words,
    tone: &'static str,
    by: String,
    at: String,
    text: Option<String>,
    why_not: Option<String>,
    due: Option<String>,
}

/// One correction with its thread, and what may be done with it now.
#[utoipa::path(get, path = "/console/corrections/{id}", params(("id" = uuid::Uuid, Path)), responses((status = 200), (status = 404)))]
async fn one(
    State(site): State<Site>,
    browser: Browser,
    Path(id): Path<CorrectionId>,
) -> Result<Response, Problem> {
    let (cx, viewer) = (&site.cx, &browser.viewer);
    let named = app::correction::get(cx, viewer, id).await?;
    let (zone, now) = (app::morning::zone()?, cx.now());
    let (one, state) = (&named.correction, named.correction.state());
    let unit = may_step(viewer, one, true);
    let procurators = may_step(viewer, one, false);
    page(&Thread {
        shell: Shell::new(&browser, ("检察监督", "Correction"), PLACE, now),
        head: line(&named, &zone, now),
        person: one.person.map(|person| person.to_string()),
        checkin: one.checkin.map(|checkin| checkin.to_string()),
        asked: one.asked.clone(),
        by: name(&named, one.filed_by),
        steps: one
            .steps
            .iter()
            .map(|taken| step_line(&named, taken, &zone))
            .collect(),
        may_reply: unit && state == correction::State::Filed,
        may_judge: procurators && state == correction::State::Replied,
        may_withdraw: procurators && state == correction::State::Filed && one.steps.is_empty(),
    })
}

#[derive(Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
enum Sent {
    Reply {
        adoption: Adoption,
        text: String,
        why_not: String,
    },
    Insist {
        text: String,
        #[serde(default)]
        reply_days: Days,
    },
    Accept,
    Withdraw {
        reason: String,
    },
}

/// Replies, accepts the reply, asks for another one, or takes the correction back.
#[utoipa::path(post, path = "/console/corrections/{id}", params(("id" = uuid::Uuid, Path)), responses((status = 303), (status = 409)))]
async fn step(
    State(site): State<Site>,
    Path(id): Path<CorrectionId>,
    form: Filled<Sent>,
) -> Result<Response, Problem> {
    let asked = match form.sent {
        Sent::Reply {
            adoption,
            text,
            why_not,
        } => Asked::Reply {
            adoption,
            text,
            why_not: Some(why_not),
        },
        Sent::Insist { text, reply_days } => Asked::Insist {
            text,
            reply_days: reply_days.0,
        },
        Sent::Accept => Asked::Accept,
        Sent::Withdraw { reason } => Asked::Withdraw { reason },
    };
    app::correction::step(&site.cx, &form.browser.viewer, id, asked).await?;
    Ok(see(&format!("{PLACE}/{id}")))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list, file))
        .routes(routes!(one, step))
}

/// As it stands now.
pub fn line(named: &Named, zone: &TimeZone, now: Micros) -> Line {
    let one = &named.correction;
    let state = one.state();
    Line {
        id: one.id.to_string(),
        kind: match one.kind {
            CorrectionKind::Opinion => ("纠正意见", "correction"),
            CorrectionKind::Suggestion => ("检察建议", "suggestion"),
        },
        state: match state {
            correction::State::Filed => ("待书面回复", "reply owed"),
            correction::State::Replied => ("待检察机关审查回复", "reply to be looked at"),
            correction::State::Accepted => ("已办结", "closed"),
            correction::State::Withdrawn => ("已撤回", "withdrawn"),
        },
        tone: match state {
            correction::State::Filed | correction::State::Replied => "look",
            correction::State::Accepted => "good",
            correction::State::Withdrawn => "calm",
        },
        unit: named.unit.clone(),
        person: named.person.clone(),
        found: one.found.clone(),
        filed: words::minute(one.filed_at, zone),
        due: words::minute(one.due_at(), zone),
        overdue: one.overdue(now),
    }
}

fn step_line(named: &Named, taken: &Taken, zone: &TimeZone) -> StepLine {
    let plain = |words, tone| StepLine {
        words,
        tone,
        by: name(named, taken.by),
        at: words::minute(taken.at, zone),
        text: None,
        why_not: None,
        due: None,
    };
    match &taken.step {
        Step::Reply {
            adoption,
            text,
            why_not,
        } => {
            let (words, tone) = match adoption {
                Adoption::Whole => (("回复：全部采纳", "Reply: all adopted"), "good"),
                Adoption::Part => (("回复：部分采纳", "Reply: partly adopted"), "look"),
                Adoption::Nothing => (("回复：未采纳", "Reply: not adopted"), "bad"),
            };
            StepLine {
                text: Some(text.clone()),
                why_not: why_not.clone(),
                ..plain(words, tone)
            }
        }
        Step::Insist { text, due_at } => StepLine {
            text: Some(text.clone()),
            due: Some(words::minute(*due_at, zone)),
            ..plain(("要求再次回复", "Another reply is asked for"), "look")
        },
        Step::Accept => plain(("认可回复，办结", "Reply accepted"), "good"),
        Step::Withdraw { reason } => StepLine {
            text: Some(reason.clone()),
            ..plain(("撤回", "Withdrawn"), "calm")
        },
    }
}

fn name(named: &Named, officer: domain::OfficerId) -> String {
    named.officers.get(&officer).cloned().unwrap_or_default()
}
