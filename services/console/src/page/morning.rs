use app::morning::{Counted, DayEntry, Morning};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::attendance::Attendance;
use edge::{Browser, Problem, Site};
use jiff::tz::TimeZone;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    alert_line::{self, AlertLine},
    queue_line::{self, QueueLine},
    shell::{Shell, page},
    words::{self, Words},
};

#[derive(Template)]
#[template(path = "morning.html")]
struct Page {
    shell: Shell,
    day: String,
    weekday: Words,
    at: String,
    tiles: Vec<Tile>,
    total: u32,
    wanting: Vec<DutyLine>,
    reviews: Vec<QueueLine>,
    waiting: i64,
    alerts: Vec<AlertLine>,
    later: u32,
    corrections: i64,
}

/// A number of the day.
struct Tile {
    words: Words,
    count: u32,
    tone: &'static str,
    hint: Words,
}

/// A duty that is not in order.
struct DutyLine {
    person: String,
    name: String,
    case_number: String,
    window: String,
    attendance: Words,
    tone: &'static str,
}

/// The day as it stands, and what waits for the officer.
#[utoipa::path(get, path = "/console", responses((status = 200)))]
async fn today(State(site): State<Site>, browser: Browser) -> Result<Response, Problem> {
    let now = site.cx.now();
    let morning = app::morning::look(&site.cx, &browser.viewer).await?;
    let zone = app::morning::zone()?;
    let shell = Shell::new(&browser, ("今日", "Today"), "/console", now);
    page(&made(shell, morning, &zone))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(today))
}

fn made(shell: Shell, morning: Morning, zone: &TimeZone) -> Page {
    let counted = &morning.counted;
    let (reviews, waiting) = morning.reviews;
    let (alerts, later) = morning.alerts;
    Page {
        shell,
        day: morning.day.strftime("%Y年%-m月%-d日").to_string(),
        weekday: words::weekday(morning.day),
        at: words::second(morning.at, zone),
        tiles: tiles(counted),
        total: counted.iter().map(|one| one.duties).sum(),
        wanting: morning.wanting.iter().map(|one| line(one, zone)).collect(),
        reviews: reviews
            .iter()
            .map(|one| queue_line::made(one, zone, morning.at))
            .collect(),
        waiting,
        alerts: alerts
            .into_iter()
            .map(|about| alert_line::made(about, morning.at))
            .collect(),
        later,
        corrections: morning.corrections,
    }
}

fn tiles(counted: &[Counted]) -> Vec<Tile> {
    let sum = |of: fn(&Counted) -> bool| -> u32 {
        let of = counted.iter().filter(|one| of(one));
        of.map(|one| one.duties).sum()
    };
    let is = |attendance: Attendance| -> u32 {
        let of = counted.iter().filter(|one| one.attendance == attendance);
        of.map(|one| one.duties).sum()
    };
    let due_now = sum(|one| one.attendance == Attendance::Due && one.opened);
    let coming = sum(|one| one.attendance == Attendance::Due && !one.opened);
    let tile = |words, count, tone, hint| Tile {
        words,
        count,
        tone,
        hint,
    };
    vec![
        tile(
            ("已到", "In"),
            is(Attendance::OnTime),
            "good",
            ("按时签到", "on time"),
        ),
        tile(
            ("迟到", "Late"),
            is(Attendance::Late),
            "look",
            ("已签到，超过时段", "in, after the window"),
        ),
        tile(
            ("核查中", "Under review"),
            is(Attendance::UnderReview),
            "look",
            ("等待人工核查", "waits for an officer"),
        ),
        tile(
            ("缺席", "Missed"),
            is(Attendance::Missed),
            "bad",
            ("未在时段内签到", "not in within the window"),
        ),
        tile(
            ("待签到", "Still due"),
            due_now,
            "calm",
            ("时段已开始", "window is open"),
        ),
        tile(
            ("未到时间", "To come"),
            coming,
            "calm",
            ("今日稍后", "later today"),
        ),
        tile(
            ("免签", "Excused"),
            is(Attendance::Excused),
            "calm",
            ("请假或免签", "leave or excused"),
        ),
    ]
}

fn line(entry: &DayEntry, zone: &TimeZone) -> DutyLine {
    let duty = &entry.marked.duty;
    DutyLine {
        person: entry.person.id.to_string(),
        name: entry.person.name.clone(),
        case_number: entry.person.case_number.clone(),
        window: format!(
            "{}–{}",
            words::hour(duty.opens_at, zone),
            words::hour(duty.closes_at, zone)
        ),
        attendance: words::attendance(entry.marked.attendance),
        tone: words::tone(entry.marked.attendance),
    }
}
