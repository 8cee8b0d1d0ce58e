//! How sure a counted share is.

/// Left out at each end: 95 % are inside.
const TAIL: f64 = 0.025;
/// Halvings of the interval in which an end is looked for.
const HALVINGS: u32 = 60;

/// Ends of the exact 95 % interval of a share of `count` in `all` (Clopper & Pearson 1934, "The use of confidence or fiducial limits"); 0 to
/// 1 of nothing.
pub fn exact(count: u64, all: u64) -> [f64; 2] {
    if all == 0 {
        return [0.0, 1.0];
    }
    let low = if count == 0 {
        0.0
    } else {
        // Where so many or more become as rare as the tail.
        turn(|share| 1.0 - at_most(count - 1, all, share) < TAIL)
    };
    let high = if count == all {
        1.0
    } else {
        turn(|share| at_most(count, all, share) > TAIL)
    };
    [low, high]
}

/// The share up to which something holds.
fn turn(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Probability of `count` or fewer among `all`, each with probability `share`, above 0 and below 1.
fn at_most(count: u64, all: u64, share: f64) -> f64 {
    let (odds, all) = ((share / (1.0 - share)).ln(), all as f64);
    let mut term = all * (-share).ln_1p();
    let mut sum = term.exp();
    for number in 0..count {
        let number = number as f64;
        term += ((all - number) / (number + 1.0)).ln() + odds;
        sum += term.exp();
    }
    sum.min(1.0)
}

/// The value at a share of ascending ones, by the nearest rank; none of nothing.
pub fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((share * last as f64).round() as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_the_exact_one() {
        // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 5.
        for (count, all, low, high) in [
            (81, 263, 0.2527, 0.3676),
            (15, 148, 0.0578, 0.1617),
            (0, 20, 0.0, 0.1684),
            (1, 29, 0.0009, 0.1776),
        ] {
            let found = exact(count, all);
            assert!(
                (found[0] - low).abs() < 5e-5 && (found[1] - high).abs() < 5e-5,
                "{found:?}"
            );
        }
        assert!((exact(29, 29)[1] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn no_error_among_so_many_is_bounded_by_about_four_in_as_many() {
        let [low, high] = exact(0, 30_000);
        assert!(
            low < 1e-12 && (high * 30_000.0 - 3.69).abs() < 0.01,
            "{high}"
        );
    }
}
