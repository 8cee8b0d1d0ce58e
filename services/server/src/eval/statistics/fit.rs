//! Logistic regression of a raw score: what a pack's `Calibration` is made with.

use serde::Serialize;

use super::regression::{Sample, regress};
use crate::eval::trial::Trials;

/// Prior of a fit of who someone is: the region of few false matches counts.
pub const FEW_FALSE_MATCHES: f64 = 0.01;
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
        let finite = || self.all().iter().filter(|trial| trial.score.is_finite());
        let scores = |genuine: bool| {
            let own = finite().filter(move |trial| trial.genuine == genuine);
            own.map(|trial| trial.score)
        };
        let least = scores(true).reduce(f64::min)?;
        if scores(false).reduce(f64::max)? < least {
            return None;
        }
        let samples: Vec<Sample<2>> = finite()
            .map(|trial| Sample {
                features: [trial.score, 1.0],
                weight: 1.0,
                genuine: trial.genuine,
            })
            .collect();
        let [scale, offset] = regress(&samples, prior);
        Some(Fit {
            scale,
            offset,
            llr_min: -(scores(true).count() as f64 / 3.0).ln(),
            llr_max: (scores(false).count() as f64 / 3.0).ln(),
        })
    }
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
