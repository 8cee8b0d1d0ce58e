use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Kind, Leave, Move, Request, Span, State};
use crate::{Refusal, org::Level, plan::SupervisionLevel};

/// Local days for which an office may give leave, delegated by its county (实施办法 §27).
pub const OFFICE_DAYS_MAX: usize = 7;
/// Local days for which a county may give leave, at a time and within [`CUMULATIVE_MONTHS`] (实施办法 §27).
pub const COUNTY_DAYS_MAX: usize = 30;
/// Calendar months over which the days away are added up (实施办法 §27).
pub const CUMULATIVE_MONTHS: i32 = 2;

/// Who decides about a leave, and what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The lowest level that may decide.
    pub level: Level,
    /// 集体评议 must be noted before it is approved. The nation's rules leave it to the provinces; here it is asked for where the city
    /// decides, and of persons under strict supervision.
    pub collective: bool,
    /// Once approved, the county tells the procurator of its level (实施办法 §27).
    pub tell_procurator: bool,
    /// Once approved by an office, it is filed with the county (实施办法 §27).
    pub file_with_county: bool,
}

/// Who must decide about a request, by its length and by the days away of the person's other approved leaves, standing permits left out.
/// A standing permit is the county's (实施办法 §29). Days are local ones, and one that is only touched counts.
pub fn approval(
    request: &Request,
    leaves: &[Leave],
    supervision: SupervisionLevel,
    zone: &TimeZone,
) -> Approval {
    let level = if request.kind == Kind::Standing {
        Level::County
    } else {
        match days_away(request.span(), leaves, zone) {
            (_, most) if most > COUNTY_DAYS_MAX => Level::City,
            (own, _) if own > OFFICE_DAYS_MAX => Level::County,
            _ => Level::Office,
        }
    };
    let city = level == Level::City;
    Approval {
        level,
        collective: city || supervision == SupervisionLevel::Strict,
        tell_procurator: city,
        file_with_county: level == Level::Office,
    }
}

impl Approval {
    /// May a unit of this level make this move with a leave in this state? Only decisions are kept to a level.
    ///
    /// # Errors
    /// When a higher level decides, or a collective review must come first.
    pub fn permits(&self, state: State, made: &Move, unit: Level) -> Result<(), Refusal> {
        let approves = matches!(made, Move::Approve { .. });
        if (approves || *made == Move::Refuse) && unit > self.level {
            return Err(Refusal::LeaveAbove { level: self.level });
        }
        if approves && self.collective && state == State::Requested {
            return Err(Refusal::LeaveUnreviewed);
        }
        Ok(())
    }
}

/// Days of the request, and the most days away in any [`CUMULATIVE_MONTHS`] that hold one of the request's days.
fn days_away(asked: Span, leaves: &[Leave], zone: &TimeZone) -> (usize, usize) {
    let (first, last) = asked.days(zone);
    let own = length(first, last);
    if own > COUNTY_DAYS_MAX {
        return (own, own);
    }
    let (reach_first, reach_last) = (before(first), after(last));
    let trips = leaves.iter().filter(|leave| !leave.standing());
    let spans = trips.filter_map(Leave::live);
    let mut days: BTreeSet<Date> = each(first, last).collect();
    for span in spans {
        let (from, until) = span.days(zone);
        days.extend(each(from.max(reach_first), until.min(reach_last)));
    }
    // No window holds more than the one that begins on the first day away in it.
    let begins = days.range(..=last).filter(|&&begin| after(begin) > first);
    let most = begins.map(|&begin| days.range(begin..after(begin)).count());
    (own, most.max().unwrap_or(own))
}

/// Days of `first..=last`; saturates.
fn length(first: Date, last: Date) -> usize {
    let days = last.duration_since(first).as_hours() / 24 + 1;
    usize::try_from(days).unwrap_or(0)
}

/// The first day that two months beginning on this one no longer hold. A day that the last month lacks is its last one.
fn after(day: Date) -> Date {
    day.saturating_add(CUMULATIVE_MONTHS.months())
}

/// A day from which on two months may reach this one: a month more, since months are not alike.
fn before(day: Date) -> Date {
    day.saturating_sub((CUMULATIVE_MONTHS + 1).months())
}

fn each(first: Date, last: Date) -> impl Iterator<Item = Date> {
    first.series(1.day()).take_while(move |day| *day <= last)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn two_months_end_where_a_shorter_month_does() {
        assert_eq!(after(date(2026, 1, 15)), date(2026, 3, 15));
        assert_eq!(after(date(2025, 12, 31)), date(2026, 2, 28));
        assert_eq!(after(date(2027, 12, 31)), date(2028, 2, 29), "a leap year");
        assert_eq!(after(Date::MAX), Date::MAX);
    }

    #[test]
    fn days_are_counted_at_both_ends() {
        let day = date(2026, 2, 27);
        assert_eq!(length(day, day), 1);
        assert_eq!(length(day, date(2026, 3, 1)), 3);
        assert_eq!(each(day, date(2026, 3, 1)).count(), 3);
        assert_eq!(length(date(2026, 3, 1), day), 0);
    }
}
