use app::person::{Found, NewPerson, PAGE_LEN, Search};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    OrgUnitId, PersonId,
    access::{Action, may},
    order::{Category, SupervisionOrder},
    plan::SupervisionLevel,
};
use edge::{Browser, Filled, Problem, Query, Site};
use jiff::{ToSpan, civil::Date};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    shell::{Shell, escaped, page, see},
    words::{self, Words},
};

#[derive(Template)]
#[template(path = "persons.html")]
struct Page {
    shell: Shell,
    q: String,
    level: &'static str,
    ended: bool,
    lines: Vec<Line>,
    next: Option<String>,
    /// None for whoever may not register.
    form: Option<NewForm>,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mark of its own in the line"
)]
struct Line {
    id: String,
    name: String,
    case_number: String,
    unit: String,
    category: &'static str,
    level: Words,
    until: String,
    enrolled: bool,
    has_phone: bool,
    planned: bool,
    minor: bool,
}

struct NewForm {
    units: Vec<(String, String)>,
    today: String,
    year: String,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    ended: bool,
    after: Option<PersonId>,
}

/// The persons of the officer's units, searched by name or case number.
#[utoipa::path(get, path = "/console/persons", params(("q" = Option<String>, Query)), responses((status = 200)))]
async fn list(
    State(site): State<Site>,
    browser: Browser,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let level = asked.level.parse::<SupervisionLevel>().ok();
    let search = Search {
        text: asked.q.trim(),
        level,
        ended: asked.ended,
    };
    let viewer = &browser.viewer;
    let found = app::person::search(&site.cx, viewer, &search, asked.after).await?;
    let last = found.last().map(|last| last.person.id.to_string());
    let form = if may(viewer.officer.role, Action::Register) {
        Some(new_form(&site, &browser).await?)
    } else {
        None
    };
    page(&Page {
        shell: Shell::new(
            &browser,
            ("矫正对象", "Persons"),
            "/console/persons",
            site.cx.now(),
        ),
        next: last
            .filter(|_| found.len() == PAGE_LEN as usize)
            .map(|last| further(&asked, &last)),
        lines: found.into_iter().map(line).collect(),
        q: asked.q,
        level: level.map_or("", SupervisionLevel::as_str),
        ended: asked.ended,
        form,
    })
}

#[derive(Deserialize)]
struct New {
    unit: OrgUnitId,
    name: String,
    case_number: String,
    category: Category,
    level: SupervisionLevel,
    starts_on: Date,
    ends_on: Date,
    #[serde(default)]
    minor: Option<String>,
}

/// Registers a person, and opens his file.
#[utoipa::path(post, path = "/console/persons", responses((status = 303)))]
async fn register(State(site): State<Site>, form: Filled<New>) -> Result<Response, Problem> {
    let new = form.sent;
    let new = NewPerson {
        unit: new.unit,
        name: new.name,
        case_number: new.case_number,
        order: SupervisionOrder {
            category: new.category,
            level: new.level,
            starts_on: new.starts_on,
            ends_on: new.ends_on,
        },
        minor: new.minor.is_some(),
    };
    let person = app::person::register(&site.cx, &form.browser.viewer, &new).await?;
    Ok(see(&format!("/console/persons/{}", person.id)))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(list, register))
}

async fn new_form(site: &Site, browser: &Browser) -> Result<NewForm, Problem> {
    let units = app::unit::list(&site.cx, &browser.viewer).await?;
    let zone = app::morning::zone()?;
    let today = site.cx.now().local(&zone).unwrap_or_default().date();
    Ok(NewForm {
        units: units
            .into_iter()
            .map(|unit| (unit.id.to_string(), unit.name))
            .collect(),
        today: today.to_string(),
        year: today.saturating_add(1.year()).to_string(),
    })
}

/// Where the same search goes on.
fn further(asked: &Asked, last: &str) -> String {
    format!(
        "/console/persons?q={}&level={}&ended={}&after={last}",
        escaped(&asked.q),
        escaped(&asked.level),
        asked.ended
    )
}

fn line(found: Found) -> Line {
    let person = found.person;
    Line {
        id: person.id.to_string(),
        name: person.name,
        case_number: person.case_number,
        unit: found.unit,
        category: person.order.category.zh(),
        level: words::level(person.order.level),
        until: person.order.ends_on.to_string(),
        enrolled: found.enrolled,
        has_phone: found.has_phone,
        planned: found.planned,
        minor: person.minor,
    }
}
