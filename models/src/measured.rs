use serde::{Deserialize, Serialize};

/// Nats within which two thresholds are one: packs round them.
const SAME: f64 = 0.001;

/// How often a pack erred on named data, threshold by threshold. `muster eval … --into PACK.toml` writes it. It says what the pack is worth and changes
/// nothing that the pack does, so that neither version nor templates depend on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    pub factor: Factor,
    /// Data set, condition or species.
    pub set: String,
    /// SHA-256 of the manifest and the files that it was measured on, hex.
    pub data_sha256: String,
    /// ISO date.
    pub date: String,
    /// What measures it again; where the data lie is left out.
    pub command: String,
    /// Genuine comparisons, right prompts, live faces or genuine attempts.
    pub genuine: u64,
    /// Impostor comparisons, wrong prompts, attacks or impostor attempts.
    pub impostor: u64,
    /// By rising threshold.
    pub at: Vec<Rates>,
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    Face,
    Voice,
    Content,
    Presentation,
    /// The whole decision on face and voice; its thresholds are those of the supervision levels.
    Together,
}

/// Error rates of one threshold, each with the ends of its exact interval of 95 %, which takes comparisons for independent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// Nats; from here on is accepted.
    pub llr: f64,
    /// FMR, or APCER: share of impostors or attacks that are accepted.
    pub false_match: [f64; 3],
    /// FNMR, or BPCER: share of genuine ones that are not.
    pub false_non_match: [f64; 3],
}

impl Measured {
    /// The rates at a threshold. Where it was not measured itself, those of the nearest below, whose false matches are no fewer, and of the nearest
    /// above, whose false non-matches are no fewer.
    pub fn around(&self, llr: f64) -> [Option<&Rates>; 2] {
        let below = self.at.iter().rev().find(|rates| rates.llr <= llr + SAME);
        let above = self.at.iter().find(|rates| rates.llr >= llr - SAME);
        [below, above]
    }

    /// Whether it can be shown: named data, shares with their intervals around them, thresholds that rise.
    pub(crate) fn is_sound(&self) -> bool {
        let share = |[value, low, high]: [f64; 3]| {
            0.0 <= low && low <= value && value <= high && high <= 1.0
        };
        let told = [&self.set, &self.date, &self.command];
        told.iter().all(|text| !text.trim().is_empty())
            && self.at.iter().all(|rates| {
                rates.llr.is_finite() && share(rates.false_match) && share(rates.false_non_match)
            })
            && self.at.is_sorted_by(|a, b| a.llr < b.llr)
    }
}

impl Rates {
    /// Whether this is the threshold itself, not its neighbour.
    pub fn is_at(&self, llr: f64) -> bool {
        (self.llr - llr).abs() <= SAME
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured() -> Measured {
        let rates = |llr, error| Rates {
            llr,
            false_match: [error, 0.0, 1.0],
            false_non_match: [1.0 - error, 0.0, 1.0],
        };
        Measured {
            factor: Factor::Face,
            set: "two".to_owned(),
            data_sha256: "ab".repeat(32),
            date: "2026-12-01".to_owned(),
            command: "muster eval face".to_owned(),
            genuine: 10,
            impostor: 100,
            at: vec![rates(0.0, 0.5), rates(9.2103, 0.1)],
        }
    }

    #[test]
    fn between_two_thresholds_neither_error_is_told_too_small() {
        let measured = measured();
        let [below, above] = measured.around(4.0).map(Option::unwrap);
        assert!(below.false_match[0] > above.false_match[0]);
        assert!(above.false_non_match[0] > below.false_non_match[0]);
        assert!(!below.is_at(4.0) && !above.is_at(4.0));
        let [below, above] = measured.around(10_000_f64.ln());
        assert_eq!(below, above, "rounded, it is the same one");
        assert_eq!(measured.around(12.0)[1], None);
    }

    #[test]
    fn a_share_outside_its_interval_and_thresholds_that_fall_are_not_shown() {
        assert!(measured().is_sound());
        let mut outside = measured();
        outside.at[0].false_match = [0.5, 0.6, 0.7];
        let mut falling = measured();
        falling.at.reverse();
        let mut unnamed = measured();
        unnamed.set = " ".to_owned();
        for wrong in [outside, falling, unnamed] {
            assert!(!wrong.is_sound());
        }
    }
}
