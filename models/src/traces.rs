use serde::{Deserialize, Serialize};

/// Deviations from the mean beyond which a number counts as this far away: what nobody has seen does not count without end.
const DEVIATIONS_MAX: f64 = 4.0;

/// What traces may say against networks, nats: ln 3.
const OUTVOTED_MAX: f64 = 1.1;

/// From what an artefact leaves in a picture of a face to the log odds of a live face, nats: a logistic regression on each number and its square.
///
/// `offset + Σ weightₖ · zₖ + squareₖ · zₖ² + networks · n`, `z = (number − mean) / deviation`, cut at ±4; `n` the networks' mean log odds, 0 where
/// they say nothing. Where they speak, never more than ln 3 above what they say alone: traces are learnt on simulated artefacts, and a real one that leaves none of
/// them must not be talked away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    pub offset: f64,
    /// Of the networks' mean log odds.
    pub networks: f64,
    /// What the networks say alone: nats for one of their mean log odds, and nats at 0.
    pub networks_alone: [f64; 2],
    pub mean: Vec<f64>,
    pub deviation: Vec<f64>,
    pub weight: Vec<f64>,
    pub square: Vec<f64>,
    /// What it was learnt on, in words.
    pub data: String,
    /// SHA-256 of the manifest and the pictures that it was learnt on, hex.
    pub data_sha256: String,
    /// ISO date.
    pub date: String,
    /// People it was learnt on.
    pub people: u64,
}

impl Traces {
    /// Log odds of a live face, nats. None for another count of numbers than it was learnt on.
    pub fn log_odds(&self, numbers: &[f32], networks: Option<f64>) -> Option<f64> {
        if numbers.len() != self.mean.len() {
            return None;
        }
        let terms = numbers.iter().enumerate().map(|(at, &number)| {
            let z = standing(f64::from(number), self.mean[at], self.deviation[at]);
            self.weight[at] * z + self.square[at] * z * z
        });
        let sum = self.offset + terms.sum::<f64>();
        let [scale, offset] = self.networks_alone;
        Some(networks.map_or(sum, |mean| {
            (sum + self.networks * mean).min(scale * mean + offset + OUTVOTED_MAX)
        }))
    }

    /// Whether it can be used on so many numbers as it says.
    pub(crate) fn fits(&self) -> bool {
        let count = self.mean.len();
        let lists = [&self.mean, &self.deviation, &self.weight, &self.square];
        let [scale, at_zero] = self.networks_alone;
        let alone = [self.offset, self.networks, scale, at_zero];
        lists.iter().all(|list| list.len() == count)
            && lists
                .into_iter()
                .flatten()
                .chain(&alone)
                .all(|number| number.is_finite())
            && self.deviation.iter().all(|deviation| *deviation > 0.0)
    }
}

/// How far a number stands from a mean, in deviations, cut.
pub fn standing(number: f64, mean: f64, deviation: f64) -> f64 {
    ((number - mean) / deviation).clamp(-DEVIATIONS_MAX, DEVIATIONS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traces() -> Traces {
        Traces {
            offset: 0.5,
            networks: 0.25,
            networks_alone: [1.0, 10.0],
            mean: vec![1.0, 0.0],
            deviation: vec![2.0, 1.0],
            weight: vec![1.0, -1.0],
            square: vec![0.0, 0.5],
            data: "made up".to_owned(),
            data_sha256: String::new(),
            date: "2026-11-30".to_owned(),
            people: 2,
        }
    }

    #[test]
    fn each_number_counts_by_itself_and_by_its_square() {
        let odds = traces().log_odds(&[3.0, 2.0], Some(4.0)).unwrap();
        assert!(
            (odds - (0.5 + 1.0 - 2.0 + 2.0 + 1.0)).abs() < 1e-12,
            "{odds}"
        );
        assert_eq!(traces().log_odds(&[3.0], None), None);
    }

    #[test]
    fn networks_that_say_nothing_change_nothing() {
        let silent = traces().log_odds(&[3.0, 2.0], None);
        assert_eq!(silent, traces().log_odds(&[3.0, 2.0], Some(0.0)));
    }

    #[test]
    fn networks_are_outvoted_by_a_ratio_of_three_at_most() {
        let odds = traces().log_odds(&[9.0, -4.0], Some(-14.0)).unwrap();
        assert!(
            (odds - (-14.0 + 10.0 + OUTVOTED_MAX)).abs() < 1e-12,
            "{odds}"
        );
        let against = traces().log_odds(&[-9.0, 0.0], Some(9.0)).unwrap();
        assert!(against < 0.0, "networks never talk traces away: {against}");
    }

    #[test]
    fn what_nobody_has_seen_does_not_count_without_end() {
        let far = |number| traces().log_odds(&[number, 0.0], None);
        assert_eq!(far(100.0), far(1e9));
        assert!(far(100.0) > far(5.0));
    }

    #[test]
    fn lists_of_one_length_and_deviations_above_nothing_fit() {
        assert!(traces().fits());
        let mut short = traces();
        short.square.pop();
        let mut flat = traces();
        flat.deviation[0] = 0.0;
        assert!(!short.fits() && !flat.fits());
    }
}
