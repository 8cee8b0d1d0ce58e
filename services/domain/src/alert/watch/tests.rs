use std::collections::BTreeMap;

use proptest::prelude::*;
use rand_chacha::{
    ChaCha12Rng,
    rand_core::{Rng, SeedableRng},
};

use super::*;
use crate::{
    alert::{
        Rule,
        scene::{MINUTE_MS, area, at, beside_home, circle, person, seen, sighting, zone},
    },
    area::{AreaKind, Datum, Reading, Report},
};

/// An honest person's days: two windows of two hours in which he comes at any time alike, a receiver that wanders by 8 m.
struct Honest {
    source: ChaCha12Rng,
    areas: Vec<AreaRule>,
    zone: TimeZone,
}

impl Honest {
    fn new(seed: u64) -> Self {
        let town = area(1, AreaKind::Allowed, circle((0.0, 0.0), 15_000.0));
        let home = area(2, AreaKind::Allowed, circle((0.0, 0.0), 300.0));
        let bar = area(3, AreaKind::KeyPlace, circle((5_000.0, 0.0), 100.0));
        Self {
            source: ChaCha12Rng::seed_from_u64(seed),
            areas: vec![town, home, bar],
            zone: zone(),
        }
    }

    /// 0..1, never 0.
    fn share(&mut self) -> f64 {
        (f64::from(self.source.next_u32()) + 0.5) / 4_294_967_296.0
    }

    /// Normal, by G. E. P. Box and M. E. Muller.
    fn noise(&mut self) -> f64 {
        let (a, b) = (self.share(), self.share());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }

    /// Around a place, in degrees of six decimals, as phones give them.
    fn sighting(&mut self, at: Micros, (north_m, east_m): (f64, f64)) -> Sighting {
        let place = (north_m + 8.0 * self.noise(), east_m + 8.0 * self.noise());
        let accuracy_m = (8.0 + 25.0 * self.share()).round();
        let rounded = |degrees: f64| (degrees * 1e6).round() / 1e6;
        let (lat, lon) = beside_home(place);
        let degrees = (rounded(lat), rounded(lon));
        let reading = Reading::new(Datum::Wgs84, degrees, accuracy_m, Some(false));
        let mut one = sighting(at, place, accuracy_m);
        one.reading = reading.expect("a reading");
        one
    }

    fn checkins(&mut self, days: i64, doubted: f64) -> Vec<Seen> {
        let mut made = Vec::new();
        for day in 0..days {
            for (number, opens) in [(0, 8.0), (1, 18.0)] {
                let number = 1 + u128::from(day.unsigned_abs()) * 2 + number;
                let mut one = seen(number, day, 0);
                one.opens_at = at(day, opens);
                one.closes_at = one.opens_at.plus_ms(120 * MINUTE_MS);
                let after_ms = self.share() * 120.0 * MINUTE_MS as f64;
                one.submitted_at = one.opens_at.plus_ms(after_ms as i64);
                let position = self.sighting(one.submitted_at, (0.0, 0.0));
                let fix = position.fix().expect("a fix");
                let report = Report::of(&self.areas[..1], &fix, &self.zone);
                one.findings = report
                    .findings
                    .into_iter()
                    .map(|found| found.finding)
                    .collect();
                one.position = Some(position);
                if self.share() < doubted {
                    one.reasons = vec![Reason::FaceMismatch];
                }
                made.push(one);
            }
        }
        made
    }

    fn watched<'a>(&'a self, settings: &'a Settings) -> Watched<'a> {
        Watched {
            settings,
            zone: &self.zone,
            areas: &self.areas,
        }
    }
}

/// All that a file of check-ins raises, each with its key, as it grows.
fn raised(file: &[Seen], watched: &Watched<'_>) -> BTreeMap<String, Rule> {
    let mut raised = BTreeMap::new();
    for (index, one) in file.iter().enumerate() {
        let from = index.saturating_sub(CHECKINS_MAX as usize);
        for cause in of_checkin(one, &file[from..index], watched) {
            raised.insert(cause.dedup(person(1)), cause.rule());
        }
    }
    raised
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_honest_persons_check_ins_raise_nothing(seed: u64) {
        let mut honest = Honest::new(seed);
        let file = honest.checkins(120, 0.0);
        let settings = Settings::default();
        prop_assert_eq!(raised(&file, &honest.watched(&settings)), BTreeMap::new());
    }

    #[test]
    fn an_honest_persons_track_raises_nothing(seed: u64) {
        let mut honest = Honest::new(seed);
        let settings = Settings::default();
        let mut track: Vec<Sighting> = Vec::new();
        for day in 0..15 {
            // Home by night, at work 3 km away by day, some evening past a bar 5 km away, sent every six hours.
            for batch in 0..4 {
                let mut new = Vec::new();
                for half_hour in 0..12 {
                    let hour = f64::from(batch) * 6.0 + f64::from(half_hour) / 2.0;
                    let place = match hour {
                        9.0..17.0 => (3_000.0, 500.0),
                        20.0..21.0 if day % 3 == 0 => (5_000.0, 400.0),
                        _ => (0.0, 0.0),
                    };
                    let mut one = honest.sighting(at(day, hour), place);
                    one.at = at(day, f64::from(batch) * 6.0 + 6.0);
                    new.push(one);
                }
                let causes = of_positions(&new, &track, &Watched { areas: &honest.areas[..], ..honest.watched(&settings) });
                // The home alone is no curfew: being at work is no breach of it, since the town is allowed at the same hours.
                prop_assert_eq!(causes, Vec::new());
                track.extend(new);
            }
        }
    }

    #[test]
    fn the_order_of_history_and_a_second_look_change_nothing(seed: u64, keys in proptest::collection::vec(any::<u32>(), 80)) {
        let mut honest = Honest::new(seed);
        let mut file = honest.checkins(40, 0.2);
        for one in &mut file {
            one.submitted_at = one.opens_at.plus_ms(MINUTE_MS);
        }
        let settings = Settings::default();
        let watched = honest.watched(&settings);
        let told = |last: &Seen, history: &[Seen]| -> Vec<String> {
            of_checkin(last, history, &watched).iter().map(|cause| cause.dedup(person(1))).collect()
        };
        let last = &file[60];
        let mut shuffled: Vec<_> = keys.into_iter().zip(file.clone()).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<_> = shuffled.into_iter().map(|(_, one)| one).collect();
        prop_assert!(!told(last, &file[..60]).is_empty());
        prop_assert_eq!(told(last, &file[..60]), told(last, &shuffled));
    }
}

#[test]
fn of_persons_whom_one_duty_in_200_doubts_few_are_suspected_in_a_quarter() {
    let settings = Settings::default();
    let suspected = |doubted: f64| -> usize {
        let persons = 0..60_u64;
        let of = |seed| {
            let mut honest = Honest::new(seed);
            let file = honest.checkins(90, doubted);
            let raised = raised(&file, &honest.watched(&settings));
            usize::from(raised.values().any(|rule| *rule == Rule::Separation))
        };
        persons.map(of).sum()
    };
    // Binomial: 3 of 28 once in 2,700 fortnights, in some 90 of them that overlap.
    assert!(suspected(0.005) <= 2);
    assert!(suspected(0.3) >= 59, "somebody else answers, now and then");
}

#[test]
fn a_habit_raises_one_alert_a_month_and_not_one_a_check_in() {
    let mut honest = Honest::new(1);
    let mut file = honest.checkins(61, 0.0);
    for one in &mut file {
        one.submitted_at = one.opens_at;
    }
    let settings = Settings::default();
    let raised = raised(&file, &honest.watched(&settings));
    let keys: Vec<_> = raised.keys().map(String::as_str).collect();
    let key = |month| format!("edge_of_window:{}:{month}", person(1));
    assert_eq!(keys, [key("2026-03"), key("2026-04"), key("2026-05")]);
}

#[test]
fn a_made_up_position_is_found_by_what_it_repeats() {
    let honest = Honest::new(2);
    let settings = Settings::default();
    let days = 0..6;
    let made_up = |day: i64| {
        let mut one = seen(1 + u128::from(day.unsigned_abs()), day, 7 * day);
        one.position = Some(sighting(one.submitted_at, (3.0, 4.0), 5.0));
        one
    };
    let file: Vec<_> = days.map(made_up).collect();
    let found = raised(&file, &honest.watched(&settings));
    assert_eq!(
        found.values().collect::<Vec<_>>(),
        [&Rule::IdenticalCoordinates]
    );
    let kiosk = file.into_iter().map(|one| Seen {
        channel: Channel::Kiosk,
        ..one
    });
    let kiosk: Vec<_> = kiosk.collect();
    assert!(raised(&kiosk, &honest.watched(&settings)).is_empty());
}

#[test]
fn what_is_switched_off_is_silent_and_each_thing_is_told_once() {
    let mut honest = Honest::new(3);
    let mut in_bar = |minute| {
        let at = at(0, 21.0).plus_ms(minute * MINUTE_MS);
        honest.sighting(at, (5_000.0, 0.0))
    };
    let bar = [0, 1, 2, 3, 4].map(&mut in_bar);
    let rules = |settings: &Settings| -> Vec<Rule> {
        let causes = of_positions(&bar, &[], &honest.watched(settings));
        causes.iter().map(Cause::rule).collect()
    };
    assert_eq!(rules(&Settings::default()), [Rule::KeyPlace]);
    let off: Settings = serde_json::from_str(r#"{"key_place": {"on": false}}"#).expect("settings");
    assert_eq!(rules(&off), []);
}

#[test]
fn positions_that_come_again_are_not_counted_twice() {
    let mut honest = Honest::new(4);
    let settings = Settings::default();
    let mut new = honest.sighting(at(0, 9.0), (20_000.0, 0.0));
    new.at = at(0, 10.0);
    let new = [new];
    let causes = of_positions(&new, &new, &honest.watched(&settings));
    assert_eq!(
        causes.iter().map(Cause::rule).collect::<Vec<_>>(),
        [Rule::OutOfArea]
    );
}

#[test]
fn a_declined_review_is_told_of_when_the_officer_decides() {
    let mut honest = Honest::new(5);
    let mut file = honest.checkins(1, 1.0);
    let settings = Settings::default();
    let last = file.pop().expect("two");
    assert_eq!(of_checkin(&last, &file, &honest.watched(&settings)), []);
    let declined = Seen {
        decision: Some(Decision::Decline),
        ..last
    };
    let causes = of_checkin(&declined, &file, &honest.watched(&settings));
    assert_eq!(
        causes.iter().map(Cause::rule).collect::<Vec<_>>(),
        [Rule::Separation]
    );
}
