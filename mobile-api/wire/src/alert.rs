use domain::{
    AlertId, OfficerId, OrgUnitId,
    alert::{Move, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{At, PersonSummary, Spoken};

/// Something an officer must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Alert {
    #[schema(value_type = uuid::Uuid)]
    pub id: AlertId,
    /// `missed_duty` or `lost_contact`.
    pub kind: String,
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
}
