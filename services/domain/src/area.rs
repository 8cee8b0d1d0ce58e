//! Areas on the ground: where a person must be, must not be, or is of interest; and what a phone's position says about them.
//!
//! All computing is done in WGS-84; phones and maps in China also speak GCJ-02 and BD-09 ([`Datum`]), so every position says at the
//! door which one it is in. A position is never better than its accuracy: near a boundary the answer is [`Side::CannotTell`], and what a
//! finding means for the person is an officer's decision. [`judge`] needs a position at a check-in only; watching somebody
//! continuously needs an approval (社区矫正法 §29) that is looked at elsewhere.

mod datum;
mod drawn;
mod error;
mod finding;
mod fix;
mod hours;
mod judge;
mod movement;
mod plane;
mod polygon;
mod position;
mod reading;
mod report;
mod ring;
mod rule;
mod shape;
mod side;

pub use self::{
    datum::Datum,
    drawn::{Drawn, Point},
    error::{AreaError, Fault},
    finding::{Finding, FindingKind},
    fix::{ACCURACY_M_MAX, Fix},
    hours::{Days, Hours, Weekly},
    judge::judge,
    movement::{AIRLINER_KMH, FixedAccuracy, SURFACE_KMH, Speed, fixed_accuracy, identical, speed},
    polygon::Polygon,
    position::Position,
    reading::Reading,
    report::{Explained, Report},
    ring::{AREA_M2_MIN, EXTENT_M_MAX, LAT_DEG_MAX, VERTICES_MAX, VERTICES_MIN},
    rule::{AreaKind, AreaName, AreaRule, NAME_CHARS_MAX, Validity},
    shape::{Circle, RADIUS_M_MAX, RADIUS_M_MIN, Shape},
    side::{ACCURACY_FACTOR, ACCURACY_M_FLOOR, MARGIN_UNKNOWN_M, Side},
};
