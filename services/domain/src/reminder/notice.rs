use jiff::tz::TimeZone;

use super::text::{day, time};
use crate::{CheckinId, Micros, alert::Alert, duty::Duty};

/// Milliseconds after a failure within which officers are told.
pub const NOTICE_MS_MAX: i64 = 2 * 60_000;

/// What officers are told of. The person's quiet hours and quota do not hold for them, and they have none: who is on duty is not known here.
#[derive(Debug, Clone, Copy)]
pub enum Notice<'a> {
    Missed(&'a Duty),
    /// An attempt waits for an officer.
    Review(&'a Duty, CheckinId),
    Raised(&'a Alert),
    /// Nobody looked in time; told to the next unit above.
    Escalated(&'a Alert),
}

impl Notice<'_> {
    /// The same for the same message; ASCII. A missed duty and the alert that it raises are one.
    pub fn key(&self) -> String {
        match self {
            Self::Missed(duty) => format!("missed_duty:{}:0", duty.id),
            Self::Review(duty, checkin) => format!("review:{}:{checkin}", duty.id),
            Self::Raised(alert) => format!("{}:0", alert.cause.dedup()),
            Self::Escalated(alert) => format!("{}:{}", alert.cause.dedup(), alert.escalated),
        }
    }

    /// By when it must have gone out; `at`: when it happened.
    pub const fn due_by(at: Micros) -> Micros {
        at.plus_ms(NOTICE_MS_MAX)
    }

    /// What it says, Chinese and English, in the person's time: whom it is about is seen after signing in.
    pub fn text(&self, zone: &TimeZone) -> (String, String) {
        match self {
            Self::Missed(duty) => {
                let ((day_zh, day_en), span) = (day(duty.opens_at, zone), span(duty, zone));
                (
                    format!("有一项签到未完成（{day_zh}{span}），请登录处理。"),
                    format!("A check-in was missed ({day_en}, {span}): please sign in."),
                )
            }
            Self::Review(duty, _) => {
                let ((day_zh, day_en), span) = (day(duty.opens_at, zone), span(duty, zone));
                (
                    format!("有一项签到待复核（{day_zh}{span}），请登录查看。"),
                    format!("A check-in waits for review ({day_en}, {span}): please sign in."),
                )
            }
            Self::Raised(_) => (
                "有一条新预警，请登录查看。".to_owned(),
                "There is a new alert: please sign in.".to_owned(),
            ),
            Self::Escalated(_) => (
                "有一条预警逾期未处理，已转至本级，请登录处理。".to_owned(),
                "An alert was not looked at in time and has come up to you: please sign in."
                    .to_owned(),
            ),
        }
    }
}

/// `08:00-09:00`.
fn span(duty: &Duty, zone: &TimeZone) -> String {
    let (opens, closes) = (time(duty.opens_at, zone), time(duty.closes_at, zone));
    format!("{opens}-{closes}")
}
