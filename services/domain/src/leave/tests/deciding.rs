use super::*;

fn decided(request: &Request, leaves: &[Leave]) -> Approval {
    approval(request, leaves, SupervisionLevel::General, &zone())
}

#[test]
fn the_level_follows_the_days() {
    let table = [
        (at(3, 7, 23), Level::Office),
        (at(3, 8, 0), Level::Office),
        (at(3, 8, 1), Level::County),
        (at(3, 31, 0), Level::County),
        (at(3, 31, 1), Level::City),
    ];
    for (until, level) in table {
        let found = decided(&request(Kind::Ordinary, at(3, 1, 9), until), &[]);
        let city = level == Level::City;
        let expected = Approval {
            level,
            collective: city,
            tell_procurator: city,
            file_with_county: level == Level::Office,
        };
        assert_eq!(found, expected, "until {until}");
    }
    let permit = decided(&request(Kind::Standing, at(3, 1, 9), at(8, 31, 9)), &[]);
    assert_eq!((permit.level, permit.collective), (Level::County, false));
}

#[test]
fn under_strict_supervision_a_leave_is_talked_over() {
    let short = request(Kind::Ordinary, at(3, 2, 9), at(3, 3, 9));
    let strict = approval(&short, &[], SupervisionLevel::Strict, &zone());
    assert_eq!((strict.level, strict.collective), (Level::Office, true));
    let permits = |state| strict.permits(state, &approve(), Level::Office);
    assert_eq!(permits(State::Requested), Err(Refusal::LeaveUnreviewed));
    assert_eq!(permits(State::Reviewed), Ok(()));
    let refuse = strict.permits(State::Requested, &Move::Refuse, Level::Office);
    assert_eq!(refuse, Ok(()), "a refusal needs no review");
}

#[test]
fn a_lower_level_does_not_decide_and_a_higher_one_may() {
    let long = decided(&request(Kind::Ordinary, at(3, 2, 9), at(3, 20, 9)), &[]);
    let permits = |made: &Move, unit| long.permits(State::Requested, made, unit);
    let above = Err(Refusal::LeaveAbove {
        level: Level::County,
    });
    assert_eq!(permits(&approve(), Level::Office), above);
    assert_eq!(permits(&Move::Refuse, Level::Office), above);
    assert_eq!(permits(&Move::Review, Level::Office), Ok(()));
    assert_eq!(permits(&approve(), Level::County), Ok(()));
    assert_eq!(permits(&approve(), Level::City), Ok(()));
}

#[test]
fn days_within_two_calendar_months_add_up() {
    // 28 days: 1 to 28 January.
    let earlier = approved(1, Kind::Ordinary, at(1, 1, 9), at(1, 28, 18));
    let level = |from, until, leaves: &[Leave]| {
        decided(&request(Kind::Ordinary, from, until), leaves).level
    };
    let others = std::slice::from_ref(&earlier);
    assert_eq!(
        level(at(2, 10, 9), at(2, 11, 9), others),
        Level::Office,
        "30"
    );
    assert_eq!(level(at(2, 10, 9), at(2, 12, 9), others), Level::City, "31");
    // From 1 January two months reach until the end of February: one day of March leaves one day of January out.
    assert_eq!(level(at(2, 27, 9), at(3, 1, 9), others), Level::Office);
    assert_eq!(level(at(2, 26, 9), at(2, 28, 9), others), Level::City);
    // An extension counts its days once.
    let longer = Request {
        extends: Some(id(1)),
        ..request(Kind::Ordinary, at(1, 1, 9), at(1, 30, 18))
    };
    assert_eq!(decided(&longer, others).level, Level::County);
    // What lies ahead counts as well, what never was does not, and of a return only the days away.
    assert_eq!(level(at(1, 1, 0), at(1, 1, 9), others), Level::Office);
    let later = approved(2, Kind::Ordinary, at(2, 1, 9), at(2, 28, 18));
    let both = |from, until| level(from, until, std::slice::from_ref(&later));
    assert_eq!(both(at(1, 29, 9), at(1, 31, 9)), Level::City);
    let cancelled = take(&later, step(at(1, 30, 9), Move::Cancel));
    assert_eq!(
        level(at(1, 29, 9), at(1, 31, 9), &[cancelled]),
        Level::Office
    );
    let early = take(
        &later,
        step(at(2, 20, 9), Move::Return { at: at(2, 20, 9) }),
    );
    assert_eq!(level(at(3, 2, 9), at(3, 6, 9), &[early]), Level::Office);
    let permit = approved(3, Kind::Standing, at(1, 1, 9), at(6, 1, 9));
    assert_eq!(level(at(2, 10, 9), at(2, 12, 9), &[permit]), Level::Office);
}

#[test]
fn a_shorter_month_ends_the_two_months_at_its_last_day() {
    // From 31 December two months reach until 27 February, from 30 December as well.
    let local = |day: Date, hour| {
        let local = day.at(hour, 0, 0, 0).to_zoned(zone());
        Micros::from(local.expect("a time").timestamp())
    };
    let first = local(date(2025, 12, 31), 9);
    let earlier = approved(1, Kind::Ordinary, first, local(date(2026, 1, 28), 9));
    let others = std::slice::from_ref(&earlier);
    let level = |from, until| decided(&request(Kind::Ordinary, from, until), others).level;
    assert_eq!(level(at(2, 26, 9), at(2, 27, 9)), Level::City, "29 and 2");
    assert_eq!(level(at(2, 27, 9), at(2, 28, 9)), Level::Office, "29 and 1");
}

#[test]
fn days_are_those_of_the_persons_zone() {
    // 00:30 in Shanghai is 22:30 of the day before in Ürümqi: seven days there, eight here.
    let (from, until) = (at(3, 1, 9), at(3, 8, 0).plus_ms(HOUR_MS / 2));
    let week = request(Kind::Ordinary, from, until);
    assert_eq!(decided(&week, &[]).level, Level::County);
    let urumqi = TimeZone::get("Asia/Urumqi").expect("a bundled zone");
    let there = approval(&week, &[], SupervisionLevel::General, &urumqi);
    assert_eq!(there.level, Level::Office);
}

proptest! {
    #[test]
    fn a_longer_leave_is_never_decided_further_down(
        from in 0_i64..400, days in 0_i64..60, more in 0_i64..30,
        earlier in proptest::collection::vec((0_i64..400, 1_i64..40), 0..5),
    ) {
        let other = |(number, (from, days)): (u128, &(i64, i64))| {
            approved(number, Kind::Ordinary, in_days(*from), in_days(from + days))
        };
        let others: Vec<Leave> = (1..).zip(&earlier).map(other).collect();
        let of = |days| {
            decided(&request(Kind::Ordinary, in_days(from), in_days(from + days).plus_ms(HOUR_MS)), &others)
        };
        let (short, long) = (of(days), of(days + more));
        prop_assert!(long.level <= short.level, "{short:?} {long:?}");
        prop_assert!(long.collective >= short.collective);
        prop_assert!(long.tell_procurator >= short.tell_procurator);
        let alone = decided(&request(Kind::Ordinary, in_days(from), in_days(from + days).plus_ms(HOUR_MS)), &[]);
        prop_assert!(short.level <= alone.level, "other leaves never take it down");
    }
}
