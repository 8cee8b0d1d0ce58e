use jiff::civil::{date, time};
use proptest::prelude::*;
use uuid::Uuid;

use super::{in_force::in_force, *};
use crate::{
    calendar::{DayKind, DeclaredYear},
    channel::Channel,
    order::Category,
};

fn window(opens: (i8, i8), closes: (i8, i8)) -> Rule {
    Rule {
        days: Recurrence::daily(),
        times: Times::Window {
            opens: time(opens.0, opens.1, 0, 0),
            closes: time(closes.0, closes.1, 0, 0),
        },
        grace_min: 30,
        factors: Factors::FaceAndVoice,
        channels: Channels::ALL,
        location_required: false,
        on: On::Any,
    }
}

const ORDER: SupervisionOrder = SupervisionOrder {
    category: Category::Probation,
    level: SupervisionLevel::General,
    starts_on: Date::constant(2026, 1, 1),
    ends_on: Date::constant(2029, 12, 31),
};

fn check(plan: &SupervisionPlan) -> Result<(), PlanError> {
    plan.check(&ORDER, &Calendar::default())
}

fn duties(plan: &SupervisionPlan, first: Date, last: Date) -> Vec<DutyDraft> {
    plan.duties(first, last, &Calendar::default())
        .expect("it can be kept")
}

fn random(count: u32, every: Every, answer_min: u32, gap_min: u32) -> Rule {
    Rule {
        times: Times::Random {
            from: time(8, 0, 0, 0),
            until: time(20, 0, 0, 0),
            count,
            every,
            answer_min,
            gap_min,
        },
        ..window((0, 0), (0, 0))
    }
}

fn plan(rules: Vec<Rule>) -> SupervisionPlan {
    SupervisionPlan {
        id: PlanId(Uuid::from_u128(1)),
        person: PersonId(Uuid::from_u128(2)),
        version: 1,
        zone: "Asia/Shanghai".into(),
        quiet: QuietHours::default(),
        rules,
        seed: Seed([7; 32]),
        effective_from: date(2026, 3, 1),
        written_at: Micros(0),
    }
}

fn fault(plan: &SupervisionPlan) -> (String, Fault) {
    let error = check(plan).expect_err("the plan cannot be kept");
    (error.field, error.fault)
}

#[test]
fn duties_follow_local_time_and_begin_with_the_plan() {
    let plan = plan(vec![window((8, 0), (9, 0))]);
    let duties = duties(&plan, date(2026, 2, 27), date(2026, 3, 2));
    assert_eq!(duties.len(), 2);
    assert_eq!(duties[0].opens_at.to_string(), "2026-03-01T00:00:00Z");
    assert_eq!(
        duties[0].late_until.since_ms(duties[0].closes_at),
        30 * 60_000
    );
    assert!(!duties[0].unannounced);
}

#[test]
fn western_china_is_two_hours_later() {
    let east = plan(vec![window((8, 0), (9, 0))]);
    let west = SupervisionPlan {
        zone: "Asia/Urumqi".into(),
        ..east.clone()
    };
    let opens = |plan: &SupervisionPlan| {
        let day = date(2026, 3, 1);
        duties(plan, day, day)[0].opens_at
    };
    assert_eq!(opens(&west).since_ms(opens(&east)), 2 * 3_600_000);
}

#[test]
fn a_recurrence_names_days_of_weeks_and_months() {
    let days = |text: &str| -> Vec<Date> {
        let recurrence: Recurrence = text.parse().expect("a recurrence");
        recurrence
            .days(date(2026, 3, 1), date(2026, 4, 30))
            .collect()
    };
    assert_eq!(days("FREQ=DAILY").len(), 61);
    assert_eq!(
        days("FREQ=WEEKLY;BYDAY=MO,TH")[..3],
        [date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 9)]
    );
    assert_eq!(
        days("FREQ=MONTHLY;BYMONTHDAY=-1"),
        [date(2026, 3, 31), date(2026, 4, 30)]
    );
    assert_eq!(
        days("FREQ=MONTHLY;BYDAY=1WE"),
        [date(2026, 3, 4), date(2026, 4, 1)]
    );
    let fortnights = days("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU");
    let later: Recurrence = "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU".parse().expect("good");
    let from_the_middle: Vec<Date> = later.days(date(2026, 3, 20), date(2026, 4, 30)).collect();
    assert!(
        fortnights.ends_with(&from_the_middle),
        "every second week is the same one whatever period is asked for"
    );
    for text in [
        "",
        "daily",
        "FREQ=WEEKLY",
        "FREQ=MONTHLY",
        "FREQ=HOURLY",
        "FREQ=YEARLY;BYMONTH=1",
        "FREQ=DAILY;COUNT=3",
        "FREQ=DAILY;UNTIL=20270101T000000Z",
        "FREQ=DAILY;BYHOUR=8",
        "FREQ=MONTHLY;BYMONTHDAY=77",
        "FREQ=DAILY;INTERVAL=0",
    ] {
        assert_eq!(text.parse::<Recurrence>(), Err(Fault::Recurrence), "{text}");
    }
}

#[test]
fn a_plan_that_cannot_be_kept_is_refused_with_the_field() {
    let quiet = |opens, closes| fault(&plan(vec![window((8, 0), (9, 0)), window(opens, closes)]));
    assert_eq!(fault(&plan(vec![])), ("rules".into(), Fault::RuleCount));
    assert_eq!(
        fault(&plan(vec![window((9, 0), (8, 0))])),
        ("rules[0].times.closes".into(), Fault::Backwards)
    );
    assert_eq!(
        quiet((8, 30), (10, 0)),
        (
            "rules[1].times".into(),
            Fault::Overlap {
                other: 0,
                day: date(2026, 3, 1)
            }
        )
    );
    assert_eq!(
        quiet((5, 30), (7, 0)),
        ("rules[1].times".into(), Fault::Quiet)
    );
    assert_eq!(
        quiet((21, 0), (22, 1)),
        ("rules[1].times".into(), Fault::Quiet)
    );
    let zone = SupervisionPlan {
        zone: "Mars/Olympus".into(),
        ..plan(vec![window((8, 0), (9, 0))])
    };
    assert_eq!(fault(&zone), ("zone".into(), Fault::Zone));
    let never = Rule {
        days: "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"
            .parse()
            .expect("it can be read"),
        ..window((8, 0), (9, 0))
    };
    assert_eq!(
        fault(&plan(vec![never])),
        ("rules[0].days".into(), Fault::Never)
    );
    let grace = Rule {
        grace_min: 1_441,
        ..window((8, 0), (9, 0))
    };
    assert_eq!(
        fault(&plan(vec![grace])),
        ("rules[0].grace_min".into(), Fault::Grace)
    );
    assert_eq!(check(&plan(vec![window((6, 0), (22, 0))])), Ok(()));
    assert_eq!(
        check(&plan(vec![window((8, 0), (9, 0)), window((9, 0), (10, 0))])),
        Ok(()),
        "windows may touch"
    );
}

#[test]
fn windows_that_overlap_on_no_common_day_are_kept() {
    let on = |days: &str| Rule {
        days: Recurrence::weekly(days),
        ..window((8, 0), (9, 0))
    };
    assert_eq!(check(&plan(vec![on("MO,WE"), on("TU")])), Ok(()));
    let overlap = Fault::Overlap {
        other: 0,
        day: date(2026, 3, 4),
    };
    assert_eq!(
        fault(&plan(vec![on("MO,WE"), on("WE")])),
        ("rules[1].times".into(), overlap)
    );
}

#[test]
fn random_checks_that_cannot_fit_are_refused() {
    let of = |rule| fault(&plan(vec![rule]));
    assert_eq!(
        of(random(0, Every::Day, 30, 60)),
        ("rules[0].times.count".into(), Fault::Count)
    );
    assert_eq!(
        of(random(8, Every::Week, 30, 60)),
        ("rules[0].times.count".into(), Fault::Count)
    );
    assert_eq!(
        of(random(1, Every::Day, 4, 60)),
        ("rules[0].times.answer_min".into(), Fault::Answer)
    );
    assert_eq!(
        of(random(4, Every::Day, 30, 240)),
        ("rules[0].times.count".into(), Fault::Crowded)
    );
    assert_eq!(check(&plan(vec![random(4, Every::Day, 30, 230)])), Ok(()));
    assert_eq!(
        check(&plan(vec![random(7, Every::Week, 30, 720)])),
        Ok(()),
        "a week's checks lie on different days"
    );
}

#[test]
fn the_templates_are_plans_that_can_be_kept() {
    for &level in SupervisionLevel::ALL {
        assert_eq!(check(&plan(template(level))), Ok(()), "{level}");
    }
    let of_level = |level| {
        let plan = plan(template(level));
        let days = (date(2026, 3, 2), date(2026, 3, 29));
        duties(&plan, days.0, days.1).len()
    };
    assert_eq!(
        [
            SupervisionLevel::Strict,
            SupervisionLevel::General,
            SupervisionLevel::Lenient
        ]
        .map(of_level),
        [89, 45, 17]
    );
}

#[test]
fn an_outlook_says_of_random_checks_how_many_but_not_when() {
    let plan = plan(vec![
        window((8, 0), (9, 0)),
        random(2, Every::Day, 30, 60),
        random(3, Every::Week, 30, 60),
    ]);
    // Wednesday to Tuesday.
    let outlook = plan
        .outlook(date(2026, 3, 4), date(2026, 3, 10), &Calendar::default())
        .expect("it can be kept");
    let of = |rule| -> Vec<&Outlook> { outlook.iter().filter(|one| one.rule == rule).collect() };
    assert_eq!((of(0).len(), of(1).len(), of(2).len()), (7, 7, 2));
    assert_eq!(of(1)[0].count, 2);
    assert_eq!(
        (of(2)[0].day, of(2)[0].last, of(2)[0].count),
        (date(2026, 3, 4), date(2026, 3, 8), 3)
    );
    assert!(of(1).iter().all(|one| {
        one.unannounced && (one.opens, one.closes) == (time(8, 0, 0, 0), time(20, 0, 0, 0))
    }));
}

#[test]
fn the_highest_version_whose_first_day_has_come_is_in_force() {
    let version = |version: i32, from: Date| SupervisionPlan {
        id: PlanId(Uuid::from_u128(version as u128)),
        version,
        effective_from: from,
        ..plan(vec![window((8, 0), (9, 0))])
    };
    let versions = [
        version(1, date(2026, 3, 1)),
        version(2, date(2026, 3, 10)),
        // Takes effect before the second, which therefore never does.
        version(3, date(2026, 3, 5)),
    ];
    let parts = |first, last| -> Vec<(i32, Date, Date)> {
        in_force(&versions, first, last)
            .into_iter()
            .map(|(plan, first, last)| (plan.version, first, last))
            .collect()
    };
    assert_eq!(
        parts(date(2026, 2, 20), date(2026, 3, 20)),
        [
            (1, date(2026, 3, 1), date(2026, 3, 4)),
            (3, date(2026, 3, 5), date(2026, 3, 20))
        ]
    );
    assert_eq!(
        parts(date(2026, 3, 12), date(2026, 3, 12)),
        [(3, date(2026, 3, 12), date(2026, 3, 12))]
    );
    assert_eq!(parts(date(2026, 2, 1), date(2026, 2, 28)), []);
}

#[test]
fn a_plan_begins_within_the_order_and_asks_for_nothing_outside_it() {
    let from = |from| SupervisionPlan {
        effective_from: from,
        ..plan(vec![window((8, 0), (9, 0))])
    };
    let refused = |day| fault(&from(day));
    assert_eq!(
        refused(date(2025, 12, 31)),
        (
            "effective_from".into(),
            Fault::BeforeOrder {
                starts_on: ORDER.starts_on
            }
        )
    );
    assert_eq!(
        refused(date(2030, 1, 1)),
        (
            "effective_from".into(),
            Fault::AfterOrder {
                ends_on: ORDER.ends_on
            }
        )
    );
    let order = SupervisionOrder {
        ends_on: date(2026, 3, 4),
        ..ORDER
    };
    let versions = [from(date(2026, 3, 1))];
    let asked = Obligations {
        order: &order,
        versions: &versions,
        calendar: &Calendar::default(),
        leaves: &[],
    };
    let days = (date(2026, 2, 1), date(2026, 3, 31));
    assert_eq!(
        asked.duties(days.0, days.1).expect("it can be kept").len(),
        4
    );
    assert_eq!(asked.outlook(days.0, days.1).expect("known").len(), 4);
    let after = asked.duties(date(2026, 3, 5), days.1);
    assert_eq!(after.expect("it can be kept"), []);
}

#[test]
fn a_rule_follows_the_calendar_as_it_says() {
    let off = (1..=7).map(|day| (date(2026, 10, day), DayKind::DayOff));
    let work = [(date(2026, 10, 10), DayKind::Workday)];
    let calendar = Calendar::new([DeclaredYear(off.chain(work).collect())]);
    let days = |on, days: Recurrence| -> Vec<i8> {
        let rule = Rule {
            days,
            on,
            ..window((8, 0), (9, 0))
        };
        let found = rule.days(date(2026, 10, 1), date(2026, 10, 12), &calendar);
        found.map(Date::day).collect()
    };
    assert_eq!(days(On::Any, Recurrence::daily()).len(), 12);
    assert_eq!(days(On::Workdays, Recurrence::daily()), [8, 9, 10, 12]);
    assert_eq!(
        days(On::DaysOff, Recurrence::daily()),
        [1, 2, 3, 4, 5, 6, 7, 11]
    );
    assert_eq!(days(On::NextWorkday, Recurrence::monthly(3)), [8]);
    assert_eq!(days(On::NextWorkday, Recurrence::daily()), [8, 9, 10, 12]);
    assert!(days(On::NextWorkday, Recurrence::monthly(28)).is_empty());
}

#[test]
fn nobody_is_summoned_to_the_office_within_minutes() {
    let summoned = Rule {
        channels: Channels::only(Channel::InPerson),
        ..random(1, Every::Day, 30, 0)
    };
    assert_eq!(
        fault(&plan(vec![summoned])),
        ("rules[0].channels".into(), Fault::Summoned)
    );
}

fn any_every() -> impl Strategy<Value = Every> {
    prop_oneof![Just(Every::Day), Just(Every::Week)]
}

proptest! {
    #[test]
    fn random_checks_keep_their_hours_count_and_gap(
        count in 1_u32..=6,
        every in any_every(),
        answer_min in ANSWER,
        gap_min in 0_u32..=300,
        seed in any::<[u8; 32]>(),
    ) {
        let mut plan = plan(vec![random(count, every, answer_min, gap_min)]);
        plan.seed = Seed(seed);
        prop_assume!(check(&plan).is_ok());
        let duties = duties(&plan, date(2026, 3, 2), date(2026, 3, 15));
        let wanted = match every { Every::Day => 14 * count, Every::Week => 2 * count };
        prop_assert_eq!(duties.len(), wanted as usize);
        let zone = TimeZone::get(&plan.zone).expect("known");
        for pair in duties.windows(2) {
            let day = |draft: &DutyDraft| {
                draft.opens_at.timestamp().expect("in the calendar").to_zoned(zone.clone()).date()
            };
            let (one, next) = (&pair[0], &pair[1]);
            prop_assert!(every == Every::Day || day(one) != day(next), "never two on one day");
            if day(one) == day(next) {
                let gap = next.opens_at.since_ms(one.opens_at);
                prop_assert!(gap >= i64::from(gap_min.max(answer_min)) * 60_000);
            }
        }
        for duty in &duties {
            let local = |at: Micros| at.timestamp().expect("in the calendar").to_zoned(zone.clone()).time();
            prop_assert!(local(duty.opens_at) >= time(8, 0, 0, 0));
            prop_assert!(local(duty.closes_at) <= time(20, 0, 0, 0));
            prop_assert_eq!(duty.closes_at.since_ms(duty.opens_at), i64::from(answer_min) * 60_000);
            prop_assert!(duty.unannounced);
        }
    }

    #[test]
    fn a_duty_is_the_same_whatever_period_is_asked_for(
        seed in any::<[u8; 32]>(),
        first in 0_i64..30,
        len in 0_i64..30,
    ) {
        let mut plan = plan(template(SupervisionLevel::Strict));
        plan.rules.push(random(3, Every::Week, 20, 0));
        plan.seed = Seed(seed);
        let first = date(2026, 3, 1).saturating_add(first.days());
        let last = first.saturating_add(len.days());
        let whole = duties(&plan, date(2026, 3, 1), date(2026, 5, 30));
        let part = duties(&plan, first, last);
        let begins = plan.day_begins(first).expect("known");
        let ends = plan.day_begins(last.saturating_add(1.day())).expect("known");
        let inside: Vec<DutyDraft> = whole
            .into_iter()
            .filter(|duty| duty.opens_at >= begins && duty.opens_at < ends)
            .collect();
        prop_assert_eq!(part, inside);
    }

    #[test]
    fn another_seed_gives_other_times(one in any::<[u8; 32]>(), other in any::<[u8; 32]>()) {
        prop_assume!(one != other);
        let times = |seed| {
            let mut plan = plan(vec![random(2, Every::Day, 30, 60)]);
            plan.seed = Seed(seed);
            duties(&plan, date(2026, 3, 1), date(2026, 3, 30))
        };
        prop_assert_ne!(times(one), times(other));
    }
}

const ANSWER: std::ops::RangeInclusive<u32> = 5..=60;

#[test]
fn openings_are_spread_over_all_hours() {
    let plan = plan(vec![random(1, Every::Day, 30, 0)]);
    let duties = duties(&plan, date(2026, 3, 1), date(2027, 3, 30));
    let mut hours = [0; 12];
    for duty in &duties {
        let local = duty.opens_at.unix_s() + 8 * 3_600;
        hours[(local / 3_600 % 24 - 8) as usize] += 1;
    }
    // 395 draws in 11.5 hours: 34 an hour, half that in the last.
    assert!(
        hours[..11].iter().all(|&count| (15..=60).contains(&count)),
        "{hours:?}"
    );
}
