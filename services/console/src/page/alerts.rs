use app::alert::Told;
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    AlertId,
    access::{Action, may},
    alert::{self, Move, Outcome},
};
use edge::{Browser, Filled, Path, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    alert_line::{self, AlertLine},
    shell::{Shell, page, see},
    words::{self, Words},
};

const HOUR_MS: i64 = 3_600_000;

#[derive(Template)]
#[template(path = "alerts.html")]
struct Page {
    shell: Shell,
    tabs: Vec<Tab>,
    state: &'static str,
    lines: Vec<AlertLine>,
    next: Option<String>,
    may_act: bool,
}

struct Tab {
    state: &'static str,
    words: Words,
    here: bool,
}

#[derive(Deserialize)]
struct Asked {
    state: Option<alert::State>,
    after: Option<AlertId>,
}

/// Alerts and tasks in one state, the oldest first.
#[utoipa::path(get, path = "/console/alerts", params(("state" = Option<String>, Query)), responses((status = 200)))]
async fn list(
    State(site): State<Site>,
    browser: Browser,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let state = asked.state.unwrap_or(alert::State::Open);
    let now = site.cx.now();
    let found = app::alert::list(&site.cx, &browser.viewer, state, asked.after).await?;
    let full = found.len() == app::alert::PAGE_LEN as usize;
    let next = found.last().filter(|_| full);
    let tab = |one: &alert::State| Tab {
        state: one.as_str(),
        words: words::alert_state(*one),
        here: *one == state,
    };
    page(&Page {
        shell: Shell::new(
            &browser,
            ("预警与任务", "Alerts and tasks"),
            "/console/alerts",
            now,
        ),
        tabs: alert::State::ALL.iter().map(tab).collect(),
        state: state.as_str(),
        next: next.map(|last| last.alert.id.to_string()),
        lines: found
            .into_iter()
            .map(|about| alert_line::made(about, now))
            .collect(),
        may_act: may(browser.viewer.officer.role, Action::Decide),
    })
}

#[derive(Deserialize)]
struct Deed {
    #[serde(rename = "move")]
    made: Move,
    #[serde(default)]
    reason: String,
    /// Of what is closed; empty otherwise.
    #[serde(default)]
    outcome: String,
    /// Hours in which a task that is taken must be done.
    #[serde(default)]
    hours: String,
    /// The list that it was done from.
    #[serde(default)]
    from: String,
}

/// Acknowledges, takes as a task, or closes with a reason and what it came to.
#[utoipa::path(post, path = "/console/alerts/{id}", params(("id" = uuid::Uuid, Path)), responses((status = 303)))]
async fn act(
    State(site): State<Site>,
    Path(id): Path<AlertId>,
    form: Filled<Deed>,
) -> Result<Response, Problem> {
    let deed = &form.sent;
    let hours = deed.hours.parse::<i64>().ok();
    let told = Told {
        due_at: hours.map(|hours| site.cx.now().plus_ms(hours.saturating_mul(HOUR_MS))),
        reason: &deed.reason,
        outcome: deed.outcome.parse::<Outcome>().ok(),
    };
    app::alert::act(&site.cx, &form.browser.viewer, id, deed.made, told).await?;
    let from = deed.from.parse().unwrap_or(alert::State::Open);
    Ok(see(&format!("/console/alerts?state={from}")))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(act))
}
