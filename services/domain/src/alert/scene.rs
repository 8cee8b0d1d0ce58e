//! People, phones and days for the tests of alerts.

use jiff::{civil::date, tz::TimeZone};
use uuid::Uuid;

use super::watch::Seen;
use crate::{
    ApprovalId, AreaId, CheckinId, DeviceId, DutyId, Micros, PersonId, PositionId,
    area::{
        AreaKind, AreaName, AreaRule, Circle, Datum, Hours, Position, Reading, Shape, Validity,
    },
    channel::Channel,
    positioning::{Sighting, Source},
};

pub const MINUTE_MS: i64 = 60_000;
const HOME: (f64, f64) = (39.9, 116.4);

pub fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").expect("a bundled zone")
}

pub fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

/// A local time of a day counted from Monday 2026-03-02.
pub fn at(day: i64, hour: f64) -> Micros {
    const MIDNIGHT: Micros = Micros(1_772_380_800_000_000);
    MIDNIGHT.plus_ms(day * super::local::DAY_MS + (hour * 3_600_000.0) as i64)
}

/// So many metres north and east of home.
pub fn beside_home((north_m, east_m): (f64, f64)) -> (f64, f64) {
    let east_deg = east_m / (111_320.0 * HOME.0.to_radians().cos());
    (HOME.0 + north_m / 111_030.0, HOME.1 + east_deg)
}

pub fn circle(centre_m: (f64, f64), radius_m: f64) -> Shape {
    let (lat_deg, lon_deg) = beside_home(centre_m);
    let centre = Position::new(lat_deg, lon_deg).expect("a position");
    Shape::Circle(Circle::new(centre, radius_m).expect("a circle"))
}

pub fn area(number: u128, kind: AreaKind, shape: Shape) -> AreaRule {
    AreaRule {
        id: AreaId(Uuid::from_u128(number)),
        name: AreaName::new(format!("区域 {number}")).expect("a name"),
        kind,
        shape,
        hours: Hours::Always,
        validity: Validity::new(date(2026, 1, 1), None).expect("days"),
    }
}

pub fn reading(place_m: (f64, f64), accuracy_m: f64, mock: Option<bool>) -> Reading {
    Reading::new(Datum::Wgs84, beside_home(place_m), accuracy_m, mock).expect("a reading")
}

/// Of person 1, between check-ins; its id tells the time.
pub fn sighting(at: Micros, place_m: (f64, f64), accuracy_m: f64) -> Sighting {
    Sighting {
        id: PositionId(Uuid::from_u128(at.0.unsigned_abs().into())),
        person: person(1),
        device: DeviceId(Uuid::nil()),
        at,
        said_at: Some(at),
        reading: reading(place_m, accuracy_m, Some(false)),
        source: Source::Continuous(ApprovalId(Uuid::nil())),
    }
}

/// Check-in and duty of one number, in a window of two hours from 8:00, so many minutes after its opening.
pub fn seen(number: u128, day: i64, minutes: i64) -> Seen {
    let opens_at = at(day, 8.0);
    Seen {
        checkin: CheckinId(Uuid::from_u128(number)),
        duty: DutyId(Uuid::from_u128(number)),
        opens_at,
        closes_at: opens_at.plus_ms(120 * MINUTE_MS),
        unannounced: false,
        channel: Channel::MiniProgram,
        submitted_at: opens_at.plus_ms(minutes * MINUTE_MS),
        reasons: Vec::new(),
        decision: None,
        position: None,
        findings: Vec::new(),
    }
}
