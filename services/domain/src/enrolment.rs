//! The attended capture of face and voice.

use serde::{Deserialize, Serialize};

use crate::{
    EnrolmentId, Micros, OfficerId, PersonId, Refusal,
    challenge::Prompt,
    coaching::Coaching,
    evidence::{Comparison, MediaFault, PictureFacts, VoiceFacts},
    verdict::{Policy, picture_flaws, voice_flaws},
};

pub const PICTURES_MIN: usize = 3;
pub const PICTURES_MAX: usize = 8;
pub const PHRASES_MIN: usize = 3;
pub const PHRASES_MAX: usize = 8;
/// An enrolment must be handed in within this time.
pub const ENROLMENT_MS: i64 = 60 * 60_000;
/// What the person reads aloud: every digit three times, each next to different ones.
pub const PHRASES: [&str; PHRASES_MIN] = ["0123456789", "9753186420", "2604837159"];

/// Where an enrolment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Parts arrive.
    Open,
    /// Waits for a worker.
    Queued,
    /// A worker holds it.
    Running,
    /// Its templates are in use, or were until a later enrolment.
    Complete,
    /// Some samples cannot be used; take a new one.
    Refused,
}

crate::text_enum!(State { Open = "open", Queued = "queued", Running = "running", Complete = "complete", Refused = "refused" });

/// One enrolment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enrolment {
    pub id: EnrolmentId,
    pub person: PersonId,
    /// Who attended.
    pub officer: OfficerId,
    pub state: State,
    pub claim: i32,
    pub opened_at: Micros,
    pub submitted_at: Option<Micros>,
    pub findings: Option<Findings>,
    pub concluded_at: Option<Micros>,
}

/// What the engine says of one sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample<F> {
    pub facts: Result<F, MediaFault>,
    /// Against all the other samples of this enrolment; none when it or they cannot be compared.
    pub consistency: Option<Comparison>,
}

/// What is wrong with an enrolment's samples. Nothing: it can be used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Findings {
    pub flaws: Vec<Flaw>,
    /// The same face stands under another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resembles: Option<PersonId>,
}

/// One sample that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// Name of the part, such as `picture-0`.
    pub part: String,
    /// What to do better; empty when the sample is good but does not fit to the others.
    pub coaching: Vec<Coaching>,
    /// It seems to show another person than the other samples, or cannot be compared with them.
    pub inconsistent: bool,
}

/// Are there enough samples? `phrases` holds what each was said to contain.
pub fn may_submit(state: State, pictures: usize, phrases: &[Prompt]) -> Result<(), Refusal> {
    if state != State::Open {
        return Err(Refusal::EnrolmentUsed);
    }
    if pictures < PICTURES_MIN || phrases.len() < PHRASES_MIN {
        return Err(Refusal::EnrolmentTooSmall {
            pictures: PICTURES_MIN,
            phrases: PHRASES_MIN,
        });
    }
    let all = (b'0'..=b'9').all(|digit| {
        phrases
            .iter()
            .any(|phrase| phrase.as_str().as_bytes().contains(&digit))
    });
    if all {
        Ok(())
    } else {
        Err(Refusal::PhrasesIncomplete)
    }
}

/// Which samples cannot be used, and why. Samples come with the names of their parts.
pub fn judge(
    pictures: &[(String, Sample<PictureFacts>)],
    phrases: &[(String, Sample<VoiceFacts>)],
    policy: &Policy,
) -> Findings {
    let pictures = pictures.iter().map(|(part, sample)| {
        flaw(
            part,
            picture_flaws(&sample.facts, policy),
            sample.consistency,
            policy,
        )
    });
    let phrases = phrases.iter().map(|(part, sample)| {
        flaw(
            part,
            voice_flaws(&sample.facts, policy),
            sample.consistency,
            policy,
        )
    });
    Findings {
        flaws: pictures.chain(phrases).flatten().collect(),
        resembles: None,
    }
}

/// A good sample must not speak against the others; `factor_min` of the policy decides.
fn flaw(
    part: &str,
    coaching: Vec<Coaching>,
    consistency: Option<Comparison>,
    policy: &Policy,
) -> Option<Flaw> {
    let inconsistent = coaching.is_empty()
        && consistency.is_none_or(|comparison| comparison.llr.get() < policy.factor_min);
    (inconsistent || !coaching.is_empty()).then(|| Flaw {
        part: part.to_owned(),
        coaching,
        inconsistent,
    })
}
