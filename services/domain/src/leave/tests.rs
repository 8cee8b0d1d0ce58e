mod asking;
mod deciding;
mod laying;
mod moving;
mod places;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    CheckinId, PlanId, Refusal,
    area::{AreaKind, AreaRule, Circle, Fix, Hours, Position, Validity, Weekly},
    calendar::Calendar,
    channel::{Channel, Channels},
    checkin,
    order::{Category, SupervisionOrder},
    org::Level,
    plan::{
        DutyDraft, Factors, Obligations, QuietHours, Seed, SupervisionLevel, SupervisionPlan,
        template,
    },
};

const HOUR_MS: i64 = 3_600_000;
const ORDER: SupervisionOrder = SupervisionOrder {
    category: Category::Probation,
    level: SupervisionLevel::General,
    starts_on: Date::constant(2026, 1, 1),
    ends_on: Date::constant(2027, 12, 31),
};

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").expect("a bundled zone")
}

fn id(number: u128) -> LeaveId {
    LeaveId(Uuid::from_u128(number))
}

/// An hour of a day of 2026 in Shanghai.
fn at(month: i8, day: i8, hour: i8) -> Micros {
    let local = date(2026, month, day).at(hour, 0, 0, 0);
    local.to_zoned(zone()).expect("a time").timestamp().into()
}

/// So many days from 2026-03-01 09:00 in Shanghai.
fn in_days(days: i64) -> Micros {
    at(3, 1, 9).plus_ms(days * 24 * HOUR_MS)
}

fn request(kind: Kind, from: Micros, until: Micros) -> Request {
    Request {
        kind,
        from,
        until,
        extends: None,
        purpose: Purpose::Medical,
        reason: "到省医院复查".into(),
        destinations: vec![Destination {
            division: Division::Names {
                province: "新疆维吾尔自治区".into(),
                city: "乌鲁木齐市".into(),
                county: "天山区".into(),
            },
            address: "天池路91号".into(),
        }],
        frequency: (kind == Kind::Standing).then(|| "每周二往返".into()),
        guardian: None,
        companions: Vec::new(),
        contact: None,
    }
}

fn step(at: Micros, made: Move) -> Step {
    Step {
        made,
        at,
        by: Some(OfficerId(Uuid::nil())),
        reason: "材料属实".into(),
    }
}

fn approve() -> Move {
    let grounds = Vec::new();
    Move::Approve { grounds }
}

fn asked(number: u128, request: Request) -> Leave {
    Leave {
        id: id(number),
        person: PersonId(Uuid::nil()),
        asked_at: request.from.plus_ms(-5 * 24 * HOUR_MS),
        request,
        asked_by: None,
        steps: Vec::new(),
    }
}

/// Approved four days before it begins.
fn approved(number: u128, kind: Kind, from: Micros, until: Micros) -> Leave {
    let made = step(from.plus_ms(-4 * 24 * HOUR_MS), approve());
    take(&asked(number, request(kind, from, until)), made)
}

fn take(leave: &Leave, step: Step) -> Leave {
    leave.clone().take(step).expect("a step that can be made")
}

#[test]
fn every_step_is_read_as_it_was_written() {
    let at = Micros::from_unix_s(1_772_409_600);
    let moves = [
        Move::Review,
        Move::Approve {
            grounds: Vec::new(),
        },
        Move::Refuse,
        Move::Withdraw,
        Move::Cancel,
        Move::Recall { return_by: at },
        Move::Return {
            at: at.plus_ms(-60_000),
        },
        Move::Replace {
            by: LeaveId(Uuid::nil()),
        },
    ];
    for made in moves {
        let step = Step {
            made,
            at,
            by: None,
            reason: "核实".into(),
        };
        let json = serde_json::to_string(&step).expect("JSON");
        let read: Step = serde_json::from_str(&json).expect("a step");
        assert_eq!(read, step, "{json}");
    }
}
