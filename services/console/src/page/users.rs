//! Units, users and what the machine goes by, for administrators.

use app::officer::{Listed, NewOfficer};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    OrgUnitId,
    access::{Action, Role},
    org::{Level, OrgUnit},
    verdict::Policy,
};
use edge::{Browser, Filled, Problem, Site};
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    qr,
    shell::{Shell, page, see},
    words::{self, Words},
};

#[derive(Template)]
#[template(path = "users.html")]
struct Page {
    shell: Shell,
    units: Vec<UnitLine>,
    users: Vec<UserLine>,
    roles: Vec<(&'static str, Words)>,
    levels: Vec<(&'static str, Words)>,
    pack: String,
    thresholds: Vec<(Words, String)>,
}

struct UnitLine {
    id: String,
    name: String,
    level: Words,
    /// How far below the first.
    depth: usize,
}

struct UserLine {
    login: String,
    name: String,
    role: Words,
    unit: String,
    disabled: bool,
    locked: Option<String>,
}

/// Units and users below the administrator's unit, and the thresholds in use.
#[utoipa::path(get, path = "/console/users", responses((status = 200)))]
async fn list(State(site): State<Site>, browser: Browser) -> Result<Response, Problem> {
    browser.viewer.allow(Action::Administer)?;
    let cx = &site.cx;
    let units = app::unit::list(cx, &browser.viewer).await?;
    let users = app::officer::list(cx, &browser.viewer).await?;
    let (zone, now) = (app::morning::zone()?, cx.now());
    page(&Page {
        shell: Shell::new(
            &browser,
            ("用户与系统", "Users and system"),
            "/console/users",
            now,
        ),
        units: unit_lines(units),
        users: users
            .into_iter()
            .map(|user| user_line(user, now, &zone))
            .collect(),
        roles: Role::ALL
            .iter()
            .map(|role| (role.as_str(), words::role(*role)))
            .collect(),
        levels: Level::ALL
            .iter()
            .map(|level| (level.as_str(), words::unit_level(*level)))
            .collect(),
        pack: cx
            .engine
            .pack()
            .map_or_else(|| "—".to_owned(), str::to_owned),
        thresholds: thresholds(&cx.policy),
    })
}

#[derive(Deserialize)]
struct New {
    unit: OrgUnitId,
    login: String,
    name: String,
    role: Role,
    password: String,
}

#[derive(Template)]
#[template(path = "secret.html")]
struct Secret {
    shell: Shell,
    name: String,
    login: String,
    uri: String,
    qr: String,
}

/// Creates a user; the secret for his authenticator is shown this once.
#[utoipa::path(post, path = "/console/users", responses((status = 200)))]
async fn create(State(site): State<Site>, form: Filled<New>) -> Result<Response, Problem> {
    let Filled { browser, sent } = form;
    let new = NewOfficer {
        unit: sent.unit,
        login: sent.login,
        name: sent.name,
        role: sent.role,
        password: sent.password,
    };
    let created = app::officer::create(&site.cx, &browser.viewer, new).await?;
    let now = site.cx.now();
    page(&Secret {
        shell: Shell::new(&browser, ("新用户", "New user"), "/console/users", now),
        name: created.officer.name,
        login: created.officer.login,
        qr: qr::drawn(&created.totp_uri)?,
        uri: created.totp_uri,
    })
}

#[derive(Deserialize)]
struct NewUnit {
    parent: OrgUnitId,
    level: Level,
    name: String,
}

/// Creates a unit below another one.
#[utoipa::path(post, path = "/console/units", responses((status = 303)))]
async fn create_unit(State(site): State<Site>, form: Filled<NewUnit>) -> Result<Response, Problem> {
    let sent = form.sent;
    let viewer = &form.browser.viewer;
    app::unit::create(&site.cx, viewer, sent.parent, sent.level, sent.name).await?;
    Ok(see("/console/users"))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(create_unit))
}

fn unit_lines(units: Vec<OrgUnit>) -> Vec<UnitLine> {
    let top = units.first().map_or(0, |unit| unit.path.depth());
    let line = |unit: OrgUnit| UnitLine {
        depth: usize::try_from(unit.path.depth() - top).unwrap_or(0),
        id: unit.id.to_string(),
        name: unit.name,
        level: words::unit_level(unit.level),
    };
    units.into_iter().map(line).collect()
}

fn user_line(user: Listed, now: domain::Micros, zone: &TimeZone) -> UserLine {
    let locked = user.locked_until.filter(|until| now < *until);
    UserLine {
        login: user.officer.login,
        name: user.officer.name,
        role: words::role(user.officer.role),
        unit: user.unit,
        disabled: user.disabled_at.is_some(),
        locked: locked.map(|until| words::second(until, zone)),
    }
}

/// What the verdicts go by, as configured.
fn thresholds(policy: &Policy) -> Vec<(Words, String)> {
    let stakes = &policy.stakes;
    let number = |value: f64| format!("{value}");
    vec![
        (
            ("严管先验（攻击∶真实）", "prior odds, strict"),
            number(stakes.odds_strict.into()),
        ),
        (
            ("普管先验", "prior odds, general"),
            number(stakes.odds_general.into()),
        ),
        (
            ("宽管先验", "prior odds, lenient"),
            number(stakes.odds_lenient.into()),
        ),
        (
            (
                "误认他人的代价（次人工核查）",
                "cost of another person, looks",
            ),
            number(stakes.other_person.into()),
        ),
        (
            ("单项证据下限", "least of one factor, nats"),
            number(policy.factor_min),
        ),
        (
            ("所读数字下限", "least of the spoken digits, nats"),
            number(policy.content_min),
        ),
        (
            ("活体下限", "least of liveness, nats"),
            number(policy.presentation_min),
        ),
        (
            ("当面说话下限", "least of a live voice, nats"),
            number(policy.voice_presentation_min),
        ),
        (
            ("瞳距下限（像素）", "eye distance, pixels"),
            format!("{}", policy.eye_distance_min_px),
        ),
        (
            ("语音信噪比下限（分贝）", "signal to noise, dB"),
            format!("{}", policy.snr_min_db),
        ),
    ]
}
