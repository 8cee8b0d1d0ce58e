use domain::{DutyId, attendance::Attendance, channel::Channel, duty::Phase, plan::Factors};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::At;

/// One obligation to check in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Duty {
    #[schema(value_type = uuid::Uuid)]
    pub id: DutyId,
    pub opens_at: At,
    pub closes_at: At,
    /// Until then a check-in still counts, as late.
    pub late_until: At,
    #[schema(value_type = String, example = "face_and_voice")]
    pub factors: Factors,
    /// Ways on which it may be met.
    #[schema(value_type = Vec<String>)]
    pub channels: Vec<Channel>,
    /// Without a position an officer has to look.
    pub location_required: bool,
    #[schema(value_type = String, example = "open")]
    pub phase: Phase,
    #[schema(value_type = String, example = "due")]
    pub attendance: Attendance,
}

/// A person's duties, in order of opening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Duties {
    /// The server's clock: the one that counts.
    pub now: At,
    pub duties: Vec<Duty>,
}
