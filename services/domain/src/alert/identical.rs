use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{limits::limits, local};
use crate::{
    Micros,
    area::{Fix, fixed_accuracy, identical},
};

limits! {
    /// When one place to the centimetre was made up.
    IdenticalLimits {
        /// Local days on which the same coordinates came: a phone that lies still may give one fix again for hours, not for so many days.
        days = 5 in 3 to 14,
        /// Metres: who is as exact as this says that he hears satellites, and these wander. Coarser ones come from tables of wireless
        /// networks (median error 74 m, of satellites 8 m: P. A. Zandbergen, “Accuracy of iPhone Locations”, 2009), which answer alike
        /// every day.
        accuracy_m = 20 in 5 to 50,
    }
}

/// E3: exact positions that are the same to the centimetre day after day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdenticalCoordinates {
    pub at: Micros,
    /// The person's local day.
    pub day: Date,
    pub days: u32,
    /// Metres, when all of them said the same.
    pub accuracy_m: Option<u32>,
}

impl IdenticalCoordinates {
    /// `fixes` in the order of time, the last one is looked at. Nothing is said of an accuracy: no way out, it counts as exact.
    pub(super) fn find(fixes: &[Fix], zone: &TimeZone, limits: IdenticalLimits) -> Option<Self> {
        let exact = |fix: &&Fix| {
            let accuracy_m = fix.accuracy_m();
            accuracy_m.is_none_or(|metres| metres <= f64::from(limits.accuracy_m))
        };
        let last = fixes.last().filter(exact)?;
        let same = |fix: &&Fix| *fix == last || identical(&[**fix, *last]) == 2;
        let same: Vec<Fix> = fixes.iter().filter(exact).filter(same).copied().collect();
        let days: BTreeSet<_> = same.iter().map(|fix| local::day(fix.at(), zone)).collect();
        let days = days.len() as u32;
        (days >= limits.days).then(|| Self {
            at: last.at(),
            day: local::day(last.at(), zone),
            days,
            accuracy_m: fixed_accuracy(&same).map(|fixed| fixed.accuracy_m.round() as u32),
        })
    }

    pub(super) fn explain(&self, zone: &TimeZone) -> (String, String) {
        let (at, days) = (local::told(self.at, zone), self.days);
        let (fixed_zh, fixed) = self.accuracy_m.map_or_else(Default::default, |metres| {
            (
                format!("，精度均为 {metres} 米"),
                format!(", always with an accuracy of {metres} m"),
            )
        });
        (
            format!("{days} 天的定位坐标完全相同{fixed_zh}，疑似虚拟定位；最近一次为 {at}。"),
            format!(
                "On {days} days the positions had the very same coordinates{fixed}: they may be made up; last at {at}."
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::scene::{at, sighting, zone};

    fn found(fixes: &[(f64, f64, f64)]) -> Option<IdenticalCoordinates> {
        let fix = |(hour, north_m, accuracy_m): &(f64, f64, f64)| {
            sighting(at(0, *hour), (*north_m, 0.0), *accuracy_m)
                .fix()
                .expect("a fix")
        };
        let fixes: Vec<_> = fixes.iter().map(fix).collect();
        IdenticalCoordinates::find(&fixes, &zone(), IdenticalLimits::default())
    }

    #[test]
    fn the_same_centimetre_on_five_days_was_not_received() {
        let days = |accuracy_m| [9.0, 33.0, 57.0, 81.0, 105.0].map(|hour| (hour, 0.0, accuracy_m));
        let one = found(&days(10.0)).expect("five days");
        assert_eq!((one.days, one.accuracy_m), (5, Some(10)));
        assert!(
            found(&days(0.0)).is_some(),
            "saying nothing of accuracy is no way out"
        );
        assert_eq!(
            found(&days(65.0)),
            None,
            "wireless networks answer alike every day"
        );
        assert_eq!(found(&days(10.0)[..4]), None, "four days");
        let mut varying = days(10.0);
        varying[2].2 = 12.0;
        assert_eq!(found(&varying).expect("five days").accuracy_m, None);
        // Other places in between are no excuse.
        let mut between = days(10.0).to_vec();
        between.insert(2, (40.0, 500.0, 10.0));
        assert_eq!(found(&between).expect("five days").days, 5);
    }

    #[test]
    fn a_fix_given_again_for_a_day_and_places_a_hand_apart_are_honest() {
        let again: Vec<_> = (0..96)
            .map(|quarter| (f64::from(quarter) / 2.0, 0.0, 10.0))
            .collect();
        assert_eq!(found(&again), None, "two days");
        let jitter =
            [0.0, 0.2, 0.4, 0.6, 0.8].map(|north_m| (9.0 + 120.0 * north_m, north_m, 10.0));
        assert_eq!(found(&jitter), None);
    }
}
