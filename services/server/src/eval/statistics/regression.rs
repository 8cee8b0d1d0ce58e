//! Logistic regression with few features, by Newton's method.

/// Newton steps, at most.
const STEPS_MAX: usize = 100;
/// Halvings of one step, at most.
const HALVINGS_MAX: i32 = 30;
/// Keeps the equations solvable where a feature never varies.
const RIDGE: f64 = 1e-9;

/// One observation.
#[derive(Debug, Clone, Copy)]
pub struct Sample<const D: usize> {
    pub features: [f64; D],
    /// How much it counts among those of its kind; above 0.
    pub weight: f64,
    pub genuine: bool,
}

/// Coefficients of the log-likelihood ratio `Σ coefficient · feature`, nats, by prior-weighted logistic regression (Brümmer & du Preez 2006,
/// "Application-independent evaluation of speaker detection"); `prior`, between 0 and 1, is the share of genuine trials at which it is meant
/// to be best. Samples of both kinds are needed.
pub fn regress<const D: usize>(samples: &[Sample<D>], prior: f64) -> [f64; D] {
    regress_penalised(samples, prior, 0.0)
}

/// The same, and half the sum of the squares of all coefficients, times `penalty`, is part of the cost: many features, few people.
pub fn regress_penalised<const D: usize>(
    samples: &[Sample<D>],
    prior: f64,
    penalty: f64,
) -> [f64; D] {
    let odds = (prior / (1.0 - prior)).ln();
    let total = |genuine: bool| -> f64 {
        let own = samples.iter().filter(|sample| sample.genuine == genuine);
        own.map(|sample| sample.weight).sum()
    };
    let shares = [(1.0 - prior) / total(false), prior / total(true)];
    let mut found = [0.0; D];
    let whole = |coefficients: &[f64; D]| {
        let squares = dot(coefficients, coefficients);
        cost_of(samples, shares, odds, coefficients) + penalty / 2.0 * squares
    };
    let mut cost = whole(&found);
    for _ in 0..STEPS_MAX {
        let mut gradient = found.map(|coefficient| penalty * coefficient);
        let mut hessian = [[0.0; D]; D];
        for (row, line) in hessian.iter_mut().enumerate() {
            line[row] = RIDGE + penalty;
        }
        for sample in samples {
            let p = 1.0 / (1.0 + (-(dot(&found, &sample.features) + odds)).exp());
            let weight = sample.weight * shares[usize::from(sample.genuine)];
            let slope = weight * (p - f64::from(u8::from(sample.genuine)));
            let curve = weight * p * (1.0 - p);
            let features = &sample.features;
            for ((line, gradient), one) in hessian.iter_mut().zip(&mut gradient).zip(features) {
                *gradient += slope * one;
                for (cell, other) in line.iter_mut().zip(features) {
                    *cell += curve * one * other;
                }
            }
        }
        let step = solve(hessian, gradient);
        let better = (0..HALVINGS_MAX).find_map(|halvings| {
            let size = 0.5_f64.powi(halvings);
            let moved: [f64; D] = std::array::from_fn(|at| found[at] - size * step[at]);
            let lower = whole(&moved);
            (lower < cost).then_some((moved, lower))
        });
        let Some((moved, lower)) = better else { break };
        (found, cost) = (moved, lower);
    }
    found
}

/// `prior` times the mean of ln(1 + e^−x) over genuine plus the rest times the mean of ln(1 + e^x) over impostor samples, nats, where x is
/// the ratio plus the prior's log odds.
fn cost_of<const D: usize>(
    samples: &[Sample<D>],
    shares: [f64; 2],
    odds: f64,
    coefficients: &[f64; D],
) -> f64 {
    let of_one = |sample: &Sample<D>| {
        let x = dot(coefficients, &sample.features) + odds;
        let x = if sample.genuine { -x } else { x };
        let weight = sample.weight * shares[usize::from(sample.genuine)];
        weight * (x.max(0.0) + (-x.abs()).exp().ln_1p())
    };
    samples.iter().map(of_one).sum()
}

fn dot<const D: usize>(a: &[f64; D], b: &[f64; D]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Gaussian elimination with the largest pivot of each column.
fn solve<const D: usize>(mut matrix: [[f64; D]; D], mut right: [f64; D]) -> [f64; D] {
    for column in 0..D {
        let pivot = (column..D)
            .max_by(|&a, &b| matrix[a][column].abs().total_cmp(&matrix[b][column].abs()))
            .unwrap_or(column);
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        for row in column + 1..D {
            let factor = matrix[row][column] / matrix[column][column];
            let above = matrix[column];
            for (value, above) in matrix[row].iter_mut().zip(above) {
                *value -= factor * above;
            }
            right[row] -= factor * right[column];
        }
    }
    for row in (0..D).rev() {
        let known: f64 = (row + 1..D).map(|at| matrix[row][at] * right[at]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_are_solved_whatever_their_order() {
        let found = solve(
            [[0.0, 2.0, 1.0], [4.0, 0.0, 0.0], [0.0, 1.0, -1.0]],
            [7.0, 8.0, -1.0],
        );
        for (found, expected) in found.iter().zip([2.0, 2.0, 3.0]) {
            assert!((found - expected).abs() < 1e-12, "{found}");
        }
    }

    #[test]
    fn a_feature_that_moves_the_scores_is_taken_off_again() {
        // Quantiles of a logistic distribution; half of all samples are shifted by a condition that the second feature names.
        let mut samples = Vec::new();
        for at in 0..400 {
            let p = (f64::from(at) + 0.5) / 400.0;
            let noise = (p / (1.0 - p)).ln();
            for (genuine, centre) in [(true, 1.0), (false, -1.0)] {
                for shifted in [0.0, 1.0] {
                    samples.push(Sample {
                        features: [centre + noise + 3.0 * shifted, 1.0, shifted],
                        weight: 1.0,
                        genuine,
                    });
                }
            }
        }
        let [scale, offset, taken_off] = regress(&samples, 0.5);
        assert!(scale > 0.5 && offset.abs() < 1e-6, "{scale} {offset}");
        assert!((taken_off + 3.0 * scale).abs() < 1e-6, "{taken_off}");
    }

    #[test]
    fn a_penalty_draws_coefficients_towards_nothing() {
        let sample = |score: f64, genuine| Sample {
            features: [score, 1.0],
            weight: 1.0,
            genuine,
        };
        let samples = [sample(1.0, true), sample(2.0, true), sample(-1.0, false)];
        let [firm, _] = regress_penalised(&samples, 0.5, 0.1);
        let [soft, _] = regress_penalised(&samples, 0.5, 0.01);
        assert!(firm > 0.0 && soft > 1.5 * firm, "{firm} {soft}");
    }

    #[test]
    fn a_weight_is_as_good_as_copies() {
        let sample = |score: f64, weight, genuine| Sample {
            features: [score, 1.0],
            weight,
            genuine,
        };
        let single = [
            sample(2.0, 2.0, true),
            sample(0.0, 1.0, true),
            sample(1.0, 1.0, false),
            sample(-1.0, 3.0, false),
        ];
        let copies: Vec<Sample<2>> = single
            .iter()
            .flat_map(|one| {
                let copy = Sample {
                    weight: 1.0,
                    ..*one
                };
                vec![copy; one.weight as usize]
            })
            .collect();
        let (a, b) = (regress(&single, 0.3), regress(&copies, 0.3));
        assert!((a[0] - b[0]).abs() < 1e-6 && (a[1] - b[1]).abs() < 1e-6);
    }
}
