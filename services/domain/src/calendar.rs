//! Which days are worked. Weekends are free but for what is declared: China moves workdays around its holidays, anew each year.

use std::collections::BTreeMap;

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use serde::{Deserialize, Serialize};

/// Declared days of one year, at most.
pub const DECLARED_MAX: usize = 120;
/// Days in a row without a workday that [`Calendar::next_workday`] looks across, at most.
const FREE_DAYS_MAX: i64 = 31;

/// What a day was declared to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// Worked, although it may be a Saturday or Sunday.
    Workday,
    /// A holiday, or a day given in exchange.
    DayOff,
}

crate::text_enum!(DayKind { Workday = "workday", DayOff = "day_off" });

/// The declared days of one year, a version of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeclaredYear(pub BTreeMap<Date, DayKind>);

impl DeclaredYear {
    /// Are there at most [`DECLARED_MAX`] days, all of this year?
    pub fn fits(&self, year: i16) -> bool {
        self.0.len() <= DECLARED_MAX && self.0.keys().all(|day| day.year() == year)
    }
}

/// Declared days of any years; what is not declared follows the week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar(BTreeMap<Date, DayKind>);

impl Calendar {
    pub fn new(years: impl IntoIterator<Item = DeclaredYear>) -> Self {
        Self(years.into_iter().flat_map(|year| year.0).collect())
    }

    pub fn is_workday(&self, day: Date) -> bool {
        match self.0.get(&day) {
            Some(DayKind::Workday) => true,
            Some(DayKind::DayOff) => false,
            None => !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
        }
    }

    /// The first workday on or after this day; none when a whole month is free.
    pub fn next_workday(&self, day: Date) -> Option<Date> {
        let last = day.saturating_add(FREE_DAYS_MAX.days());
        day.series(1.day())
            .take_while(|day| *day <= last)
            .find(|day| self.is_workday(*day))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn spring_festival() -> Calendar {
        let off = (15..=23).map(|day| (date(2026, 2, day), DayKind::DayOff));
        let work = [14, 28].map(|day| (date(2026, 2, day), DayKind::Workday));
        Calendar::new([DeclaredYear(off.chain(work).collect())])
    }

    #[test]
    fn declared_days_go_before_the_week() {
        let calendar = spring_festival();
        assert!(calendar.is_workday(date(2026, 2, 13)), "a Friday");
        assert!(
            calendar.is_workday(date(2026, 2, 14)),
            "a declared Saturday"
        );
        assert!(!calendar.is_workday(date(2026, 2, 16)), "a declared Monday");
        assert!(!calendar.is_workday(date(2026, 3, 1)), "a Sunday");
    }

    #[test]
    fn the_next_workday_may_be_the_day_itself_or_lie_behind_the_holidays() {
        let calendar = spring_festival();
        let next = |month, day| calendar.next_workday(date(2026, month, day));
        assert_eq!(next(2, 14), Some(date(2026, 2, 14)));
        assert_eq!(next(2, 15), Some(date(2026, 2, 24)));
        let free = (1..=31).map(|day| (date(2026, 3, day), DayKind::DayOff));
        let rest = [(date(2026, 4, 1), DayKind::DayOff)];
        let all_free = Calendar::new([DeclaredYear(free.chain(rest).collect())]);
        assert_eq!(all_free.next_workday(date(2026, 3, 1)), None);
    }

    #[test]
    fn a_year_holds_only_its_own_days() {
        let year = DeclaredYear([(date(2026, 1, 1), DayKind::DayOff)].into());
        assert!(year.fits(2026) && !year.fits(2025));
    }
}
