use serde::{Deserialize, Serialize};

/// From a raw comparison score to a log-likelihood ratio, by an affine map fitted with logistic regression
/// (Brümmer & du Preez 2006, "Application-independent evaluation of speaker detection").
///
/// `llr = clamp(scale · score + offset, llr_min, llr_max)` in natural-log units (nats). The bounds are what the
/// calibration data can support: with `n` impostor trials no honest LLR exceeds about `ln(n)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Nats per unit of raw score.
    pub scale: f64,
    /// Nats at raw score zero.
    pub offset: f64,
    /// Lowest LLR that the data supports, nats, negative.
    pub llr_min: f64,
    /// Highest LLR that the data supports, nats, positive.
    pub llr_max: f64,
    /// What it was fitted on, in words.
    pub data: String,
    /// SHA-256 of the manifest it was fitted on, hex.
    pub data_sha256: String,
    /// ISO date of the fit.
    pub date: String,
    /// Genuine (mated) comparisons in the fit.
    pub genuine: u64,
    /// Impostor (non-mated) comparisons in the fit.
    pub impostor: u64,
}

impl Calibration {
    /// The log-likelihood ratio of a raw score, nats. A score that is not a number tells nothing: 0.
    pub fn llr(&self, score: f64) -> f64 {
        if score.is_nan() {
            return 0.0;
        }
        (self.scale * score + self.offset).clamp(self.llr_min, self.llr_max)
    }
}
