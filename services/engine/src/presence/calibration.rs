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

/// Of degrees towards the side that was asked for. Stated, not fitted: a head that stays says as much against as one in eight honest people who did not
/// understand (−2), a turn of 12° nothing. The lower bound is one in ten; the upper one is ln 2, since a turn that was not asked for is
/// right every second time. `muster eval presence` fits scale and offset beside these.
pub const TURN: Affine = Affine {
    scale: 0.16,
    offset: -2.0,
    llr_min: -2.3,
    llr_max: 0.69,
};

/// Of [`super::Followed::score`]. Scale and offset are the fit of `muster eval presence` on made light and half of one data set's people (seed 1,
/// 2026-11-30): the score is in nats already, and a face that follows nothing speaks a little against the person, since daylight does the same. Bounds are stated,
/// since no fit knows the lamps of real rooms: below, one honest person in thirty is lit by something else; above, ln 5: one artefact in five is
/// taken to be worn like a face and to follow as one.
pub const FLASH: Affine = Affine {
    scale: 0.88,
    offset: -0.39,
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
