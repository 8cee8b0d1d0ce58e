use domain::{CheckinId, DeviceId, DutyId, PersonId, attendance::Attendance, checkin::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::At;

/// A signed proof: a compact JWS (ES256) over [`ReceiptClaims`], to be checked with `/.well-known/jwks.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    pub receipt: String,
}

/// What a receipt says. It proves that an attempt was handed in, with what, when by the server's clock, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptClaims {
    /// Always `muster`.
    pub iss: String,
    /// Seconds since the epoch when this receipt was written.
    pub iat: i64,
    #[schema(value_type = uuid::Uuid)]
    pub checkin: CheckinId,
    #[schema(value_type = uuid::Uuid)]
    pub duty: DutyId,
    #[schema(value_type = uuid::Uuid)]
    pub person: PersonId,
    #[schema(value_type = uuid::Uuid)]
    pub device: DeviceId,
    pub submitted_at: At,
    #[schema(value_type = String, example = "verified")]
    pub state: State,
    #[schema(value_type = String, example = "on_time")]
    pub attendance: Attendance,
    pub media: Vec<MediaDigest>,
}

/// One part that was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MediaDigest {
    pub part: String,
    /// SHA-256, lower-case hex.
    pub sha256: String,
}
