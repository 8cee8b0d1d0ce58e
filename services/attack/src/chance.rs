//! Numbers that follow from a seed.

use std::ops::Range;

use rand::{Rng, RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

/// A stream of numbers.
pub struct Chance(Xoshiro256PlusPlus);

impl Chance {
    /// The stream with this name under a seed: streams of different names or numbers have nothing in common.
    pub fn new(seed: u64, name: &str, number: u32) -> Self {
        // FNV-1a, 64 bits.
        let hash = name.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
        });
        let number = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(Xoshiro256PlusPlus::seed_from_u64(
            seed.rotate_left(32) ^ hash ^ number,
        ))
    }

    /// Evenly among these.
    pub fn within(&mut self, range: Range<f32>) -> f32 {
        self.0.random_range(range)
    }

    /// Evenly among whole numbers.
    pub fn whole(&mut self, range: Range<u32>) -> u32 {
        self.0.random_range(range)
    }

    /// Evenly between −extent and extent; extent > 0.
    pub fn around(&mut self, extent: f32) -> f32 {
        self.within(-extent..extent)
    }

    /// Heads, with this probability.
    pub fn heads(&mut self, probability: f32) -> bool {
        self.within(0.0..1.0) < probability
    }

    /// Near enough to the normal distribution for noise: the sum of four uniform numbers, of mean 0 and variance 1, within ±3.5.
    pub fn normal(&mut self) -> f32 {
        // Four numbers of 16 bits: variance 4 · 2³² / 12.
        const DEVIATION: f32 = 37_837.23;
        let bits = self.0.next_u64();
        let sum = (0..4).map(|lane| (bits >> (16 * lane)) as u16);
        (sum.map(f32::from).sum::<f32>() - 2.0 * 65_535.0) / DEVIATION
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_mean_zero_and_variance_one() {
        let mut chance = Chance::new(1, "noise", 0);
        let drawn: Vec<f32> = (0..100_000).map(|_| chance.normal()).collect();
        let mean = drawn.iter().sum::<f32>() / 1e5;
        let variance = drawn.iter().map(|value| value * value).sum::<f32>() / 1e5;
        assert!(mean.abs() < 0.015, "{mean}");
        assert!((variance - 1.0).abs() < 0.02, "{variance}");
    }

    #[test]
    fn streams_differ_by_seed_name_and_number() {
        let first = |seed, name, number| Chance::new(seed, name, number).within(0.0..1.0).to_bits();
        let base = first(1, "print", 0);
        assert_eq!(first(1, "print", 0), base);
        assert_ne!(first(2, "print", 0), base);
        assert_ne!(first(1, "screen", 0), base);
        assert_ne!(first(1, "print", 1), base);
    }
}
