use std::{fmt, str::FromStr};

use jiff::{ToSpan, civil::Date};
use rrule::{Frequency, RRule, RRuleSet, Tz, Unvalidated};
use serde::{Deserialize, Serialize};

use super::Fault;

const DAILY: &str = "FREQ=DAILY";
/// A Monday from which every `INTERVAL` counts, for all plans alike; it has no days before.
const ANCHOR: Date = Date::constant(2024, 1, 1);
/// Longest text of a recurrence, bytes.
const TEXT_LEN_MAX: usize = 200;
/// Days that one call may find, at most.
const DAYS_MAX: u16 = 1_000;

/// Days that come again, as a recurrence rule of RFC 5545 without times and ends: `FREQ=DAILY`, `FREQ=WEEKLY;BYDAY=MO,TH`,
/// `FREQ=MONTHLY;BYMONTHDAY=-1`. An `INTERVAL` counts from 1 January 2024, a
/// Monday, for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Recurrence(String);

impl Recurrence {
    /// Every day.
    pub fn daily() -> Self {
        Self(DAILY.to_owned())
    }

    /// The same day of every week, such as `MO`.
    pub fn weekly(days: &str) -> Self {
        Self(format!("FREQ=WEEKLY;BYDAY={days}"))
    }

    /// The same day of every month, 1 to 28.
    pub fn monthly(day: u8) -> Self {
        Self(format!("FREQ=MONTHLY;BYMONTHDAY={day}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its days in `first..=last`.
    pub fn days(&self, first: Date, last: Date) -> Box<dyn Iterator<Item = Date>> {
        if self.0 == DAILY {
            return Box::new(first.series(1.day()).take_while(move |day| *day <= last));
        }
        // Without an interval every start gives the same days, so the nearest is the quickest.
        let start = if self.0.contains("INTERVAL") {
            ANCHOR
        } else {
            first
        };
        let found = set(&self.0, start)
            .ok()
            .zip(to_chrono(first).zip(to_chrono(last)));
        let days: Vec<Date> = found.map_or_else(Vec::new, |(set, (first, last))| {
            let dates = set.after(first).before(last).all(DAYS_MAX).dates;
            dates.into_iter().filter_map(from_chrono).collect()
        });
        Box::new(days.into_iter())
    }
}

impl FromStr for Recurrence {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        if text.len() > TEXT_LEN_MAX {
            return Err(Fault::Recurrence);
        }
        let rule: RRule<Unvalidated> = text.parse().map_err(|_| Fault::Recurrence)?;
        let by_days = matches!(
            rule.get_freq(),
            Frequency::Daily | Frequency::Weekly | Frequency::Monthly
        );
        let timeless = rule.get_by_hour().is_empty()
            && rule.get_by_minute().is_empty()
            && rule.get_by_second().is_empty();
        // Without it the day of the start would count, and there is none.
        let on_a_day = rule.get_freq() == Frequency::Daily
            || !rule.get_by_weekday().is_empty()
            || !rule.get_by_month_day().is_empty();
        let endless = rule.get_count().is_none() && rule.get_until().is_none();
        if !by_days || !timeless || !on_a_day || !endless || rule.get_interval() == 0 {
            return Err(Fault::Recurrence);
        }
        set(text, ANCHOR)?;
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Recurrence {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self, Fault> {
        text.parse()
    }
}

impl From<Recurrence> for String {
    fn from(recurrence: Recurrence) -> Self {
        recurrence.0
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Days are midnights of UTC here: no zone has a say in which day comes after which.
fn set(text: &str, start: Date) -> Result<RRuleSet, Fault> {
    let rule: RRule<Unvalidated> = text.parse().map_err(|_| Fault::Recurrence)?;
    let start = to_chrono(start).ok_or(Fault::Calendar)?;
    let rule = rule.validate(start).map_err(|_| Fault::Recurrence)?;
    Ok(RRuleSet::new(start).rrule(rule))
}

fn to_chrono(day: Date) -> Option<chrono::DateTime<Tz>> {
    let (year, month, day) = (day.year(), day.month(), day.day());
    let day = chrono::NaiveDate::from_ymd_opt(
        i32::from(year),
        u32::from(month.unsigned_abs()),
        u32::from(day.unsigned_abs()),
    )?;
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
    Some(midnight.with_timezone(&Tz::UTC))
}

fn from_chrono(at: chrono::DateTime<Tz>) -> Option<Date> {
    jiff::Timestamp::from_second(at.timestamp())
        .ok()
        .map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date())
}
