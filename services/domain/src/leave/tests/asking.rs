use super::*;

fn check(request: &Request, asked_at: Micros, leaves: &[Leave]) -> Result<(), String> {
    check_in(&zone(), request, asked_at, leaves, false)
}

fn check_in(
    zone: &TimeZone,
    request: &Request,
    asked_at: Micros,
    leaves: &[Leave],
    minor: bool,
) -> Result<(), String> {
    let order = &ORDER;
    let bounds = Bounds {
        zone,
        order,
        minor,
        leaves,
    };
    request
        .check(asked_at, &bounds)
        .map_err(|fault| fault.field)
}

fn wrong(field: &str) -> Result<(), String> {
    Err(field.to_owned())
}

#[test]
fn a_leave_is_asked_for_three_days_ahead_but_for_an_emergency() {
    let until = at(3, 20, 18);
    let ordinary = |from| check(&request(Kind::Ordinary, from, until), at(3, 1, 23), &[]);
    assert_eq!(ordinary(at(3, 4, 0)), Ok(()), "local days count");
    assert_eq!(ordinary(at(3, 3, 23)), wrong("from"));
    let emergency = |from| check(&request(Kind::Emergency, from, until), at(3, 1, 23), &[]);
    assert_eq!(emergency(at(3, 1, 23)), Ok(()));
    assert_eq!(emergency(at(3, 1, 22)), wrong("from"), "in the past");
    let mut speechless = request(Kind::Emergency, at(3, 2, 8), until);
    speechless.reason = " ".into();
    assert_eq!(check(&speechless, at(3, 1, 23), &[]), wrong("reason"));
}

#[test]
fn the_three_days_are_those_of_the_persons_zone() {
    // 01:00 on the 2nd in Shanghai is 23:00 on the 1st in Ürümqi.
    let urumqi = TimeZone::get("Asia/Urumqi").expect("a bundled zone");
    let request = request(Kind::Ordinary, at(3, 4, 9), at(3, 5, 9));
    let asked_at = at(3, 2, 1);
    assert_eq!(check(&request, asked_at, &[]), wrong("from"));
    assert_eq!(check_in(&urumqi, &request, asked_at, &[], false), Ok(()));
}

#[test]
fn each_time_that_cannot_be_names_its_field() {
    let asked_at = at(3, 1, 9);
    let table = [
        (Kind::Ordinary, at(3, 9, 9), at(3, 9, 9), "until"),
        (Kind::Ordinary, at(3, 9, 9), at(3, 8, 9), "until"),
        (Kind::Ordinary, at(2, 20, 9), at(3, 8, 9), "from"),
        (Kind::Ordinary, at(5, 31, 9), at(6, 1, 9), "from"),
        (
            Kind::Ordinary,
            at(3, 4, 9),
            at(8, 31, 0).plus_ms(1),
            "until",
        ),
        (Kind::Standing, at(3, 4, 9), at(9, 4, 0).plus_ms(1), "until"),
    ];
    for (kind, from, until, field) in table {
        let request = request(kind, from, until);
        assert_eq!(
            check(&request, asked_at, &[]),
            wrong(field),
            "{from}–{until}"
        );
    }
    for (kind, until) in [
        (Kind::Ordinary, at(8, 31, 0)),
        (Kind::Standing, at(9, 4, 0)),
    ] {
        let longest = request(kind, at(3, 4, 9), until);
        assert_eq!(check(&longest, asked_at, &[]), Ok(()), "{kind}");
    }
}

#[test]
fn a_leave_stays_within_the_order() {
    let zone = zone();
    let instant = |day: Date, hour| {
        let local = day.at(hour, 0, 0, 0).to_zoned(zone.clone());
        Micros::from(local.expect("a time").timestamp())
    };
    let last = ORDER.over_at(&zone).expect("it ends");
    let from = instant(date(2027, 12, 28), 9);
    let asked_at = instant(date(2027, 12, 20), 9);
    let to_the_end = request(Kind::Ordinary, from, last);
    assert_eq!(check(&to_the_end, asked_at, &[]), Ok(()));
    let beyond = request(Kind::Ordinary, from, last.plus_ms(1));
    assert_eq!(check(&beyond, asked_at, &[]), wrong("until"));
    let asked_at = instant(date(2025, 12, 20), 9);
    let (from, until) = (instant(date(2025, 12, 31), 23), at(1, 3, 9));
    let early = request(Kind::Ordinary, from, until);
    assert_eq!(check(&early, asked_at, &[]), wrong("from"));
}

#[test]
fn leaves_do_not_overlap_unless_one_extends_the_other() {
    let asked_at = at(3, 6, 9);
    let other = approved(1, Kind::Ordinary, at(3, 5, 9), at(3, 10, 9));
    let others = std::slice::from_ref(&other);
    let trip = |from, until| request(Kind::Ordinary, from, until);
    assert_eq!(
        check(&trip(at(3, 9, 9), at(3, 12, 9)), asked_at, others),
        wrong("from")
    );
    let after = trip(at(3, 10, 9), at(3, 12, 9));
    assert_eq!(check(&after, asked_at, others), Ok(()));
    let permit = request(Kind::Standing, at(3, 9, 9), at(6, 1, 9));
    assert_eq!(check(&permit, asked_at, others), Ok(()), "another thing");

    let extension = |from, until| Request {
        extends: Some(id(1)),
        ..trip(from, until)
    };
    let longer = extension(at(3, 5, 9), at(3, 12, 9));
    assert_eq!(check(&longer, asked_at, others), Ok(()));
    assert_eq!(
        check(&longer, at(3, 11, 9), others),
        Ok(()),
        "too late, yet told"
    );
    assert_eq!(check(&longer, at(3, 12, 9), others), wrong("until"));
    assert_eq!(
        check(&longer, asked_at, &[]),
        wrong("extends"),
        "of nothing"
    );
    let shorter = extension(at(3, 5, 9), at(3, 10, 9));
    assert_eq!(check(&shorter, asked_at, others), wrong("until"));
    let moved = extension(at(3, 6, 9), at(3, 12, 9));
    assert_eq!(check(&moved, asked_at, others), wrong("from"));
    let waiting = [other.clone(), asked(2, longer.clone())];
    assert_eq!(
        check(&longer, asked_at, &waiting),
        wrong("from"),
        "asked twice"
    );
    let back = take(&other, step(at(3, 8, 9), Move::Return { at: at(3, 8, 9) }));
    assert_eq!(check(&longer, asked_at, &[back]), wrong("extends"));
}

type Change = fn(&mut Request);

fn code(request: &mut Request, code: &str) {
    let code = code.to_owned();
    request.destinations[0].division = Division::Code { code };
}

fn province(request: &mut Request, province: &str) {
    request.destinations[0].division = Division::Names {
        province: province.to_owned(),
        city: "某市".into(),
        county: String::new(),
    };
}

#[test]
fn a_place_and_the_words_about_it_are_bounded_and_never_abroad() {
    let fault = |change: Change| {
        let mut request = request(Kind::Ordinary, at(3, 9, 9), at(3, 10, 9));
        change(&mut request);
        check(&request, at(3, 1, 9), &[]).err().unwrap_or_default()
    };
    let table: [(Change, &str); 15] = [
        (|_| (), ""),
        (|request| code(request, "650102"), ""),
        (|request| province(request, "广西"), ""),
        (
            |request| code(request, "810000"),
            "destinations[0].division.code",
        ),
        (
            |request| code(request, "65010"),
            "destinations[0].division.code",
        ),
        (
            |request| code(request, "6501０2"),
            "destinations[0].division.code",
        ),
        (
            |request| province(request, "澳门"),
            "destinations[0].division.province",
        ),
        (
            |request| province(request, "泰国"),
            "destinations[0].division.province",
        ),
        (
            |request| province(request, ""),
            "destinations[0].division.province",
        ),
        (|request| request.destinations.clear(), "destinations"),
        (
            |request| request.destinations[0].address = "a\0".into(),
            "destinations[0].address",
        ),
        (|request| request.reason = "字".repeat(201), "reason"),
        (
            |request| request.frequency = Some("每天".into()),
            "frequency",
        ),
        (
            |request| request.companions = vec!["张".into(); 11],
            "companions",
        ),
        (
            |request| request.companions = vec![String::new()],
            "companions[0]",
        ),
    ];
    for (change, field) in table {
        assert_eq!(fault(change), field);
    }
    let mut permit = request(Kind::Standing, at(3, 9, 9), at(5, 9, 9));
    permit.frequency = None;
    assert_eq!(check(&permit, at(3, 1, 9), &[]), wrong("frequency"));
}

#[test]
fn a_minors_guardian_is_named() {
    let mut trip = request(Kind::Ordinary, at(3, 9, 9), at(3, 10, 9));
    let check = |trip: &Request| check_in(&zone(), trip, at(3, 1, 9), &[], true);
    assert_eq!(check(&trip), wrong("guardian"));
    trip.guardian = Some("母亲".into());
    assert_eq!(check(&trip), Ok(()));
}

#[test]
fn a_leave_is_the_same_after_json() {
    let grounds = vec![places::grounds(7, 0.3)];
    let asked = asked(1, request(Kind::Standing, at(3, 9, 9), at(3, 10, 9)));
    let leave = take(&asked, step(at(3, 5, 9), Move::Approve { grounds }));
    let json = serde_json::to_string(&leave).expect("JSON");
    assert!(json.contains(r#""move":"approve""#), "{json}");
    assert_eq!(
        serde_json::from_str::<Leave>(&json).expect("a leave"),
        leave
    );
}
