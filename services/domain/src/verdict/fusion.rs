//! One log-likelihood ratio from all evidence: this person, live, now, against everything else that the attempt may be.
//!
//! Not all evidence speaks about the same thing. Face and speaker say *who* it is, presentation says whether a *live* face was before the
//! camera and a voice before the microphone, content says that it is *now*. So each attack is held against the evidence that tells it from a genuine attempt, and no other:
//!
//! `fused = −ln Σ wₐ · exp(−LLRₐ)`, `wₐ = oddsₐ costₐ / Σ odds cost`, `LLRₐ = Σ` of the contributions that speak against attack *a*.
//!
//! It is compared with `ln Σ odds · cost` ([`Stakes::threshold`]): Bayes' decision for several alternatives (Duda, Hart & Stork 2001, §2.2).
//! An attack that nothing speaks against keeps its whole weight, whatever a good face says about the others.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{
    face_llr, flash_llr, presentation_llr,
    stakes::{Stakes, log_sum_exp},
    turn_llr,
};
use crate::{
    Llr,
    evidence::Measurement,
    plan::{Factors, SupervisionLevel},
};

/// What an attempt may be instead of the person, live, here and now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attack {
    /// Somebody else, with all that is his own (evasion E7).
    OtherPerson,
    /// Somebody else's face; the person's voice comes from elsewhere.
    OtherFace,
    /// Somebody else's voice; the face is the person's, or a picture of it.
    OtherVoice,
    /// A print, a screen or a mask of the person's face (E2, E4).
    Artefact,
    /// The person's voice from a loudspeaker or a synthesiser: a call (E2), a recording, a clone.
    VoiceArtefact,
    /// The person's own recording of another day (E5).
    Replay,
}

impl Attack {
    /// The attacks that a check-in by these factors has to be held against.
    pub const fn open_to(factors: Factors) -> &'static [Self] {
        match factors {
            Factors::FaceAndVoice => &[
                Self::OtherPerson,
                Self::OtherFace,
                Self::OtherVoice,
                Self::Artefact,
                Self::VoiceArtefact,
                Self::Replay,
            ],
            Factors::Face => &[Self::OtherPerson, Self::Artefact],
            Factors::Voice => &[Self::OtherPerson, Self::VoiceArtefact, Self::Replay],
        }
    }
}

/// What a contribution is about. A new kind of evidence is one variant, one line in [`Self::tells_apart`] and one in [`contributions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// Mean over the pictures.
    Face,
    Speaker,
    Content,
    /// Mean over the pictures.
    Presentation,
    /// The voice was before the microphone.
    VoicePresentation,
    /// The head turned to the side that was asked for.
    Turn,
    /// The face in the light of the colours that the screen showed.
    Flash,
}

impl EvidenceKind {
    /// The attacks that it tells from a genuine attempt.
    pub const fn tells_apart(self) -> &'static [Attack] {
        match self {
            Self::Face => &[Attack::OtherPerson, Attack::OtherFace],
            Self::Speaker => &[Attack::OtherPerson, Attack::OtherVoice],
            Self::Content => &[Attack::Replay],
            Self::Presentation => &[Attack::Artefact],
            // An old recording needs a loudspeaker too.
            Self::VoicePresentation => &[Attack::VoiceArtefact, Attack::Replay],
            // What was made before the session cannot know what it will ask for.
            Self::Turn | Self::Flash => &[Attack::Artefact, Attack::Replay],
        }
    }
}

/// One piece of evidence, independent of the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    pub kind: EvidenceKind,
    /// Calibrated, within the bounds of its calibration; nats.
    pub llr: Llr,
}

/// What speaks against one attack.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Against {
    pub attack: Attack,
    /// Sum of the contributions that tell it apart; 0 without any. Nats.
    pub llr: Llr,
    /// What this attack alone asks for: `ln(odds · cost)`, nats.
    pub asked: Llr,
}

impl Against {
    /// `ln` of what is left of the attack's odds times its cost, nats: above 0 it alone is worth an officer's look.
    pub fn left(&self) -> f64 {
        self.asked.get() - self.llr.get()
    }
}

/// All evidence of an attempt as one number, with what it was made of. For officers; nothing of it ever goes to the phone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fused {
    pub level: SupervisionLevel,
    /// This person, live, now, against all attacks by their weight; nats.
    pub llr: Llr,
    /// From here on it is enough; nats.
    pub asked: Llr,
    pub contributions: Vec<Contribution>,
    /// Every attack that the factors leave open.
    pub against: Vec<Against>,
}

impl Fused {
    /// Is it enough against all attacks but those that an officer is told of anyway?
    pub fn enough_but_for(&self, told: &[Attack]) -> bool {
        let open = self
            .against
            .iter()
            .filter(|one| !told.contains(&one.attack));
        log_sum_exp(open.map(Against::left)) <= 0.0
    }
}

/// What is kept of one attempt: what was seen, and what it came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weighed {
    #[serde(flatten)]
    pub seen: Measurement,
    /// None of attempts that were never weighed, and of those from before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fused: Option<Fused>,
}

/// The evidence that there is, for a check-in by these factors. What is missing is left out, which is as good as 0: nothing is won by it.
pub fn contributions(seen: &Measurement, factors: Factors) -> Vec<Contribution> {
    let pictures = factors.face().then_some(seen.pictures.as_slice());
    let voice = seen.voice.as_ref().filter(|_| factors.voice());
    let presence = seen.presence.as_ref().filter(|_| factors.face());
    let found = [
        (
            EvidenceKind::Face,
            pictures.and_then(face_llr).map(|(mean, _)| mean),
        ),
        (
            EvidenceKind::Speaker,
            voice.and_then(|voice| Some(voice.speaker?.llr)),
        ),
        (
            EvidenceKind::Content,
            voice.and_then(|voice| Some(voice.content?.1.llr)),
        ),
        (
            EvidenceKind::Presentation,
            pictures.and_then(presentation_llr),
        ),
        (
            EvidenceKind::VoicePresentation,
            voice.and_then(|voice| Some(voice.presentation?.llr)),
        ),
        (EvidenceKind::Turn, presence.and_then(turn_llr)),
        (EvidenceKind::Flash, presence.and_then(flash_llr)),
    ];
    found
        .into_iter()
        .filter_map(|(kind, llr)| Some(Contribution { kind, llr: llr? }))
        .collect()
}

/// All contributions as one log-likelihood ratio, with the threshold of the level.
///
/// A contribution that is missing counts as 0: the result is never above that with the same contribution at 0 or more.
pub fn fuse(
    contributions: Vec<Contribution>,
    factors: Factors,
    level: SupervisionLevel,
    stakes: &Stakes,
) -> Fused {
    let against = |&attack: &Attack| {
        let telling = contributions
            .iter()
            .filter(|one| one.kind.tells_apart().contains(&attack));
        Against {
            attack,
            llr: telling.fold(Llr::NONE, |sum, one| sum + one.llr),
            asked: nats(stakes.of(attack, factors, level)),
        }
    };
    let against: Vec<Against> = Attack::open_to(factors).iter().map(against).collect();
    let asked = stakes.threshold(factors, level);
    Fused {
        level,
        llr: nats(asked - log_sum_exp(against.iter().map(Against::left))),
        asked: nats(asked),
        contributions,
        against,
    }
}

fn nats(value: f64) -> Llr {
    Llr::new(value.clamp(f64::MIN, f64::MAX)).expect("neither odds nor ratios are not numbers")
}
