use askama::Template;
use axum::{extract::State, response::Response};
use domain::{PersonId, access::Action};
use edge::{Browser, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    shell::{Shell, page},
    words,
};

#[derive(Template)]
#[template(path = "plan.html")]
struct Page {
    shell: Shell,
    id: String,
    name: String,
    case_number: String,
    level: &'static str,
    level_words: words::Words,
    today: String,
}

/// The editor of a person's plan, with the calendar that it would make. It reads and writes through the API, which checks every rule.
#[utoipa::path(get, path = "/console/persons/{id}/plan", params(("id" = uuid::Uuid, Path)), responses((status = 200)))]
async fn edit(
    State(site): State<Site>,
    browser: Browser,
    Path(id): Path<PersonId>,
) -> Result<Response, Problem> {
    let person = app::person::get(&site.cx, &browser.viewer, id)
        .await?
        .person;
    browser.viewer.allow(Action::Register)?;
    let now = site.cx.now();
    let zone = app::morning::zone()?;
    page(&Page {
        shell: Shell::new(&browser, ("矫正方案", "Plan"), "/console/persons", now),
        id: person.id.to_string(),
        name: person.name,
        case_number: person.case_number,
        level: person.order.level.as_str(),
        level_words: words::level(person.order.level),
        today: now.local(&zone).unwrap_or_default().date().to_string(),
    })
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(edit))
}
