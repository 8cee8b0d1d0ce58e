use std::sync::{Arc, Mutex, PoisonError};

use rand::{
    Rng, SeedableRng, TryRng,
    rngs::{StdRng, SysRng},
};
use uuid::Uuid;

/// Where randomness comes from.
#[derive(Debug, Clone, Default)]
pub enum Random {
    /// The operating system's generator.
    #[default]
    System,
    /// A stream that can be repeated: for tests and load tests, never for a key that guards something.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Random {
    /// A repeatable stream.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Fills `out` with random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give, which no program can go on without.
    pub fn fill(&self, out: &mut [u8]) {
        match self {
            Self::System => SysRng
                .try_fill_bytes(out)
                .expect("the operating system gives random bytes"),
            Self::Seeded(stream) => stream
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .fill_bytes(out),
        }
    }

    /// A random UUID (version 4), for one action or one proof.
    pub fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// Uniform in 0 to 1, 1 excluded.
    pub fn unit(&self) -> f64 {
        /// Bits of an `f64`'s fraction.
        const FRACTION_BITS: u32 = 53;
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        (u64::from_le_bytes(bytes) >> (u64::BITS - FRACTION_BITS)) as f64
            / (1u64 << FRACTION_BITS) as f64
    }
}
