//! Error rates of scored comparisons; pure functions.
//!
//! A comparison is accepted when its score is at or above the threshold. FMR is the share of impostor comparisons that are
//! accepted, FNMR the share of genuine ones that are not, TAR = 1 − FNMR (ISO/IEC 19795-1:2021). Failures to acquire are
//! not in these rates: they are counted beside them.
//!
//! Every function takes a weight for each trial, so that the same code serves the data themselves (all weights 1) and a
//! bootstrap sample (numbers of copies). A rate over no trials is not a number.

mod cost;
mod curve;
mod fit;
mod regression;
mod share;

pub use cost::{cllr, cllr_min, cross_entropy};
pub use curve::{reliability, trade_off};
pub use fit::{FEW_FALSE_MATCHES, Fit};
pub use regression::{Sample, regress, regress_penalised};
pub use share::{exact, percentile};

use super::trial::{Trial, Trials};

/// A threshold and the rates at it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OperatingPoint {
    pub threshold: f64,
    pub fmr: f64,
    pub tar: f64,
}

/// Weights of all trials with one and the same score.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Group {
    score: f64,
    genuine: f64,
    impostor: f64,
}

/// Groups by falling score; those without weight are left out.
fn groups<'a, W: Fn(&Trial) -> f64>(
    trials: &'a Trials,
    weight: &'a W,
) -> impl Iterator<Item = Group> + 'a {
    let equal = |a: &Trial, b: &Trial| a.score.total_cmp(&b.score).is_eq();
    let summed = |group: &'a [Trial]| {
        let none = Group {
            score: group[0].score,
            genuine: 0.0,
            impostor: 0.0,
        };
        group.iter().fold(none, |sum, trial| {
            let weight = weight(trial);
            if trial.genuine {
                Group {
                    genuine: sum.genuine + weight,
                    ..sum
                }
            } else {
                Group {
                    impostor: sum.impostor + weight,
                    ..sum
                }
            }
        })
    };
    trials
        .all()
        .chunk_by(equal)
        .map(summed)
        .filter(|group| group.genuine + group.impostor > 0.0)
}

/// Weights of all genuine and of all impostor trials.
fn totals(trials: &Trials, weight: &impl Fn(&Trial) -> f64) -> (f64, f64) {
    trials
        .all()
        .iter()
        .fold((0.0, 0.0), |(genuine, impostor), trial| {
            let weight = weight(trial);
            if trial.genuine {
                (genuine + weight, impostor)
            } else {
                (genuine, impostor + weight)
            }
        })
}

/// All operating points, from the highest observed score down.
fn points<'a, W: Fn(&Trial) -> f64>(
    trials: &'a Trials,
    weight: &'a W,
) -> impl Iterator<Item = OperatingPoint> + 'a {
    let (all_genuine, all_impostor) = totals(trials, weight);
    let (mut genuine, mut impostor) = (0.0, 0.0);
    groups(trials, weight).map(move |group| {
        genuine += group.genuine;
        impostor += group.impostor;
        OperatingPoint {
            threshold: group.score,
            fmr: impostor / all_impostor,
            tar: genuine / all_genuine,
        }
    })
}

/// The smallest observed score with FMR ≤ `fmr_max`, as a threshold. `None` when even the highest score is above it.
pub fn at_fmr(
    trials: &Trials,
    weight: &impl Fn(&Trial) -> f64,
    fmr_max: f64,
) -> Option<OperatingPoint> {
    points(trials, weight)
        .take_while(|point| point.fmr <= fmr_max)
        .last()
}

/// Equal error rate: where FMR = FNMR on the straight line between the two neighbouring operating points of the step
/// ROC that lie on either side.
pub fn equal_error_rate(trials: &Trials, weight: &impl Fn(&Trial) -> f64) -> f64 {
    let mut before = (0.0, 1.0);
    for point in points(trials, weight) {
        let (accepted, rejected) = (point.fmr, 1.0 - point.tar);
        if accepted >= rejected {
            let (gap_before, gap) = (before.1 - before.0, accepted - rejected);
            return before.0 + (accepted - before.0) * gap_before / (gap_before + gap);
        }
        before = (accepted, rejected);
    }
    f64::NAN
}

/// `d' = (μ_genuine − μ_impostor) / √((σ²_genuine + σ²_impostor) / 2)` of the raw scores (Daugman 2000).
pub fn decidability(trials: &Trials, weight: &impl Fn(&Trial) -> f64) -> f64 {
    let moments = |genuine: bool| {
        let of_one = |sums: (f64, f64, f64), trial: &Trial| {
            let (weight, score) = (weight(trial), trial.score);
            (
                sums.0 + weight,
                sums.1 + weight * score,
                sums.2 + weight * score * score,
            )
        };
        let (count, sum, squares) = trials
            .all()
            .iter()
            .filter(|trial| trial.genuine == genuine)
            .fold((0.0, 0.0, 0.0), of_one);
        let mean = sum / count;
        (mean, squares / count - mean * mean)
    };
    let ((genuine, genuine_variance), (impostor, impostor_variance)) =
        (moments(true), moments(false));
    (genuine - impostor) / f64::midpoint(genuine_variance, impostor_variance).sqrt()
}

/// (FMR, FNMR) of accepting from this LLR on, nats.
pub fn at_llr(trials: &Trials, weight: &impl Fn(&Trial) -> f64, llr_min: f64) -> (f64, f64) {
    let (all_genuine, all_impostor) = totals(trials, weight);
    let (genuine, impostor) = totals(trials, &|trial: &Trial| {
        if trial.llr >= llr_min {
            weight(trial)
        } else {
            0.0
        }
    });
    (impostor / all_impostor, 1.0 - genuine / all_genuine)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub const ONCE: fn(&Trial) -> f64 = |_| 1.0;

    pub fn trials(genuine: &[f64], impostor: &[f64]) -> Trials {
        let trial = |score: f64, template: u32| Trial::of_persons(score, score, 0, template);
        Trials::new(
            genuine
                .iter()
                .map(|&score| trial(score, 0))
                .chain(impostor.iter().map(|&score| trial(score, 1)))
                .collect(),
        )
    }

    /// By hand: from the highest score down G G I G I I I.
    pub fn example() -> Trials {
        trials(&[0.9, 0.8, 0.4], &[0.7, 0.3, 0.2, 0.1])
    }

    #[track_caller]
    pub fn assert_close(found: f64, expected: f64) {
        assert!(
            (found - expected).abs() < 1e-6,
            "{found} instead of {expected}"
        );
    }

    #[test]
    fn the_threshold_is_the_smallest_score_that_keeps_the_false_match_rate() {
        let strict = at_fmr(&example(), &ONCE, 0.0).unwrap();
        assert_close(strict.threshold, 0.8);
        assert_close(strict.tar, 2.0 / 3.0);
        let quarter = at_fmr(&example(), &ONCE, 0.25).unwrap();
        assert_close(quarter.threshold, 0.4);
        assert_close(quarter.tar, 1.0);
        assert_close(quarter.fmr, 0.25);
    }

    #[test]
    fn no_threshold_keeps_the_rate_when_an_impostor_scores_highest() {
        assert_eq!(at_fmr(&trials(&[0.5], &[0.9, 0.1]), &ONCE, 0.1), None);
        assert_eq!(
            at_fmr(&trials(&[0.9], &[0.9]), &ONCE, 0.1),
            None,
            "a tie counts against the genuine trial"
        );
    }

    #[test]
    fn the_equal_error_rate_lies_where_the_two_rates_meet() {
        // Points (FMR, FNMR): (0, ⅔) (0, ⅓) (¼, ⅓) (¼, 0).
        assert_close(equal_error_rate(&example(), &ONCE), 0.25);
        // Points (0, ½) (½, ½): they meet at ½. Separated: 0. Swapped: 1.
        assert_close(
            equal_error_rate(&trials(&[0.9, 0.1], &[0.8, 0.0]), &ONCE),
            0.5,
        );
        assert_close(
            equal_error_rate(&trials(&[0.9, 0.8], &[0.2, 0.1]), &ONCE),
            0.0,
        );
        assert_close(equal_error_rate(&trials(&[0.1], &[0.9]), &ONCE), 1.0);
        // One group with everything: the line from (0, 1) to (1, 0) meets the diagonal at ½.
        assert_close(equal_error_rate(&trials(&[0.5, 0.5], &[0.5]), &ONCE), 0.5);
    }

    #[test]
    fn decidability_is_the_distance_of_the_means_in_deviations() {
        assert_close(
            decidability(&trials(&[1.0, 3.0], &[-1.0, -3.0]), &ONCE),
            4.0,
        );
    }

    #[test]
    fn rates_at_a_calibrated_threshold_count_its_own_score_as_accepted() {
        let (accepted, rejected) = at_llr(&example(), &ONCE, 0.7);
        assert_close(accepted, 0.25);
        assert_close(rejected, 1.0 / 3.0);
    }

    #[test]
    fn a_weight_is_as_good_as_copies() {
        let copies = trials(&[0.9, 0.8, 0.8, 0.4, 0.4], &[0.7, 0.7, 0.7, 0.2]);
        let single = trials(&[0.9, 0.8, 0.4, 0.1], &[0.7, 0.2, 0.6]);
        let weight = |trial: &Trial| match (trial.score * 10.0).round() as u32 {
            9 | 2 => 1.0,
            8 | 4 => 2.0,
            7 => 3.0,
            _ => 0.0,
        };
        assert_close(
            equal_error_rate(&single, &weight),
            equal_error_rate(&copies, &ONCE),
        );
        assert_close(decidability(&single, &weight), decidability(&copies, &ONCE));
        assert_close(cllr(&single, &weight), cllr(&copies, &ONCE));
        assert_close(cllr_min(&single, &weight), cllr_min(&copies, &ONCE));
        assert_eq!(at_fmr(&single, &weight, 0.5), at_fmr(&copies, &ONCE, 0.5));
        assert_eq!(at_llr(&single, &weight, 0.5), at_llr(&copies, &ONCE, 0.5));
    }
}
