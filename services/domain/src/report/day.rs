use std::cmp::Reverse;

use jiff::civil::Date;
use serde::Serialize;

use super::{DutyRow, PersonRows, Tally, Who};
use crate::{Micros, attendance::Attendance};

/// A day of an office or a county at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayView {
    pub day: Date,
    /// When it was looked at.
    pub at: Micros,
    /// Duties that may be told of.
    pub duties: Tally,
    /// Of those, not open yet.
    pub upcoming: u32,
    /// Persons of whom something was asked by now, by the worst that became of it.
    pub persons: Tally,
    /// The worst first, else as given; everybody, also of whom nothing is asked.
    pub rows: Vec<PersonDay>,
}

/// A person's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonDay {
    pub who: Who,
    /// In order of opening.
    pub duties: Vec<DutyRow>,
    /// Of the duties that have opened; none when none has.
    pub worst: Option<Attendance>,
}

/// Who is in, who is late, who is missed, what needs a look.
pub fn day_view(day: Date, persons: &[PersonRows<DutyRow>], now: Micros) -> DayView {
    let mut rows: Vec<PersonDay> = persons.iter().map(|of| person_day(day, of, now)).collect();
    rows.sort_by_key(|row| Reverse(row.worst.map(gravity)));
    let duties = rows.iter().flat_map(|row| &row.duties);
    let upcoming = duties.clone().filter(|duty| duty.opens_at > now).count();
    DayView {
        day,
        at: now,
        duties: duties.map(|duty| duty.attendance).collect(),
        upcoming: upcoming as u32,
        persons: rows.iter().filter_map(|row| row.worst).collect(),
        rows,
    }
}

fn person_day(day: Date, of: &PersonRows<DutyRow>, now: Micros) -> PersonDay {
    let duties = known(of, now, |opens_on| opens_on == day);
    let opened = duties.iter().filter(|duty| duty.opens_at <= now);
    let worst = opened
        .map(|duty| duty.attendance)
        .max_by_key(|one| gravity(*one));
    PersonDay {
        who: of.who.clone(),
        duties,
        worst,
    }
}

/// The duties of some days that may be told of, in order of opening.
pub(super) fn known(
    of: &PersonRows<DutyRow>,
    now: Micros,
    on: impl Fn(Date) -> bool,
) -> Vec<DutyRow> {
    let told = of.rows.iter().filter(|duty| duty.known(now));
    let mut duties: Vec<DutyRow> = told.filter(|duty| on(duty.day())).cloned().collect();
    duties.sort_by_key(|duty| (duty.opens_at, duty.duty));
    duties
}

/// How urgently an officer should look.
const fn gravity(attendance: Attendance) -> u8 {
    match attendance {
        Attendance::Excused => 0,
        Attendance::OnTime => 1,
        Attendance::Due => 2,
        Attendance::Late => 3,
        Attendance::UnderReview => 4,
        Attendance::Missed => 5,
    }
}
