//! Intervals by bootstrap over persons.
//!
//! Comparisons that share a person are not independent, so persons are drawn, not comparisons: in each of the samples every
//! person counts as often as they were drawn (with replacement, as many draws as persons). A genuine comparison of a person
//! drawn m times has the weight m, and so has one of their voice with a prompt; an impostor comparison of persons drawn m and n times has the weight m·n, and copies of
//! one person are never compared with each other (the two-sample form of the subset bootstrap of Bolle, Ratha & Pankanti 2004,
//! "Error analysis of pattern recognition systems"). The interval is the percentile interval.

use std::thread;

use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

use super::{
    quantity::Quantity,
    statistics::percentile,
    trial::{Trial, Trials},
    work::threads,
};

/// Share of the samples that the interval leaves out at each end: 95 % are inside.
const TAIL: f64 = 0.025;

/// How intervals are made.
#[derive(Debug, Clone, Copy)]
pub struct Bootstrap {
    /// Samples; without any there are no intervals.
    pub resamples: u32,
    pub seed: u64,
}

/// The interval of each quantity, in their order; none without resamples, or when no sample has a value.
pub fn intervals(
    trials: &Trials,
    quantities: &[Quantity],
    bootstrap: Bootstrap,
) -> Vec<Option<[f64; 2]>> {
    let samples = samples(trials, quantities, bootstrap);
    let of_one = |index: usize| {
        let mut values: Vec<f64> = samples
            .iter()
            .map(|sample| sample[index])
            .filter(|value| !value.is_nan())
            .collect();
        values.sort_unstable_by(f64::total_cmp);
        Some([percentile(&values, TAIL)?, percentile(&values, 1.0 - TAIL)?])
    };
    (0..quantities.len()).map(of_one).collect()
}

/// All quantities in each sample. A sample depends on the seed and its own number, not on the threads; two seeds share no
/// sample.
fn samples(trials: &Trials, quantities: &[Quantity], bootstrap: Bootstrap) -> Vec<Vec<f64>> {
    let of_one = |number: u32| {
        let copies = draw(
            trials.persons(),
            bootstrap.seed.rotate_left(32) ^ u64::from(number),
        );
        let weight = |trial: &Trial| {
            let probe = copies[trial.probe as usize];
            f64::from(if trial.probe == trial.template {
                probe
            } else {
                probe * copies[trial.template as usize]
            })
        };
        quantities
            .iter()
            .map(|quantity| quantity.value(trials, &weight))
            .collect()
    };
    let threads = threads(None);
    let numbers: Vec<u32> = (0..bootstrap.resamples).collect();
    let share = numbers.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let workers: Vec<_> = numbers
            .chunks(share)
            .map(|chunk| scope.spawn(|| chunk.iter().map(|&number| of_one(number)).collect()))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| -> Vec<Vec<f64>> { worker.join().expect("statistics do not panic") })
            .collect()
    })
}

/// How often each person was drawn.
fn draw(persons: usize, seed: u64) -> Vec<u32> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut copies = vec![0; persons];
    for _ in 0..persons {
        copies[random.random_range(0..persons)] += 1;
    }
    copies
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten persons with two probes and a template each.
    fn trials() -> Trials {
        let score = |probe: u32, template: u32| {
            f64::from((probe * 37 + template * 17) % 29)
                + if probe == template { 20.0 } else { 0.0 }
        };
        let pairs = (0..10).flat_map(|probe| (0..10).map(move |template| (probe, template)));
        Trials::new(
            pairs
                .map(|(probe, template)| {
                    Trial::of_persons(score(probe, template), 0.0, probe, template)
                })
                .collect(),
        )
    }

    #[test]
    fn the_same_seed_gives_the_same_interval_and_it_holds_the_value() {
        let of = |seed| {
            let bootstrap = Bootstrap {
                resamples: 60,
                seed,
            };
            intervals(&trials(), &[Quantity::Decidability], bootstrap)[0]
                .expect("there are samples")
        };
        let [low, high] = of(7);
        let value = Quantity::Decidability.value(&trials(), &|_| 1.0);
        assert!(low < value && value < high, "{low} {value} {high}");
        let bits = |ends: [f64; 2]| ends.map(f64::to_bits);
        assert_eq!(bits(of(7)), bits([low, high]));
        assert_ne!(bits(of(8)), bits([low, high]));
    }

    #[test]
    fn every_draw_has_as_many_persons_as_there_are() {
        assert_eq!(draw(50, 3).iter().sum::<u32>(), 50);
        assert_eq!(
            intervals(
                &trials(),
                &[Quantity::Cost],
                Bootstrap {
                    resamples: 0,
                    seed: 0
                }
            ),
            [None]
        );
    }
}
