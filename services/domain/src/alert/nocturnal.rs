use std::collections::BTreeSet;

use jiff::{
    ToSpan,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use super::{limits::limits, local};
use crate::{
    Micros,
    area::{AreaKind, AreaRule, Fix, Shape, Side},
};

/// Nights that are looked back at, the last one included.
pub const NIGHTS: i32 = 14;
/// Hours of a night by the clock on the wall, the second of the next day, and of the day before it.
const NIGHT: (i8, i8) = (23, 5);
const DAY: (i8, i8) = (8, 20);
/// Metres: an allowed circle that is no wider was drawn around a home.
pub const HOME_RADIUS_M_MAX: f64 = 1_000.0;

limits! {
    /// When nights away from home are a pattern.
    NocturnalLimits {
        /// Nights of the last [`NIGHTS`]: two weekends have four.
        nights = 5 in 3 to 14,
    }
}

/// 昼伏夜出: away from home night after night, after days on which nothing was seen of him elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nocturnal {
    /// The last of them, where somebody was seen away from home.
    pub at: Micros,
    /// On which that night began.
    pub night: Date,
    pub nights: u32,
}

impl Nocturnal {
    /// `fixes` in the order of time; the last one is looked at, with the nights before it. A night counts when a fix of it lies outside the home for
    /// sure, and none of the day before it does.
    pub(super) fn find(
        fixes: &[Fix],
        home: &Shape,
        zone: &TimeZone,
        limits: NocturnalLimits,
    ) -> Option<Self> {
        let last = fixes.last()?;
        let night = night_of(local::time(last.at(), zone))?;
        let first = night.checked_sub((NIGHTS - 1).days()).ok()?;
        let (mut out, mut astir) = (BTreeSet::new(), BTreeSet::new());
        for fix in fixes.iter().rev() {
            let time = local::time(fix.at(), zone);
            if time.date() < first {
                break;
            }
            if home.side(fix) != Side::Outside {
                continue;
            }
            out.extend(night_of(time).filter(|night| *night >= first));
            if (DAY.0..DAY.1).contains(&time.hour()) {
                astir.insert(time.date());
            }
        }
        let counts = |night: &Date| out.contains(night) && !astir.contains(night);
        let nights = out.iter().filter(|night| counts(night)).count() as u32;
        (counts(&night) && home.side(last) == Side::Outside && nights >= limits.nights).then_some(
            Self {
                at: last.at(),
                night,
                nights,
            },
        )
    }

    pub(super) fn explain(&self, zone: &TimeZone) -> (String, String) {
        let (at, nights) = (local::told(self.at, zone), self.nights);
        (
            format!(
                "近 {NIGHTS} 天有 {nights} 夜（23:00 至 5:00）不在家，而前一日白天未见其外出，疑似昼伏夜出；最近一次为 {at}。"
            ),
            format!(
                "On {nights} of the last {NIGHTS} nights (23:00 to 5:00) away from home, after days without being seen elsewhere; last at {at}."
            ),
        )
    }
}

/// The night that holds a local time, named by the day on which it began.
fn night_of(time: DateTime) -> Option<Date> {
    if time.hour() >= NIGHT.0 {
        Some(time.date())
    } else if time.hour() < NIGHT.1 {
        time.date().yesterday().ok()
    } else {
        None
    }
}

pub(super) fn at_night(at: Micros, zone: &TimeZone) -> bool {
    night_of(local::time(at, zone)).is_some()
}

/// The person's home: the smallest allowed circle of at most [`HOME_RADIUS_M_MAX`]. Without one nothing can be said of nights away from it.
pub(super) fn home(areas: &[AreaRule]) -> Option<&Shape> {
    let circles = areas
        .iter()
        .filter_map(|area| match (area.kind, &area.shape) {
            (AreaKind::Allowed, Shape::Circle(circle)) => Some((circle.radius_m(), &area.shape)),
            (AreaKind::Allowed, Shape::Polygon(_))
            | (AreaKind::Exclusion | AreaKind::KeyPlace, _) => None,
        });
    let small = circles.filter(|(radius_m, _)| *radius_m <= HOME_RADIUS_M_MAX);
    let smallest = small.min_by(|a, b| a.0.total_cmp(&b.0));
    smallest.map(|(_, shape)| shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::scene::{area, at, circle, sighting, zone};

    const AWAY: (f64, f64) = (3_000.0, 0.0);
    const AT_HOME: (f64, f64) = (20.0, 0.0);

    /// After a midday seen at `day_m`, nights at `night_m`.
    fn nights(nights: &[i64], day_m: (f64, f64), night_m: (f64, f64)) -> Option<Nocturnal> {
        let seen = |day: &i64| {
            [(12.0, day_m), (24.5, night_m)]
                .map(|(hour, place)| sighting(at(*day, hour), place, 10.0).fix().expect("a fix"))
        };
        let fixes: Vec<_> = nights.iter().flat_map(seen).collect();
        let home = circle((0.0, 0.0), 200.0);
        Nocturnal::find(&fixes, &home, &zone(), NocturnalLimits::default())
    }

    #[test]
    fn five_nights_out_after_quiet_days_within_a_fortnight_are_a_pattern() {
        let found = nights(&[0, 3, 4, 7, 13], AT_HOME, AWAY).expect("five nights");
        assert_eq!(
            (found.nights, found.night),
            (5, Date::constant(2026, 3, 15))
        );
        assert_eq!(nights(&[3, 4, 7, 13], AT_HOME, AWAY), None, "four");
        assert_eq!(
            nights(&[0, 3, 4, 7, 14], AT_HOME, AWAY),
            None,
            "fifteen days"
        );
    }

    #[test]
    fn who_is_about_by_day_or_home_by_night_is_no_night_bird() {
        let all: Vec<i64> = (0..14).collect();
        assert_eq!(nights(&all, AWAY, AWAY), None);
        assert_eq!(nights(&all, AWAY, AT_HOME), None);
        assert_eq!(nights(&all, AT_HOME, AT_HOME), None);
        assert_eq!(nights(&all, AT_HOME, (215.0, 0.0)), None, "cannot be told");
        assert!(nights(&all, AT_HOME, AWAY).is_some());
    }

    #[test]
    fn a_night_is_over_at_five_and_begins_at_eleven() {
        let night = |hour| at_night(at(0, hour), &zone());
        assert!(night(4.99) && !night(5.0) && !night(22.99) && night(23.0));
    }

    #[test]
    fn a_home_is_the_smallest_allowed_circle_and_no_town_is_one() {
        let town = area(1, AreaKind::Allowed, circle((0.0, 0.0), 20_000.0));
        let house = area(2, AreaKind::Allowed, circle((0.0, 0.0), 200.0));
        let street = area(3, AreaKind::Allowed, circle((0.0, 0.0), 800.0));
        let bar = area(4, AreaKind::KeyPlace, circle((0.0, 0.0), 50.0));
        assert_eq!(home(&[town.clone(), bar.clone()]), None);
        let areas = [town, street, house, bar];
        assert_eq!(home(&areas), Some(&areas[2].shape));
    }
}
