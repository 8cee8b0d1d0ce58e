//! 电话核实: a call that an officer made to a person, as he wrote it down. It proves nothing by itself and decides nothing.

use serde::{Deserialize, Serialize};

use crate::{CallId, CheckinId, Micros, OfficerId, PersonId};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// The person himself answered.
    Reached,
    /// Somebody else did.
    OtherAnswered,
    NoAnswer,
    /// The number is not his, or no more.
    WrongNumber,
}

crate::text_enum!(CallOutcome {
    Reached = "reached",
    OtherAnswered = "other_answered",
    NoAnswer = "no_answer",
    WrongNumber = "wrong_number",
});

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub id: CallId,
    pub person: PersonId,
    /// The attempt that it was about.
    pub checkin: Option<CheckinId>,
    pub officer: OfficerId,
    pub at: Micros,
    pub outcome: CallOutcome,
    /// In the officer's words.
    pub note: String,
}
