use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{limits::limits, local};
use crate::{Micros, area::speed, positioning::Sighting};

limits! {
    /// What nobody travels at.
    SpeedLimits {
        /// Kilometres an hour: no airliner is faster ([`crate::area::AIRLINER_KMH`]); where nobody may fly, trains are not
        /// ([`crate::area::SURFACE_KMH`]).
        kmh = 1_300 in 350 to 3_000,
    }
}

/// E3: nobody gets so far in so short a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImpossibleSpeed {
    pub from_at: Micros,
    pub at: Micros,
    /// The person's local day.
    pub day: Date,
    /// Between both, margins taken off.
    pub distance_m: u32,
    pub kmh: u32,
}

impl ImpossibleSpeed {
    /// Between two sightings of one phone or two, the later last. Either clock, the server's and the phone's, may be wrong of the time
    /// between, the one by waiting queues, the other by being set: the one that gives longer counts.
    pub(super) fn find(
        from: &Sighting,
        to: &Sighting,
        zone: &TimeZone,
        limits: SpeedLimits,
    ) -> Option<Self> {
        let between = |clock: fn(&Sighting) -> Micros| {
            let fix = |sighting: &Sighting| sighting.reading.fix(clock(sighting)).ok();
            speed(&fix(from)?, &fix(to)?)
        };
        let arrived = between(|sighting| sighting.at);
        let said = between(|sighting| sighting.said_at.unwrap_or(sighting.at));
        let both = arrived.into_iter().chain(said);
        let least = both.max_by_key(|speed| speed.elapsed_us)?;
        (least.kmh_min > f64::from(limits.kmh)).then(|| Self {
            from_at: from.when(),
            at: to.when(),
            day: local::day(to.when(), zone),
            distance_m: least.distance_m_min.round() as u32,
            kmh: least.kmh_min.round() as u32,
        })
    }

    pub(super) fn explain(&self, zone: &TimeZone) -> (String, String) {
        let (from, at) = (local::told(self.from_at, zone), local::told(self.at, zone));
        let km = f64::from(self.distance_m) / 1_000.0;
        let kmh = self.kmh;
        (
            format!(
                "{from} 与 {at} 的两个定位点至少相距 {km:.1} 公里，时速至少 {kmh} 公里，不可能到达。"
            ),
            format!(
                "The positions of {from} and {at} are at least {km:.1} km apart: at least {kmh} km/h, which is impossible."
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::scene::{MINUTE_MS, at, sighting, zone};

    /// To a place 1,000 km north of home, so many minutes later by the server's and the phone's clock.
    fn kmh(arrived_min: i64, said_min: Option<i64>) -> Option<u32> {
        let start = at(0, 9.0);
        let from = sighting(start, (0.0, 0.0), 10.0);
        let mut to = sighting(
            start.plus_ms(arrived_min * MINUTE_MS),
            (1_000_000.0, 0.0),
            10.0,
        );
        to.said_at = said_min.map(|minutes| start.plus_ms(minutes * MINUTE_MS));
        let found = ImpossibleSpeed::find(&from, &to, &zone(), SpeedLimits::default());
        found.map(|one| one.kmh)
    }

    #[test]
    fn nobody_is_a_thousand_kilometres_further_after_half_an_hour() {
        let found = kmh(30, Some(30)).expect("too fast");
        assert!((1_990..2_010).contains(&found), "{found}");
        assert_eq!(kmh(60, Some(60)), None, "an airliner");
        assert!(kmh(30, None).is_some());
    }

    #[test]
    fn neither_clock_makes_anybody_fast_alone() {
        assert_eq!(
            kmh(0, Some(180)),
            None,
            "both were sent at once, hours later"
        );
        assert_eq!(kmh(180, Some(1)), None, "the phone's clock was set");
        assert_eq!(kmh(180, Some(-60)), None);
        assert_eq!(kmh(0, Some(0)), None, "no time at all");
        let queued = sighting(at(0, 9.0), (0.0, 0.0), 10.0);
        let queued = Sighting {
            at: at(0, 12.0),
            ..queued
        };
        let checkin = sighting(at(0, 12.001), (300_000.0, 0.0), 10.0);
        let checkin = Sighting {
            said_at: None,
            ..checkin
        };
        let limits = SpeedLimits::default();
        assert_eq!(
            ImpossibleSpeed::find(&queued, &checkin, &zone(), limits),
            None
        );
    }
}
