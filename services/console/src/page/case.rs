//! One case before an officer: all evidence on one page, kept for him while he looks at it.

use app::review::{Case, Claim, Looked, Opinion, Ruled};
use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    CheckinId, Micros,
    access::{Action, may},
    appeal::Appeal,
    checkin::{Decision, State as Stands},
    points::Finding,
    verdict::Verdict,
};
use edge::{Browser, Filled, Path, Problem, Site};
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    alert_line::{self, AlertLine},
    evidence::{self, Weights},
    exhibit::{self, Exhibits},
    place_drawing::{self, Drawing},
    queue_line::{self, ReasonLine},
    shell::{Shell, page, see},
    words::{self, Words},
};

/// Earlier alerts that are shown beside a case.
const ALERTS_LEN: usize = 5;

#[derive(Template)]
#[template(path = "case.html")]
struct Page {
    shell: Shell,
    id: String,
    head: Head,
    reasons: Vec<ReasonLine>,
    weights: Option<Weights>,
    exhibits: Exhibits,
    place: Option<Drawing>,
    findings: Vec<(String, String)>,
    stand_in: Option<StandInLine>,
    recent: Vec<RecentLine>,
    alerts: Vec<AlertLine>,
    claim: Hold,
    ruling: Option<RulingLine>,
    /// As far as the reader may know of them.
    opinions: Vec<RulingLine>,
    appeal: Option<AppealLine>,
    before: Option<String>,
    after: Option<String>,
}

/// Whose case it is, and when it came.
struct Head {
    person: String,
    name: String,
    case_number: String,
    unit: String,
    level: Words,
    category: &'static str,
    state: Words,
    window: String,
    submitted: String,
    factors: Words,
    digits: String,
    device: Option<String>,
}

/// Who may decide now.
enum Hold {
    /// This officer, until then; the instant names his claim.
    Mine {
        until: String,
        claimed_at: i64,
    },
    Other {
        name: String,
        until: String,
    },
    /// It waits no longer, or this officer may not decide.
    Nobody {
        why: Words,
    },
}

struct StandInLine {
    /// None when the officer may not know of him.
    person: Option<(String, String, String)>,
    llr: String,
    searched: u32,
}

struct RecentLine {
    id: String,
    submitted: String,
    state: Words,
    attendance: Words,
    tone: &'static str,
    reasons: Vec<ReasonLine>,
    review: bool,
    reason: Option<String>,
}

struct RulingLine {
    /// Of a single opinion whose.
    by: String,
    decision: Words,
    tone: &'static str,
    reason: String,
    at: String,
}

/// What the person says against it that it was declined.
struct AppealLine {
    text: String,
    filed: String,
    /// None while it waits.
    answer: Option<RulingLine>,
    may_decide: bool,
}

/// Opens a case, and keeps it from others while it is looked at.
#[utoipa::path(get, path = "/console/reviews/{id}", params(("id" = uuid::Uuid, Path)), responses((status = 200)))]
async fn show(
    State(site): State<Site>,
    browser: Browser,
    Path(id): Path<CheckinId>,
) -> Result<Response, Problem> {
    let (cx, viewer) = (&site.cx, &browser.viewer);
    let decides = may(viewer.officer.role, Action::Decide);
    if decides {
        app::review::claim(cx, viewer, id).await?;
    }
    let looked = app::review::look(cx, viewer, id).await?;
    let shell = Shell::new(&browser, ("核查", "Review"), "/console/reviews", cx.now());
    let claim = hold(&looked, &browser, decides);
    let appeal = looked.case.appeal.as_ref();
    let appeal = appeal.map(|appeal| contested(appeal, &looked, &browser, decides));
    page(&made(shell, &looked, (claim, appeal), cx.now()))
}

#[derive(Deserialize)]
struct Kept {
    claimed_at: i64,
}

/// The page is still open: the case stays with its officer.
#[utoipa::path(post, path = "/console/reviews/{id}/claim", params(("id" = uuid::Uuid, Path)), responses((status = 204), (status = 409)))]
async fn keep(
    State(site): State<Site>,
    Path(id): Path<CheckinId>,
    form: Filled<Kept>,
) -> Result<Response, Problem> {
    let at = Micros(form.sent.claimed_at);
    app::review::renew(&site.cx, &form.browser.viewer, id, at).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The page was left: the case is anybody's again.
#[utoipa::path(post, path = "/console/reviews/{id}/release", params(("id" = uuid::Uuid, Path)), responses((status = 204)))]
async fn release(
    State(site): State<Site>,
    Path(id): Path<CheckinId>,
    form: Filled<Kept>,
) -> Result<Response, Problem> {
    let at = Micros(form.sent.claimed_at);
    app::review::release(&site.cx, &form.browser.viewer, id, at).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
struct Ruling {
    decision: Decision,
    reason: String,
}

/// Decides, and goes on to the next case.
#[utoipa::path(post, path = "/console/reviews/{id}/decision", params(("id" = uuid::Uuid, Path)), responses((status = 303), (status = 409)))]
async fn decide(
    State(site): State<Site>,
    Path(id): Path<CheckinId>,
    form: Filled<Ruling>,
) -> Result<Response, Problem> {
    let Filled { browser, sent } = form;
    let (cx, viewer) = (&site.cx, &browser.viewer);
    let ruled = app::review::decide(cx, viewer, id, sent.decision, sent.reason).await?;
    let next = app::review::look(cx, viewer, id).await?.neighbours;
    Ok(match (next, ruled) {
        ((_, Some(next)) | (Some(next), None), _) => see(&format!("/console/reviews/{next}")),
        ((None, None), Ruled::Settled) => see("/console/reviews?done=settled"),
        ((None, None), Ruled::SecondLook) => see("/console/reviews?done=second_look"),
    })
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(keep))
        .routes(routes!(release))
        .routes(routes!(decide))
}

fn hold(looked: &Looked, browser: &Browser, decides: bool) -> Hold {
    let until = |claim: &Claim| words::second(claim.expires_at, &looked.zone);
    let waits = looked.case.detail.checkin.state == Stands::Review;
    match &looked.claim {
        Some(claim) if waits && claim.officer != browser.viewer.officer.id => Hold::Other {
            name: claim.name.clone(),
            until: until(claim),
        },
        Some(claim) if waits && decides => Hold::Mine {
            until: until(claim),
            claimed_at: claim.claimed_at.0,
        },
        Some(_) | None if waits && !looked.case.opinions.is_empty() => Hold::Nobody {
            why: (
                "您的意见已记录，须由另一名工作人员独立核查",
                "Your opinion is kept; another officer looks, without knowing of it",
            ),
        },
        Some(_) | None if waits => Hold::Nobody {
            why: ("您的角色只能查看", "Your role may only look"),
        },
        Some(_) | None => Hold::Nobody {
            why: ("此签到已有结论", "This check-in is concluded"),
        },
    }
}

fn contested(appeal: &Appeal, looked: &Looked, browser: &Browser, decides: bool) -> AppealLine {
    let zone = &looked.zone;
    let own = |opinion: &Opinion| opinion.officer == browser.viewer.officer.id;
    let part = looked.case.opinions.iter().any(own);
    let answer = appeal.outcome.as_ref().map(|outcome| {
        let (decision, tone) = match outcome.finding {
            Finding::Granted => (("申诉成立", "Granted"), "good"),
            Finding::Upheld => (("维持原决定", "Upheld"), "bad"),
        };
        RulingLine {
            by: String::new(),
            decision,
            tone,
            reason: outcome.reason.clone(),
            at: words::minute(outcome.at, zone),
        }
    });
    AppealLine {
        text: appeal.text.to_string(),
        filed: words::minute(appeal.filed_at, zone),
        may_decide: decides && !part && answer.is_none(),
        answer,
    }
}

fn opinion(opinion: &Opinion, by: &str, zone: &TimeZone) -> RulingLine {
    RulingLine {
        by: by.to_owned(),
        decision: decision(opinion.decision),
        tone: tone(opinion.decision),
        reason: opinion.reason.clone(),
        at: words::minute(opinion.at, zone),
    }
}

fn made(
    shell: Shell,
    looked: &Looked,
    (claim, appeal): (Hold, Option<AppealLine>),
    now: Micros,
) -> Page {
    let zone = &looked.zone;
    let Case {
        detail,
        captured,
        enrolled,
        opinions,
        ..
    } = &looked.case;
    let place = detail.place.clone().unwrap_or_default();
    let weighed = detail.weighed.as_ref();
    let open = looked
        .alerts
        .iter()
        .filter(|about| about.alert.closed.is_none());
    Page {
        shell,
        id: detail.checkin.id.to_string(),
        head: head(looked),
        reasons: queue_line::reasons(detail.checkin.verdict.as_ref()),
        weights: weighed
            .and_then(|weighed| weighed.fused.as_ref())
            .map(evidence::weights),
        exhibits: exhibit::made(enrolled, captured, weighed.map(|weighed| &weighed.seen)),
        place: looked.place.as_ref().map(place_drawing::drawn),
        findings: place
            .findings
            .into_iter()
            .map(|one| (one.zh, one.en))
            .collect(),
        stand_in: looked.stand_in.as_ref().map(stand_in),
        recent: looked.recent.iter().map(|one| recent(one, zone)).collect(),
        alerts: open
            .take(ALERTS_LEN)
            .map(|about| alert_line::made(about.clone(), now))
            .collect(),
        claim,
        opinions: opinions
            .iter()
            .zip(&looked.officers)
            .map(|(one, by)| opinion(one, by, zone))
            .collect(),
        appeal,
        ruling: detail.ruling.as_ref().map(|ruling| RulingLine {
            by: String::new(),
            decision: decision(ruling.decision),
            tone: tone(ruling.decision),
            reason: ruling.reason.clone(),
            at: words::minute(ruling.at, zone),
        }),
        before: looked.neighbours.0.map(|id| id.to_string()),
        after: looked.neighbours.1.map(|id| id.to_string()),
    }
}

fn head(looked: &Looked) -> Head {
    let detail = &looked.case.detail;
    let (person, checkin) = (&detail.person, &detail.checkin);
    let (duty, zone) = (&detail.marked.duty, &looked.zone);
    let at = checkin.submitted_at.unwrap_or(checkin.opened_at);
    let prompt: String = checkin.prompt.clone().into();
    Head {
        person: person.id.to_string(),
        name: person.name.clone(),
        case_number: person.case_number.clone(),
        unit: looked.unit.clone(),
        level: words::level(person.order.level),
        category: person.order.category.zh(),
        state: words::state(checkin.state),
        window: format!(
            "{}–{}",
            words::moment(duty.opens_at, zone),
            words::hour(duty.closes_at, zone)
        ),
        submitted: words::minute(at, zone),
        factors: words::factors(duty.factors),
        digits: prompt,
        device: exhibit::device(detail.facts.as_ref()),
    }
}

const fn decision(decision: Decision) -> Words {
    match decision {
        Decision::Accept => ("认可", "Accepted"),
        Decision::Decline => ("不予认可", "Declined"),
        Decision::AskAgain => ("请其重新签到", "Asked again"),
    }
}

const fn tone(decision: Decision) -> &'static str {
    match decision {
        Decision::Accept => "good",
        Decision::Decline => "bad",
        Decision::AskAgain => "look",
    }
}

fn stand_in(named: &app::review::Named) -> StandInLine {
    let person = named.person.as_ref();
    StandInLine {
        person: person.map(|person| {
            (
                person.id.to_string(),
                person.name.clone(),
                person.case_number.clone(),
            )
        }),
        llr: format!("{:.1}", named.stand_in.llr),
        searched: named.stand_in.searched,
    }
}

fn recent(one: &app::review::Recent, zone: &TimeZone) -> RecentLine {
    let review = matches!(one.verdict, Some(Verdict::Review { .. }));
    RecentLine {
        id: one.checkin.to_string(),
        submitted: one
            .submitted_at
            .map_or_else(|| "—".to_owned(), |at| words::minute(at, zone)),
        state: words::state(one.state),
        attendance: words::attendance(one.attendance),
        tone: words::tone(one.attendance),
        reasons: queue_line::reasons(one.verdict.as_ref()),
        review,
        reason: one.reason.clone(),
    }
}
