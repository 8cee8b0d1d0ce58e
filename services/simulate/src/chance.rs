use rand::{Rng, SeedableRng, rngs::StdRng};

/// What is left to chance in the simulated world, apart from the house's own randomness. The same for the same seed.
pub struct Chance(StdRng);

impl Chance {
    pub fn seeded(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    pub fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Evenly from `0.0..1.0`.
    pub fn share(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub fn hits(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// Evenly from `low..=high`; `low` when there is nothing between.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.share() * (high - low + 1).max(1) as f64) as i64
    }

    /// About normal: the sum of twelve even draws (Irwin–Hall), standard deviation 1.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}
