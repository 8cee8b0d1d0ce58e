use jiff::civil::Date;
use serde::Serialize;

use super::{DutyRow, Period, PersonRows, Tally, Who, day::known};
use crate::Micros;

/// A person's days, each duty with its mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonMonth {
    pub who: Who,
    pub period: Period,
    /// When it was looked at.
    pub at: Micros,
    /// Every day of the period, in order.
    pub days: Vec<Day>,
    pub tally: Tally,
    /// As [`Tally::rate_permille`].
    pub rate_permille: Option<u32>,
}

/// The duties that open on a day, in that order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Day {
    pub day: Date,
    pub duties: Vec<DutyRow>,
}

/// The sheet of an office: its persons' days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfficeMonth {
    pub office: String,
    pub period: Period,
    pub at: Micros,
    /// As given.
    pub persons: Vec<PersonMonth>,
    pub tally: Tally,
    pub rate_permille: Option<u32>,
}

pub fn month_of_person(period: Period, of: &PersonRows<DutyRow>, now: Micros) -> PersonMonth {
    let duties = known(of, now, |day| period.contains(day));
    let tally: Tally = duties.iter().map(|duty| duty.attendance).collect();
    let mut days: Vec<Day> = period
        .days()
        .map(|day| Day {
            day,
            duties: Vec::new(),
        })
        .collect();
    for duty in duties {
        // `known` let only these days through.
        if let Ok(place) = days.binary_search_by_key(&duty.day(), |day| day.day) {
            days[place].duties.push(duty);
        }
    }
    PersonMonth {
        who: of.who.clone(),
        period,
        at: now,
        days,
        tally,
        rate_permille: tally.rate_permille(),
    }
}

pub fn month_of_office(
    office: String,
    period: Period,
    persons: &[PersonRows<DutyRow>],
    now: Micros,
) -> OfficeMonth {
    let persons = persons.iter().map(|of| month_of_person(period, of, now));
    let persons: Vec<PersonMonth> = persons.collect();
    let tally: Tally = persons.iter().map(|person| person.tally).sum();
    OfficeMonth {
        office,
        period,
        at: now,
        persons,
        tally,
        rate_permille: tally.rate_permille(),
    }
}
