//! What verdicts go by, and how often each threshold was measured to let an impostor through and to turn a genuine person away.

use domain::{
    access::Action,
    plan::{Factors, SupervisionLevel},
    verdict::Policy,
};
use models::{Factor, Measured, Rates};

use crate::{Cx, Result, Viewer};

/// A threshold of the house's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Fused evidence of face and voice.
    Together(SupervisionLevel),
    /// Where a face alone is asked for.
    Face(SupervisionLevel),
    /// Where a voice alone is asked for.
    Voice(SupervisionLevel),
    /// Less of a face speaks against the person.
    FaceDoubt,
    VoiceDoubt,
    Content,
    Presentation,
    VoicePresentation,
}

/// A threshold with what the pack in use was measured to do at it.
#[derive(Debug, Clone, PartialEq)]
pub struct InForce<'a> {
    pub bound: Bound,
    /// Nats.
    pub llr: f64,
    /// One of each data set; empty where the pack carries none.
    pub found: Vec<Found<'a>>,
}

/// What was measured on one data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<'a> {
    pub measured: &'a Measured,
    /// Impostors or attacks that are accepted.
    pub false_match: Option<Share>,
    /// Genuine ones that are not.
    pub false_non_match: Option<Share>,
}

/// An error rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    pub rate: f64,
    /// Ends of its interval of 95 %.
    pub interval: [f64; 2],
    /// Measured at the threshold itself. If not, at its neighbour, where the rate is no lower.
    pub exact: bool,
}

/// Every threshold in force.
pub fn list<'a>(cx: &'a Cx, viewer: &Viewer) -> Result<Vec<InForce<'a>>> {
    viewer.allow(Action::Administer)?;
    Ok(in_force(&cx.policy, cx.engine.measured()))
}

fn in_force<'a>(policy: &Policy, measured: &'a [Measured]) -> Vec<InForce<'a>> {
    let levels = [
        SupervisionLevel::Strict,
        SupervisionLevel::General,
        SupervisionLevel::Lenient,
    ];
    let asked = |factors, bound: fn(SupervisionLevel) -> Bound| {
        levels.map(|level| (bound(level), policy.stakes.threshold(factors, level)))
    };
    let doubts = [
        (Bound::FaceDoubt, policy.factor_min),
        (Bound::VoiceDoubt, policy.factor_min),
        (Bound::Content, policy.content_min),
        (Bound::Presentation, policy.presentation_min),
        (Bound::VoicePresentation, policy.voice_presentation_min),
    ];
    asked(Factors::FaceAndVoice, Bound::Together)
        .into_iter()
        .chain(asked(Factors::Face, Bound::Face))
        .chain(asked(Factors::Voice, Bound::Voice))
        .chain(doubts)
        .map(|(bound, llr)| {
            let of = measured
                .iter()
                .filter(|one| Some(one.factor) == bound.factor());
            let found = of.map(|one| Found::at(one, llr)).collect();
            InForce { bound, llr, found }
        })
        .collect()
}

impl Bound {
    /// What was measured for it; none where packs carry nothing.
    const fn factor(self) -> Option<Factor> {
        match self {
            Self::Together(_) => Some(Factor::Together),
            Self::Face(_) | Self::FaceDoubt => Some(Factor::Face),
            Self::Voice(_) | Self::VoiceDoubt => Some(Factor::Voice),
            Self::Content => Some(Factor::Content),
            Self::Presentation => Some(Factor::Presentation),
            Self::VoicePresentation => None,
        }
    }
}

impl<'a> Found<'a> {
    fn at(measured: &'a Measured, llr: f64) -> Self {
        let [below, above] = measured.around(llr);
        let share = |rates: &Rates, [rate, low, high]: [f64; 3]| Share {
            rate,
            interval: [low, high],
            exact: rates.is_at(llr),
        };
        Self {
            measured,
            false_match: below.map(|rates| share(rates, rates.false_match)),
            false_non_match: above.map(|rates| share(rates, rates.false_non_match)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(factor: Factor, llr: f64) -> Measured {
        Measured {
            factor,
            set: "all".to_owned(),
            data_sha256: "ab".repeat(32),
            date: "2026-12-01".to_owned(),
            command: "muster eval face".to_owned(),
            genuine: 10,
            impostor: 100,
            at: vec![Rates {
                llr,
                false_match: [0.1, 0.0, 0.2],
                false_non_match: [0.3, 0.2, 0.4],
            }],
        }
    }

    #[test]
    fn each_threshold_stands_beside_what_was_measured_of_its_own_factor() {
        let policy = Policy::default();
        let strict = policy
            .stakes
            .threshold(Factors::FaceAndVoice, SupervisionLevel::Strict);
        let carried = [
            measured(Factor::Together, strict),
            measured(Factor::Content, policy.content_min - 1.0),
        ];
        let all = in_force(&policy, &carried);
        let of = |bound| all.iter().find(|one| one.bound == bound).unwrap();
        let found = &of(Bound::Together(SupervisionLevel::Strict)).found[0];
        assert!(found.false_match.unwrap().exact && found.false_non_match.unwrap().exact);
        // Measured below the threshold: its false matches bound, its false non-matches tell nothing.
        let found = &of(Bound::Content).found[0];
        assert!(!found.false_match.unwrap().exact);
        assert_eq!(found.false_non_match, None);
        for bound in [
            Bound::FaceDoubt,
            Bound::Presentation,
            Bound::VoicePresentation,
        ] {
            assert_eq!(of(bound).found, []);
        }
    }
}
