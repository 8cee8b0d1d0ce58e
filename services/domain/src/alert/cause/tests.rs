use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use uuid::Uuid;

use super::*;
use crate::{
    AreaId, CheckinId, DeviceId, LeaveId, MediaId, OfficerId,
    alert::scene::{at, person, zone},
    area::{AreaKind, AreaName, Finding, FindingKind},
    verdict::Reason,
};

const DAY: Date = date(2026, 3, 2);

/// One of each kind, in the order of [`Rule::ALL`].
fn each() -> Vec<Cause> {
    let now = at(0, 9.0);
    let (duty, opens_at) = (DutyId(Uuid::nil()), now);
    let breach = RuleBreach::new(OfficerId(Uuid::nil()), now, "酒后滋事", now);
    let mut causes = vec![
        Cause::MissedDuty {
            duty,
            opens_at,
            late_until: now,
        },
        Cause::LostContact {
            duty,
            since: now,
            missed: 2,
        },
        Cause::OverdueLeave(OverdueLeave {
            leave: LeaveId(Uuid::nil()),
            until: now,
            destination: "天津".to_owned(),
        }),
        Cause::OutOfArea(placed(FindingKind::OutOfArea, AreaKind::Allowed)),
        Cause::KeyPlace(placed(FindingKind::InKeyPlace, AreaKind::KeyPlace)),
        Cause::Nocturnal(Nocturnal {
            at: now,
            night: DAY,
            nights: 5,
        }),
        Cause::Gathering(Gathering {
            with: person(2),
            case_group: "A-1".to_owned(),
            at: now,
            day: DAY,
            other_at: now,
            distance_m: 12,
            margin_m: 40,
        }),
        Cause::Separation(Separation {
            checkin: CheckinId(Uuid::nil()),
            at: now,
            day: DAY,
            declined: false,
            duties: 3,
            days: 14,
            reasons: vec![Reason::FaceMismatch],
        }),
        Cause::StandIn(StandIn {
            checkin: CheckinId(Uuid::nil()),
            at: now,
            day: DAY,
            resembles: person(2),
            llr: 12.0,
            searched: 900,
        }),
        Cause::RuleBreach(breach.expect("a breach")),
    ];
    causes.extend(of_phones());
    causes
}

fn placed(kind: FindingKind, area: AreaKind) -> Placed {
    Placed {
        at: at(0, 9.0),
        day: DAY,
        finding: Finding {
            kind,
            rule: AreaId(Uuid::nil()),
            area,
            name: AreaName::new("朝阳区").expect("a name"),
            distance_m: 500.0,
            margin_m: 40.0,
            accuracy_m: Some(20.0),
        },
    }
}

fn of_phones() -> [Cause; 7] {
    let (now, device) = (at(0, 9.0), DeviceId(Uuid::nil()));
    [
        Cause::DeviceChange(DeviceChange {
            device,
            at: now,
            before_at: now,
            changes: 1,
        }),
        Cause::SharedDevice(SharedDevice {
            device,
            at: now,
            others: vec![person(2)],
            others_at: now,
        }),
        Cause::RepeatedMedia(RepeatedMedia {
            checkin: CheckinId(Uuid::nil()),
            at: now,
            day: DAY,
            parts: vec!["voice".to_owned()],
            media: MediaId(Uuid::nil()),
            taken_at: now,
            earlier: None,
            own: true,
            near: false,
        }),
        Cause::EdgeOfWindow(EdgeOfWindow {
            day: DAY,
            hits: 12,
            duties: 12,
            minutes: 3,
            expected: 1,
        }),
        Cause::ImpossibleSpeed(ImpossibleSpeed {
            from_at: now,
            at: now,
            day: DAY,
            distance_m: 400_000,
            kmh: 2_000,
        }),
        Cause::MockLocation(MockLocation {
            at: now,
            day: DAY,
            times: 1,
            days: 14,
        }),
        Cause::IdenticalCoordinates(IdenticalCoordinates {
            at: now,
            day: DAY,
            days: 5,
            accuracy_m: Some(10),
        }),
    ]
}

#[test]
fn every_kind_has_its_rule_explains_itself_in_two_languages_and_can_be_read_again() {
    let causes = each();
    let rules: Vec<_> = causes.iter().map(Cause::rule).collect();
    assert_eq!(rules, Rule::ALL);
    for cause in &causes {
        let json = serde_json::to_string(cause).expect("json");
        let start = format!(r#"{{"kind":"{}""#, cause.kind());
        assert!(json.starts_with(&start), "{json}");
        assert_eq!(
            serde_json::from_str::<Cause>(&json).expect("a cause"),
            *cause
        );
        let (zh, en) = cause.explain(&zone());
        assert!(zh.ends_with(['。', '事']) && !zh.is_ascii(), "{zh}");
        assert!(en.len() > 20, "{en}");
    }
}

#[test]
fn what_was_stored_before_is_read_and_named_as_it_was() {
    let id = Uuid::nil();
    for (json, key) in [
        (
            format!(r#"{{"kind":"missed_duty","duty":"{id}","opens_at":1,"late_until":2}}"#),
            format!("missed_duty:{id}"),
        ),
        (
            format!(r#"{{"kind":"lost_contact","duty":"{id}","since":1,"missed":2}}"#),
            format!("lost_contact:{id}"),
        ),
    ] {
        let cause: Cause = serde_json::from_str(&json).expect("a stored cause");
        assert_eq!(cause.dedup(person(1)), key);
        assert_eq!(serde_json::to_string(&cause).expect("json"), json);
    }
}

#[test]
fn each_thing_of_each_person_has_a_key_of_its_own() {
    let keys: BTreeSet<_> = each().iter().map(|cause| cause.dedup(person(1))).collect();
    assert_eq!(keys.len(), Rule::ALL.len());
    for cause in each() {
        let shared = matches!(cause.rule(), Rule::MissedDuty | Rule::LostContact);
        assert_eq!(cause.dedup(person(1)) == cause.dedup(person(2)), shared);
    }
}

#[test]
fn a_week_is_iso_8601s_and_a_month_the_calendars() {
    assert_eq!(local::week(date(2026, 3, 2)), "2026-W10");
    assert_eq!(local::week(date(2027, 1, 3)), "2026-W53");
    assert_eq!(local::month(date(2026, 12, 31)), "2026-12");
}
