use jiff::{
    ToSpan,
    civil::{Date, date},
};
use serde::Serialize;

/// Days of a report, at most.
pub const DAYS_MAX: usize = 31;

/// The last day of the procurators' month: 检察机关每月25日核对.
const RECONCILED_ON: i8 = 25;

/// Civil days `first..=last`, 1 to [`DAYS_MAX`] of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    first: Date,
    last: Date,
}

impl Period {
    /// None when it is backwards or longer than [`DAYS_MAX`].
    pub fn new(first: Date, last: Date) -> Option<Self> {
        let latest = first.saturating_add((DAYS_MAX as i64 - 1).days());
        (first..=latest)
            .contains(&last)
            .then_some(Self { first, last })
    }

    pub const fn of_day(day: Date) -> Self {
        Self {
            first: day,
            last: day,
        }
    }

    /// A calendar month, 1 to 12; none outside years 1 to 9999.
    pub fn of_month(year: i16, month: i8) -> Option<Self> {
        let first = within_calendar(year, month)?;
        Some(Self {
            first,
            last: first.last_of_month(),
        })
    }

    /// What is reconciled on the 25th of a month: from the 26th of the one before.
    pub fn of_reconciliation(year: i16, month: i8) -> Option<Self> {
        let last = within_calendar(year, month)?.with().day(RECONCILED_ON);
        let last = last.build().ok()?;
        let first = last.checked_sub(1.month()).ok()?.tomorrow().ok()?;
        Some(Self { first, last })
    }

    /// The newest of them that is over on a day.
    pub fn last_reconciled(today: Date) -> Option<Self> {
        let month = if today.day() > RECONCILED_ON {
            today
        } else {
            today.first_of_month().yesterday().ok()?
        };
        Self::of_reconciliation(month.year(), month.month())
    }

    pub const fn first(&self) -> Date {
        self.first
    }

    pub const fn last(&self) -> Date {
        self.last
    }

    pub fn contains(&self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }

    pub fn days(&self) -> impl Iterator<Item = Date> + use<> {
        let last = self.last;
        let days = self.first.series(1.day());
        days.take_while(move |day| *day <= last)
    }
}

fn within_calendar(year: i16, month: i8) -> Option<Date> {
    ((1..=9_999).contains(&year) && (1..=12).contains(&month)).then(|| date(year, month, 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reconciliation_reaches_from_the_26th_to_the_25th_also_over_new_year() {
        for ((year, month), first, last) in [
            ((2026, 1), date(2025, 12, 26), date(2026, 1, 25)),
            ((2026, 3), date(2026, 2, 26), date(2026, 3, 25)),
        ] {
            let period = Period::of_reconciliation(year, month).expect("a month");
            assert_eq!((period.first(), period.last()), (first, last));
        }
    }

    #[test]
    fn what_is_no_period_is_none() {
        assert_eq!(Period::of_month(2026, 13), None);
        assert_eq!(Period::of_month(0, 1), None);
        let day = date(2026, 3, 1);
        assert_eq!(Period::new(day, date(2026, 2, 28)), None);
        assert_eq!(Period::new(day, date(2026, 4, 1)), None);
        assert!(Period::new(day, date(2026, 3, 31)).is_some());
        let end = Period::new(Date::MAX, Date::MAX).expect("a day");
        assert_eq!(end.days().count(), 1);
    }

    proptest! {
        #[test]
        fn reconciliations_cover_every_day_once(year in 1_900_i16..2_100, month in 1_i8..=12) {
            let this = Period::of_reconciliation(year, month).expect("a month");
            let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            let next = Period::of_reconciliation(next_year, next).expect("a month");
            prop_assert_eq!(this.last().tomorrow().ok(), Some(next.first()));
            prop_assert!((28..=DAYS_MAX).contains(&this.days().count()));
            prop_assert!(this.days().all(|day| this.contains(day)));
            let over = next.days().filter_map(Period::last_reconciled);
            prop_assert!(over.take_while(|last| *last != next).all(|last| last == this));
            prop_assert_eq!(Period::last_reconciled(next.last()), Some(this));
            prop_assert_eq!(Period::last_reconciled(next.last().tomorrow().expect("a day")), Some(next));
        }
    }
}
