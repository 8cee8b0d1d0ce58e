use jiff::{civil::date, tz::TimeZone};
use uuid::Uuid;

use super::*;
use crate::{
    AlertId, DutyId, LeaveId, Micros, OfficerId, PersonId, PointsEntryId, Refusal,
    alert::Cause,
    attendance::Attendance,
    plan::SupervisionLevel::{General, Lenient, Strict},
};

mod appeals;
mod laws;

const PERSON: PersonId = PersonId(Uuid::nil());
/// 2026-03-02 08:00 in Shanghai.
const NOW: Micros = Micros(1_772_409_600_000_000);
const DAY_MS: i64 = 24 * 3_600_000;

fn march() -> Month {
    Month::of(date(2026, 3, 1))
}

fn book() -> RuleBook {
    RuleBook::standard(Month::of(date(2026, 1, 1)))
}

fn entry_id(number: u128) -> PointsEntryId {
    PointsEntryId(Uuid::from_u128(number))
}

fn duty(number: u128) -> DutyId {
    DutyId(Uuid::from_u128(number))
}

fn officer(number: u128) -> Decision {
    Decision {
        by: OfficerId(Uuid::from_u128(number)),
        reason: "核实".into(),
    }
}

fn missed(number: u128) -> Fact {
    Fact::Missed {
        duty: duty(number),
        opens_at: NOW,
    }
}

fn fact(kind: u8, number: u128) -> Fact {
    let id = Uuid::from_u128(number);
    match kind {
        0 => Fact::FullAttendance { month: march() },
        1 => Fact::Late {
            duty: duty(number),
            opens_at: NOW,
        },
        2 => missed(number),
        3 => Fact::OverdueLeave {
            leave: LeaveId(id),
            due_at: NOW,
        },
        4 => Fact::confirmed(AlertId(id), "out_of_area", NOW).expect("a fact of its own"),
        5 => Fact::Education {
            activity: id,
            hours: 3,
        },
        _ => Fact::Service {
            activity: id,
            hours: 2,
        },
    }
}

/// The one proposal that this fact makes.
fn proposal(entries: &[Entry], month: Month, fact: Fact) -> Proposal {
    let ledger = Ledger::new(PERSON, entries);
    propose(&ledger, month, &book(), &[fact]).remove(0)
}

fn deducted(number: u128, month: Month) -> Entry {
    let ledger = Ledger::new(PERSON, &[]);
    proposal(&[], month, missed(number))
        .decide(&ledger, entry_id(number), NOW, Answer::Accept, officer(1))
        .expect("nothing settled it")
}

fn granted(number: u128, month: Month) -> Entry {
    let ledger = Ledger::new(PERSON, &[]);
    proposal(&[], month, fact(5, number))
        .enter(&ledger, entry_id(number), NOW)
        .expect("a bonus")
}

fn months(entries: &[Entry]) -> Vec<Statement> {
    let ledger = Ledger::new(PERSON, entries);
    statements(&ledger, &[book()], march(), march().next().next()).expect("a book is in force")
}

fn totals(entries: &[Entry]) -> Vec<i64> {
    months(entries)
        .iter()
        .map(|statement| statement.total)
        .collect()
}

#[test]
fn the_standard_book_can_be_and_a_wrong_one_names_its_field() {
    let fault = |change: &dyn Fn(&mut RuleBook)| {
        let mut wrong = book();
        change(&mut wrong);
        wrong.check(None, march()).map_err(|fault| fault.field)
    };
    assert_eq!(fault(&|_| ()), Ok(()));
    let named = |field: &str| Err(field.to_owned());
    assert_eq!(fault(&|book| book.version = 2), named("version"));
    assert_eq!(fault(&|book| book.items.clear()), named("items"));
    assert_eq!(fault(&|book| book.base = 0), named("base"));
    assert_eq!(fault(&|book| book.base = 99), named("base"));
    assert_eq!(
        fault(&|book| book.levels.months = 0),
        named("levels.months")
    );
    assert_eq!(
        fault(&|book| book.levels.lenient_from = 142),
        named("levels.lenient_from")
    );
    assert_eq!(
        fault(&|book| book.levels.strict_below = 105),
        named("levels.strict_below")
    );
    let item = |change: &dyn Fn(&mut Item)| fault(&|book| change(&mut book.items[4]));
    assert_eq!(
        item(&|item| item.code = "Late".into()),
        named("items[4].code")
    );
    assert_eq!(
        item(&|item| item.code = "merit".into()),
        named("items[4].code")
    );
    assert_eq!(item(&|item| item.zh = " ".into()), named("items[4].zh"));
    assert_eq!(item(&|item| item.points = 0), named("items[4].points"));
    assert_eq!(item(&|item| item.points = 1), named("items[4].points"));
    assert_eq!(item(&|item| item.points = -101), named("items[4].points"));
    assert_eq!(
        item(&|item| item.month_cap = 0),
        named("items[4].month_cap")
    );
    let twice = |book: &mut RuleBook| book.items[5].on = Trigger::Late;
    assert_eq!(fault(&twice), named("items[5].on"));
}

#[test]
fn a_new_book_never_reaches_back() {
    let mut next = book();
    next.version = 2;
    let mut at = |effective_from: Month| {
        next.effective_from = effective_from;
        next.check(Some(&book()), march())
            .map_err(|fault| fault.field)
    };
    assert_eq!(at(march()), Err("effective_from".into()));
    assert_eq!(at(march().next()), Ok(()));
    let books = [book(), next];
    let version = |month| in_force(&books, month).map(|book| book.version);
    assert_eq!(version(march()), Some(1));
    assert_eq!(version(march().next()), Some(2));
    assert_eq!(version(Month::of(date(2025, 12, 1))), None);
}

#[test]
fn full_attendance_is_known_when_the_month_is_over_and_nothing_waits() {
    let facts = |today, kinds: &[Attendance]| {
        let duties: Vec<_> = (1..)
            .zip(kinds)
            .map(|(number, attendance)| (duty(number), NOW, *attendance))
            .collect();
        of_attendance(march(), today, &duties)
    };
    let full = vec![Fact::FullAttendance { month: march() }];
    let (last, over) = (date(2026, 3, 31), date(2026, 4, 1));
    let good = [Attendance::OnTime, Attendance::Excused];
    assert_eq!(facts(over, &good), full);
    assert_eq!(facts(last, &good), []);
    assert_eq!(facts(over, &[]), []);
    assert_eq!(facts(over, &[Attendance::Excused]), [], "nothing was done");
    for waits in [Attendance::Due, Attendance::UnderReview] {
        assert_eq!(facts(over, &[Attendance::OnTime, waits]), []);
    }
    let seen = facts(over, &[Attendance::Late, Attendance::Missed]);
    let kinds: Vec<Trigger> = seen.iter().map(Fact::trigger).collect();
    assert_eq!(kinds, [Trigger::Late, Trigger::Missed]);
}

#[test]
fn a_fact_explains_itself_in_the_persons_time() {
    let zone = TimeZone::get("Asia/Urumqi").expect("a zone");
    let (zh, en) = missed(1).explain(&zone);
    assert_eq!(zh, "2026-03-02 06:00 的签到未完成。");
    assert_eq!(en, "The check-in of 2026-03-02 06:00 was missed.");
}

#[test]
fn an_alert_about_a_duty_is_no_second_fact() {
    let causes = [
        Cause::MissedDuty {
            duty: duty(1),
            opens_at: NOW,
            late_until: NOW,
        },
        Cause::LostContact {
            duty: duty(1),
            since: NOW,
            missed: 2,
        },
    ];
    for cause in causes {
        assert_eq!(
            Fact::confirmed(AlertId(Uuid::nil()), cause.kind(), NOW),
            None
        );
    }
}

#[test]
fn what_an_officer_rejected_or_gave_back_is_not_proposed_again() {
    let ledger = Ledger::new(PERSON, &[]);
    let proposal = proposal(&[], march(), missed(1));
    let reject = proposal
        .clone()
        .decide(&ledger, entry_id(1), NOW, Answer::Reject, officer(1))
        .expect("nothing settled it");
    let waived = [reject];
    let ledger = Ledger::new(PERSON, &waived);
    let late = Fact::Late {
        duty: duty(1),
        opens_at: NOW,
    };
    let both = [missed(1), late];
    assert_eq!(propose(&ledger, march(), &book(), &both), []);
    assert_eq!(
        proposal.decide(&ledger, entry_id(2), NOW, Answer::Accept, officer(1)),
        Err(Refusal::PointsSettled { entry: entry_id(1) })
    );
    let fresh = Ledger::new(PERSON, &[]);
    let proposed = propose(&fresh, march(), &book(), &both);
    assert_eq!(proposed.len(), 1, "one duty, whatever is said of it");
    assert_eq!(totals(&waived), [100, 100, 100]);
}

#[test]
fn an_officer_enters_by_hand_only_what_no_fact_proposes() {
    let note = Uuid::from_u128(1);
    let by_hand = |code| by_hand(PERSON, march(), &book(), code, note);
    assert_eq!(by_hand("missed"), None);
    assert_eq!(by_hand("unknown"), None);
    let merit = by_hand("merit").expect("an item for officers");
    let ledger = Ledger::new(PERSON, &[]);
    assert_eq!(
        merit.clone().enter(&ledger, entry_id(1), NOW),
        Err(Refusal::PointsNeedOfficer)
    );
    let entry = merit
        .decide(&ledger, entry_id(1), NOW, Answer::Accept, officer(1))
        .expect("an officer may");
    assert_eq!(totals(&[entry]), [110, 100, 100]);
}

#[test]
fn caps_bound_a_month_and_balances_carry_over() {
    let entries: Vec<Entry> = (1..=10).map(|number| deducted(number, march())).collect();
    let statements = months(&entries);
    assert_eq!(statements[0].total, 60, "ten times 5, and 40 at most");
    assert_eq!(statements[0].lines[9].counted, 0);
    assert_eq!(statements[1].opening, 60);
    assert_eq!(statements[2].closing, 260);
}

#[test]
fn a_ledger_without_a_book_is_told_apart() {
    let entries = [deducted(1, march())];
    let ledger = Ledger::new(PERSON, &entries);
    let field = |books: &[RuleBook]| {
        let statements = statements(&ledger, books, march(), march());
        statements.map_err(|fault| fault.field)
    };
    assert_eq!(field(&[]), Err("first".into()));
    let mut other = book();
    other.items.retain(|item| item.code != "missed");
    assert_eq!(field(&[other]), Err("entries".into()));
}

#[test]
fn a_deduction_without_an_officer_cannot_be_read() {
    let json = serde_json::to_value(deducted(1, march())).expect("JSON");
    assert!(serde_json::from_value::<Entry>(json.clone()).is_ok());
    let mut without = json;
    without["change"]
        .as_object_mut()
        .expect("an object")
        .remove("decision");
    assert!(serde_json::from_value::<Entry>(without).is_err());
}

#[test]
fn a_level_is_suggested_by_a_quarter_one_step_at_a_time() {
    let quarter = |totals: [i64; 3]| {
        let mut statements = months(&[]);
        for (statement, total) in statements.iter_mut().zip(totals) {
            statement.total = total;
        }
        statements
    };
    let to = |level, totals| {
        let levels = book().levels;
        suggest(level, &levels, &quarter(totals)).map(|suggestion| suggestion.to)
    };
    assert_eq!(to(Strict, [105, 110, 105]), Some(General));
    assert_eq!(to(General, [105, 110, 105]), Some(Lenient));
    assert_eq!(to(Lenient, [105, 110, 105]), None);
    assert_eq!(to(General, [105, 104, 105]), None);
    assert_eq!(to(Lenient, [120, 79, 120]), Some(General));
    assert_eq!(to(General, [80, 80, 79]), Some(Strict));
    assert_eq!(to(Strict, [0, 0, 0]), None);
    let levels = book().levels;
    let mut gap = quarter([105, 105, 105]);
    gap.remove(1);
    assert_eq!(suggest(General, &levels, &gap), None);
    let taken = months(&[deducted(1, march())]);
    let mut good = quarter([105, 105, 105]);
    good[0].lines.clone_from(&taken[0].lines);
    assert_eq!(
        suggest(General, &levels, &good),
        None,
        "something was taken"
    );
    let suggestion = suggest(General, &levels, &quarter([100, 75, 100])).expect("one is low");
    let (zh, en) = suggestion.explain();
    assert_eq!(
        zh,
        "2026-04 得 75 分，低于 80 分；可考虑由普管调整为严管，由工作人员决定。"
    );
    assert_eq!(
        en,
        "2026-04: 75 points, below 80; a change from general to strict may be considered, by an officer."
    );
}
