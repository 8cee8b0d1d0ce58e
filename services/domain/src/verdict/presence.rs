//! What the answers to the session's own questions say: the turned head and the face in the light of colours.
//!
//! An answer that is missing, or that shows nothing, is never worth more than one that was seen; it is asked for again, and then told, only
//! where the level demands it. What contradicts the question is a reason at every level.

#[cfg(test)]
pub(super) mod tests;

use serde::{Deserialize, Serialize};

use super::{Policy, Reason, picture_flaws};
use crate::{
    Llr,
    coaching::Coaching,
    evidence::{
        Comparison, FlashFrame, FlashMeasurement, Measurement, PresenceMeasurement, TurnMeasurement,
    },
    plan::SupervisionLevel,
};

/// Below this a face seen at an angle, or in coloured light, is somebody else's: such pictures compare weakly, and only twenty to one counts.
const STRANGER_MAX: f64 = -3.0;

/// From which supervision level on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demanded {
    Never,
    /// 严管 only.
    Strict,
    /// 严管 and 普管.
    General,
    /// Of everybody.
    Lenient,
}

impl Demanded {
    /// Is it of this level?
    pub const fn of(self, level: SupervisionLevel) -> bool {
        match level {
            SupervisionLevel::Strict => !matches!(self, Self::Never),
            SupervisionLevel::General => matches!(self, Self::General | Self::Lenient),
            SupervisionLevel::Lenient => matches!(self, Self::Lenient),
        }
    }
}

/// How one question was answered.
enum Answer {
    Seen,
    /// It may have been answered; what the person can do better.
    Unclear(Coaching),
    Missing,
    Contradicted,
}

/// Evidence of the turned head. It speaks for nobody where the picture may show somebody else.
pub fn turn_llr(presence: &PresenceMeasurement) -> Option<Llr> {
    let turn = presence.turn.as_ref()?;
    Some(of_the_person(turn.followed?.llr, turn.picture.comparison))
}

/// Evidence of the face in the light of the colours, likewise.
pub fn flash_llr(presence: &PresenceMeasurement) -> Option<Llr> {
    let flash = presence.flash.as_ref()?;
    Some(of_the_person(flash.followed?.llr, face_in_colours(flash)))
}

fn of_the_person(llr: Llr, face: Option<Comparison>) -> Llr {
    let own = face.is_some_and(|face| face.llr.get() >= STRANGER_MAX);
    if own || llr < Llr::NONE {
        llr
    } else {
        Llr::NONE
    }
}

/// The weakest of the pictures' comparisons; none when one of those with a face has none. One frame of the person must not lend its face to
/// three of somebody else.
fn face_in_colours(flash: &FlashMeasurement) -> Option<Comparison> {
    let lit = flash
        .frames
        .iter()
        .flatten()
        .filter(|frame| frame.light.is_some());
    let compared: Option<Vec<Comparison>> = lit.map(|frame| frame.comparison).collect();
    compared?
        .into_iter()
        .min_by(|a, b| a.llr.get().total_cmp(&b.llr.get()))
}

/// What the person can do better, where the level demands that the answers are seen. Who contradicts one question is not asked to answer
/// better.
pub(super) fn coaching(
    seen: &Measurement,
    level: SupervisionLevel,
    policy: &Policy,
) -> Vec<Coaching> {
    if !policy.presence_demanded.of(level) {
        return Vec::new();
    }
    let mut coaching = Vec::new();
    for (answer, _) in answers(seen, policy) {
        match answer {
            Answer::Unclear(flaw) => coaching.push(flaw),
            Answer::Contradicted => return Vec::new(),
            Answer::Seen | Answer::Missing => {}
        }
    }
    coaching
}

/// What speaks against the person's presence, and what is missing where it is demanded.
pub(super) fn doubts(seen: &Measurement, level: SupervisionLevel, policy: &Policy) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut missing = policy.presence_owed.of(level) && !asked_everything(seen);
    for (answer, contradiction) in answers(seen, policy) {
        match answer {
            Answer::Seen | Answer::Unclear(_) => {}
            Answer::Missing => missing |= policy.presence_demanded.of(level),
            Answer::Contradicted => reasons.push(contradiction),
        }
    }
    if seen.presence.as_ref().is_some_and(of_somebody_else) {
        reasons.push(Reason::PicturesDisagree);
    }
    if missing {
        reasons.push(Reason::PresenceMissing);
    }
    reasons
}

/// Every question with its answer, and what a contradiction of it is called.
fn answers(seen: &Measurement, policy: &Policy) -> Vec<(Answer, Reason)> {
    let Some(presence) = &seen.presence else {
        return Vec::new();
    };
    let turn = presence.asked.turn.map(|_| {
        let answer = turned(presence.turn.as_ref(), policy);
        (answer, Reason::TurnNotFollowed)
    });
    let flash = presence.asked.flash.as_ref().map(|_| {
        let answer = followed(presence.flash.as_ref(), policy);
        (answer, Reason::FlashNotFollowed)
    });
    turn.into_iter().chain(flash).collect()
}

fn asked_everything(seen: &Measurement) -> bool {
    let asked = seen.presence.as_ref().map(|presence| &presence.asked);
    asked.is_some_and(|asked| asked.turn.is_some() && asked.flash.is_some())
}

fn turned(turn: Option<&TurnMeasurement>, policy: &Policy) -> Answer {
    let Some(turn) = turn else {
        return Answer::Missing;
    };
    // A head that turns leaves the light and hides half of itself; what is left must still be a picture of one face.
    let poor = picture_flaws(&turn.picture.facts, policy)
        .into_iter()
        .find(|flaw| {
            matches!(
                flaw,
                Coaching::PictureUnreadable
                    | Coaching::PictureTooLarge
                    | Coaching::NoFace
                    | Coaching::SeveralFaces
                    | Coaching::TooDark
                    | Coaching::TooBright
            )
        });
    match (poor, turn.followed) {
        (Some(flaw), _) => Answer::Unclear(flaw),
        (None, Some(turned)) if turned.score >= policy.turn_min_deg => Answer::Seen,
        (None, Some(turned)) if turned.score <= -policy.turn_min_deg => Answer::Contradicted,
        (None, Some(_) | None) => Answer::Unclear(Coaching::TurnHead),
    }
}

fn followed(flash: Option<&FlashMeasurement>, policy: &Policy) -> Answer {
    let Some(flash) = flash else {
        return Answer::Missing;
    };
    let came: Vec<&FlashFrame> = flash.frames.iter().flatten().collect();
    if came.len() < flash.frames.len() {
        return Answer::Missing;
    }
    let alone = |frame: &&FlashFrame| frame.faces.is_ok_and(|faces| faces <= 1);
    match flash.followed {
        Some(followed) if followed.llr.get() < policy.flash_min => Answer::Contradicted,
        _ if !came.iter().all(alone) => Answer::Unclear(Coaching::SeveralFaces),
        Some(followed) if followed.llr > Llr::NONE => Answer::Seen,
        // All faces are there, and the light of the screen is lost in the day's.
        None if came.iter().all(|frame| frame.light.is_some()) => {
            Answer::Unclear(Coaching::TooBright)
        }
        Some(_) | None => Answer::Unclear(Coaching::StayInColours),
    }
}

/// Does an answer show another person than the templates?
fn of_somebody_else(presence: &PresenceMeasurement) -> bool {
    let turn = presence.turn.as_ref();
    let turned = turn.and_then(|turn| turn.picture.comparison);
    let flash = presence.flash.as_ref().and_then(|flash| {
        let compared = flash.frames.iter().flatten();
        let llrs: Vec<f64> = compared
            .filter_map(|frame| Some(frame.comparison?.llr.get()))
            .collect();
        Llr::new(llrs.iter().sum::<f64>() / llrs.len() as f64)
    });
    let strange = |llr: Llr| llr.get() < STRANGER_MAX;
    turned.is_some_and(|face| strange(face.llr)) || flash.is_some_and(strange)
}
