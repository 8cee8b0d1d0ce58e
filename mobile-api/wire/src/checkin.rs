use std::collections::BTreeMap;

use domain::{
    CheckinId, DutyId, LeaveId,
    appeal::Appeal,
    area::Datum,
    challenge::{Colour, Side},
    checkin::State,
    coaching::Coaching,
    points::Finding,
    verdict::VerdictKind,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{At, PersonSummary};

/// Opens a capture session. An empty body is as good as `{}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenCheckin {
    /// What this phone can ask its person for, and hand in. Names that the server does not know are not an error.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub can: Vec<Ability>,
}

/// Something that a client can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// Take a picture with the head turned.
    Turn,
    /// Show colours on the whole screen and take a picture in each.
    Flash,
    /// What a later client can.
    #[serde(other)]
    Other,
}

/// What the person is to show besides a frontal face. Not answering it never counts for the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Presence {
    /// The person's own side: one picture with the head turned there, as the camera sees it and not mirrored, is the part `turn`.
    #[schema(value_type = Option<String>, example = "left")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<Side>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flash: Option<Flash>,
}

/// Colours for the whole screen at full brightness, one after the other. A picture near the end of each is the part `flash-0`, `flash-1`, …;
/// 640 pixels along the longer side are enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Flash {
    #[schema(value_type = Vec<String>, example = json!(["red", "blue", "green", "red"]))]
    pub colours: Vec<Colour>,
    pub each_ms: u32,
}

impl From<domain::challenge::Presence> for Presence {
    fn from(asked: domain::challenge::Presence) -> Self {
        let flash = asked.flash.map(|flash| Flash {
            colours: flash.colours,
            each_ms: flash.each_ms,
        });
        Self {
            turn: asked.turn,
            flash,
        }
    }
}

/// A capture session: what to speak and what to upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    #[schema(value_type = uuid::Uuid)]
    pub checkin: CheckinId,
    /// Random digits to be spoken in this order; absent when the duty asks for no voice.
    pub prompt: Option<String>,
    /// Repeated by the submission; one use.
    pub nonce: String,
    pub expires_at: At,
    pub parts: Vec<OpenPart>,
    /// Asked where the duty asks for a face and the phone said that it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence: Option<Presence>,
}

/// A part that the session takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenPart {
    /// Such as `selfie-0`, `voice`, `turn` or `flash-0`.
    pub name: String,
    pub required: bool,
    /// Bytes, at most.
    pub len_max: u64,
    /// Bytes of one uploaded piece, at most.
    pub chunk_len_max: u64,
}

/// How much of a part has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartState {
    pub name: String,
    /// Bytes stored durably.
    pub received: u64,
}

/// Hands in a capture session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    pub nonce: String,
    /// Every uploaded part with its length and SHA-256.
    pub parts: BTreeMap<String, PartDigest>,
    #[serde(default)]
    pub facts: Facts,
    /// The leave from which the person says to be back (销假).
    #[schema(value_type = Option<uuid::Uuid>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns_from: Option<LeaveId>,
}

/// What the phone says it uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartDigest {
    /// Bytes.
    pub len: u64,
    /// SHA-256, lower-case hex.
    pub sha256: String,
}

/// What the phone says of itself and of the place: evidence, never trusted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The phone's clock when it captured.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub captured_at: Option<At>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub location: Option<Location>,
    /// Platform, model, version, at most 300 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub platform: Option<String>,
}

/// A position fix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
    /// Radius of 68 % confidence, metres; 0 when the phone gave none.
    pub accuracy_m: f64,
    /// `wgs84`, `gcj02` or `bd09`.
    #[schema(value_type = String, example = "gcj02")]
    pub datum: Datum,
    /// The platform's mock-location flag, where it has one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mock: Option<bool>,
}

/// One attempt, as its person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Checkin {
    #[schema(value_type = uuid::Uuid)]
    pub id: CheckinId,
    #[schema(value_type = uuid::Uuid)]
    pub duty: DutyId,
    #[schema(value_type = String, example = "queued")]
    pub state: State,
    pub expires_at: At,
    pub submitted_at: Option<At>,
    pub parts: Vec<PartState>,
    pub verdict: Option<Verdict>,
    /// Signed proof, from the submission on; see [`crate::Receipt`].
    pub receipt: Option<String>,
    /// What the person said against it that it was declined, and the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<CheckinAppeal>,
    /// Until when the person may appeal; absent where there is nothing to appeal against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal_until: Option<At>,
}

/// An appeal (申诉) against an attempt that officers declined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckinAppeal {
    #[schema(value_type = uuid::Uuid)]
    pub checkin: CheckinId,
    /// Absent where it is his own phone that asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonSummary>,
    pub text: String,
    pub filed_at: At,
    /// `upheld` or `granted`; absent while it waits.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// The officer's answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<At>,
}

impl From<Appeal> for CheckinAppeal {
    fn from(appeal: Appeal) -> Self {
        let decided_at = appeal.outcome.as_ref().map(|outcome| outcome.at.into());
        let (finding, reason) = appeal
            .outcome
            .map(|outcome| (outcome.finding, outcome.reason))
            .unzip();
        Self {
            checkin: appeal.checkin,
            person: None,
            text: appeal.text.into(),
            filed_at: appeal.filed_at.into(),
            finding,
            reason: reason.unwrap_or_default(),
            decided_at,
        }
    }
}

/// What became of an attempt, in words for the person. Why an officer must look is told to officers, not to phones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verdict {
    #[schema(value_type = String, example = "verified")]
    pub kind: VerdictKind,
    pub message: Spoken,
    /// With `retry`: what to do better.
    pub coaching: Vec<Coached>,
}

/// A sentence in Chinese and English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Spoken {
    pub zh: String,
    pub en: String,
}

impl From<(&str, &str)> for Spoken {
    fn from((zh, en): (&str, &str)) -> Self {
        Self {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Coached {
    #[schema(value_type = String, example = "too_dark")]
    pub code: Coaching,
    pub message: Spoken,
}
