use domain::{
    CheckinId, CorrectionId, OrgUnitId, PersonId,
    correction::{Adoption, CorrectionKind, State, Step},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{At, PersonSummary};

/// 纠正意见 or 检察建议: what a procurator writes to a unit (社区矫正法 §62).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCorrection {
    /// `opinion` or `suggestion`.
    #[schema(value_type = String)]
    pub kind: CorrectionKind,
    /// Whom it is about; none: the unit's work as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub person: Option<PersonId>,
    /// Which of the person's check-ins it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub checkin: Option<CheckinId>,
    /// What was found, 1 to 1,000 characters.
    pub found: String,
    /// What is asked for, 1 to 1,000 characters.
    pub asked: String,
    /// Days for the written reply, 1 to 90; 15 for an opinion and 60 for a suggestion where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_days: Option<u16>,
}

/// What is done with a correction. The county's officers reply; the procurators who wrote it do the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum CorrectionMove {
    /// The unit's written reply.
    Reply {
        /// `whole`, `part` or `nothing`.
        #[schema(value_type = String)]
        adoption: Adoption,
        /// What was done, 1 to 1,000 characters.
        text: String,
        /// Why not all was adopted, 1 to 1,000 characters; owed where it was not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why_not: Option<String>,
    },
    /// The procurators are not content and ask for another reply.
    Insist {
        text: String,
        /// As in [`NewCorrection`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_days: Option<u16>,
    },
    Accept,
    /// Before it is answered.
    Withdraw {
        reason: String,
    },
}

/// One step of its thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CorrectionStep {
    /// The officer's name.
    pub by: String,
    pub at: At,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub step: Step,
}

/// A correction with all that followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Correction {
    #[schema(value_type = uuid::Uuid)]
    pub id: CorrectionId,
    #[schema(value_type = uuid::Uuid)]
    pub unit: OrgUnitId,
    pub unit_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub checkin: Option<CheckinId>,
    #[schema(value_type = String)]
    pub kind: CorrectionKind,
    pub found: String,
    pub asked: String,
    /// The procurator's name.
    pub filed_by: String,
    pub filed_at: At,
    /// Until when the next reply is owed, or was.
    pub due_at: At,
    /// `filed`, `replied`, `accepted` or `withdrawn`.
    #[schema(value_type = String)]
    pub state: State,
    pub steps: Vec<CorrectionStep>,
}
