use app::report::Chart;
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{OrgUnitId, access::Action};
use edge::{Browser, Problem, Query, Site};
use jiff::{ToSpan, civil::Date};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    shell::{Shell, page},
    words::Words,
};

#[derive(Template)]
#[template(path = "reports.html")]
struct Page {
    shell: Shell,
    units: Vec<(String, String, bool)>,
    day: String,
    reports: Vec<Report>,
    charts: Vec<Chart>,
}

struct Report {
    words: Words,
    hint: Words,
    html: String,
    xlsx: String,
}

#[derive(Deserialize)]
struct Asked {
    unit: Option<OrgUnitId>,
    day: Option<Date>,
}

/// Which reports there are for a unit and a day: pages to print, and tables. Each look at one is written down.
#[utoipa::path(get, path = "/console/reports", params(("unit" = Option<uuid::Uuid>, Query)), responses((status = 200)))]
async fn list(
    State(site): State<Site>,
    browser: Browser,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    browser.viewer.allow(Action::Read)?;
    let units = app::unit::list(&site.cx, &browser.viewer).await?;
    let chosen = asked.unit.unwrap_or(browser.viewer.officer.unit);
    // A unit that is not the officer's does not exist for him.
    if !units.iter().any(|unit| unit.id == chosen) {
        return Err(app::Error::NotFound("unit").into());
    }
    let now = site.cx.now();
    let today = now.local(&app::morning::zone()?).unwrap_or_default().date();
    let day = asked.day.unwrap_or(today);
    let charts = app::report::trend(&site.cx, &browser.viewer, chosen, day).await?;
    page(&Page {
        shell: Shell::new(&browser, ("报表", "Reports"), "/console/reports", now),
        units: units
            .into_iter()
            .map(|unit| (unit.id.to_string(), unit.name, unit.id == chosen))
            .collect(),
        day: day.to_string(),
        reports: reports(chosen, day),
        charts,
    })
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(list))
}

fn reports(unit: OrgUnitId, day: Date) -> Vec<Report> {
    let base = format!("/v1/console/units/{unit}");
    let month = day.strftime("%Y-%m").to_string();
    let first = day.saturating_sub(30.days());
    let report = |words, hint, path: String| {
        let join = if path.contains('?') { '&' } else { '?' };
        Report {
            words,
            hint,
            html: format!("{base}/{path}{join}format=html"),
            xlsx: format!("{base}/{path}{join}format=xlsx"),
        }
    };
    vec![
        report(
            ("当日签到情况", "Check-ins of the day"),
            ("最需关注的在前", "the worst first"),
            format!("day/{day}"),
        ),
        report(
            ("月度考勤表", "Attendance of the month"),
            ("每人一行，每日一格", "a line a person, a cell a day"),
            format!("month/{month}"),
        ),
        report(
            ("异常名单", "Exceptions"),
            (
                "错位、越界、缺席，近31天",
                "wrong place, out of area, missed; 31 days",
            ),
            format!("exceptions?first={first}&last={day}"),
        ),
        report(
            (
                "检察对账（每月25日）",
                "Reconciliation with the procurators",
            ),
            ("名册与变动两方核对", "two lists held against each other"),
            format!("reconciliation/{month}"),
        ),
    ]
}
