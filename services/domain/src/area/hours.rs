use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time, Weekday},
};
use serde::{Deserialize, Serialize};

use super::{AreaError, Fault};

/// When an area counts.
///
/// ```
/// use domain::area::Hours;
///
/// let read = |json: &str| serde_json::from_str::<Hours>(json).map_err(|error| error.to_string());
/// assert_eq!(read(r#"{"kind": "always"}"#), Ok(Hours::Always));
/// let night = r#"{"kind":"weekly","days":["monday","sunday"],"from":"22:00:00","until":"06:00:00"}"#;
/// let hours = read(night).expect("valid hours");
/// assert_eq!(serde_json::to_string(&hours).ok().as_deref(), Some(night));
/// for (wrong, because) in [
///     (night.replace(r#""monday","sunday""#, ""), "days: at least one day of the week"),
///     (night.replace("sunday", "someday"), "days: not a day of the week"),
///     (night.replace("22:00:00", "06:00:00"), "until: these hours are empty"),
/// ] {
///     let refused = read(&wrong).expect_err("invalid hours");
///     assert!(refused.contains(because), "{refused}");
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Hours {
    Always,
    Weekly(Weekly),
}

/// The same hours on some days of every week, by the clock on the wall: `from` counts, `until` does not. Over midnight when
/// `from` is later than `until`; the night belongs to the day on which it begins. 00:00 to 00:00 is the whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Weekly {
    days: Days,
    from: Time,
    until: Time,
}

#[derive(Deserialize)]
struct Unchecked {
    days: Days,
    from: Time,
    until: Time,
}

/// Days of the week, one at least. In JSON their English names in small letters, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<&'static str>")]
pub struct Days(u8);

const NAMES: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

impl Hours {
    /// The day whose hours hold a local time: of hours over midnight the one on which they began.
    pub fn day_of(&self, local: DateTime) -> Option<Date> {
        match self {
            Self::Always => Some(local.date()),
            Self::Weekly(weekly) => weekly.day_of(local),
        }
    }
}

impl Weekly {
    /// # Errors
    /// When `from` is `until`, but for midnight.
    pub fn new(days: Days, from: Time, until: Time) -> Result<Self, AreaError> {
        if from == until && from != Time::midnight() {
            return Err(AreaError::new("until", Fault::NoHours));
        }
        Ok(Self { days, from, until })
    }

    pub const fn days(&self) -> Days {
        self.days
    }

    pub const fn from(&self) -> Time {
        self.from
    }

    pub const fn until(&self) -> Time {
        self.until
    }

    fn day_of(&self, local: DateTime) -> Option<Date> {
        let (today, time) = (local.date(), local.time());
        let day = if self.from < self.until {
            (self.from <= time && time < self.until).then_some(today)
        } else if self.from <= time {
            Some(today)
        } else if time < self.until {
            today.checked_sub(1.day()).ok()
        } else {
            None
        };
        day.filter(|day| self.days.contains(day.weekday()))
    }
}

impl Days {
    pub const ALL: Self = Self(0b111_1111);

    /// # Errors
    /// When there is none.
    pub fn new(days: impl IntoIterator<Item = Weekday>) -> Result<Self, AreaError> {
        let set = days.into_iter().fold(0, |set, day| set | bit(day));
        if set == 0 {
            return Err(AreaError::new("days", Fault::NoDays));
        }
        Ok(Self(set))
    }

    pub fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }
}

impl TryFrom<Unchecked> for Weekly {
    type Error = AreaError;

    fn try_from(unchecked: Unchecked) -> Result<Self, AreaError> {
        Self::new(unchecked.days, unchecked.from, unchecked.until)
    }
}

impl TryFrom<Vec<String>> for Days {
    type Error = AreaError;

    fn try_from(names: Vec<String>) -> Result<Self, AreaError> {
        let day = |name: &String| NAMES.iter().find(|(known, _)| known == name);
        let days: Option<Vec<Weekday>> = names
            .iter()
            .map(|name| day(name).map(|day| day.1))
            .collect();
        Self::new(days.ok_or_else(|| AreaError::new("days", Fault::Day))?)
    }
}

impl From<Days> for Vec<&'static str> {
    fn from(days: Days) -> Self {
        let names = NAMES.iter().filter(|(_, day)| days.contains(*day));
        names.map(|(name, _)| *name).collect()
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;

    fn weekly(days: &[Weekday], from: Time, until: Time) -> Hours {
        let days = Days::new(days.iter().copied()).expect("a day");
        Hours::Weekly(Weekly::new(days, from, until).expect("some hours"))
    }

    fn at(hour: i8, minute: i8) -> Time {
        time(hour, minute, 0, 0)
    }

    #[test]
    fn hours_begin_with_from_and_end_before_until() {
        // 2026-03-02 is a Monday.
        let monday = date(2026, 3, 2);
        let work = weekly(&[Weekday::Monday], at(9, 0), at(17, 30));
        let holds = |date: Date, time| work.day_of(date.to_datetime(time)).is_some();
        assert!(holds(monday, at(9, 0)) && holds(monday, at(17, 29)));
        assert!(!holds(monday, at(8, 59)) && !holds(monday, at(17, 30)));
        assert!(!holds(date(2026, 3, 3), at(12, 0)), "a Tuesday");
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_begins() {
        let night = weekly(&[Weekday::Friday], at(22, 0), at(6, 0));
        let (friday, saturday) = (date(2026, 3, 6), date(2026, 3, 7));
        let day_of = |date: Date, time| night.day_of(date.to_datetime(time));
        assert_eq!(day_of(friday, at(22, 0)), Some(friday));
        assert_eq!(day_of(saturday, at(5, 59)), Some(friday));
        assert_eq!(day_of(saturday, at(6, 0)), None);
        assert_eq!(day_of(saturday, at(22, 0)), None);
        assert_eq!(day_of(friday, at(5, 59)), None, "Thursday's night");
    }

    #[test]
    fn midnight_to_midnight_is_the_whole_day_and_other_empty_hours_are_refused() {
        let whole = weekly(&[Weekday::Sunday], at(0, 0), at(0, 0));
        let (saturday, sunday) = (date(2026, 3, 7), date(2026, 3, 8));
        for hour in 0..24 {
            assert_eq!(whole.day_of(sunday.to_datetime(at(hour, 59))), Some(sunday));
            assert_eq!(whole.day_of(saturday.to_datetime(at(hour, 59))), None);
        }
        let error = Weekly::new(Days::ALL, at(8, 0), at(8, 0)).expect_err("no hours");
        assert_eq!(
            (error.field.as_str(), error.fault),
            ("until", Fault::NoHours)
        );
        let error = Days::new([]).expect_err("no days");
        assert_eq!((error.field.as_str(), error.fault), ("days", Fault::NoDays));
    }

    proptest! {
        #[test]
        fn hours_and_their_counterpart_share_the_week(from in 0..1_440_i32, until in 0..1_440_i32, minute in 0..10_080_i32) {
            prop_assume!(from != until);
            let clock = |minute: i32| at((minute / 60) as i8, (minute % 60) as i8);
            let every: Vec<_> = NAMES.iter().map(|(_, day)| *day).collect();
            let hours = weekly(&every, clock(from), clock(until));
            let others = weekly(&every, clock(until), clock(from));
            let local = date(2026, 3, 2).saturating_add((minute / 1_440).days()).to_datetime(clock(minute % 1_440));
            prop_assert!(hours.day_of(local).is_some() != others.day_of(local).is_some());
        }
    }
}
