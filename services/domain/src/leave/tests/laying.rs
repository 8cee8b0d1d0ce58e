use super::*;

fn plan(level: SupervisionLevel) -> SupervisionPlan {
    SupervisionPlan {
        id: PlanId(Uuid::nil()),
        person: PersonId(Uuid::nil()),
        version: 1,
        zone: "Asia/Shanghai".into(),
        quiet: QuietHours::default(),
        rules: template(level),
        seed: Seed([3; 32]),
        effective_from: date(2026, 1, 1),
        written_at: Micros(0),
    }
}

fn duties(level: SupervisionLevel, leaves: &[Leave]) -> Vec<DutyDraft> {
    let asked = with(level, leaves, |asked, first, last| {
        asked.duties(first, last)
    });
    asked.into_iter().map(|(_, draft)| draft).collect()
}

fn excused(level: SupervisionLevel, leaves: &[Leave]) -> Vec<DutyDraft> {
    let excused = with(level, leaves, |asked, first, last| {
        asked.excused(first, last)
    });
    excused.into_iter().map(|(_, draft, _)| draft).collect()
}

/// Of March to May 2026.
fn with<T>(
    level: SupervisionLevel,
    leaves: &[Leave],
    ask: impl Fn(Obligations<'_>, Date, Date) -> Result<T, crate::plan::PlanError>,
) -> T {
    let asked = Obligations {
        order: &ORDER,
        versions: &[plan(level)],
        calendar: &Calendar::default(),
        leaves,
    };
    ask(asked, date(2026, 3, 1), date(2026, 5, 31)).expect("a plan that can be kept")
}

fn draft(opens_at: Micros, hours: i64, channels: Channels) -> DutyDraft {
    let closes_at = opens_at.plus_ms(hours * HOUR_MS);
    DutyDraft {
        rule: 0,
        opens_at,
        closes_at,
        late_until: closes_at,
        factors: Factors::Face,
        channels,
        location_required: false,
        unannounced: false,
    }
}

#[test]
fn a_report_at_the_office_is_excused_only_if_it_lies_wholly_within_the_leave() {
    let office = Channels::only(Channel::InPerson);
    let leave = approved(1, Kind::Ordinary, at(3, 10, 9), at(3, 15, 18));
    let (excused, located) = (
        Overlay::Excused { leave: id(1) },
        Overlay::LocationRequired { leave: id(1) },
    );
    let table = [
        (at(3, 10, 8), office, Overlay::Unchanged),
        (at(3, 10, 9), office, excused),
        (at(3, 15, 16), office, excused),
        (at(3, 15, 17), office, Overlay::Unchanged),
        (at(3, 10, 8), Channels::ALL, Overlay::Unchanged),
        (at(3, 10, 9), Channels::ALL, located),
        (at(3, 15, 17), Channels::ALL, located),
        (at(3, 15, 18), Channels::ALL, Overlay::Unchanged),
    ];
    let leaves = std::slice::from_ref(&leave);
    for (opens_at, channels, expected) in table {
        let found = overlay(&draft(opens_at, 2, channels), leaves);
        assert_eq!(found, expected, "{opens_at} {channels:?}");
    }
    let permit = [approved(1, Kind::Standing, at(3, 10, 9), at(3, 15, 18))];
    let there = draft(at(3, 11, 9), 2, office);
    assert_eq!(
        overlay(&there, &permit),
        Overlay::Unchanged,
        "he lives here"
    );
    assert_eq!(
        overlay(&draft(at(3, 11, 9), 2, Channels::ALL), &permit),
        located
    );
    let pending = [asked(1, leave.request.clone())];
    assert_eq!(overlay(&there, &pending), Overlay::Unchanged);
}

#[test]
fn no_day_away_is_without_an_announced_contact() {
    // The monthly report on 10 March: a Tuesday, without any fixed check-in under lenient supervision.
    let leaves = [approved(1, Kind::Ordinary, at(3, 5, 9), at(3, 20, 9))];
    let reports = |drafts: Vec<DutyDraft>| -> Vec<DutyDraft> {
        let of_day = drafts.into_iter().filter(|draft| draft.rule == 3);
        of_day
            .filter(|draft| day(draft.opens_at, &zone()) == date(2026, 3, 10))
            .collect()
    };
    let general = SupervisionLevel::General;
    assert_eq!(reports(duties(general, &leaves)), []);
    assert_eq!(reports(excused(general, &leaves)).len(), 1);
    let lenient = SupervisionLevel::Lenient;
    let [report] = &reports(duties(lenient, &leaves))[..] else {
        panic!("it is asked");
    };
    assert!(report.location_required && report.channels == Channels::ALL);
    assert_eq!(reports(excused(lenient, &leaves)), []);
}

#[test]
fn nobody_learns_of_a_random_check_from_what_is_excused() {
    let leaves = [approved(1, Kind::Ordinary, at(3, 5, 9), at(3, 20, 9))];
    let office = draft(at(3, 10, 9), 8, Channels::only(Channel::InPerson));
    let known = draft(at(3, 10, 17), 3, Channels::ALL);
    let random = DutyDraft {
        unannounced: true,
        ..known.clone()
    };
    let laid = |other: DutyDraft| overlays(&[office.clone(), other], &leaves, &zone())[0];
    assert_eq!(laid(known), Overlay::Excused { leave: id(1) });
    assert_eq!(laid(random), Overlay::LocationRequired { leave: id(1) });
}

#[test]
fn what_is_answered_from_away_needs_a_position_and_is_else_as_it_was() {
    let leaves = [approved(1, Kind::Ordinary, at(3, 5, 9), at(3, 20, 9))];
    let general = SupervisionLevel::General;
    let (before, after) = (duties(general, &[]), duties(general, &leaves));
    let span = leaves[0].live().expect("it was approved");
    assert_eq!(after.len() + 1, before.len(), "but for the monthly report");
    for draft in after {
        let was = before
            .iter()
            .find(|was| (was.rule, was.opens_at) == (draft.rule, draft.opens_at));
        let was = was.expect("nothing new is asked").clone();
        let location_required = was.location_required || span.contains(draft.opens_at);
        assert_eq!(
            draft,
            DutyDraft {
                location_required,
                ..was
            }
        );
    }
}

fn any_level() -> impl Strategy<Value = SupervisionLevel> {
    prop_oneof![
        Just(SupervisionLevel::Strict),
        Just(SupervisionLevel::General),
        Just(SupervisionLevel::Lenient),
    ]
}

/// Hours from 1 March, of the beginning and of the length.
fn any_leave(number: u128) -> impl Strategy<Value = Leave> {
    (0_i64..1_800, 1_i64..500, any::<bool>()).prop_map(move |(from, hours, standing)| {
        let kind = if standing {
            Kind::Standing
        } else {
            Kind::Ordinary
        };
        let from = in_days(0).plus_ms(from * HOUR_MS);
        approved(number, kind, from, from.plus_ms(hours * HOUR_MS))
    })
}

proptest! {
    #[test]
    fn every_duty_is_either_asked_or_excused_and_the_same_each_time(
        level in any_level(), one in any_leave(1), other in any_leave(2),
    ) {
        let leaves = [one, other];
        let name = |draft: &DutyDraft| (draft.rule, draft.opens_at);
        let asked = duties(level, &leaves);
        prop_assert_eq!(&asked, &duties(level, &leaves));
        let free = excused(level, &leaves);
        let mut names: Vec<_> = asked.iter().chain(&free).map(name).collect();
        let mut all: Vec<_> = duties(level, &[]).iter().map(name).collect();
        names.sort();
        all.sort();
        prop_assert_eq!(names, all, "each once, and none besides");
        for draft in &free {
            prop_assert!(draft.channels.only_at_office());
            let within = |leave: &Leave| leave.live().is_some_and(|span| {
                span.from <= draft.opens_at && draft.closes_at <= span.until
            });
            prop_assert!(leaves.iter().any(|leave| !leave.standing() && within(leave)));
        }
    }

    #[test]
    fn a_leave_that_is_taken_back_before_it_begins_leaves_what_stood(
        level in any_level(), leave in any_leave(1), other in any_leave(2), withdrawn in any::<bool>(),
    ) {
        let made = if withdrawn { Move::Withdraw } else { Move::Cancel };
        let gone = take(&leave, step(leave.request.from.plus_ms(-1), made));
        prop_assert_eq!(gone.live(), None);
        let pending = asked(3, leave.request);
        let refused = take(&pending, step(pending.asked_at, Move::Refuse));
        let stood = duties(level, std::slice::from_ref(&other));
        prop_assert_eq!(duties(level, &[gone, other, pending, refused]), stood);
    }

    #[test]
    fn no_step_touches_what_has_opened(
        level in any_level(), leave in any_leave(1), at_h in -100_i64..600, which in 0_usize..5,
    ) {
        let now = leave.request.from.plus_ms(at_h * HOUR_MS);
        let back = Move::Return { at: now.plus_ms(-3 * HOUR_MS) };
        let (before, made) = match which {
            0 => (asked(1, leave.request), approve()),
            1 => (leave, Move::Cancel),
            2 => (leave, Move::Recall { return_by: now.plus_ms(5 * HOUR_MS) }),
            3 => (leave, back),
            _ => (leave, Move::Replace { by: id(2) }),
        };
        let Ok(after) = before.clone().take(step(now, made)) else {
            return Ok(());
        };
        let opened = |leave: &Leave| {
            let mut all = duties(level, std::slice::from_ref(leave));
            all.retain(|draft| draft.opens_at <= now);
            all
        };
        prop_assert_eq!(opened(&before), opened(&after));
    }

    #[test]
    fn an_extension_is_laid_like_one_long_leave(level in any_level(), days in 1_i64..20, more in 1_i64..20, at_h in 0_i64..480) {
        let (from, until) = (in_days(2), in_days(2 + days));
        let now = from.plus_ms(at_h.min(days * 24) * HOUR_MS);
        let short = approved(1, Kind::Ordinary, from, until);
        let longer = asked(2, Request {
            extends: Some(id(1)),
            ..request(Kind::Ordinary, from, in_days(2 + days + more))
        });
        let extended = [
            take(&short, step(now, Move::Replace { by: id(2) })),
            take(&longer, step(now, approve())),
        ];
        let whole = [approved(1, Kind::Ordinary, from, in_days(2 + days + more))];
        let mut seen = duties(level, &extended);
        let mut expected = duties(level, &whole);
        // A report that had opened and reached beyond the old end stays.
        let late = |draft: &DutyDraft| draft.opens_at > now;
        seen.retain(late);
        expected.retain(late);
        prop_assert_eq!(seen, expected);
    }
}
