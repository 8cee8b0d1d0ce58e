//! When to try again.

use std::time::Duration;

/// Waits before each attempt, in seconds.
///
/// As far as 10 hours this is the example schedule of the Standard Webhooks specification ("Deliverability and reliability"). That
/// one goes on with 14, 20 and 24 hours; ours ends with 10 hours once more, after 27 h 35 min, so that somebody sees a message that
/// does not arrive while it still matters.
const WAITS_S: [u64; 8] = [
    0,
    5,
    5 * 60,
    30 * 60,
    2 * 3_600,
    5 * 3_600,
    10 * 3_600,
    10 * 3_600,
];

/// Attempts that a message gets before it is a dead letter.
pub const ATTEMPTS_MAX: u32 = WAITS_S.len() as u32;

/// What jitter adds or takes at most, as a part of the wait.
const JITTER_PART: f64 = 0.1;

/// How long to wait before an attempt, counted from 0, after the one before it has failed; `None` when there is none left and the
/// message is a dead letter: 0, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h.
///
/// `jitter` is in 0.0..1.0 (else it is taken as the nearest of these) and moves the wait by up to ±10 %; 0.5 leaves it as it is. The
/// first attempt never waits. The receiver's own `retry_after_s` may ask for more; the longer one counts.
pub fn backoff(attempt: u32, jitter: f64) -> Option<Duration> {
    let wait_s = *WAITS_S.get(usize::try_from(attempt).ok()?)?;
    let jitter = if jitter.is_nan() { 0.5 } else { jitter };
    let part = 1.0 + JITTER_PART * (2.0 * jitter.clamp(0.0, 1.0) - 1.0);
    Some(Duration::from_secs(wait_s).mul_f64(part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_schedule_is_the_documented_one() {
        let waits: Vec<u64> = (0..)
            .map_while(|attempt| backoff(attempt, 0.5))
            .map(|wait| wait.as_secs())
            .collect();
        assert_eq!(waits, [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]);
    }

    proptest! {
        #[test]
        fn backoff_grows_and_ends(attempt in prop_oneof![0..12_u32, any::<u32>()], jitter in 0.0..1.0_f64) {
            match (backoff(attempt, jitter), backoff(attempt.saturating_add(1), jitter)) {
                (Some(wait), Some(next)) => prop_assert!(wait <= next),
                (Some(_), None) => prop_assert_eq!(attempt, ATTEMPTS_MAX - 1),
                (None, next) => {
                    prop_assert!(attempt >= ATTEMPTS_MAX);
                    prop_assert_eq!(next, None);
                }
            }
        }

        #[test]
        fn jitter_moves_a_wait_by_a_tenth_at_most(attempt in 0..ATTEMPTS_MAX, jitter in any::<f64>()) {
            let wait = backoff(attempt, jitter).expect("the attempt is below the most").as_secs_f64();
            let plain = WAITS_S[attempt as usize] as f64;
            prop_assert!((wait - plain).abs() <= plain * JITTER_PART + 1e-6);
        }

        #[test]
        fn the_first_attempt_never_waits(jitter in any::<f64>()) {
            prop_assert_eq!(backoff(0, jitter), Some(Duration::ZERO));
        }
    }
}
