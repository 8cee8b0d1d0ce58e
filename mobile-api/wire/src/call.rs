use domain::{CallId, CheckinId, call::CallOutcome};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::At;

/// A person's telephone number, as it is dialled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Telephone {
    /// None where nobody entered one.
    pub number: Option<String>,
}

/// What came of a call that an officer made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCall {
    /// The check-in that it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub checkin: Option<CheckinId>,
    /// `reached`, `other_answered`, `no_answer` or `wrong_number`.
    #[schema(value_type = String)]
    pub outcome: CallOutcome,
    /// In the officer's words, 1 to 1,000 characters.
    pub note: String,
}

/// A call as it was written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Call {
    #[schema(value_type = uuid::Uuid)]
    pub id: CallId,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub checkin: Option<CheckinId>,
    pub at: At,
    #[schema(value_type = String)]
    pub outcome: CallOutcome,
    pub note: String,
    /// Who called, by name; none in the answer to whoever did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl From<domain::call::Call> for Call {
    fn from(call: domain::call::Call) -> Self {
        Self {
            id: call.id,
            checkin: call.checkin,
            at: call.at.into(),
            outcome: call.outcome,
            note: call.note,
            by: None,
        }
    }
}
