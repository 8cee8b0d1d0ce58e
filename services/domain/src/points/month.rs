use std::{fmt, str::FromStr};

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::UnknownText;

/// A month of the calendar, `2026-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(Date);

impl Month {
    pub fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    pub const fn first(self) -> Date {
        self.0
    }

    pub fn last(self) -> Date {
        self.0.last_of_month()
    }

    /// The month after it; the calendar's last one has none but itself.
    #[must_use]
    pub fn next(self) -> Self {
        Self::of(self.0.saturating_add(1.month()))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl FromStr for Month {
    type Err = UnknownText;

    fn from_str(text: &str) -> Result<Self, UnknownText> {
        let month = format!("{text}-01").parse().map(Self).ok();
        month
            .filter(|month| month.to_string() == text)
            .ok_or(UnknownText { kind: "Month" })
    }
}

impl TryFrom<String> for Month {
    type Error = UnknownText;

    fn try_from(text: String) -> Result<Self, UnknownText> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_is_written_as_year_and_month() {
        let month: Month = "2028-02".parse().expect("a month");
        assert_eq!(month, Month::of(date(2028, 2, 17)));
        assert_eq!(month.to_string(), "2028-02");
        assert_eq!(month.last(), date(2028, 2, 29));
        assert_eq!(
            Month::of(date(2028, 12, 31)).next(),
            Month::of(date(2029, 1, 1))
        );
        for text in ["2028-13", "2028-2", "2028-02-01", "2028", "", "202802"] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
    }
}
