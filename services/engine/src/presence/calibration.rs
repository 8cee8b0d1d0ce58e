use domain::{Llr, evidence::Comparison};

/// From a raw score to a log-likelihood ratio, as packs have it for their networks. What is here hangs on no network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    /// Nats per unit of raw score.
    pub scale: f64,
    /// Nats at raw score zero.
    pub offset: f64,
    pub llr_min: f64,
    pub llr_max: f64,
}

/// Of degrees towards the side that was asked for.
pub const TURN: Affine = Affine {
    scale: 0.16,
    offset: -2.0,
    llr_min: -2.3,
    llr_max: 0.69,
};

/// Of [`super::Followed::score`].
pub const FLASH: Affine = Affine {
    scale: 0.6,
    offset: -0.5,
    llr_min: -3.5,
    llr_max: 1.61,
};

impl Affine {
    /// A score that is not a number says nothing.
    pub fn comparison(&self, score: f64) -> Comparison {
        let nats = (self.scale * score + self.offset).clamp(self.llr_min, self.llr_max);
        Comparison {
            score: if score.is_finite() { score } else { 0.0 },
            llr: Llr::new(nats).unwrap_or(Llr::NONE),
        }
    }
}
