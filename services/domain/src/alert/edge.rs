use std::collections::BTreeMap;

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Seen, limits::limits, local};

/// Duties that a habit needs, at least.
pub const DUTIES_MIN: usize = 12;
/// How improbable so many are, at most, if somebody came at any time of his windows alike: with two duties a day, looked at each time, one of
/// more than a thousand such persons is told of in a year (730 looks, union bound).
pub const ALPHA: f64 = 1e-6;
/// Edges that fit into a window, at least: in a shorter one too much lies at an edge.
const EDGES_MIN: i64 = 4;

limits! {
    /// When check-ins at the edges of windows are a habit.
    EdgeLimits {
        /// Minutes of an edge: the first after a window opens, the last before it closes.
        minutes = 3 in 1 to 15,
        /// Duties that are looked back at.
        duties = 30 in 15 to 60,
        /// Of a hundred that lie at an edge, at least. Those who act on a reminder at once come early too: it takes a habit.
        share_percent = 60 in 40 to 100,
    }
}

/// E1: checks in as the window opens or closes, again and again, and is free for the time between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgeOfWindow {
    /// The person's local day of the last one.
    pub day: Date,
    pub hits: u32,
    pub duties: u32,
    pub minutes: u32,
    /// How many there would be by chance.
    pub expected: u32,
}

/// The first attempt at a duty, as a throw of chance.
struct Trial {
    hit: bool,
    /// Share of the window that its edges take, 0..1.
    chance: f64,
}

impl EdgeOfWindow {
    /// `file` holds check-ins in the order of time; the last one is looked at, if it is the first at its duty. Random checks do not
    /// count, since they ask to be answered at once, nor do machines in an office.
    pub(super) fn find(file: &[&Seen], zone: &TimeZone, limits: EdgeLimits) -> Option<Self> {
        let last = *file.last()?;
        let mut first = BTreeMap::new();
        for seen in file {
            first.entry(seen.duty).or_insert(*seen);
        }
        let is_first = first
            .get(&last.duty)
            .is_some_and(|seen| seen.checkin == last.checkin);
        if !is_first || !trial(last, limits.minutes).is_some_and(|trial| trial.hit) {
            return None;
        }
        let mut firsts: Vec<_> = first.into_values().collect();
        firsts.sort_by_key(|seen| std::cmp::Reverse((seen.submitted_at, seen.checkin)));
        let trials = firsts.iter().filter_map(|seen| trial(seen, limits.minutes));
        let trials: Vec<_> = trials.take(limits.duties as usize).collect();
        let hits = trials.iter().filter(|trial| trial.hit).count();
        let chances: Vec<_> = trials.iter().map(|trial| trial.chance).collect();
        let habit = trials.len() >= DUTIES_MIN
            && hits * 100 >= trials.len() * limits.share_percent as usize
            && at_least(hits, &chances) <= ALPHA;
        habit.then(|| Self {
            day: local::day(last.submitted_at, zone),
            hits: hits as u32,
            duties: trials.len() as u32,
            minutes: limits.minutes,
            expected: chances.iter().sum::<f64>().round() as u32,
        })
    }

    pub(super) fn explain(&self) -> (String, String) {
        let Self {
            hits,
            duties,
            minutes,
            expected,
            ..
        } = self;
        (
            format!(
                "近 {duties} 次签到有 {hits} 次在时段的最初或最后 {minutes} 分钟内；若时间随机，应约 {expected} 次。"
            ),
            format!(
                "{hits} of the last {duties} check-ins came in the first or last {minutes} minutes of a window; by chance about {expected}."
            ),
        )
    }
}

fn trial(seen: &Seen, minutes: u32) -> Option<Trial> {
    let edge_us = i64::from(minutes) * 60_000_000;
    let window_us = seen.closes_at.0 - seen.opens_at.0;
    if seen.unannounced || !seen.personal() || window_us < EDGES_MIN * edge_us {
        return None;
    }
    let after_us = seen.submitted_at.0 - seen.opens_at.0;
    let before_us = seen.closes_at.0 - seen.submitted_at.0;
    Some(Trial {
        hit: (0..edge_us).contains(&after_us) || (0..edge_us).contains(&before_us),
        chance: (2 * edge_us) as f64 / window_us as f64,
    })
}

/// The probability of so many hits or more: the exact tail of the Poisson binomial distribution, one trial after the other (R. E. Barlow and
/// K. D. Heidtmann, “Computing k-out-of-n System Reliability”, 1984). With equal chances it is the binomial's.
fn at_least(hits: usize, chances: &[f64]) -> f64 {
    let mut of = vec![0.0; chances.len() + 1];
    of[0] = 1.0;
    for (done, chance) in chances.iter().enumerate() {
        for count in (0..=done).rev() {
            of[count + 1] += of[count] * chance;
            of[count] *= 1.0 - chance;
        }
    }
    of.iter().skip(hits).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::alert::scene::{MINUTE_MS, seen, zone};

    /// One duty a day, so many minutes after the opening of its two hours.
    fn days(minutes: &[i64]) -> Vec<Seen> {
        let days = (0_i64..).zip(minutes);
        days.map(|(day, minutes)| seen(1 + u128::from(day.unsigned_abs()), day, *minutes))
            .collect()
    }

    fn found(file: &[Seen]) -> Option<EdgeOfWindow> {
        let file: Vec<_> = file.iter().collect();
        EdgeOfWindow::find(&file, &zone(), EdgeLimits::default())
    }

    #[test]
    fn who_always_comes_as_the_window_opens_or_closes_has_a_habit() {
        let mut file = days(&[0, 1, 119, 2, 0, 120, 1, 0, 118, 0, 1, 2]);
        let one = found(&file).expect("a habit");
        assert_eq!((one.hits, one.duties, one.expected), (12, 12, 1));
        assert_eq!(found(&file[1..]), None, "eleven are too few");
        file[11].submitted_at = file[11].submitted_at.plus_ms(MINUTE_MS);
        assert_eq!(found(&file), None, "the last one is no part of it");
    }

    #[test]
    fn who_comes_early_half_of_the_time_has_none() {
        let half: Vec<i64> = (0..30)
            .map(|day| if day % 2 == 1 { 1 } else { 40 })
            .collect();
        assert_eq!(found(&days(&half)), None);
        let most: Vec<i64> = (0..30)
            .map(|day| if day % 3 == 0 { 40 } else { 1 })
            .collect();
        assert!(found(&days(&most)).is_some());
    }

    #[test]
    fn random_checks_short_windows_and_machines_in_offices_are_no_habit() {
        let changed = |change: fn(&mut Seen)| {
            let mut file = days(&[1; 30]);
            file.iter_mut().for_each(change);
            found(&file)
        };
        assert!(changed(|_| ()).is_some());
        assert_eq!(changed(|seen| seen.unannounced = true), None);
        assert_eq!(
            changed(|seen| seen.channel = crate::channel::Channel::Kiosk),
            None
        );
        let short = |seen: &mut Seen| seen.closes_at = seen.opens_at.plus_ms(11 * MINUTE_MS);
        assert_eq!(changed(short), None);
    }

    #[test]
    fn only_the_first_try_at_a_duty_counts() {
        let mut file = days(&[1; 12]);
        let mut again = file[11].clone();
        again.checkin = crate::CheckinId(uuid::Uuid::from_u128(99));
        file.push(again);
        assert_eq!(found(&file), None);
    }

    #[test]
    fn the_tail_is_exact() {
        let binomial = at_least(8, &[0.5; 10]);
        assert!((binomial - 56.0 / 1024.0).abs() < 1e-15);
        // 0.1·0.5 + 0.1·0.2 + 0.5·0.2 − 2·0.1·0.5·0.2
        assert!((at_least(2, &[0.1, 0.5, 0.2]) - 0.15).abs() < 1e-15);
        assert!((at_least(0, &[0.3; 5]) - 1.0).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn a_tail_is_a_probability_that_falls_with_the_hits(chances in proptest::collection::vec(0.0..=0.5, 1..60)) {
            let tails: Vec<_> = (0..=chances.len()).map(|hits| at_least(hits, &chances)).collect();
            prop_assert!(tails.iter().all(|tail| (0.0..=1.0 + 1e-9).contains(tail)));
            prop_assert!(tails.is_sorted_by(|a, b| a >= b));
        }
    }
}
