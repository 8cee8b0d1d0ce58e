//! One person's file, and what is done from it: a code for his phone, and the way to plan and capture.

use app::{contact::Shown, correction::Named, file::File};
use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};
use domain::{
    PersonId,
    access::{Action, may},
    enrolment::State as Stands,
    message::Means,
};
use edge::{Browser, Filled, Path, Problem, Query, Site};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    alert_line::{self, AlertLine},
    call::{self, CallLine},
    corrections,
    month_grid::{self, Grid},
    plan_words, qr,
    queue_line::{self, ReasonLine},
    shell::{Shell, page, see},
    words::{self, Words},
};

#[derive(Template)]
#[template(path = "person.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each decides about one thing on the page"
)]
struct Page {
    shell: Shell,
    id: String,
    name: String,
    case_number: String,
    minor: bool,
    unit: String,
    category: &'static str,
    level: Words,
    from: String,
    until: String,
    ended: Option<String>,
    plan: Option<Plan>,
    grid: Grid,
    month: String,
    before: String,
    after: String,
    recent: Vec<Recent>,
    alerts: Vec<AlertLine>,
    leaves: Vec<Leave>,
    device: Option<(String, String)>,
    enrolment: Option<(Words, &'static str, String)>,
    enrolled: bool,
    may_enrol: bool,
    may_plan: bool,
    corrections: Vec<corrections::Line>,
    contacts: Vec<(Words, String)>,
    calls: Vec<CallLine>,
}

struct Plan {
    version: i32,
    versions: usize,
    from: String,
    rules: Vec<Words2>,
}

/// A sentence in two languages, made of facts.
pub type Words2 = (String, String);

struct Recent {
    id: String,
    submitted: String,
    state: Words,
    attendance: Words,
    tone: &'static str,
    reasons: Vec<ReasonLine>,
}

struct Leave {
    from: String,
    until: String,
    purpose: &'static str,
    state: Words,
}

#[derive(Deserialize)]
struct Asked {
    /// First day of the month that is shown.
    month: Option<Date>,
}

/// One person's file.
#[utoipa::path(get, path = "/console/persons/{id}", params(("id" = uuid::Uuid, Path)), responses((status = 200)))]
async fn show(
    State(site): State<Site>,
    browser: Browser,
    Path(id): Path<PersonId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let file = app::file::open(&site.cx, &browser.viewer, id, asked.month).await?;
    let role = browser.viewer.officer.role;
    let corrections = if may(role, Action::ReadCorrections) {
        app::correction::of_person(&site.cx, &browser.viewer, id).await?
    } else {
        Vec::new()
    };
    let may = (may(role, Action::Enrol), may(role, Action::Register));
    let now = site.cx.now();
    let shell = Shell::new(&browser, ("对象档案", "Person"), "/console/persons", now);
    page(&made(shell, &file, (may, &corrections), now))
}

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    shell: Shell,
    person: String,
    name: String,
    code: String,
    until: String,
    link: String,
    qr: String,
}

#[derive(Deserialize)]
struct Nothing {}

/// Makes a one-time code for the person's phone: as text, and as a link to scan. It is shown this once.
#[utoipa::path(post, path = "/console/persons/{id}/activation", params(("id" = uuid::Uuid, Path)), responses((status = 200)))]
async fn activate(
    State(site): State<Site>,
    Path(id): Path<PersonId>,
    headers: HeaderMap,
    form: Filled<Nothing>,
) -> Result<Response, Problem> {
    let (cx, browser) = (&site.cx, form.browser);
    let person = app::person::get(cx, &browser.viewer, id).await?.person;
    let code = app::activation::issue(cx, &browser.viewer, id).await?;
    // After the #, so that it reaches no log of any server on the way.
    let link = format!("{}/h5/#code={}", site.base(&headers), code.code);
    let zone = app::morning::zone()?;
    page(&CodePage {
        shell: Shell::new(
            &browser,
            ("激活码", "Activation code"),
            "/console/persons",
            cx.now(),
        ),
        person: person.id.to_string(),
        name: person.name,
        until: words::hour(code.expires_at, &zone),
        qr: qr::drawn(&link)?,
        code: code.code,
        link,
    })
}

#[derive(Deserialize)]
struct Address {
    means: Means,
    /// Empty: it is removed.
    address: String,
}

/// Sets, or removes, the person's telephone number or mail address.
#[utoipa::path(post, path = "/console/persons/{id}/contacts", params(("id" = uuid::Uuid, Path)), responses((status = 303), (status = 422)))]
async fn reach(
    State(site): State<Site>,
    Path(id): Path<PersonId>,
    form: Filled<Address>,
) -> Result<Response, Problem> {
    let Address { means, address } = form.sent;
    let address = Some(address.trim()).filter(|address| !address.is_empty());
    app::contact::set_of_person(&site.cx, &form.browser.viewer, id, means, address).await?;
    Ok(see(&format!("/console/persons/{id}#contacts")))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(activate))
        .routes(routes!(reach))
}

fn contact(shown: &Shown) -> (Words, String) {
    let words = match shown.means {
        Means::Sms => ("电话", "telephone"),
        Means::Mail => ("邮箱", "mail"),
        Means::WeChat => ("微信", "WeChat"),
    };
    (words, shown.masked.clone())
}

fn made(
    shell: Shell,
    file: &File,
    ((may_enrol, may_plan), corrections): ((bool, bool), &[Named]),
    now: domain::Micros,
) -> Page {
    let zone = &file.zone;
    let person = &file.standing.person;
    let supervised = person.ended.is_none();
    let month = file.month;
    Page {
        shell,
        id: person.id.to_string(),
        name: person.name.clone(),
        case_number: person.case_number.clone(),
        minor: person.minor,
        unit: file.unit.clone(),
        category: person.order.category.zh(),
        level: words::level(person.order.level),
        from: person.order.starts_on.to_string(),
        until: person.order.ends_on.to_string(),
        ended: person.ended.map(|ended| words::minute(ended.at, zone)),
        plan: file.plan.as_ref().map(|plan| Plan {
            version: plan.version,
            versions: file.versions,
            from: plan.effective_from.to_string(),
            rules: plan.rules.iter().map(plan_words::rule).collect(),
        }),
        grid: month_grid::made(month, &file.duties, zone),
        month: month.strftime("%Y年%-m月").to_string(),
        before: month.saturating_sub(1.month()).to_string(),
        after: month.saturating_add(1.month()).to_string(),
        recent: file.recent.iter().map(|one| recent(one, zone)).collect(),
        alerts: file
            .alerts
            .iter()
            .map(|about| alert_line::made(about.clone(), now))
            .collect(),
        leaves: file
            .leaves
            .iter()
            .rev()
            .map(|one| leave(one, zone))
            .collect(),
        device: file.device.as_ref().map(|device| {
            (
                device.label.clone(),
                words::minute(device.activated_at, zone),
            )
        }),
        enrolment: file.enrolment.as_ref().map(|one| {
            let (words, tone) = enrolment(one.state);
            (words, tone, words::minute(one.opened_at, zone))
        }),
        enrolled: file.standing.enrolled,
        may_enrol: may_enrol && supervised,
        may_plan: may_plan && supervised,
        contacts: file.contacts.iter().map(contact).collect(),
        calls: file.calls.iter().map(|one| call::line(one, zone)).collect(),
        corrections: corrections
            .iter()
            .rev()
            .map(|one| corrections::line(one, zone, now))
            .collect(),
    }
}

const fn enrolment(state: Stands) -> (Words, &'static str) {
    match state {
        Stands::Open => (("采集中", "capturing"), "calm"),
        Stands::Queued | Stands::Running => (("处理中", "being judged"), "calm"),
        Stands::Complete => (("已完成", "complete"), "good"),
        Stands::Refused => (("未通过，须重新采集", "refused, take it again"), "bad"),
    }
}

fn recent(one: &app::review::Recent, zone: &TimeZone) -> Recent {
    Recent {
        id: one.checkin.to_string(),
        submitted: one
            .submitted_at
            .map_or_else(|| "—".to_owned(), |at| words::minute(at, zone)),
        state: words::state(one.state),
        attendance: words::attendance(one.attendance),
        tone: words::tone(one.attendance),
        reasons: queue_line::reasons(one.verdict.as_ref()),
    }
}

fn leave(standing: &app::leave::Standing, zone: &TimeZone) -> Leave {
    let leave = &standing.leave;
    Leave {
        from: words::minute(leave.request.from, zone),
        until: words::minute(leave.request.until, zone),
        purpose: leave.request.purpose.zh(),
        state: words::leave_state(leave.state()),
    }
}
