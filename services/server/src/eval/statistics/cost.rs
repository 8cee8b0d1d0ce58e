//! What log-likelihood ratios cost whoever decides by them.

use std::f64::consts::LN_2;

use super::{Group, groups, totals};
use crate::eval::trial::{Trial, Trials};

/// Cost of the calibrated log-likelihood ratios, bits (Brümmer & du Preez 2006, "Application-independent evaluation of
/// speaker detection"): ½ (mean over genuine of log₂(1 + e^−llr) + mean over impostor of log₂(1 + e^llr)).
/// 0 is perfect, 1 is what LLRs of 0 cost.
pub fn cllr(trials: &Trials, weight: &impl Fn(&Trial) -> f64) -> f64 {
    let (all_genuine, all_impostor) = totals(trials, weight);
    let (genuine, impostor) = trials
        .all()
        .iter()
        .fold((0.0, 0.0), |(genuine, impostor), trial| {
            let weight = weight(trial);
            if trial.genuine {
                (genuine + weight * bits(-trial.llr), impostor)
            } else {
                (genuine, impostor + weight * bits(trial.llr))
            }
        });
    f64::midpoint(genuine / all_genuine, impostor / all_impostor)
}

/// The same for the best LLRs that any rising function of the score could give: by pooling adjacent violators (same
/// source). What is left is a matter of discrimination; `cllr` minus this is what the calibration loses.
pub fn cllr_min(trials: &Trials, weight: &impl Fn(&Trial) -> f64) -> f64 {
    let mut blocks: Vec<Group> = Vec::new();
    for mut group in groups(trials, weight) {
        // From high scores to low the share of genuine trials must fall; where it does not, neighbours become one.
        while let Some(above) =
            blocks.pop_if(|above| above.genuine * group.impostor <= group.genuine * above.impostor)
        {
            group.genuine += above.genuine;
            group.impostor += above.impostor;
        }
        blocks.push(group);
    }
    let (all_genuine, all_impostor) = totals(trials, weight);
    let cost = blocks.iter().map(|block| {
        let (genuine, impostor) = (block.genuine / all_genuine, block.impostor / all_impostor);
        share_cost(genuine, impostor) + share_cost(impostor, genuine)
    });
    cost.sum::<f64>() / 2.0
}

/// What the ratios cost whoever begins with this prior of a genuine trial, as a share of what the prior alone costs him: normalised cross
/// entropy (Brümmer & du Preez 2006). At one half it is [`cllr`].
pub fn cross_entropy(trials: &Trials, weight: &impl Fn(&Trial) -> f64, prior: f64) -> f64 {
    let odds = (prior / (1.0 - prior)).ln();
    let (all_genuine, all_impostor) = totals(trials, weight);
    let of_one = |trial: &Trial| {
        let stated = trial.llr + odds;
        if trial.genuine {
            prior * weight(trial) / all_genuine * bits(-stated)
        } else {
            (1.0 - prior) * weight(trial) / all_impostor * bits(stated)
        }
    };
    let alone = prior * bits(-odds) + (1.0 - prior) * bits(odds);
    trials.all().iter().map(of_one).sum::<f64>() / alone
}

/// What trials of one kind, with share `own` of their kind and `other` of the other, cost with the block's own ratio.
fn share_cost(own: f64, other: f64) -> f64 {
    if own > 0.0 {
        own * (other / own).ln_1p() / LN_2
    } else {
        0.0
    }
}

/// log₂(1 + e^x), without overflow.
fn bits(x: f64) -> f64 {
    (x.max(0.0) + (-x.abs()).exp().ln_1p()) / LN_2
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ONCE, assert_close, example, trials};
    use super::*;

    #[test]
    fn evidence_that_says_nothing_costs_one_bit() {
        assert_close(cllr(&trials(&[0.0, 0.0], &[0.0]), &ONCE), 1.0);
        assert_close(cllr_min(&trials(&[0.0, 0.0], &[0.0]), &ONCE), 1.0);
    }

    #[test]
    fn the_cost_of_known_ratios_is_as_by_hand() {
        // Genuine with LR 3 and 1: log₂(4/3) and 1. Impostor with LR 1/7: log₂(8/7).
        let trials = trials(&[3_f64.ln(), 0.0], &[-(7_f64.ln())]);
        let genuine = f64::midpoint((4.0_f64 / 3.0).log2(), 1.0);
        assert_close(
            cllr(&trials, &ONCE),
            f64::midpoint(genuine, (8.0_f64 / 7.0).log2()),
        );
        assert!(cllr(&super::super::tests::trials(&[-1e4], &[1e4]), &ONCE).is_finite());
    }

    #[test]
    fn cross_entropy_is_the_cost_at_even_odds_and_one_of_ratios_that_say_nothing() {
        assert_close(
            cross_entropy(&example(), &ONCE, 0.5),
            cllr(&example(), &ONCE),
        );
        let silent = trials(&[0.0, 0.0], &[0.0]);
        assert_close(cross_entropy(&silent, &ONCE, 0.01), 1.0);
    }

    #[test]
    fn pooling_adjacent_violators_gives_the_least_cost() {
        // Blocks: GG | IG | III; the middle ratio is (1/3)/(1/4) = 4/3.
        let middle =
            (1.0 / 3.0) * (1.0_f64 + 3.0 / 4.0).log2() + 0.25 * (1.0_f64 + 4.0 / 3.0).log2();
        assert_close(cllr_min(&example(), &ONCE), middle / 2.0);
        assert_close(cllr_min(&trials(&[0.9, 0.8], &[0.2]), &ONCE), 0.0);
        // Upside down: everything becomes one block, as good as no evidence.
        assert_close(cllr_min(&trials(&[0.1], &[0.9]), &ONCE), 1.0);
    }
}
