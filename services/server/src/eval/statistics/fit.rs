//! Logistic regression of a raw score: what a pack's `Calibration` is made with.

use serde::Serialize;

use crate::eval::trial::Trials;

/// Prior of a fit of who someone is: the region of few false matches counts.
pub const FEW_FALSE_MATCHES: f64 = 0.01;
/// Newton steps, at most.
const STEPS_MAX: usize = 100;
/// Halvings of one step, at most.
const HALVINGS_MAX: i32 = 30;

/// `llr = scale · score + offset`, nats, fitted by prior-weighted logistic regression (Brümmer & du Preez 2006,
/// "Application-independent evaluation of speaker detection"), and the bounds that so many trials can support: `ln(n / 3)`,
/// by the rule of three.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Fit {
    pub scale: f64,
    pub offset: f64,
    /// From the number of genuine trials.
    pub llr_min: f64,
    /// From the number of impostor trials.
    pub llr_max: f64,
}

impl Fit {
    /// For people.
    pub fn line(&self) -> String {
        let Self {
            scale,
            offset,
            llr_min,
            llr_max,
        } = self;
        format!(
            "  校准拟合 fit: scale {scale:.6}, offset {offset:.6}, llr_min {llr_min:.2}, llr_max {llr_max:.2}\n"
        )
    }
}

impl Trials {
    /// Fitted on the finite scores; `prior`, between 0 and 1, is the share of genuine trials at which the fit is meant to be best. None without trials of both kinds, or where the kinds do not overlap: there no scale is
    /// the best.
    pub fn fit(&self, prior: f64) -> Option<Fit> {
        let scores = |genuine: bool| -> Vec<f64> {
            self.all()
                .iter()
                .filter(|trial| trial.genuine == genuine && trial.score.is_finite())
                .map(|trial| trial.score)
                .collect()
        };
        let (genuine, impostor) = (scores(true), scores(false));
        let least = genuine.iter().copied().reduce(f64::min)?;
        if impostor.iter().copied().reduce(f64::max)? < least {
            return None;
        }
        let (scale, offset) = newton(&genuine, &impostor, prior);
        Some(Fit {
            scale,
            offset,
            llr_min: -(genuine.len() as f64 / 3.0).ln(),
            llr_max: (impostor.len() as f64 / 3.0).ln(),
        })
    }
}

/// Newton's method from (0, 0), steps halved until they lower the cost.
fn newton(genuine: &[f64], impostor: &[f64], prior: f64) -> (f64, f64) {
    let odds = (prior / (1.0 - prior)).ln();
    let (mut scale, mut offset) = (0.0, 0.0);
    for _ in 0..STEPS_MAX {
        let (mut gradient, mut hessian) = ([0.0; 2], [1e-9, 0.0, 1e-9]);
        for (scores, target, share) in [(genuine, 1.0, prior), (impostor, 0.0, 1.0 - prior)] {
            let weight = share / scores.len() as f64;
            for score in scores {
                let p = 1.0 / (1.0 + (-(scale * score + offset + odds)).exp());
                let (slope, curve) = (weight * (p - target), weight * p * (1.0 - p));
                gradient[0] += slope * score;
                gradient[1] += slope;
                hessian[0] += curve * score * score;
                hessian[1] += curve * score;
                hessian[2] += curve;
            }
        }
        let determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1];
        let step = [
            (hessian[2] * gradient[0] - hessian[1] * gradient[1]) / determinant,
            (hessian[0] * gradient[1] - hessian[1] * gradient[0]) / determinant,
        ];
        let before = cost((genuine, impostor), prior, (scale, offset));
        let better = (0..HALVINGS_MAX)
            .map(|halvings| 0.5_f64.powi(halvings))
            .map(|size| (scale - size * step[0], offset - size * step[1]))
            .find(|&moved| cost((genuine, impostor), prior, moved) < before);
        let Some(moved) = better else { break };
        (scale, offset) = moved;
    }
    (scale, offset)
}

/// `prior` times the mean of ln(1 + e^−x) over genuine plus the rest times the mean of ln(1 + e^x) over impostor scores, nats,
/// where x is the llr plus the prior's log odds.
fn cost((genuine, impostor): (&[f64], &[f64]), prior: f64, (scale, offset): (f64, f64)) -> f64 {
    let odds = (prior / (1.0 - prior)).ln();
    let mean = |scores: &[f64], sign: f64| {
        let one = |score: &f64| {
            let x = -sign * (scale * score + offset + odds);
            x.max(0.0) + (-x.abs()).exp().ln_1p()
        };
        scores.iter().map(one).sum::<f64>() / scores.len() as f64
    };
    prior * mean(genuine, 1.0) + (1.0 - prior) * mean(impostor, -1.0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_close, trials};

    #[test]
    fn mirrored_kinds_need_no_offset_and_a_moved_score_moves_the_fit_along() {
        // Quantiles of a logistic distribution stand for draws.
        let quantile = |at: i32| {
            let p = (f64::from(at) + 0.5) / 200.0;
            (p / (1.0 - p)).ln()
        };
        let genuine: Vec<f64> = (0..200).map(|at| quantile(at) + 1.0).collect();
        let impostor: Vec<f64> = genuine.iter().map(|score| -score).collect();
        let fit = trials(&genuine, &impostor).fit(0.5).expect("they overlap");
        assert_close(fit.offset, 0.0);
        assert!(fit.scale > 0.0);
        let shifted: Vec<f64> = genuine.iter().map(|score| 10.0 * score + 3.0).collect();
        let others: Vec<f64> = impostor.iter().map(|score| 10.0 * score + 3.0).collect();
        let moved = trials(&shifted, &others).fit(0.5).expect("they overlap");
        assert_close(moved.scale, fit.scale / 10.0);
        assert_close(moved.offset, -0.3 * fit.scale);
        assert_close(moved.llr_max, (200.0_f64 / 3.0).ln());
    }

    #[test]
    fn there_is_no_fit_where_the_kinds_do_not_overlap_or_one_is_missing() {
        assert_eq!(trials(&[2.0, 3.0], &[1.0]).fit(0.5), None);
        assert_eq!(trials(&[2.0], &[]).fit(0.5), None);
        assert_eq!(trials(&[f64::NEG_INFINITY], &[1.0]).fit(0.5), None);
    }
}
