use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{limits::limits, local};
use crate::{
    Micros, PersonId,
    area::{Fix, Shape, Side},
    positioning::Sighting,
};

limits! {
    /// When two are together.
    GatheringLimits {
        /// Metres that they are apart at most, both fixes' margins counted in.
        radius_m = 100 in 50 to 1_000,
        /// Minutes between the two fixes, at most.
        minutes = 10 in 1 to 60,
    }
}

/// 同案犯聚集: two persons of one case were at one place at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathering {
    pub with: PersonId,
    pub case_group: String,
    /// When this person was there, and his local day.
    pub at: Micros,
    pub day: Date,
    /// When the other was.
    pub other_at: Micros,
    /// Metres between the fixes, and by how much more at most.
    pub distance_m: u32,
    pub margin_m: u32,
}

impl Gathering {
    /// One for each of the others who was with somebody in `new`, from both sides: whose, and what.
    ///
    /// `summoned` are places to which they are called together, such as the justice office: what is not outside of them for sure does not count.
    pub(super) fn find(
        new: &[Sighting],
        others: &[Sighting],
        case_group: &str,
        summoned: &[Shape],
        zone: &TimeZone,
        limits: GatheringLimits,
    ) -> Vec<(PersonId, Self)> {
        let fixes = |sightings: &[Sighting]| -> Vec<(PersonId, Fix)> {
            let fixes = sightings
                .iter()
                .filter_map(|seen| Some((seen.person, seen.fix()?)));
            let free = |fix: &Fix| {
                summoned
                    .iter()
                    .all(|place| place.side(fix) == Side::Outside)
            };
            fixes.filter(|(_, fix)| free(fix)).collect()
        };
        let (new, others) = (fixes(new), fixes(others));
        let (mut met, mut found) = (BTreeSet::new(), Vec::new());
        for (person, fix) in &new {
            for (other, beside) in &others {
                if person == other || met.contains(&(person, other)) {
                    continue;
                }
                let Some((distance_m, margin_m)) = together(fix, beside, limits) else {
                    continue;
                };
                met.insert((person, other));
                let of = |with: PersonId, own: &Fix, other: &Fix| Self {
                    with,
                    case_group: case_group.to_owned(),
                    at: own.at(),
                    day: local::day(own.at(), zone),
                    other_at: other.at(),
                    distance_m: distance_m.round() as u32,
                    margin_m: margin_m.round() as u32,
                };
                found.push((*person, of(*other, fix, beside)));
                found.push((*other, of(*person, beside, fix)));
            }
        }
        found
    }

    pub(super) fn explain(&self, zone: &TimeZone) -> (String, String) {
        let (at, other_at) = (local::told(self.at, zone), local::told(self.other_at, zone));
        let Self {
            case_group,
            distance_m,
            margin_m,
            ..
        } = self;
        (
            format!(
                "与同案（{case_group}）人员疑似聚集：本人 {at}、对方 {other_at} 的定位点相距约 {distance_m} 米，误差不超过 {margin_m} 米。"
            ),
            format!(
                "Together with somebody of the same case ({case_group}): the positions of {at} and {other_at} are {distance_m} m apart, at most {margin_m} m more."
            ),
        )
    }
}

/// Metres between both and their margins together; none when they may have been further apart than the limits allow.
fn together(one: &Fix, other: &Fix, limits: GatheringLimits) -> Option<(f64, f64)> {
    let apart_ms = one.at().since_ms(other.at()).abs();
    let margin_m = one.margin_m() + other.margin_m();
    let radius_m = f64::from(limits.radius_m);
    if apart_ms > i64::from(limits.minutes) * 60_000 || margin_m > radius_m {
        return None;
    }
    let distance_m = one.position().distance_m(other.position());
    (distance_m + margin_m <= radius_m).then_some((distance_m, margin_m))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::scene::{at, circle, person, sighting, zone};

    fn of(number: u128, hour: f64, east_m: f64, accuracy_m: f64) -> Sighting {
        let mut one = sighting(at(0, hour), (0.0, east_m), accuracy_m);
        one.person = person(number);
        one
    }

    fn met(one: &Sighting, other: &Sighting, summoned: &[Shape]) -> Vec<(PersonId, Gathering)> {
        let (new, others) = (std::slice::from_ref(one), std::slice::from_ref(other));
        let limits = GatheringLimits::default();
        Gathering::find(new, others, "A-1", summoned, &zone(), limits)
    }

    #[test]
    fn two_of_one_case_at_one_place_and_time_are_told_of_from_both_sides() {
        let found = met(&of(1, 9.0, 0.0, 10.0), &of(2, 9.1, 50.0, 10.0), &[]);
        let whose: Vec<_> = found
            .iter()
            .map(|(person, one)| (*person, one.with))
            .collect();
        assert_eq!(whose, [(person(1), person(2)), (person(2), person(1))]);
        assert_eq!((found[0].1.distance_m, found[0].1.margin_m), (50, 40));
        assert_eq!(found[0].1.at, found[1].1.other_at);
    }

    #[test]
    fn what_is_not_sure_is_no_gathering() {
        let one = of(1, 9.0, 0.0, 10.0);
        assert_eq!(
            met(&one, &of(2, 9.0, 70.0, 10.0), &[]),
            [],
            "too far for the margins"
        );
        assert_eq!(met(&one, &of(2, 9.0, 0.0, 50.0), &[]), [], "too coarse");
        assert_eq!(met(&one, &of(2, 9.0, 0.0, 0.0), &[]), [], "no accuracy");
        assert_eq!(
            met(&one, &of(2, 9.2, 0.0, 10.0), &[]),
            [],
            "twelve minutes later"
        );
        assert_eq!(met(&one, &of(1, 9.0, 0.0, 10.0), &[]), [], "himself");
    }

    #[test]
    fn nobody_gathers_where_he_was_summoned() {
        let (one, other) = (of(1, 9.0, 0.0, 10.0), of(2, 9.0, 5.0, 10.0));
        assert_eq!(met(&one, &other, &[circle((0.0, 0.0), 100.0)]), []);
        assert_eq!(
            met(&one, &other, &[circle((0.0, 110.0), 100.0)]),
            [],
            "near it"
        );
        assert_eq!(met(&one, &other, &[circle((0.0, 900.0), 100.0)]).len(), 2);
    }
}
