use super::*;
use crate::area::Days;

fn circle(east: f64) -> Shape {
    let centre = Position::new(39.9, 116.4 + east).expect("a position on earth");
    Shape::Circle(Circle::new(centre, 1_000.0).expect("a valid circle"))
}

pub(super) fn grounds(number: u128, east: f64) -> Grounds {
    Grounds {
        id: AreaId(Uuid::from_u128(number)),
        name: AreaName::new("天山区").expect("a valid name"),
        shape: circle(east),
    }
}

fn rule(number: u128, kind: AreaKind, hours: Hours) -> AreaRule {
    AreaRule {
        id: AreaId(Uuid::from_u128(number)),
        name: AreaName::new("家").expect("a valid name"),
        kind,
        shape: circle(0.0),
        hours,
        validity: Validity::new(date(2026, 1, 1), None).expect("valid days"),
    }
}

fn night() -> Hours {
    let hour = |hour| jiff::civil::Time::constant(hour, 0, 0, 0);
    Hours::Weekly(Weekly::new(Days::ALL, hour(22), hour(6)).expect("some hours"))
}

/// The county, a curfew, an exclusion, a key place.
fn rules() -> Vec<AreaRule> {
    vec![
        rule(1, AreaKind::Allowed, Hours::Always),
        rule(2, AreaKind::Allowed, night()),
        rule(3, AreaKind::Exclusion, Hours::Always),
        rule(4, AreaKind::KeyPlace, Hours::Always),
    ]
}

fn with(kind: Kind, grounds: Vec<Grounds>) -> Leave {
    let asked = asked(1, request(kind, at(3, 10, 9), at(3, 15, 18)));
    take(&asked, step(at(3, 6, 9), Move::Approve { grounds }))
}

fn found(rules: &[AreaRule], leave: &Leave, at: Micros) -> Vec<u128> {
    let rules = areas(rules, std::slice::from_ref(leave), at, &zone());
    assert!(rules.iter().all(|rule| {
        rule.in_force(zone().to_datetime(at.timestamp().expect("an instant")))
            || rule.hours != Hours::Always
    }));
    rules.iter().map(|rule| rule.id.0.as_u128()).collect()
}

#[test]
fn away_the_destination_takes_the_place_of_home_but_on_the_way_nothing_does() {
    let drawn = with(Kind::Ordinary, vec![grounds(7, 0.3)]);
    let undrawn = with(Kind::Ordinary, Vec::new());
    let table: [(Micros, &[u128], &[u128]); 5] = [
        (at(3, 10, 8), &[1, 2, 3, 4], &[1, 2, 3, 4]),
        (at(3, 10, 9), &[3, 4], &[3, 4]),
        (at(3, 12, 23), &[3, 4, 7], &[3, 4]),
        (at(3, 15, 17), &[3, 4], &[3, 4]),
        (at(3, 15, 18), &[1, 2, 3, 4], &[1, 2, 3, 4]),
    ];
    for (at, with_one, with_none) in table {
        assert_eq!(found(&rules(), &drawn, at), with_one, "{at}");
        assert_eq!(found(&rules(), &undrawn, at), with_none, "{at}");
    }
    let ordered = Move::Recall {
        return_by: at(3, 13, 9),
    };
    let ordered = take(&drawn, step(at(3, 12, 9), ordered));
    assert_eq!(
        found(&rules(), &ordered, at(3, 13, 8)),
        [3, 4],
        "on his way"
    );
    assert_eq!(found(&rules(), &ordered, at(3, 13, 9)), [1, 2, 3, 4]);
}

#[test]
fn under_a_standing_permit_its_places_are_allowed_beside_home_and_the_night_is_at_home() {
    let drawn = with(Kind::Standing, vec![grounds(7, 0.3)]);
    assert_eq!(found(&rules(), &drawn, at(3, 12, 9)), [1, 2, 3, 4, 7]);
    let undrawn = with(Kind::Standing, Vec::new());
    assert_eq!(found(&rules(), &undrawn, at(3, 12, 9)), [2, 3, 4]);
    let free = &rules()[1..];
    assert_eq!(
        found(free, &drawn, at(3, 12, 9)),
        [2, 3, 4],
        "nothing is demanded"
    );
    // A trip goes before a permit.
    let trip = approved(2, Kind::Ordinary, at(3, 11, 9), at(3, 13, 9));
    let both = areas(&rules(), &[drawn, trip], at(3, 12, 9), &zone());
    assert!(both.iter().all(|rule| rule.kind != AreaKind::Allowed));
}

fn report(state: checkin::State, submitted_at: Micros, east: Option<f64>) -> Report {
    let fix = east.map(|east| {
        let position = Position::new(39.9, 116.4 + east).expect("a position on earth");
        Fix::new(position, Some(20.0), submitted_at).expect("a valid fix")
    });
    Report {
        checkin: CheckinId(Uuid::nil()),
        state,
        submitted_at: Some(submitted_at),
        fix,
    }
}

#[test]
fn a_return_is_a_verified_report_from_home_and_else_an_officers_word() {
    use checkin::State::{Accepted, Declined, Queued, Review, Verified};
    let leave = with(Kind::Ordinary, Vec::new());
    let (day, late) = (at(3, 12, 12), at(3, 16, 12));
    let table = [
        (Verified, day, Some(0.0), Back::Returned { at: day }),
        (Accepted, late, Some(0.0), Back::Returned { at: late }),
        (Verified, day, Some(0.3), Back::Elsewhere),
        (Verified, day, Some(0.012), Back::Officer),
        (Verified, day, None, Back::Officer),
        (Queued, day, Some(0.0), Back::Waits),
        (Review, day, Some(0.0), Back::Waits),
        (Declined, day, Some(0.0), Back::Nothing),
        (Verified, at(3, 10, 8), Some(0.0), Back::Nothing),
    ];
    for (state, at, east, expected) in table {
        let found = back(&leave, &report(state, at, east), &rules(), &zone());
        assert_eq!(found, expected, "{state} {at} {east:?}");
    }
    let home = report(Verified, day, Some(0.0));
    assert_eq!(
        back(&leave, &home, &rules()[1..], &zone()),
        Back::Officer,
        "no area by day"
    );
    let permit = with(Kind::Standing, Vec::new());
    assert_eq!(back(&permit, &home, &rules(), &zone()), Back::Nothing);
    let returned = take(&leave, step(day, Move::Return { at: day }));
    assert_eq!(back(&returned, &home, &rules(), &zone()), Back::Nothing);
}
