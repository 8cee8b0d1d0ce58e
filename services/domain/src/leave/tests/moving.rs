use super::*;

fn all(at: Micros) -> Vec<Move> {
    vec![
        Move::Review,
        approve(),
        Move::Refuse,
        Move::Withdraw,
        Move::Cancel,
        Move::Recall {
            return_by: at.plus_ms(HOUR_MS),
        },
        Move::Return { at },
        Move::Replace { by: id(9) },
    ]
}

/// How far a state is on its way.
fn rank(state: State) -> u8 {
    match state {
        State::Requested => 0,
        State::Reviewed => 1,
        State::Approved => 2,
        State::Recalled => 3,
        State::Refused
        | State::Withdrawn
        | State::Cancelled
        | State::Returned
        | State::Replaced => 4,
    }
}

#[test]
fn what_is_closed_stays_closed_and_nothing_goes_back() {
    for &state in State::ALL {
        for made in all(in_days(0)) {
            match next(state, &made) {
                Ok(after) => assert!(rank(state) < rank(after), "{state} {made:?}"),
                Err(refusal) => assert_eq!(refusal, Refusal::LeaveState { state }),
            }
        }
        let stuck = all(in_days(0))
            .iter()
            .all(|made| next(state, made).is_err());
        assert_eq!(stuck, state.closed(), "{state}");
    }
}

#[test]
fn a_leave_that_began_is_ended_by_a_return_and_one_that_did_not_by_a_word() {
    let (from, until) = (at(3, 10, 9), at(3, 15, 18));
    let leave = approved(1, Kind::Ordinary, from, until);
    let tried = |at, made| {
        leave
            .clone()
            .take(step(at, made))
            .map(|leave| leave.state())
    };
    let recall = |return_by| Move::Recall { return_by };
    let before = at(3, 9, 9);
    assert_eq!(tried(before, Move::Withdraw), Ok(State::Withdrawn));
    assert_eq!(tried(before, Move::Cancel), Ok(State::Cancelled));
    let not_begun = Err(Refusal::LeaveNotBegun { from });
    assert_eq!(tried(before, recall(at(3, 9, 20))), not_begun);
    assert_eq!(tried(before, Move::Return { at: before }), not_begun);
    for made in [Move::Withdraw, Move::Cancel] {
        assert_eq!(tried(from, made), Err(Refusal::LeaveBegun { from }));
    }
    assert_eq!(tried(from, recall(at(3, 11, 9))), Ok(State::Recalled));
    let back = Move::Return { at: at(3, 12, 9) };
    assert_eq!(tried(at(3, 12, 10), back), Ok(State::Returned));
    let asked = asked(2, request(Kind::Ordinary, from, until));
    let late = asked.take(step(until, approve()));
    assert_eq!(late, Err(Refusal::LeaveOver { until }));
}

#[test]
fn a_standing_permit_is_cancelled_or_runs_out() {
    let until = at(6, 1, 9);
    let permit = approved(1, Kind::Standing, at(3, 1, 9), until);
    let now = at(4, 1, 9);
    for made in [Move::Return { at: now }, Move::Recall { return_by: now }] {
        let refused = permit.clone().take(step(now, made));
        assert_eq!(refused, Err(Refusal::LeaveStanding));
    }
    assert_eq!(permit.phase(until), Phase::Away);
    assert_eq!(permit.phase(until.plus_ms(1)), Phase::Closed);
    assert_eq!(overdue(std::slice::from_ref(&permit), until.plus_ms(1)), []);
    let cancelled = take(&permit, step(now, Move::Cancel));
    assert_eq!(cancelled.phase(now), Phase::Closed);
    assert_eq!(cancelled.live().map(|span| span.until), Some(now));
}

#[test]
fn a_step_has_its_reason_and_its_time() {
    let now = at(3, 10, 9);
    let later = now.plus_ms(1);
    let field = |made, reason: &str| {
        let step = Step {
            reason: reason.into(),
            ..step(now, made)
        };
        step.check().map_err(|fault| fault.field)
    };
    let recall = |return_by| Move::Recall { return_by };
    assert_eq!(field(Move::Refuse, ""), Err("reason".into()));
    assert_eq!(field(Move::Cancel, " "), Err("reason".into()));
    assert_eq!(field(recall(later), ""), Err("reason".into()));
    assert_eq!(field(approve(), ""), Ok(()));
    assert_eq!(field(recall(later), "立即返回"), Ok(()));
    assert_eq!(field(recall(now.plus_ms(-1)), "x"), Err("return_by".into()));
    assert_eq!(field(Move::Return { at: later }, ""), Err("at".into()));
    let grounds = vec![places::grounds(1, 0.3); DESTINATIONS_MAX + 1];
    assert_eq!(field(Move::Approve { grounds }, ""), Err("grounds".into()));
}

#[test]
fn who_is_not_back_is_overdue_until_he_is_or_an_extension_holds() {
    let (from, until) = (at(3, 10, 9), at(3, 15, 18));
    let leave = approved(1, Kind::Ordinary, from, until);
    assert_eq!(leave.phase(from.plus_ms(-1)), Phase::Coming);
    assert_eq!(leave.phase(from), Phase::Away);
    assert_eq!(leave.phase(until), Phase::Away);
    let late = until.plus_ms(1);
    let longer = Request {
        extends: Some(id(1)),
        ..request(Kind::Ordinary, from, at(3, 20, 18))
    };
    let told = [leave.clone(), asked(2, longer)];
    let expected = Overdue {
        leave: id(1),
        due_at: until,
        recalled: false,
        extension: Some(id(2)),
    };
    assert_eq!(overdue(&told, until), []);
    assert_eq!(overdue(&told, late), [expected]);
    // Both steps belong together, at one moment.
    let granted = [
        take(&told[0], step(late, Move::Replace { by: id(2) })),
        take(&told[1], step(late, approve())),
    ];
    assert_eq!(overdue(&granted, late), []);
    assert_eq!(granted[1].phase(late), Phase::Away);
    let [expected] = overdue(&granted, at(3, 20, 19))[..] else {
        panic!("one is overdue");
    };
    assert_eq!((expected.leave, expected.due_at), (id(2), at(3, 20, 18)));
    let back = take(
        &granted[1],
        step(at(3, 20, 20), Move::Return { at: at(3, 20, 18) }),
    );
    assert_eq!(back.returned(), Some((at(3, 20, 18), false)), "noted later");
    let too_late = take(&leave, step(late, Move::Return { at: late }));
    assert_eq!(too_late.returned(), Some((late, true)));
    assert_eq!(overdue(&[too_late], late), []);
}

#[test]
fn who_is_ordered_back_is_overdue_from_then_on() {
    let leave = approved(1, Kind::Ordinary, at(3, 10, 9), at(3, 15, 18));
    let return_by = at(3, 12, 9);
    let ordered = take(&leave, step(at(3, 11, 9), Move::Recall { return_by }));
    let found = overdue(std::slice::from_ref(&ordered), at(3, 12, 10));
    let expected = Overdue {
        leave: id(1),
        due_at: return_by,
        recalled: true,
        extension: None,
    };
    assert_eq!(found, [expected]);
    let back = Move::Return { at: at(3, 13, 9) };
    let back = take(&ordered, step(at(3, 13, 9), back));
    assert_eq!(back.returned(), Some((at(3, 13, 9), true)));
    assert_eq!(back.due_at(), return_by);
}

fn any_move() -> impl Strategy<Value = (i64, usize, i64)> {
    (0_i64..30, 0_usize..8, 0_i64..20)
}

proptest! {
    #[test]
    fn time_and_steps_only_lead_on(
        moves in proptest::collection::vec(any_move(), 0..12), standing in any::<bool>(),
    ) {
        let kind = if standing { Kind::Standing } else { Kind::Ordinary };
        let mut leave = asked(1, request(kind, in_days(10), in_days(20)));
        let mut now = 0;
        for (later, which, shift) in moves {
            now += later;
            let before = leave.state();
            let made = match which {
                5 => Move::Recall { return_by: in_days(now + shift) },
                6 => Move::Return { at: in_days(now - shift) },
                _ => all(in_days(now)).swap_remove(which),
            };
            let made = step(in_days(now), made);
            prop_assume!(made.check().is_ok());
            if let Ok(after) = leave.clone().take(made) {
                prop_assert!(rank(before) < rank(after.state()));
                leave = after;
            }
            let span = leave.live();
            let within = |span: Span| in_days(10) <= span.from && span.from < span.until && span.until <= in_days(20);
            prop_assert!(span.is_none_or(within), "{:?}", span);
            prop_assert!(leave.returned().is_some() == (leave.state() == State::Returned));
        }
        let phases: Vec<Phase> = (0..60).map(|day| leave.phase(in_days(day))).collect();
        prop_assert!(phases.is_sorted(), "{phases:?}");
    }
}
