use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use domain::Micros;

/// Where time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    System,
    /// Stands still until it is moved; for tests and simulations.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn manual(at: Micros) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.0)))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system's clock"
    )]
    pub fn now(&self) -> Micros {
        match self {
            Self::System => jiff::Timestamp::now().into(),
            Self::Manual(at) => Micros(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock forward; the system's clock is left alone.
    pub fn advance_ms(&self, ms: i64) {
        if let Self::Manual(at) = self {
            at.fetch_add(ms * 1_000, Ordering::SeqCst);
        }
    }
}
