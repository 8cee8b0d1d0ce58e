use std::collections::HashMap;

use jiff::{civil::DateTime, tz::TimeZone};
use proptest::{collection::vec, prelude::*, sample::select};
use uuid::Uuid;

use super::*;
use crate::{
    EventId, Micros, OfficerId, OrgUnitId, TransferId,
    event::{Actor, Event, EventKind},
    order::{EndReason, Ended, SupervisionOrder},
    person::Person,
    transfer,
};

const DAY_S: i64 = 86_400;
/// 2026-02-26T00:00:00Z.
const FROM_S: i64 = 1_772_064_000;
/// Units 0 and 1 belong to the report, 2 does not.
const UNITS: u128 = 3;

/// What happens to a person.
#[derive(Debug, Clone)]
enum Deed {
    Move(u128, transfer::State),
    Class(Class),
    End(EndReason),
}

fn class() -> impl Strategy<Value = Class> {
    (select(Category::ALL), select(SupervisionLevel::ALL))
        .prop_map(|(category, level)| Class { category, level })
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0..UNITS, select(transfer::State::ALL)).prop_map(|(unit, state)| Deed::Move(unit, state)),
        4 => class().prop_map(Deed::Class),
        1 => select(EndReason::ALL).prop_map(Deed::End),
    ]
}

/// A unit, a class and a moment to begin with, then deeds with the seconds between them.
type Life = (u128, Class, i64, Vec<(i64, Deed)>);

fn lives() -> impl Strategy<Value = Vec<Life>> {
    let deeds = vec((1..20 * DAY_S, deed()), 0..8);
    vec((0..UNITS, class(), -40 * DAY_S..40 * DAY_S, deeds), 0..12)
}

fn unit(number: u128) -> OrgUnitId {
    OrgUnitId(Uuid::from_u128(number))
}

fn units() -> HashMap<OrgUnitId, String> {
    [0, 1].map(|number| (unit(number), String::new())).into()
}

fn order(class: Class) -> SupervisionOrder {
    SupervisionOrder {
        category: class.category,
        level: class.level,
        starts_on: jiff::civil::date(2026, 1, 1),
        ends_on: jiff::civil::date(2028, 1, 1),
    }
}

/// A person as his row says at the end, and his file.
fn live(number: u128, (first_unit, first_class, begins_s, deeds): &Life) -> (Person, Vec<Event>) {
    let mut at = Micros::from_unix_s(FROM_S + begins_s);
    let mut person = Person {
        id: who(number, CLASS).person,
        unit: unit(*first_unit),
        name: String::new(),
        case_number: String::new(),
        order: order(*first_class),
        minor: false,
        registered_at: at,
        ended: None,
    };
    let mut kinds = vec![(at, EventKind::PersonRegistered { unit: person.unit })];
    for (place, (after_s, deed)) in (0_u128..).zip(deeds) {
        at = at.plus_ms(after_s * 1_000);
        let reason = String::new;
        match *deed {
            Deed::Move(to, state) => {
                let transfer = TransferId(Uuid::from_u128(place));
                let (from, to) = (person.unit, unit(to));
                let proposed = EventKind::TransferProposed {
                    transfer,
                    from,
                    to,
                    reason: reason(),
                };
                kinds.push((at, proposed));
                kinds.push((
                    at,
                    EventKind::TransferDecided {
                        transfer,
                        state,
                        reason: reason(),
                    },
                ));
                if state == transfer::State::Accepted {
                    person.unit = to;
                }
            }
            Deed::Class(class) => {
                let (from, to) = (person.order, order(class));
                kinds.push((
                    at,
                    EventKind::OrderChanged {
                        from,
                        to,
                        withdrawn: 0,
                        made: 0,
                    },
                ));
                person.order = to;
            }
            Deed::End(reason) => {
                let note = String::new();
                kinds.push((
                    at,
                    EventKind::SupervisionEnded {
                        reason,
                        note,
                        erase_at: at,
                        withdrawn: 0,
                    },
                ));
                person.ended = Some(Ended {
                    at,
                    reason,
                    erase_at: at,
                });
                break;
            }
        }
    }
    let event = |(at, kind)| Event {
        id: EventId(Uuid::nil()),
        at,
        actor: Actor::Officer(OfficerId(Uuid::nil())),
        person: Some(person.id),
        kind,
    };
    let events = kinds.into_iter().map(event).collect();
    (person, events)
}

/// Everybody who counts at an instant.
fn list(all: &[(Who, History)], at: Micros) -> Census {
    let counted = all.iter().filter_map(|(who, history)| {
        let last = history.turns.iter().rfind(|turn| turn.at <= at)?;
        let counts = last.ended.is_none() && units().contains_key(&last.unit);
        counts.then(|| Who {
            category: last.class.category,
            level: last.class.level,
            ..who.clone()
        })
    });
    census(counted.collect())
}

fn census(persons: Vec<Who>) -> Census {
    let taken = DateTime::default();
    Census { taken, persons }
}

proptest! {
    #[test]
    fn any_history_balances_and_ends_where_the_rows_say(lives in lives()) {
        let period = Period::of_reconciliation(2026, 3).expect("a month");
        let made: Vec<_> = (0..).zip(&lives).map(|(number, life)| live(number, life)).collect();
        let all: Vec<(Who, History)> = (0..)
            .zip(&made)
            .map(|(number, (person, events))| (who(number, CLASS), History::of(person, events)))
            .collect();
        for ((person, _), (_, history)) in made.iter().zip(&all) {
            let last = history.turns.last().expect("a registration");
            prop_assert_eq!(last.unit, person.unit);
            prop_assert_eq!(last.class.category, person.order.category);
            prop_assert_eq!(last.class.level, person.order.level);
            prop_assert_eq!(last.ended, person.ended.map(|ended| ended.reason));
        }
        let span = (Micros::from_unix_s(FROM_S), Micros::from_unix_s(FROM_S + 28 * DAY_S));
        let (begin, end) = (list(&all, span.0), list(&all, span.1));
        let movements: Vec<Movement> = all
            .iter()
            .flat_map(|(who, history)| history.movements(span, &TimeZone::UTC, &units(), who))
            .collect();
        let report = reconcile(period, [&begin, &end], movements.clone(), &[]);
        prop_assert!(report.balanced(), "{report:?}");
        prop_assert_eq!(report.total.off(), 0);
        prop_assert_eq!(report.total.begin as usize, begin.persons.len());
        prop_assert_eq!(report.total.end as usize, end.persons.len());
        let sum = |of: fn(&Flow) -> u32| report.lines.iter().map(|line| of(&line.flow)).sum::<u32>();
        prop_assert_eq!(sum(|flow| flow.ended.total()), report.total.ended.total());
        prop_assert_eq!(sum(|flow| flow.changed_in), sum(|flow| flow.changed_out));
        for left_out in 0..movements.len() {
            let mut fewer = movements.clone();
            let gone = fewer.remove(left_out);
            let report = reconcile(period, [&begin, &end], fewer, &[]);
            let named = report.mismatches.iter().any(|one| one.who.person == gone.who.person);
            prop_assert!(named && !report.balanced());
            prop_assert!(report.lines.iter().any(|line| line.off != 0), "one line at least is off");
        }
    }
}

#[test]
fn faults_that_cancel_out_in_the_sums_are_named_by_person() {
    let period = Period::of_reconciliation(2026, 3).expect("a month");
    let (begin, end) = (census(vec![who(1, CLASS)]), census(vec![who(2, CLASS)]));
    let report = reconcile(period, [&begin, &end], Vec::new(), &[]);
    assert!(report.lines.iter().all(|line| line.off == 0) && !report.balanced());
    let named: Vec<_> = report
        .mismatches
        .iter()
        .map(|one| (one.who.name.as_str(), one.expected, one.found))
        .collect();
    assert_eq!(
        named,
        [
            ("测试对象 2", None, Some(CLASS)),
            ("测试对象 1", Some(CLASS), None)
        ]
    );
    let twice = census(vec![who(1, CLASS), who(1, CLASS)]);
    assert_eq!(
        reconcile(period, [&twice, &twice], Vec::new(), &[])
            .mismatches
            .len(),
        2
    );
}

#[test]
fn matters_are_counted_by_entries_and_persons_within_the_period() {
    let period = Period::of_reconciliation(2026, 3).expect("a month");
    let entry = |number, day, matter| Entry {
        person: who(number, CLASS).person,
        day,
        matter,
    };
    let (first, after) = (period.first(), jiff::civil::date(2026, 3, 26));
    let entries = [
        entry(1, first, Matter::Missed),
        entry(1, period.last(), Matter::Missed),
        entry(2, first, Matter::Missed),
        entry(2, first, Matter::Warning),
        entry(3, after, Matter::Warning),
    ];
    let nobody = census(Vec::new());
    let report = reconcile(period, [&nobody, &nobody], Vec::new(), &entries);
    let counts = |matter| {
        let of = report.matters.iter().find(|one| one.matter == matter);
        of.map(|one| (one.entries, one.persons))
    };
    assert_eq!(counts(Matter::Missed), Some((3, 2)));
    assert_eq!(counts(Matter::Warning), Some((1, 1)));
    assert_eq!(counts(Matter::Leave), Some((0, 0)));
}
