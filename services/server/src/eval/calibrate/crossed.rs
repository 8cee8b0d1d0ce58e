//! What a calibration is worth to people whom it has not met: fitted on some folds of the people, measured on the others.

use rand::{SeedableRng, rngs::Xoshiro256PlusPlus, seq::SliceRandom};
use serde::Serialize;

use crate::eval::{
    statistics::{Fit, Sample, cllr, cllr_min, cross_entropy, regress},
    trial::{Trial, Trials},
};

/// How a score becomes a ratio, and how much each trial counts in the fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// `scale · score + offset`, each trial once.
    Trials,
    /// The same, each person once: among the genuine trials, and by the probes among the impostors'.
    Persons,
    /// With the qualities beside the score, each trial once.
    QualitiesBeside,
    /// With the qualities and their products with the score.
    QualitiesTimes,
}

impl Form {
    pub const AFFINE: [Self; 2] = [Self::Trials, Self::Persons];
    pub const BY_QUALITY: [Self; 2] = [Self::QualitiesBeside, Self::QualitiesTimes];

    pub const fn words(self) -> &'static str {
        match self {
            Self::Trials => "each trial once",
            Self::Persons => "each person once",
            Self::QualitiesBeside => "with qualities",
            Self::QualitiesTimes => "with qualities and products",
        }
    }
}

/// Costs of ratios, see [`cllr`], [`cllr_min`] and [`cross_entropy`] at the fit's prior.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cost {
    pub cllr: f64,
    pub cllr_min: f64,
    pub at_prior: f64,
}

/// What a form of calibration is worth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Worth {
    pub form: Form,
    /// Of all trials. With qualities the scale and offset at the mean quality.
    pub fit: Fit,
    /// On the trials of the fit.
    pub own: Cost,
    /// On people whom it has not met; none where a fold cannot be fitted.
    pub crossed: Option<Cost>,
}

impl Worth {
    pub fn line(&self) -> String {
        let Cost {
            cllr,
            cllr_min,
            at_prior,
        } = self.own;
        let crossed = self.crossed.map_or_else(String::new, |one| {
            format!(
                "{:>8.4} {:>8.4} {:>8.4}",
                one.cllr, one.cllr_min, one.at_prior
            )
        });
        format!(
            "{:<34} {cllr:>8.4} {cllr_min:>8.4} {at_prior:>8.4}   {crossed}",
            self.form.words()
        )
    }
}

/// A map from a trial to a ratio, with its bounds.
struct Map {
    coefficients: [f64; 6],
    bounds: [f64; 2],
    /// Of the qualities; what is taken off them first.
    centre: [f64; 2],
}

/// None without trials of both kinds, or where they do not overlap. `trials` are fitted on; `measured_on` may be others of the same people.
pub fn worth(
    trials: &Trials,
    measured_on: &Trials,
    form: Form,
    (prior, folds, seed): (f64, usize, u64),
) -> Option<Worth> {
    let map = Map::fit(trials.all(), form, prior)?;
    let own = cost(trials.all().iter().map(|trial| map.stated(trial)), prior);
    let fold_of = fold_of(measured_on.persons(), folds, seed);
    let of = |person: u32| fold_of[person as usize];
    let mut unmet: Vec<Trial> = Vec::new();
    let mut whole = true;
    for fold in 0..folds {
        let (mut met, mut tested) = (Vec::new(), Vec::new());
        for trial in measured_on.all() {
            match (of(trial.probe) == fold, of(trial.template) == fold) {
                (true, true) => tested.push(trial),
                (false, false) => met.push(*trial),
                (true, false) | (false, true) => {}
            }
        }
        match Map::fit(&met, form, prior) {
            Some(map) => unmet.extend(tested.into_iter().map(|trial| map.stated(trial))),
            None => whole = false,
        }
    }
    let crossed = cost(unmet.into_iter(), prior);
    let [scale, offset, ..] = map.coefficients;
    Some(Worth {
        form,
        fit: Fit {
            scale,
            offset,
            llr_min: map.bounds[0],
            llr_max: map.bounds[1],
        },
        own,
        crossed: (whole && crossed.cllr.is_finite()).then_some(crossed),
    })
}

impl Map {
    fn fit(trials: &[Trial], form: Form, prior: f64) -> Option<Self> {
        let finite = || trials.iter().filter(|trial| trial.score.is_finite());
        let scores = |genuine: bool| {
            let own = finite().filter(move |trial| trial.genuine == genuine);
            own.map(|trial| trial.score)
        };
        let least = scores(true).reduce(f64::min)?;
        if scores(false).reduce(f64::max)? < least {
            return None;
        }
        let counts = [scores(true).count() as f64, scores(false).count() as f64];
        let genuine = || finite().filter(|trial| trial.genuine);
        let centre = std::array::from_fn(|at| {
            genuine()
                .map(|trial| f64::from(trial.side[at]))
                .sum::<f64>()
                / counts[0]
        });
        let mut map = Self {
            coefficients: [0.0; 6],
            bounds: [-(counts[0] / 3.0).ln(), (counts[1] / 3.0).ln()],
            centre,
        };
        let weights = (form == Form::Persons).then(|| person_weights(trials));
        let weight = |trial: &Trial| {
            let Some(weights) = &weights else { return 1.0 };
            weights[trial.probe as usize][usize::from(trial.genuine)]
        };
        map.coefficients = match form {
            Form::Trials | Form::Persons => {
                let [a, b] = map.regress::<2>(finite(), &weight, prior);
                [a, b, 0.0, 0.0, 0.0, 0.0]
            }
            Form::QualitiesBeside => {
                let [a, b, c, d] = map.regress::<4>(finite(), &weight, prior);
                [a, b, c, d, 0.0, 0.0]
            }
            Form::QualitiesTimes => map.regress::<6>(finite(), &weight, prior),
        };
        Some(map)
    }

    fn regress<'a, const D: usize>(
        &self,
        trials: impl Iterator<Item = &'a Trial>,
        weight: &impl Fn(&Trial) -> f64,
        prior: f64,
    ) -> [f64; D] {
        let sample = |trial: &Trial| {
            let features = self.features(trial);
            Sample {
                features: std::array::from_fn(|at| features[at]),
                weight: weight(trial),
                genuine: trial.genuine,
            }
        };
        let samples: Vec<Sample<D>> = trials.map(sample).collect();
        regress(&samples, prior)
    }

    fn features(&self, trial: &Trial) -> [f64; 6] {
        let [a, b] = [0, 1].map(|at: usize| f64::from(trial.side[at]) - self.centre[at]);
        [trial.score, 1.0, a, b, a * trial.score, b * trial.score]
    }

    /// The trial with the ratio that this map gives it.
    fn stated(&self, trial: &Trial) -> Trial {
        let [least, most] = self.bounds;
        let llr = if trial.score.is_finite() {
            let features = self.features(trial);
            let terms = self.coefficients.iter().zip(&features);
            terms.map(|(a, b)| a * b).sum::<f64>().clamp(least, most)
        } else {
            least
        };
        // What orders the trials is the ratio itself, since qualities count too.
        let score = if self.coefficients[2..].iter().any(|one| one.abs() > 0.0) {
            llr
        } else {
            trial.score
        };
        Trial {
            score,
            llr,
            ..*trial
        }
    }
}

fn cost(trials: impl Iterator<Item = Trial>, prior: f64) -> Cost {
    let trials = Trials::new(trials.collect());
    let once = |_: &Trial| 1.0;
    Cost {
        cllr: cllr(&trials, &once),
        cllr_min: cllr_min(&trials, &once),
        at_prior: cross_entropy(&trials, &once, prior),
    }
}

/// By the probe's person: what one of his impostor trials, and one of his genuine ones, counts.
fn person_weights(trials: &[Trial]) -> Vec<[f64; 2]> {
    let persons = trials.iter().map(|trial| trial.probe as usize + 1).max();
    let mut counts = vec![[0.0_f64; 2]; persons.unwrap_or(0)];
    for trial in trials.iter().filter(|trial| trial.score.is_finite()) {
        counts[trial.probe as usize][usize::from(trial.genuine)] += 1.0;
    }
    counts
        .into_iter()
        .map(|both| both.map(|count| 1.0 / count.max(1.0)))
        .collect()
}

/// Every person's fold, evenly spread.
fn fold_of(persons: usize, folds: usize, seed: u64) -> Vec<usize> {
    let mut all: Vec<usize> = (0..persons).map(|person| person % folds).collect();
    all.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    all
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;

    /// Twenty people with four samples each, around a point of their own on a line, some of them blurred.
    fn trials(blur: f64) -> Trials {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
        let mut noise = || (0..6).map(|_| random.random_range(-0.5..0.5)).sum::<f64>();
        let mut samples = Vec::new();
        for person in 0..20_u32 {
            for sample in 0..4 {
                let quality = if sample % 2 == 0 { 0.0_f32 } else { -1.0 };
                let at = f64::from(person) * 0.7 + noise() * 0.6;
                samples.push((person, at, quality));
            }
        }
        let mut trials = Vec::new();
        for (index, one) in samples.iter().enumerate() {
            for other in &samples[index + 1..] {
                let quality = one.2.min(other.2);
                let score = -(one.1 - other.1).abs() + blur * f64::from(quality);
                trials.push(Trial {
                    side: [quality, 0.0],
                    ..Trial::of_persons(score, 0.0, one.0, other.0)
                });
            }
        }
        Trials::new(trials)
    }

    const CROSSING: (f64, usize, u64) = (0.5, 4, 1);

    #[test]
    fn a_fit_costs_more_on_people_whom_it_has_not_met_or_about_the_same() {
        let trials = trials(0.0);
        for form in Form::AFFINE {
            let worth = worth(&trials, &trials, form, CROSSING).expect("they overlap");
            let crossed = worth.crossed.expect("every fold has both kinds");
            assert!(worth.own.cllr < 1.0 && crossed.cllr < 1.0, "{worth:?}");
            assert!(worth.own.cllr_min <= worth.own.cllr && crossed.cllr_min <= crossed.cllr);
            assert!(
                (worth.own.at_prior - worth.own.cllr).abs() < 1e-9,
                "even prior"
            );
        }
    }

    #[test]
    fn a_quality_that_moves_the_scores_makes_the_ratios_worth_more() {
        let trials = trials(3.0);
        let crossed = |form| {
            let worth = worth(&trials, &trials, form, CROSSING).expect("they overlap");
            worth.crossed.expect("every fold has both kinds").cllr
        };
        assert!(crossed(Form::QualitiesBeside) < 0.9 * crossed(Form::Trials));
    }

    #[test]
    fn the_plain_form_is_the_fit_of_a_report() {
        let trials = trials(0.0);
        let worth = worth(&trials, &trials, Form::Trials, CROSSING).expect("they overlap");
        let fit = trials.fit(0.5).expect("they overlap");
        assert!((worth.fit.scale - fit.scale).abs() < 1e-9);
        assert!((worth.fit.llr_max - fit.llr_max).abs() < 1e-9);
    }

    #[test]
    fn folds_are_even() {
        let folds = fold_of(22, 5, 3);
        let of = |fold| folds.iter().filter(|one| **one == fold).count();
        assert_eq!((0..5).map(of).sum::<usize>(), 22);
        assert!((0..5).all(|fold| (4..=5).contains(&of(fold))));
    }
}
