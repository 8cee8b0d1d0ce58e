use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{limits::limits, local};
use crate::{Micros, positioning::Sighting};

limits! {
    /// When a phone's own word about its positions counts.
    MockLimits {
        /// Positions of the last days.
        times = 1 in 1 to 10,
        /// To the last of them.
        days = 14 in 1 to 14,
    }
}

/// E3: the phone itself says that software made its position up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MockLocation {
    pub at: Micros,
    /// The person's local day.
    pub day: Date,
    pub times: u32,
    pub days: u32,
}

impl MockLocation {
    /// `sightings` in the order of time, the last one is looked at.
    pub(super) fn find(
        sightings: &[&Sighting],
        zone: &TimeZone,
        limits: MockLimits,
    ) -> Option<Self> {
        let mock = |sighting: &&&Sighting| sighting.reading.mock() == Some(true);
        let last = *sightings.last().filter(mock)?;
        let at = last.when();
        let since = at.plus_ms(-i64::from(limits.days) * local::DAY_MS);
        let recent = sightings.iter().filter(|sighting| sighting.when() > since);
        let times = recent.filter(mock).count() as u32;
        (times >= limits.times).then(|| Self {
            at,
            day: local::day(at, zone),
            times,
            days: limits.days,
        })
    }

    pub(super) fn explain(&self, zone: &TimeZone) -> (String, String) {
        let at = local::told(self.at, zone);
        let Self { times, days, .. } = self;
        (
            format!("手机报告 {at} 的位置由模拟定位软件提供（近 {days} 天共 {times} 次）。"),
            format!(
                "The phone says that its position of {at} was made up by software ({times} in the last {days} days)."
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::scene::{at, reading, sighting, zone};

    fn of(day: i64, mock: Option<bool>) -> Sighting {
        let mut one = sighting(at(day, 9.0), (0.0, 0.0), 10.0);
        one.reading = reading((0.0, 0.0), 10.0, mock);
        one
    }

    fn times(track: &[Sighting], times: u32) -> Option<u32> {
        let track: Vec<_> = track.iter().collect();
        let limits = MockLimits { times, days: 14 };
        MockLocation::find(&track, &zone(), limits).map(|one| one.times)
    }

    #[test]
    fn a_phone_that_says_so_is_believed_and_one_that_does_not_is_not_suspected() {
        assert_eq!(times(&[of(0, Some(true))], 1), Some(1));
        assert_eq!(times(&[of(0, Some(false))], 1), None);
        assert_eq!(times(&[of(0, None)], 1), None);
        assert_eq!(
            times(&[of(0, Some(true)), of(1, None)], 1),
            None,
            "not the last one"
        );
    }

    #[test]
    fn an_office_may_wait_for_more() {
        let track = [of(0, Some(true)), of(3, None), of(13, Some(true))];
        assert_eq!(times(&track, 2), Some(2));
        assert_eq!(times(&track, 3), None);
        assert_eq!(
            times(&[of(0, Some(true)), of(14, Some(true))], 2),
            None,
            "fifteen days"
        );
    }
}
