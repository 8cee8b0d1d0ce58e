use domain::{
    ApprovalId, AreaId, CheckinId, OfficerId, PositionId,
    area::{AreaKind, Datum, Drawn, FindingKind, Point},
    positioning::Ground,
};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{At, Location, Spoken};

/// Degrees north and east.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LatLon {
    pub lat_deg: f64,
    pub lon_deg: f64,
}

/// A shape on a map, in that map's datum: `wgs84`, `gcj02` or `bd09`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum AreaShape {
    Circle {
        #[schema(value_type = String, example = "gcj02")]
        datum: Datum,
        centre: LatLon,
        /// 30 to 200,000 metres.
        radius_m: f64,
    },
    /// Sides must not cross.
    Polygon {
        #[schema(value_type = String, example = "gcj02")]
        datum: Datum,
        /// 3 to 500 vertices, closed or not.
        ring: Vec<LatLon>,
    },
}

/// When an area counts, local time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum AreaHours {
    #[default]
    Always,
    /// Over midnight when `from` is later than `until`; the night belongs to the day on which it begins. 00:00 to 00:00 is the whole day.
    Weekly {
        /// `monday` to `sunday`, one at least.
        days: Vec<String>,
        #[schema(value_type = String, example = "22:00")]
        from: Time,
        #[schema(value_type = String, example = "06:00")]
        until: Time,
    },
}

/// Draws an area for a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewArea {
    /// `allowed` (he must be inside; of several with the same hours in one of them), `exclusion` (he must not, 禁止令) or `key_place` (shown only).
    #[schema(value_type = String, example = "exclusion")]
    pub kind: AreaKind,
    /// 1 to 100 characters.
    pub name: String,
    pub shape: AreaShape,
    /// Always when absent.
    #[serde(default)]
    pub hours: AreaHours,
    /// First local day; today when absent.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(default)]
    pub from: Option<Date>,
    /// Last local day; none when absent.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(default)]
    pub until: Option<Date>,
}

/// An area of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Area {
    #[schema(value_type = uuid::Uuid)]
    pub id: AreaId,
    #[schema(value_type = String, example = "exclusion")]
    pub kind: AreaKind,
    pub name: String,
    /// As it was entered.
    pub shape: AreaShape,
    pub hours: AreaHours,
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    #[schema(value_type = uuid::Uuid)]
    pub created_by: OfficerId,
    pub created_at: At,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<At>,
}

/// What the position of a check-in said about an area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlaceFinding {
    /// `out_of_area`, `in_exclusion`, `in_key_place` or `cannot_tell`.
    #[schema(value_type = String, example = "out_of_area")]
    pub kind: FindingKind,
    #[schema(value_type = uuid::Uuid)]
    pub area: AreaId,
    #[schema(value_type = String, example = "allowed")]
    pub area_kind: AreaKind,
    pub name: String,
    /// Metres to the boundary, positive inside.
    pub distance_m: f64,
    /// Metres that the distance had to exceed to be sure.
    pub margin_m: f64,
    /// Metres, as the phone gave it.
    pub accuracy_m: Option<f64>,
    pub message: Spoken,
}

/// Approves continuous positioning (社区矫正法 §29).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPositioning {
    /// `prohibition_violated`, `left_without_permission`, `warned_for_not_reporting`, `public_security_penalty` or `revocation_intended`.
    #[schema(value_type = String, example = "prohibition_violated")]
    pub ground: Ground,
    /// In the officer's words, 1 to 1,000 characters.
    pub reason: String,
    /// Now when absent; at most 30 days ahead.
    #[serde(default)]
    pub from: Option<At>,
    /// At most three calendar months after `from`, and within the order.
    pub until: At,
}

/// An approval of continuous positioning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Positioning {
    #[schema(value_type = uuid::Uuid)]
    pub id: ApprovalId,
    #[schema(value_type = String, example = "prohibition_violated")]
    pub ground: Ground,
    pub reason: String,
    pub from: At,
    pub until: At,
    #[schema(value_type = uuid::Uuid)]
    pub approved_by: OfficerId,
    pub approved_at: At,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<At>,
    /// The person is followed now.
    pub live: bool,
}

/// A position that a person's phone gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackPoint {
    #[schema(value_type = uuid::Uuid)]
    pub id: PositionId,
    /// When it arrived.
    pub at: At,
    /// By the phone's clock.
    pub said_at: Option<At>,
    /// As the phone gave it.
    pub location: Location,
    pub wgs84: LatLon,
    /// With which it came; absent for one in between.
    #[schema(value_type = Option<uuid::Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkin: Option<CheckinId>,
    /// Under which it was taken; absent at a check-in.
    #[schema(value_type = Option<uuid::Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalId>,
}

/// Fixes that a phone took between check-ins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Positions {
    /// 1 to 100.
    pub fixes: Vec<Fix>,
}

/// One fix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// By the phone's clock.
    pub at: At,
    pub location: Location,
}

/// What became of the fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PositionsTaken {
    pub stored: u32,
    /// Of times outside the approval: not stored.
    pub left_out: u32,
}

/// Whether this phone's person is followed between check-ins now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PositioningPolicy {
    /// The server's clock.
    pub now: At,
    pub approved: bool,
    /// Not taken any more from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<At>,
    /// Seconds between two fixes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_s: Option<u32>,
}

impl From<LatLon> for Point {
    fn from(at: LatLon) -> Self {
        Self {
            lat_deg: at.lat_deg,
            lon_deg: at.lon_deg,
        }
    }
}

impl From<Point> for LatLon {
    fn from(at: Point) -> Self {
        Self {
            lat_deg: at.lat_deg,
            lon_deg: at.lon_deg,
        }
    }
}

impl From<AreaShape> for Drawn {
    fn from(shape: AreaShape) -> Self {
        match shape {
            AreaShape::Circle {
                datum,
                centre,
                radius_m,
            } => Self::Circle {
                datum,
                centre: centre.into(),
                radius_m,
            },
            AreaShape::Polygon { datum, ring } => Self::Polygon {
                datum,
                ring: ring.into_iter().map(Into::into).collect(),
            },
        }
    }
}

impl From<Drawn> for AreaShape {
    fn from(drawn: Drawn) -> Self {
        match drawn {
            Drawn::Circle {
                datum,
                centre,
                radius_m,
            } => Self::Circle {
                datum,
                centre: centre.into(),
                radius_m,
            },
            Drawn::Polygon { datum, ring } => Self::Polygon {
                datum,
                ring: ring.into_iter().map(Into::into).collect(),
            },
        }
    }
}
