use domain::{
    AlertId, OfficerId, OrgUnitId,
    alert::{Move, Outcome, Rule, Settings, Severity, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{At, PersonSummary, Spoken};

/// Something an officer must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Alert {
    #[schema(value_type = uuid::Uuid)]
    pub id: AlertId,
    /// Such as `missed_duty`, `lost_contact`, `out_of_area` or `separation`.
    #[schema(value_type = String, example = "missed_duty")]
    pub kind: Rule,
    /// `low`, `medium`, `high` or `urgent`.
    #[schema(value_type = String, example = "high")]
    pub severity: Severity,
    pub person: PersonSummary,
    /// What was seen, in a sentence.
    pub message: Spoken,
    /// `open`, `acknowledged`, `task` or `closed`.
    #[schema(value_type = String, example = "open")]
    pub state: State,
    pub raised_at: At,
    /// When the next unit above is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<At>,
    /// The unit that it has reached: the person's own, or one above.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub reached: Option<OrgUnitId>,
    /// Who acknowledged or took it.
    #[schema(value_type = Option<uuid::Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub officer: Option<OfficerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<AlertClosed>,
}

/// How an alert ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertClosed {
    /// Absent when what it told of is no longer so.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub by: Option<OfficerId>,
    pub at: At,
    pub reason: String,
    /// `confirmed`, `unfounded` or `unclear`.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// What an officer does with an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertMove {
    /// `acknowledge`, `take` or `close`.
    #[schema(value_type = String, example = "take")]
    #[serde(rename = "move")]
    pub made: Move,
    /// Deadline of a task that is taken, at most 30 days ahead.
    #[serde(default)]
    pub due_at: Option<At>,
    /// In the officer's words, 1 to 1,000 characters when it is closed.
    #[serde(default)]
    pub reason: String,
    /// What it came to, `confirmed`, `unfounded` or `unclear`; needed when it is closed.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub outcome: Option<Outcome>,
}

/// Open alerts in the order in which to look at them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertsToday {
    /// What one officer can look at in what is left of the day, and all that is urgent.
    pub today: Vec<Alert>,
    /// How many more are open: another day's, unless there is time.
    pub later: u32,
}

/// How the alerts of a rule came out that officers closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RulePrecision {
    #[schema(value_type = String, example = "missed_duty")]
    pub rule: Rule,
    pub confirmed: u32,
    pub unfounded: u32,
    /// Not part of the share.
    pub unclear: u32,
    /// Share of what was confirmed, 0 to 1; absent where nothing was found out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Where the share lies with 95 %: Wilson's score interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
}

/// A breach of the rules that an officer knows of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBreach {
    /// When it happened.
    pub at: At,
    /// 1 to 1,000 characters.
    pub text: String,
}

/// What a unit set of the rules, and what holds for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertSettings {
    /// 0 while the unit set nothing itself.
    pub version: i32,
    /// The unit's own: for each rule whether it is on, in how many hours a unit must look, and its limits.
    #[schema(value_type = Object)]
    pub own: Settings,
    /// With what the units above set.
    #[schema(value_type = Object)]
    pub holds: Settings,
}

/// Sets a unit's rules; what is left out comes from the units above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAlertSettings {
    #[schema(value_type = Object)]
    pub settings: Settings,
}

/// With whom somebody was sentenced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseGroup {
    /// The number of their case, 1 to 100 characters; none takes the person out.
    #[serde(default)]
    pub case_group: Option<String>,
}
