//! Curves over scored comparisons, as points to draw.

use super::{Trials, points};
use crate::eval::trial::Trial;

/// Points of a curve, at most: more cannot be seen.
const POINTS_MAX: usize = 400;
/// Width of the steps of LLR whose comparisons are counted together, nats.
const STEP: f64 = 1.0;
/// Comparisons of each kind that a step needs to be drawn.
const STEP_TRIALS_MIN: u32 = 5;

/// Detection error trade-off: (FMR, FNMR) of the operating points by falling threshold.
pub fn trade_off(trials: &Trials) -> Vec<[f64; 2]> {
    let all: Vec<[f64; 2]> = points(trials, &|_: &Trial| 1.0)
        .map(|point| [point.fmr, 1.0 - point.tar])
        .collect();
    // Of a long run along one axis only the ends are seen.
    let corner = |at: usize| {
        let (before, here, after) = (all.get(at.wrapping_sub(1)), all[at], all.get(at + 1));
        let level = |axis: usize| {
            before.is_some_and(|one| one[axis].total_cmp(&here[axis]).is_eq())
                && after.is_some_and(|one| one[axis].total_cmp(&here[axis]).is_eq())
        };
        !level(0) && !level(1)
    };
    let corners: Vec<[f64; 2]> = (0..all.len())
        .filter(|at| corner(*at))
        .map(|at| all[at])
        .collect();
    let every = corners.len().div_ceil(POINTS_MAX).max(1);
    let last = corners.last().copied();
    let thinned = corners.iter().copied().step_by(every);
    let mut curve: Vec<[f64; 2]> = thinned.collect();
    if curve.last() != last.as_ref() {
        curve.extend(last);
    }
    curve
}

/// What log-likelihood ratios are worth: for steps of one nat the mean that was stated, and the one that was observed,
/// `ln (share of the genuine in the step / share of the impostors in it)`. Well calibrated ones lie on the diagonal.
pub fn reliability(trials: &Trials) -> Vec<[f64; 2]> {
    let mut steps: std::collections::BTreeMap<i64, (f64, u32, u32)> =
        std::collections::BTreeMap::new();
    for trial in trials.all().iter().filter(|trial| trial.llr.is_finite()) {
        let step = steps.entry((trial.llr / STEP).floor() as i64).or_default();
        step.0 += trial.llr;
        step.1 += u32::from(trial.genuine);
        step.2 += u32::from(!trial.genuine);
    }
    let (all_genuine, all_impostor) = (trials.genuine() as f64, trials.impostor() as f64);
    let drawn = steps.into_values().filter(|(_, genuine, impostor)| {
        *genuine >= STEP_TRIALS_MIN && *impostor >= STEP_TRIALS_MIN
    });
    drawn
        .map(|(sum, genuine, impostor)| {
            let stated = sum / f64::from(genuine + impostor);
            let (genuine, impostor) = (f64::from(genuine), f64::from(impostor));
            [
                stated,
                (genuine / all_genuine / (impostor / all_impostor)).ln(),
            ]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::statistics::tests::{assert_close, example};

    #[test]
    fn the_trade_off_goes_through_every_corner() {
        let curve = trade_off(&example());
        // From the highest score down G G I G I I I: the corners of the step.
        let expected = [
            [0.0, 2.0 / 3.0],
            [0.0, 1.0 / 3.0],
            [0.25, 1.0 / 3.0],
            [0.25, 0.0],
            [1.0, 0.0],
        ];
        assert_eq!(curve.len(), expected.len(), "{curve:?}");
        for (found, expected) in curve.iter().zip(expected) {
            assert_close(found[0], expected[0]);
            assert_close(found[1], expected[1]);
        }
    }

    #[test]
    fn ratios_that_keep_their_word_lie_on_the_diagonal_and_boastful_ones_below() {
        // Of 1,000 genuine and 1,000 impostors as many in each step as its ratio says.
        let trials = |boast: f64| {
            let mut all = Vec::new();
            for (llr, genuine, impostor) in [(2.0_f64, 880, 119), (-2.0, 119, 880)] {
                let llr = llr * boast + 0.01;
                for number in 0..genuine + impostor {
                    let template = u32::from(number >= genuine);
                    all.push(Trial::of_persons(llr, llr, 0, template));
                }
            }
            Trials::new(all)
        };
        for (boast, slope) in [(1.0, 1.0), (2.0, 0.5)] {
            let found = reliability(&trials(boast));
            assert_eq!(found.len(), 2);
            let seen = (found[1][1] - found[0][1]) / (found[1][0] - found[0][0]);
            assert!((seen - slope).abs() < 0.01, "{seen} for {boast}");
        }
    }
}
