use jiff::{
    civil::{DateTime, date},
    tz::TimeZone,
};
use uuid::Uuid;

use super::*;
use crate::{
    ApprovalId, AreaId, CheckinId, DutyId, Micros,
    area::{AreaKind, AreaName, Explained, Finding, FindingKind, Report},
    attendance::Attendance,
    checkin::State,
    positioning::Source,
    verdict::Reason,
};

fn march() -> Period {
    Period::of_month(2026, 3).expect("a month")
}

fn of<T>(rows: Vec<T>) -> [PersonRows<T>; 1] {
    let who = who(1, CLASS);
    [PersonRows { who, rows }]
}

fn found(kind: FindingKind, area: AreaKind, rule: u128, distance_m: f64) -> Explained {
    let finding = Finding {
        kind,
        rule: AreaId(Uuid::from_u128(rule)),
        area,
        name: AreaName::new("县城").expect("a name"),
        distance_m,
        margin_m: 40.0,
        accuracy_m: Some(20.0),
    };
    let (zh, en) = finding.explain();
    Explained { finding, zh, en }
}

fn outside(distance_m: f64) -> Explained {
    found(FindingKind::OutOfArea, AreaKind::Allowed, 1, distance_m)
}

/// At a minute of the first of March.
fn sighting(minute: i64, source: Source, findings: Vec<Explained>) -> SightingRow {
    let at = Micros::from_unix_s(1_772_323_200 + minute * 60);
    SightingRow {
        at,
        local: local(at, &TimeZone::UTC),
        source,
        findings,
    }
}

fn followed(minute: i64, findings: Vec<Explained>) -> SightingRow {
    sighting(
        minute,
        Source::Continuous(ApprovalId(Uuid::nil())),
        findings,
    )
}

fn clock(at: DateTime) -> (i8, i8) {
    (at.hour(), at.minute())
}

#[test]
fn a_check_in_is_in_the_wrong_place_for_what_is_sure_and_for_silence_where_a_place_is_asked_for() {
    type Case<'a> = (&'a [Reason], Option<Vec<Explained>>, bool);
    let cannot_tell = found(FindingKind::CannotTell, AreaKind::Allowed, 1, 3.0);
    let key_place = found(FindingKind::InKeyPlace, AreaKind::KeyPlace, 2, 50.0);
    let table: [Case<'_>; 6] = [
        (&[], Some(vec![cannot_tell, key_place]), false),
        (
            &[Reason::FaceMismatch, Reason::EvidenceTooWeak],
            None,
            false,
        ),
        (&[Reason::FaceMismatch, Reason::LocationMissing], None, true),
        (&[Reason::MockLocation], Some(Vec::new()), true),
        (&[Reason::OutOfArea], Some(vec![outside(-500.0)]), true),
        (&[], Some(vec![outside(-500.0)]), true),
    ];
    for (reasons, findings, listed) in table {
        let row = CheckinRow {
            checkin: CheckinId(Uuid::nil()),
            state: State::Review,
            at: date(2026, 3, 31).at(23, 59, 0, 0),
            reasons: reasons.to_vec(),
            place: findings.map(|findings| Report { findings }),
        };
        let list = wrong_place(march(), &of(vec![row.clone()]));
        assert_eq!(list.len(), usize::from(listed), "{reasons:?}");
        let about_face = |one: &WrongPlace| one.reasons.contains(&Reason::FaceMismatch);
        assert!(!list.iter().any(about_face));
        let april = Period::of_month(2026, 4).expect("a month");
        assert_eq!(wrong_place(april, &of(vec![row])), []);
    }
}

#[test]
fn positions_outside_in_a_row_are_one_stretch_that_being_inside_or_an_hour_of_silence_ends() {
    let unsure = || vec![found(FindingKind::CannotTell, AreaKind::Allowed, 1, 3.0)];
    let checkin = Source::Checkin(CheckinId(Uuid::nil()));
    let rows = vec![
        followed(0, vec![outside(-100.0)]),
        followed(10, unsure()),
        sighting(20, checkin, vec![outside(-900.0), outside(-700.0)]),
        followed(30, vec![]),
        followed(40, vec![outside(-50.0)]),
        followed(90, unsure()),
        followed(100, vec![outside(-50.0)]),
    ];
    let list = out_of_area(march(), &of(rows));
    let told: Vec<_> = list
        .iter()
        .map(|one| {
            (
                clock(one.first),
                clock(one.last),
                one.checkins,
                one.positions,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ((0, 0), (0, 20), 1, 1),
            ((0, 40), (0, 40), 0, 1),
            ((1, 40), (1, 40), 0, 1),
        ]
    );
    assert!(
        (list[0].finding.finding.distance_m + 900.0).abs() < 1e-9,
        "the farthest"
    );
}

#[test]
fn excluded_areas_are_told_apart_and_key_places_left_out() {
    let inside = |rule| found(FindingKind::InExclusion, AreaKind::Exclusion, rule, 50.0);
    let rows = vec![
        followed(0, vec![inside(1), outside(-10.0)]),
        followed(5, vec![inside(2)]),
        followed(
            10,
            vec![found(FindingKind::InKeyPlace, AreaKind::KeyPlace, 3, 9.0)],
        ),
    ];
    let list = out_of_area(march(), &of(rows));
    assert_eq!(list.len(), 3);
    assert!(list.iter().all(|one| one.positions == 1));
}

#[test]
fn missed_duties_count_their_row_across_the_first_of_the_month_and_across_what_is_due() {
    let table = [
        (26, Attendance::Missed),
        (27, Attendance::OnTime),
        (28, Attendance::Missed),
        (29, Attendance::Due),
        (30, Attendance::Missed),
        (31, Attendance::UnderReview),
        (32, Attendance::Missed),
    ];
    let rows = table.map(|(day, attendance)| {
        // 2026-02-01, day 1.
        let opens_at = Micros::from_unix_s(1_769_904_000 + (day - 1) * 86_400);
        let opens = local(opens_at, &TimeZone::UTC);
        DutyRow {
            duty: DutyId(Uuid::nil()),
            opens_at,
            opens,
            closes: opens,
            unannounced: false,
            attendance,
        }
    });
    let list = missed(march(), &of(rows.to_vec()));
    let told: Vec<_> = list
        .iter()
        .map(|one| (one.duty.day().day(), one.in_a_row))
        .collect();
    assert_eq!(told, [(2, 2), (4, 1)]);
}
