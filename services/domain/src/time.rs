use std::fmt;

use jiff::{civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z. Stored as it is, so that both databases order it alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub i64);

impl Micros {
    /// Saturates at the ends of time.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms.saturating_mul(1_000)))
    }

    /// Whole milliseconds from `earlier` to here, negative when `earlier` is later.
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0) / 1_000
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn unix_s(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// From whole seconds since the epoch; saturates.
    pub const fn from_unix_s(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// The same instant for calendar arithmetic; `None` outside the calendar's range (years −9999 to 9999).
    pub fn timestamp(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_microsecond(self.0).ok()
    }

    /// What the clock on the wall shows in a zone; `None` outside the calendar's range.
    pub fn local(self, zone: &TimeZone) -> Option<DateTime> {
        Some(zone.to_datetime(self.timestamp()?))
    }
}

impl From<jiff::Timestamp> for Micros {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at.as_microsecond())
    }
}

/// RFC 3339 in UTC, as people read it.
impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.timestamp() {
            Some(at) => at.fmt(f),
            None => write!(f, "{} µs", self.0),
        }
    }
}
