use std::time::Duration;

use phone::Random;

/// Share of the phones that arrive in each quarter of the time: a window has just opened, and the reminder went out with it.
pub const QUARTERS: [f64; 4] = [0.50, 0.25, 0.15, 0.10];

/// When each of `phones` begins its check-in, in no order: evenly spread within a quarter, with a little chance.
pub fn arrivals(phones: usize, within: Duration, random: &Random) -> Vec<Duration> {
    let mut at: Vec<Duration> = (0..phones)
        .map(|number| within.mul_f64(quantile((number as f64 + random.unit()) / phones as f64)))
        .collect();
    // Fisher–Yates: which phone comes when is chance, too.
    for last in (1..at.len()).rev() {
        let other = (random.unit() * (last + 1) as f64) as usize;
        at.swap(last, other.min(last));
    }
    at
}

/// The time, 0 to 1, by which the share `u` of all phones has arrived.
fn quantile(u: f64) -> f64 {
    let mut before = 0.0;
    for (quarter, share) in QUARTERS.into_iter().enumerate() {
        if u < before + share {
            return (quarter as f64 + (u - before) / share) / QUARTERS.len() as f64;
        }
        before += share;
    }
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_arrive_in_the_first_quarter_and_all_within_the_time() {
        let minute = Duration::from_mins(1);
        let at = arrivals(1_000, minute, &Random::seeded(5));
        assert_eq!(at.len(), 1_000);
        assert!(at.iter().all(|at| *at <= minute));
        let early = at.iter().filter(|at| **at < minute / 4).count();
        assert!((499..=501).contains(&early), "{early}");
        let late = at.iter().filter(|at| **at >= minute * 3 / 4).count();
        assert!((99..=101).contains(&late), "{late}");
        assert!(!at.is_sorted(), "phones come in no order");
    }

    #[test]
    fn the_same_seed_gives_the_same_morning() {
        let within = Duration::from_secs(10);
        let once = arrivals(50, within, &Random::seeded(1));
        assert_eq!(once, arrivals(50, within, &Random::seeded(1)));
        assert_ne!(once, arrivals(50, within, &Random::seeded(2)));
    }
}
