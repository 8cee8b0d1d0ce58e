//! An alert as one line of a list.

use app::alert::About;
use domain::{Micros, alert::State};

use super::words::{self, Words};

pub struct AlertLine {
    pub id: String,
    pub person: String,
    pub name: String,
    pub case_number: String,
    pub rule: Words,
    pub severity: Words,
    pub tone: &'static str,
    pub zh: String,
    pub en: String,
    pub state: Words,
    pub open: bool,
    pub may_take: bool,
    pub closed: bool,
    pub raised: String,
    pub due: Option<Due>,
    pub reason: Option<String>,
}

/// By when somebody must look.
pub struct Due {
    pub at: String,
    pub left: Words,
    pub left_number: i64,
    pub over: bool,
}

pub fn made(about: About, now: Micros) -> AlertLine {
    let alert = about.alert;
    let (zh, en) = alert.cause.explain(&about.zone);
    let (rule, severity) = (alert.cause.rule(), alert.cause.severity());
    AlertLine {
        id: alert.id.to_string(),
        person: about.person.id.to_string(),
        name: about.person.name,
        case_number: about.person.case_number,
        rule: words::rule(rule),
        severity: words::severity(severity),
        tone: words::severity_tone(severity),
        zh,
        en,
        state: words::alert_state(alert.state),
        open: alert.state == State::Open,
        may_take: matches!(alert.state, State::Open | State::Acknowledged),
        closed: alert.state == State::Closed,
        raised: words::moment(alert.raised_at, &about.zone),
        due: alert
            .due_at
            .map(|at| due(at, now, words::moment(at, &about.zone))),
        reason: alert.closed.map(|closed| closed.reason),
    }
}

fn due(at: Micros, now: Micros, shown: String) -> Due {
    let minutes = at.since_ms(now) / 60_000;
    let (left, left_number) = if minutes.abs() < 60 {
        (("分钟", "min"), minutes.abs())
    } else {
        (("小时", "h"), minutes.abs() / 60)
    };
    Due {
        at: shown,
        left,
        left_number,
        over: minutes < 0,
    }
}
