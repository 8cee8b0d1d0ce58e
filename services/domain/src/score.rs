use std::ops::Add;

use serde::{Deserialize, Serialize};

/// A log-likelihood ratio in natural-log units (nats): how much more probable the evidence is if the claim is true than
/// if it is not. Always finite.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Llr(f64);

impl Llr {
    /// Evidence that says nothing.
    pub const NONE: Self = Self(0.0);

    /// `None` when `nats` is not finite.
    pub fn new(nats: f64) -> Option<Self> {
        nats.is_finite().then_some(Self(nats))
    }

    /// Nats.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl Add for Llr {
    type Output = Self;

    /// Independent pieces of evidence add.
    fn add(self, other: Self) -> Self {
        Self((self.0 + other.0).clamp(f64::MIN, f64::MAX))
    }
}

impl TryFrom<f64> for Llr {
    type Error = &'static str;

    fn try_from(nats: f64) -> Result<Self, Self::Error> {
        Self::new(nats).ok_or("a log-likelihood ratio is finite")
    }
}

impl From<Llr> for f64 {
    fn from(llr: Llr) -> Self {
        llr.0
    }
}
