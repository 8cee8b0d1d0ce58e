//! A month of a person: one cell a day, one sign a duty.

use app::duty::Marked;
use domain::attendance::Attendance;
use jiff::{civil::Date, tz::TimeZone};

use super::words::{self, Words};

pub struct Grid {
    /// Days before the first, so that weeks begin on Mondays.
    pub blank: usize,
    pub days: Vec<Day>,
    /// How many duties came to what; none that did not occur.
    pub sums: Vec<(Words, u32)>,
}

pub struct Day {
    pub number: i8,
    pub signs: Vec<Sign>,
}

pub struct Sign {
    pub mark: &'static str,
    pub tone: &'static str,
    pub told: String,
}

pub fn made(month: Date, duties: &[Marked], zone: &TimeZone) -> Grid {
    let first = month.first_of_month();
    let day = |number: i8| {
        let of = duties.iter().filter(|one| {
            let opens = one.duty.opens_at.local(zone);
            opens.is_some_and(|opens| opens.date().day() == number)
        });
        Day {
            number,
            signs: of.map(|one| sign(one, zone)).collect(),
        }
    };
    let count = |attendance: Attendance| {
        let of = duties.iter().filter(|one| one.attendance == attendance);
        (words::attendance(attendance), of.count() as u32)
    };
    Grid {
        blank: usize::try_from(first.weekday().to_monday_zero_offset()).unwrap_or(0),
        days: (1..=first.days_in_month()).map(day).collect(),
        sums: Attendance::ALL
            .iter()
            .map(|one| count(*one))
            .filter(|(_, count)| *count > 0)
            .collect(),
    }
}

fn sign(marked: &Marked, zone: &TimeZone) -> Sign {
    let (zh, en) = words::attendance(marked.attendance);
    let from = words::hour(marked.duty.opens_at, zone);
    let until = words::hour(marked.duty.closes_at, zone);
    Sign {
        mark: match marked.attendance {
            Attendance::Due => "○",
            Attendance::OnTime => "√",
            Attendance::Late => "迟",
            Attendance::UnderReview => "核",
            Attendance::Excused => "免",
            Attendance::Missed => "缺",
        },
        tone: words::tone(marked.attendance),
        told: format!("{from}–{until} {zh} {en}"),
    }
}
