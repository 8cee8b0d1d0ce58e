use domain::{
    LeaveId, OfficerId,
    leave::{self, Approval, Destination, Division, Kind, Purpose, Request, State},
    org::Level,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AreaShape, At, PersonSummary};

/// Where somebody goes: by the six digits of a division (GB/T 2260), or by names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveDestination {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub province: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub city: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub county: String,
    /// 1 to 200 characters.
    pub address: String,
}

impl From<LeaveDestination> for Destination {
    fn from(place: LeaveDestination) -> Self {
        let division = match place.code {
            Some(code) => Division::Code { code },
            None => Division::Names {
                province: place.province,
                city: place.city,
                county: place.county,
            },
        };
        Self {
            division,
            address: place.address,
        }
    }
}

impl From<Destination> for LeaveDestination {
    fn from(place: Destination) -> Self {
        let (code, (province, city, county)) = match place.division {
            Division::Code { code } => (Some(code), Default::default()),
            Division::Names {
                province,
                city,
                county,
            } => (None, (province, city, county)),
        };
        Self {
            code,
            province,
            city,
            county,
            address: place.address,
        }
    }
}

/// A request for leave (请假). An extension asks for the whole leave again, with a later end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLeave {
    /// `ordinary`, `emergency` (less than three days ahead), or `standing` (经常性跨市、县活动).
    #[schema(value_type = String, example = "ordinary")]
    pub kind: Kind,
    pub from: At,
    /// When the person must be back.
    pub until: At,
    #[schema(value_type = Option<uuid::Uuid>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<LeaveId>,
    /// `medical`, `study`, `litigation`, `family`, `work` or `other`.
    #[schema(value_type = String, example = "medical")]
    pub purpose: Purpose,
    /// 1 to 200 characters.
    pub reason: String,
    /// 1 to 10.
    pub destinations: Vec<LeaveDestination>,
    /// Of a standing permit: on which days, how often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
    /// Name of the guardian who agrees; a minor needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<String>,
    /// How to reach the person there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

impl From<NewLeave> for Request {
    fn from(new: NewLeave) -> Self {
        Self {
            kind: new.kind,
            from: new.from.0,
            until: new.until.0,
            extends: new.extends,
            purpose: new.purpose,
            reason: new.reason,
            destinations: new.destinations.into_iter().map(Into::into).collect(),
            frequency: new.frequency,
            guardian: new.guardian,
            companions: new.companions,
            contact: new.contact,
        }
    }
}

impl From<Request> for NewLeave {
    fn from(request: Request) -> Self {
        Self {
            kind: request.kind,
            from: request.from.into(),
            until: request.until.into(),
            extends: request.extends,
            purpose: request.purpose,
            reason: request.reason,
            destinations: request.destinations.into_iter().map(Into::into).collect(),
            frequency: request.frequency,
            guardian: request.guardian,
            companions: request.companions,
            contact: request.contact,
        }
    }
}

/// One leave: what was asked for, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Leave {
    #[schema(value_type = uuid::Uuid)]
    pub id: LeaveId,
    /// Absent where it is his own phone that asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonSummary>,
    pub request: NewLeave,
    pub asked_at: At,
    /// `requested`, `reviewed`, `approved`, `recalled`, `refused`, `withdrawn`, `cancelled`, `returned` or `replaced`.
    #[schema(value_type = String, example = "requested")]
    pub state: State,
    /// When the person must be back, or was back; earlier than asked for when he was ordered back.
    pub due_at: At,
    /// The lowest level that may decide: `office`, `county` or `city`.
    #[schema(value_type = String, example = "office")]
    pub decided_at_level: Level,
    /// A collective review must be noted before it is approved.
    pub collective: bool,
    /// Once approved, the procurator is told.
    pub tell_procurator: bool,
    /// Once approved by an office, it is filed with the county.
    pub file_with_county: bool,
    pub steps: Vec<LeaveStep>,
}

impl Leave {
    /// A leave with who must decide; `person` is for officers.
    pub fn new(leave: leave::Leave, approval: Approval, person: Option<PersonSummary>) -> Self {
        let steps = leave.steps.iter().map(|step| LeaveStep {
            state: step.made.to(),
            at: step.at.into(),
            by: step.by,
            reason: step.reason.clone(),
        });
        Self {
            id: leave.id,
            person,
            state: leave.state(),
            due_at: leave.due_at().into(),
            decided_at_level: approval.level,
            collective: approval.collective,
            tell_procurator: approval.tell_procurator,
            file_with_county: approval.file_with_county,
            steps: steps.collect(),
            asked_at: leave.asked_at.into(),
            request: leave.request.into(),
        }
    }
}

/// What happened to a leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeaveStep {
    /// The state after it.
    #[schema(value_type = String, example = "approved")]
    pub state: State,
    pub at: At,
    /// Absent when the person did it himself.
    #[schema(value_type = Option<uuid::Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<OfficerId>,
    pub reason: String,
}

/// What an officer does with a leave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "move", rename_all = "snake_case", deny_unknown_fields)]
pub enum LeaveMove {
    /// Note the collective review: who took part, and what was said.
    Review {
        reason: String,
    },
    /// With the places where the person may be while away; with none, no allowed area binds him meanwhile.
    Approve {
        #[serde(default)]
        grounds: Vec<LeaveGround>,
        #[serde(default)]
        reason: String,
    },
    Refuse {
        reason: String,
    },
    /// Before it begins; a standing permit at any time.
    Cancel {
        reason: String,
    },
    /// Order the person back before its end.
    Recall {
        return_by: At,
        reason: String,
    },
    /// The person is back, since this moment.
    Return {
        at: At,
        #[serde(default)]
        reason: String,
    },
}

/// Where a person may be while away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveGround {
    pub name: String,
    pub shape: AreaShape,
}
