use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Rule;

/// The standard normal distribution's quantile of 0.975.
const Z: f64 = 1.959_963_984_540_054;

/// What an alert came to, as the officer who closed it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was so.
    Confirmed,
    /// It was not so, or there was nothing in it.
    Unfounded,
    /// Nobody could find out.
    Unclear,
}

crate::text_enum!(Outcome { Confirmed = "confirmed", Unfounded = "unfounded", Unclear = "unclear" });

/// How a rule's closed alerts came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Precision {
    pub confirmed: u32,
    pub unfounded: u32,
    /// Not part of the share.
    pub unclear: u32,
}

impl Precision {
    /// The confirmed ones' share of what was found out, 0..1; none where nothing was.
    pub fn share(&self) -> Option<f64> {
        let known = self.confirmed + self.unfounded;
        (known > 0).then(|| f64::from(self.confirmed) / f64::from(known))
    }

    /// Where the share lies with 95 %, lower and upper bound: the score interval (E. B. Wilson, “Probable Inference, the Law of Succession, and
    /// Statistical Inference”, 1927).
    pub fn interval(&self) -> Option<(f64, f64)> {
        let share = self.share()?;
        let n = f64::from(self.confirmed + self.unfounded);
        let scale = 1.0 + Z * Z / n;
        let centre = (share + Z * Z / (2.0 * n)) / scale;
        let half = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        Some(((centre - half).max(0.0), (centre + half).min(1.0)))
    }
}

/// The precision of each rule of which alerts were closed.
pub fn precision(closed: impl IntoIterator<Item = (Rule, Outcome)>) -> BTreeMap<Rule, Precision> {
    let mut rules = BTreeMap::<Rule, Precision>::new();
    for (rule, outcome) in closed {
        let of = rules.entry(rule).or_default();
        match outcome {
            Outcome::Confirmed => of.confirmed += 1,
            Outcome::Unfounded => of.unfounded += 1,
            Outcome::Unclear => of.unclear += 1,
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(confirmed: u32, unfounded: u32) -> Precision {
        Precision {
            confirmed,
            unfounded,
            unclear: 7,
        }
    }

    #[test]
    fn the_interval_is_wilsons() {
        // R. G. Newcombe, “Two-sided confidence intervals for the single proportion”, 1998, table I, method 3.
        for (confirmed, all, lower, upper) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let found = of(confirmed, all - confirmed)
                .interval()
                .expect("some closed");
            let close = |a: f64, b: f64| (a - b).abs() < 5e-5;
            assert!(close(found.0, lower) && close(found.1, upper), "{found:?}");
        }
        assert_eq!((of(0, 0).share(), of(0, 0).interval()), (None, None));
    }

    #[test]
    fn each_rule_has_its_own_precision_and_what_is_unclear_is_left_out() {
        use Outcome::{Confirmed, Unclear, Unfounded};
        let found = precision([
            (Rule::Nocturnal, Unfounded),
            (Rule::Separation, Confirmed),
            (Rule::Separation, Confirmed),
            (Rule::Separation, Unclear),
            (Rule::Separation, Unfounded),
        ]);
        assert_eq!(found[&Rule::Nocturnal].share(), Some(0.0));
        let share = found[&Rule::Separation].share().expect("some found out");
        assert!((share - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(found.len(), 2);
    }

    proptest! {
        #[test]
        fn the_share_lies_within_its_interval(confirmed in 0..2_000_u32, unfounded in 0..2_000_u32) {
            let precision = of(confirmed, unfounded);
            if let (Some(share), Some((lower, upper))) = (precision.share(), precision.interval()) {
                prop_assert!(0.0 <= lower && lower <= share + 1e-12 && share <= upper + 1e-12 && upper <= 1.0);
            } else {
                prop_assert_eq!(confirmed + unfounded, 0);
            }
        }
    }
}
