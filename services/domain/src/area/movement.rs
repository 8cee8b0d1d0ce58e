use super::Fix;

/// Kilometres an hour: the fastest that people travel on the ground in China, the Fuxing trains between Beijing and Shanghai.
pub const SURFACE_KMH: f64 = 350.0;

/// Kilometres an hour that no airliner exceeds over ground: they cruise at some 900, and the fastest reported of one, with the strongest
/// jet stream ever measured there behind it, was 801 mph or 1,289 km/h (Virgin Atlantic 8 over Pennsylvania, 18 February 2019).
pub const AIRLINER_KMH: f64 = 1_300.0;

/// How fast somebody must have been who was at two fixes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    /// Metres from fix to fix.
    pub distance_m: f64,
    /// Metres left of it when both are as near to each other as their margins allow.
    pub distance_m_min: f64,
    /// Microseconds, more than 0.
    pub elapsed_us: i64,
    /// Kilometres an hour at least, from the shorter distance; hold it against [`SURFACE_KMH`] and [`AIRLINER_KMH`].
    pub kmh_min: f64,
}

/// A run of fixes whose accuracies do not differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FixedAccuracy {
    /// Metres.
    pub accuracy_m: f64,
    /// Fixes at different times, two at least.
    pub count: usize,
}

/// The least speed that takes somebody from one fix to a later one; none when it is not later. The margins of both ([`Fix::margin_m`]) are
/// taken off the distance, so that neither a coarse fix nor the change from mast to satellite looks like a flight.
pub fn speed(from: &Fix, to: &Fix) -> Option<Speed> {
    let elapsed_us = to.at().0.saturating_sub(from.at().0);
    if elapsed_us <= 0 {
        return None;
    }
    let distance_m = from.position().distance_m(to.position());
    let distance_m_min = (distance_m - from.margin_m() - to.margin_m()).max(0.0);
    let hours = elapsed_us as f64 / 3.6e9;
    Some(Speed {
        distance_m,
        distance_m_min,
        elapsed_us,
        kmh_min: distance_m_min / 1_000.0 / hours,
    })
}

/// How many fixes of different times share one place to 10⁻⁷ degree (1 cm): 1 when none does, 0 of none. A receiver's
/// position wanders by metres even on a table, so that more than a few were not received; but a phone may give its last fix again
/// with the same time, which counts once.
pub fn identical(fixes: &[Fix]) -> usize {
    let places = fixes.iter().map(|fix| (fix.position().e7(), fix.at()));
    let mut places: Vec<_> = places.collect();
    places.sort_unstable();
    places.dedup();
    let runs = places.chunk_by(|a, b| a.0 == b.0);
    runs.map(<[_]>::len).max().unwrap_or(0)
}

/// The one accuracy that all these fixes have, exactly, if they are of two times at least. A receiver's varies with the sky; but
/// some phones know few values, such as 65 m whenever only wireless networks were heard, so that it says little alone.
pub fn fixed_accuracy(fixes: &[Fix]) -> Option<FixedAccuracy> {
    let accuracy_m = fixes.first()?.accuracy_m()?;
    let same = |fix: &Fix| fix.accuracy_m().map(f64::to_bits) == Some(accuracy_m.to_bits());
    let mut times: Vec<_> = fixes.iter().map(Fix::at).collect();
    times.sort_unstable();
    times.dedup();
    let count = times.len();
    (count >= 2 && fixes.iter().all(same)).then_some(FixedAccuracy { accuracy_m, count })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Micros,
        area::{MARGIN_UNKNOWN_M, Position},
    };

    fn fix(lat: f64, lon: f64, accuracy_m: Option<f64>, at_s: i64) -> Fix {
        let position = Position::new(lat, lon).expect("a position on earth");
        Fix::new(position, accuracy_m, Micros::from_unix_s(at_s)).expect("a valid fix")
    }

    const BEIJING: (f64, f64) = (39.9042, 116.4074);
    const SHANGHAI: (f64, f64) = (31.2304, 121.4737);

    fn journey_kmh(minutes: i64) -> f64 {
        let from = fix(BEIJING.0, BEIJING.1, Some(20.0), 0);
        let to = fix(SHANGHAI.0, SHANGHAI.1, Some(20.0), minutes * 60);
        speed(&from, &to).expect("a later fix").kmh_min
    }

    #[test]
    fn beijing_to_shanghai_takes_longer_than_half_an_hour() {
        assert!(journey_kmh(4 * 60 + 18) < SURFACE_KMH, "the fastest train");
        let flight = journey_kmh(100);
        assert!((SURFACE_KMH..AIRLINER_KMH).contains(&flight), "{flight}");
        assert!(journey_kmh(30) > AIRLINER_KMH);
    }

    #[test]
    fn there_is_no_speed_without_time() {
        let (a, b) = (fix(39.9, 116.4, None, 5), fix(40.9, 116.4, None, 5));
        assert_eq!(speed(&a, &b), None);
        assert_eq!(speed(&fix(39.9, 116.4, None, 6), &b), None);
    }

    #[test]
    fn a_fix_from_a_mast_and_one_from_satellites_make_no_speed() {
        let (mast, sky) = (
            fix(39.9, 116.4, Some(1_500.0), 0),
            fix(39.92, 116.4, Some(5.0), 1),
        );
        let speed = speed(&mast, &sky).expect("a later fix");
        assert!(speed.distance_m > 2_000.0 && speed.kmh_min < f64::EPSILON);
        let unknown = fix(39.9, 116.4, None, 0);
        let jump = super::speed(&unknown, &fix(39.9, 116.9, Some(5.0), 1)).expect("a later fix");
        assert!(jump.distance_m < MARGIN_UNKNOWN_M && jump.kmh_min < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn a_speed_is_a_lower_bound(north in -1.0..1.0, east in -1.0..1.0, accuracy in 1.0..5_000.0, seconds in 1..100_000_i64) {
            let from = fix(39.9, 116.4, Some(accuracy), 0);
            let to = fix(39.9 + north, 116.4 + east, Some(accuracy), seconds);
            let speed = speed(&from, &to).expect("a later fix");
            let naive = speed.distance_m / 1_000.0 / (seconds as f64 / 3_600.0);
            prop_assert!(speed.kmh_min.is_finite() && (0.0..=naive).contains(&speed.kmh_min));
            let nearest_m = speed.distance_m - from.margin_m() - to.margin_m();
            prop_assert!((speed.distance_m_min - nearest_m.max(0.0)).abs() < 1e-6);
        }
    }

    #[test]
    fn only_the_same_place_at_different_times_is_identical() {
        let (accuracy, place) = (Some(10.0), |at_s| fix(39.9, 116.4, Some(10.0), at_s));
        assert_eq!(identical(&[]), 0);
        assert_eq!(identical(&[place(1)]), 1);
        assert_eq!(identical(&[place(1), place(1)]), 1, "one fix, given twice");
        let other = fix(39.900_000_1, 116.4, accuracy, 2);
        assert_eq!(identical(&[place(1), other, place(3), place(5), other]), 3);
        let below = fix(39.900_000_01, 116.4, accuracy, 9);
        assert_eq!(identical(&[place(1), below]), 2);
    }

    #[test]
    fn a_fixed_accuracy_is_that_of_all_fixes() {
        let of = |accuracies: &[f64]| -> Vec<Fix> {
            let fixes = (0..).zip(accuracies);
            fixes
                .map(|(at, &metres)| fix(39.9, 116.4, Some(metres), at))
                .collect()
        };
        let accuracy_m = 20.0;
        assert_eq!(
            fixed_accuracy(&of(&[20.0; 3])),
            Some(FixedAccuracy {
                accuracy_m,
                count: 3
            })
        );
        assert_eq!(fixed_accuracy(&of(&[20.0, 20.0, 20.001])), None);
        assert_eq!(fixed_accuracy(&of(&[20.0])), None);
        assert_eq!(fixed_accuracy(&of(&[20.0, 0.0])), None, "one without any");
        assert_eq!(fixed_accuracy(&[]), None);
    }
}
