//! From what was seen to what follows from it. Quality, match and attack are three separate outcomes; nothing here is a violation.

mod earlier;
mod fusion;
mod picture;
mod presence;
mod reason;
mod stakes;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use earlier::Earlier;
pub use fusion::{
    Against, Attack, Contribution, EvidenceKind, Fused, Weighed, contributions, fuse,
};
pub use picture::{picture_coaching, picture_flaws};
pub use presence::{Demanded, flash_llr, turn_llr};
pub use reason::{Reason, ReasonKind};
pub use stakes::{Stake, Stakes};

use crate::{
    Llr,
    coaching::Coaching,
    evidence::{Measurement, MediaFault, PictureMeasurement, VoiceFacts, VoiceMeasurement},
    plan::{Factors, SupervisionLevel},
};

/// Retries for a duty after which an answer to what the session asked, digits, turn or colours, that again cannot be told goes to an officer: some necks
/// are stiff, some work in the sun, some words run into each other.
pub const ANSWER_RETRIES_MAX: usize = 2;

/// What follows from the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    Verified,
    /// Quality: no blame, costs nothing; says what to do. Never empty.
    Retry {
        coaching: Vec<Coaching>,
    },
    /// An officer must look. Never empty.
    Review {
        reasons: Vec<Reason>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    Verified,
    Retry,
    Review,
}

crate::text_enum!(VerdictKind { Verified = "verified", Retry = "retry", Review = "review" });

impl Verdict {
    /// The verdict with one more reason for an officer to look. What is to be taken again stays so.
    #[must_use]
    pub fn doubted(self, reason: Reason) -> Self {
        match self {
            Self::Verified => Self::Review {
                reasons: vec![reason],
            },
            Self::Review { mut reasons } => {
                reasons.push(reason);
                Self::Review { reasons }
            }
            Self::Retry { .. } => self,
        }
    }

    pub const fn kind(&self) -> VerdictKind {
        match self {
            Self::Verified => VerdictKind::Verified,
            Self::Retry { .. } => VerdictKind::Retry,
            Self::Review { .. } => VerdictKind::Review,
        }
    }

    /// Went to review because something spoke against the person's presence: a failed match in the sense of NIST SP 800-63B. Where he was
    /// is another question, and so is what we could not judge.
    pub fn failed_match(&self) -> bool {
        match self {
            Self::Review { reasons } => reasons
                .iter()
                .any(|reason| matches!(reason.kind(), ReasonKind::Match | ReasonKind::Attack)),
            Self::Verified | Self::Retry { .. } => false,
        }
    }
}

/// When evidence is good enough. LLRs in nats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Prior odds and costs, and with them the threshold of all evidence together.
    pub stakes: Stakes,
    /// Neither factor may speak against the person by more than a factor of three: −ln 3.
    pub factor_min: f64,
    /// The prompt is this many nats more probable than anything else: ln 3. Where neither is, and nothing else speaks against the person, he is asked to
    /// read again.
    pub content_min: f64,
    /// An attack may be five times as probable as a live face, mean over the pictures: −ln 5. On development data it doubts one genuine
    /// picture in a hundred (`muster eval presentation`); −ln 3 doubts two.
    pub presentation_min: f64,
    /// A loudspeaker may be seven times as probable as a voice before the microphone. On development data it doubts one or two genuine recordings in a
    /// hundred (`muster eval voice-presentation`).
    pub voice_presentation_min: f64,
    /// Between the eyes, pixels: the recognisers' crops have 35 to 53, so nothing is enlarged, and fine structure is left to look for
    /// attacks in. ISO/IEC 29794-5 wants 90 for documents.
    pub eye_distance_min_px: f32,
    /// Share of the face within the picture, 0..1: no more than a tenth may be cut off. Whole frames of the development data have 1.
    pub inside_min: f32,
    pub sharpness_min: f32,
    pub luma_min: f32,
    pub luma_max: f32,
    pub luma_std_min: f32,
    /// Of 8 bits. Development data have 6.7 or more, dim ones 6.1, foggy ones 4.5.
    pub luma_entropy_min_bits: f32,
    /// What the face's halves have in common, 0..1. Development data have 0.7 or more, strong light from one side leaves 0.11 and more; below,
    /// one half is as good as black.
    pub uniformity_min: f32,
    /// Luma around the eyes by the cheeks'. Development data have 0.51 or more, dark glasses 0.2.
    pub eyes_luma_min: f32,
    /// Contrast around the mouth by the face's. Development data have 0.21 or more, blurred ones 0.15, plain masks 0 to 0.11.
    pub mouth_contrast_min: f32,
    /// Share of over-exposed pixels, 0..1.
    pub overexposed_max: f32,
    pub yaw_max_deg: f32,
    pub pitch_max_deg: f32,
    pub speech_min_s: f32,
    pub level_min_dbfs: f32,
    pub snr_min_db: f32,
    /// Share of clipped samples, 0..1.
    pub clipped_max: f32,
    /// Turned further than this from the frontal pictures, degrees, is a turn. Stated, above what five points err by; `muster eval presence` tells
    /// how far faces that look ahead are from each other.
    pub turn_min_deg: f64,
    /// Another answer to the colours may be five times as probable as a face that follows them: −ln 5.
    pub flash_min: f64,
    /// From which level on a phone that can is asked to show a turned head and a face in colours. Measured on made light and on few necks only
    /// (`muster eval presence`): until it is measured on the phones in use, where the stakes are highest.
    pub presence_asked: Demanded,
    /// From which level on an answer to what was asked is demanded.
    pub presence_demanded: Demanded,
    /// From which level on also a phone that says it cannot ask for it owes the answer. Until every phone in use can, that is nobody.
    pub presence_owed: Demanded,
    /// Captures are compared with the person's earlier ones, and enrolled faces with those of others. Off only where a few samples stand for many
    /// people: demonstrations and load tests.
    pub history: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            stakes: Stakes::default(),
            factor_min: -1.1,
            content_min: 1.1,
            presentation_min: -1.61,
            voice_presentation_min: -2.0,
            eye_distance_min_px: 70.0,
            inside_min: 0.9,
            sharpness_min: 20.0,
            luma_min: 45.0,
            luma_max: 225.0,
            luma_std_min: 12.0,
            luma_entropy_min_bits: 5.2,
            uniformity_min: 0.1,
            eyes_luma_min: 0.35,
            mouth_contrast_min: 0.12,
            overexposed_max: 0.35,
            yaw_max_deg: 35.0,
            pitch_max_deg: 30.0,
            speech_min_s: 1.2,
            level_min_dbfs: -50.0,
            snr_min_db: 3.0,
            clipped_max: 0.02,
            turn_min_deg: 12.0,
            flash_min: -1.61,
            presence_asked: Demanded::Strict,
            presence_demanded: Demanded::Strict,
            presence_owed: Demanded::Never,
            history: true,
        }
    }
}

/// The verdict on one attempt. Quality is looked at first: evidence from a bad capture is no evidence.
pub fn decide(
    seen: &Measurement,
    factors: Factors,
    level: SupervisionLevel,
    policy: &Policy,
) -> Verdict {
    decide_after(&Earlier::default(), seen, factors, level, policy)
}

/// The same after the duty's earlier attempts: an answer that again cannot be told goes to an officer in the end, and digits must have been spoken in the
/// mean of all that were to be read again.
pub fn decide_after(
    earlier: &Earlier,
    seen: &Measurement,
    factors: Factors,
    level: SupervisionLevel,
    policy: &Policy,
) -> Verdict {
    if seen.pack.is_none() {
        return Verdict::Review {
            reasons: vec![Reason::NoModels],
        };
    }
    let mut coaching = Vec::new();
    if factors.face() {
        coaching.extend(picture_coaching(&seen.pictures, policy));
    }
    if factors.voice() {
        coaching.extend(voice_coaching(seen.voice.as_ref(), policy));
    }
    let unseen = if factors.face() {
        presence::coaching(seen, level, policy)
    } else {
        Vec::new()
    };
    if coaching.is_empty() && earlier.retries() < ANSWER_RETRIES_MAX {
        coaching.extend_from_slice(&unseen);
    }
    if !coaching.is_empty() {
        coaching.sort_unstable();
        coaching.dedup();
        return Verdict::Retry { coaching };
    }
    let content = earlier.content(seen);
    let mut reasons = doubts(seen, content, (factors, level), policy);
    // Neither the prompt nor anything else is more probable than the other by what would count: the digits say nothing.
    let unclear = content.is_some_and(|llr| llr.abs() < policy.content_min);
    if reasons == [Reason::DigitsMismatch] && unclear && earlier.retries() < ANSWER_RETRIES_MAX {
        let coaching = vec![Coaching::ReadClearly];
        return Verdict::Retry { coaching };
    }
    if !unseen.is_empty() && !reasons.contains(&Reason::PresenceMissing) {
        reasons.push(Reason::PresenceMissing);
    }
    if reasons.is_empty() {
        Verdict::Verified
    } else {
        Verdict::Review { reasons }
    }
}

/// All evidence of an attempt as one log-likelihood ratio; none where no models measured.
pub fn weigh(
    seen: &Measurement,
    factors: Factors,
    level: SupervisionLevel,
    policy: &Policy,
) -> Option<Fused> {
    seen.pack.as_ref()?;
    let contributions = contributions(seen, factors);
    Some(fuse(contributions, factors, level, &policy.stakes))
}

/// All that speaks against `verified`. What speaks against the person by itself is a reason of its own, whatever the rest says; what is left
/// of the attacks that no such reason names must be small enough together.
fn doubts(
    seen: &Measurement,
    content: Option<f64>,
    (factors, level): (Factors, SupervisionLevel),
    policy: &Policy,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut told: Vec<Attack> = Vec::new();
    let mut known = true;
    let another = [Attack::OtherPerson, Attack::OtherFace, Attack::OtherVoice];
    if factors.face() {
        match face_llr(&seen.pictures) {
            None => known = false,
            Some((mean, _)) if mean.get() < policy.factor_min => {
                reasons.push(Reason::FaceMismatch);
                told.extend(another);
            }
            Some((_, least)) if least.get() < policy.factor_min => {
                reasons.push(Reason::PicturesDisagree);
            }
            Some(_) => {}
        }
        if presentation_llr(&seen.pictures).is_some_and(|mean| mean.get() < policy.presentation_min)
        {
            reasons.push(Reason::PresentationAttack);
            told.push(Attack::Artefact);
        }
    }
    if factors.face() {
        for reason in presence::doubts(seen, level, policy) {
            if matches!(reason, Reason::TurnNotFollowed | Reason::FlashNotFollowed) {
                told.extend(EvidenceKind::Flash.tells_apart());
            }
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    if factors.voice() {
        let voice = seen.voice.as_ref();
        match voice.and_then(|voice| voice.speaker) {
            None => known = false,
            Some(speaker) if speaker.llr.get() < policy.factor_min => {
                reasons.push(Reason::VoiceMismatch);
                told.extend(another);
            }
            Some(_) => {}
        }
        match content {
            None => {
                reasons.push(Reason::DigitsUnchecked);
                told.push(Attack::Replay);
            }
            Some(llr) if llr < policy.content_min => {
                reasons.push(Reason::DigitsMismatch);
                told.push(Attack::Replay);
            }
            Some(_) => {}
        }
        let live = voice.and_then(|voice| voice.presentation);
        if live.is_some_and(|live| live.llr.get() < policy.voice_presentation_min) {
            reasons.push(Reason::VoicePresentationAttack);
            told.extend(EvidenceKind::VoicePresentation.tells_apart());
        }
    }
    if !known {
        reasons.push(Reason::NoTemplate);
    } else if weigh(seen, factors, level, policy).is_some_and(|fused| !fused.enough_but_for(&told))
    {
        reasons.push(Reason::EvidenceTooWeak);
    }
    reasons
}

/// Mean LLR of a live face against an attack over the pictures; none when there is none of any. The frames of one session show the same
/// face, light and camera, or the same paper, so they do not add up; the mean, whose terms a calibration bounds, follows what most frames
/// say and lets one turned head be outvoted.
pub fn presentation_llr(pictures: &[PictureMeasurement]) -> Option<Llr> {
    mean(pictures, |picture| Some(picture.presentation?.llr))
}

/// Mean and least LLR of the pictures. The frames of one session are not independent, so they do not add up.
pub fn face_llr(pictures: &[PictureMeasurement]) -> Option<(Llr, Llr)> {
    let of_one = |picture: &PictureMeasurement| Some(picture.comparison?.llr);
    let llrs = pictures.iter().filter_map(of_one);
    let least = Llr::new(llrs.map(Llr::get).fold(f64::INFINITY, f64::min))?;
    Some((mean(pictures, of_one)?, least))
}

/// A picture that says nothing lowers what speaks for the person, as one that says 0 does, and never what speaks against him: leaving
/// evidence out of a picture wins nothing.
fn mean(
    pictures: &[PictureMeasurement],
    llr: impl Fn(&PictureMeasurement) -> Option<Llr>,
) -> Option<Llr> {
    let llrs: Vec<f64> = pictures
        .iter()
        .filter_map(|picture| Some(llr(picture)?.get()))
        .collect();
    let sum = llrs.iter().sum::<f64>();
    let count = if sum > 0.0 {
        pictures.len()
    } else {
        llrs.len()
    };
    Llr::new(sum / count as f64)
}

/// What is wrong with the recording; empty when it can be used.
pub fn voice_coaching(voice: Option<&VoiceMeasurement>, policy: &Policy) -> Vec<Coaching> {
    voice.map_or_else(
        || vec![Coaching::NoSpeech],
        |voice| voice_flaws(&voice.facts, policy),
    )
}

/// What is wrong with one recording.
pub fn voice_flaws(facts: &Result<VoiceFacts, MediaFault>, policy: &Policy) -> Vec<Coaching> {
    let facts = match facts {
        Err(MediaFault::TooLarge) => return vec![Coaching::VoiceTooLong],
        Err(MediaFault::Empty | MediaFault::UnknownFormat | MediaFault::Damaged) => {
            return vec![Coaching::VoiceUnreadable];
        }
        Ok(facts) => facts,
    };
    if facts.clipped > policy.clipped_max {
        return vec![Coaching::Clipped];
    }
    if facts.speech_s <= 0.0 {
        return vec![Coaching::NoSpeech];
    }
    let table = [
        (
            facts.speech_s < policy.speech_min_s,
            Coaching::TooLittleSpeech,
        ),
        (facts.level_dbfs < policy.level_min_dbfs, Coaching::TooQuiet),
        (
            facts.snr_db.is_some_and(|snr| snr < policy.snr_min_db),
            Coaching::TooNoisy,
        ),
    ];
    table
        .into_iter()
        .filter_map(|(flawed, coaching)| flawed.then_some(coaching))
        .collect()
}
