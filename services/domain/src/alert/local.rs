use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use crate::Micros;

pub(super) const DAY_MS: i64 = 24 * 3_600_000;

/// What a clock on the wall showed; the epoch's time outside the calendar.
pub(super) fn time(at: Micros, zone: &TimeZone) -> DateTime {
    zone.to_datetime(at.timestamp().unwrap_or(Timestamp::UNIX_EPOCH))
}

pub(super) fn day(at: Micros, zone: &TimeZone) -> Date {
    time(at, zone).date()
}

/// `2026-03-02 08:00`.
pub(super) fn told(at: Micros, zone: &TimeZone) -> String {
    time(at, zone).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The ISO 8601 week that holds a day, `2026-W10`.
pub(super) fn week(day: Date) -> String {
    let week = day.iso_week_date();
    format!("{}-W{:02}", week.year(), week.week())
}

/// `2026-03`.
pub(super) fn month(day: Date) -> String {
    day.strftime("%Y-%m").to_string()
}
