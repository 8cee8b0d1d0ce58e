use std::collections::BTreeMap;

use domain::{
    CheckinId, DutyId, EventId, MediaId, OfficerId, OrgUnitId, PersonId,
    access::Role,
    attendance::{Attendance, RulingKind},
    calendar::DayKind,
    checkin::{Decision, State},
    org::Level,
    verdict::{Reason, ReasonKind, VerdictKind},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{At, CheckinAppeal, Facts, PersonSummary, PlaceFinding, Spoken};

/// Signs an officer in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub login: String,
    pub password: String,
    /// Six digits of the authenticator.
    pub totp: String,
}

/// A session at the console.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// Goes into `Authorization: Bearer`.
    pub token: String,
    pub expires_at: At,
    pub officer: Officer,
}

/// A user of the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Officer {
    #[schema(value_type = uuid::Uuid)]
    pub id: OfficerId,
    #[schema(value_type = uuid::Uuid)]
    pub unit: OrgUnitId,
    pub login: String,
    pub name: String,
    #[schema(value_type = String, example = "station_officer")]
    pub role: Role,
}

/// Creates a user within the administrator's subtree.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOfficer {
    #[schema(value_type = uuid::Uuid)]
    pub unit: OrgUnitId,
    pub login: String,
    pub name: String,
    #[schema(value_type = String, example = "station_officer")]
    pub role: Role,
    /// At least 12 characters.
    pub password: String,
}

/// A created user with the secret for his authenticator, shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficerCreated {
    pub officer: Officer,
    /// `otpauth://` URI, SHA-1, six digits, thirty seconds (what every authenticator understands).
    pub totp_uri: String,
}

/// One unit of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Unit {
    #[schema(value_type = uuid::Uuid)]
    pub id: OrgUnitId,
    #[schema(value_type = Option<uuid::Uuid>)]
    pub parent: Option<OrgUnitId>,
    #[schema(value_type = String, example = "office")]
    pub level: Level,
    pub name: String,
}

/// Creates a unit below one of the administrator's subtree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUnit {
    #[schema(value_type = uuid::Uuid)]
    pub parent: OrgUnitId,
    #[schema(value_type = String, example = "office")]
    pub level: Level,
    pub name: String,
}

/// Some of many, in a stable order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Give this as `after` for the rest; absent at the end.
    pub next: Option<String>,
}

/// A one-time code for the person's phone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Activation {
    /// Such as `K7QF-2M9X-TD4R`, shown once.
    pub code: String,
    pub expires_at: At,
}

/// What an officer did, or was refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    #[schema(value_type = uuid::Uuid)]
    pub id: EventId,
    pub at: At,
    #[schema(value_type = uuid::Uuid)]
    pub officer: OfficerId,
    #[schema(value_type = Option<uuid::Uuid>)]
    pub person: Option<PersonId>,
    /// `kind` and what belongs to it.
    #[schema(value_type = Object)]
    pub event: serde_json::Value,
}

/// The days of a year that are worked or not against the week's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarYear {
    pub year: i16,
    pub version: i32,
    /// Day to `workday` or `day_off`.
    #[schema(value_type = BTreeMap<String, String>)]
    pub days: BTreeMap<Date, DayKind>,
}

/// Declares a year's days anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredDays {
    /// Day to `workday` or `day_off`, at most 120.
    #[schema(value_type = BTreeMap<String, String>)]
    pub days: BTreeMap<Date, DayKind>,
}

/// An officer's word about a duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ruling {
    /// `attended` (he reported before the officer) or `excused`.
    #[schema(value_type = String, example = "attended")]
    pub kind: RulingKind,
    /// When he reported; now when absent.
    #[serde(default)]
    pub at: Option<At>,
    /// In the officer's words, 1 to 1,000 characters.
    pub reason: String,
}

/// A duty of the day view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DutyOfDay {
    pub duty: crate::Duty,
    pub person: PersonSummary,
}

/// Something an officer must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewItem {
    #[schema(value_type = uuid::Uuid)]
    pub checkin: CheckinId,
    pub person: PersonSummary,
    pub submitted_at: Option<At>,
    pub reasons: Vec<ReasonText>,
}

/// Why an officer must look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReasonText {
    #[schema(value_type = String, example = "face_mismatch")]
    pub code: Reason,
    #[schema(value_type = String, example = "match")]
    pub kind: ReasonKind,
    pub message: Spoken,
}

/// An attempt with all that an officer needs to decide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CheckinDetail {
    #[schema(value_type = uuid::Uuid)]
    pub id: CheckinId,
    #[schema(value_type = uuid::Uuid)]
    pub duty: DutyId,
    pub person: PersonSummary,
    #[schema(value_type = String, example = "review")]
    pub state: State,
    #[schema(value_type = String, example = "under_review")]
    pub attendance: Attendance,
    pub submitted_at: Option<At>,
    pub prompt: String,
    /// The machine's.
    #[schema(value_type = Option<String>, example = "review")]
    pub verdict: Option<VerdictKind>,
    pub reasons: Vec<ReasonText>,
    pub evidence: Evidence,
    pub facts: Facts,
    /// What its position said about the areas: facts, no judgement.
    pub place: Vec<PlaceFinding>,
    /// What was handed in.
    pub captured: Vec<EvidenceMedia>,
    /// What it was compared with.
    pub enrolled: Vec<EvidenceMedia>,
    pub decision: Option<Decided>,
    /// What officers think of it. Before it is settled an officer is told of none but his own: a second look is blind.
    #[serde(default)]
    pub opinions: Vec<Opinion>,
    /// What the person says against it that it was declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<CheckinAppeal>,
}

/// What one officer thinks of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Opinion {
    #[schema(value_type = uuid::Uuid)]
    pub officer: OfficerId,
    #[schema(value_type = String, example = "decline")]
    pub decision: Decision,
    pub reason: String,
    pub at: At,
}

/// Calibrated evidence, log-likelihood ratios in nats: above zero speaks for the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// Pack that measured, `name@version`.
    pub pack: Option<String>,
    pub face_llr: Option<f64>,
    pub voice_llr: Option<f64>,
    /// The prompt was spoken.
    pub content_llr: Option<f64>,
    /// All that the engine saw, and under `fused` what it came to: `llr`, `asked`, `contributions` and what speaks `against` each attack.
    #[schema(value_type = Object)]
    pub measurement: Option<serde_json::Value>,
}

/// A picture or recording that can be fetched under `/v1/console/media/{id}`; each look is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EvidenceMedia {
    #[schema(value_type = uuid::Uuid)]
    pub media: MediaId,
    pub part: String,
}

/// What an officer thinks of an attempt under review. `accept` and `ask_again` count at once, `decline` when another officer thinks the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    #[schema(value_type = String, example = "accept")]
    pub decision: Decision,
    /// In the officer's words, 1 to 1,000 characters.
    pub reason: String,
}
