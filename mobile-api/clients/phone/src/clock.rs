use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// What the phone believes the time is. It may be wrong; nothing depends on it.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock, `skew_s` seconds ahead (behind when negative).
    System { skew_s: i64 },
    /// Seconds since the epoch, set by a test.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix_s(&self) -> i64 {
        match self {
            Self::System { skew_s } => system_unix_s().saturating_add(*skew_s),
            Self::Manual(now) => now.load(Ordering::Relaxed),
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::System { skew_s: 0 }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a phone has a clock of its own; this is the one place that reads it"
)]
fn system_unix_s() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
    }
}
