use std::time::Duration;

use crate::Random;

/// Longest wait that is added to a `Retry-After` so that phones do not come back all at once.
const RETRY_AFTER_JITTER: Duration = Duration::from_secs(1);

/// How long to wait before repeat number `repeat` (1, 2, …): the server's wish and a little more when it gave one, else doubling
/// from `first` up to `most`, between half and the whole of it by chance.
pub fn pause(
    repeat: u32,
    retry_after: Option<Duration>,
    first: Duration,
    most: Duration,
    random: &Random,
) -> Duration {
    if let Some(wish) = retry_after {
        return wish + RETRY_AFTER_JITTER.mul_f64(random.unit());
    }
    let doubled = first.saturating_mul(1u32.checked_shl(repeat - 1).unwrap_or(u32::MAX));
    doubled.min(most).mul_f64(0.5 + random.unit() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_millis(200);
    const MOST: Duration = Duration::from_secs(5);

    #[test]
    fn pauses_double_up_to_the_most_and_vary_by_half() {
        let random = Random::seeded(1);
        for (repeat, whole_ms) in [(1, 200), (2, 400), (3, 800), (6, 5_000), (40, 5_000)] {
            let pause = pause(repeat, None, FIRST, MOST, &random);
            assert!(
                pause >= Duration::from_millis(whole_ms / 2),
                "{repeat}: {pause:?}"
            );
            assert!(
                pause <= Duration::from_millis(whole_ms),
                "{repeat}: {pause:?}"
            );
        }
    }

    #[test]
    fn the_servers_wish_is_never_undercut() {
        let wish = Duration::from_secs(7);
        for seed in 0..20 {
            let pause = pause(1, Some(wish), FIRST, MOST, &Random::seeded(seed));
            assert!(pause >= wish && pause <= wish + RETRY_AFTER_JITTER);
        }
    }
}
