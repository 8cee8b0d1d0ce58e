//! Reports of made-up persons. Everything follows from a number, so that they are the same every time.

use domain::{
    CheckinId, DutyId, Micros, PersonId,
    area::{AreaKind, AreaName, Explained, Finding, FindingKind, Report},
    attendance::Attendance,
    checkin::State,
    order::{Category, EndReason},
    plan::SupervisionLevel,
    report::{
        Census, CheckinRow, Class, DutyRow, Entry, Exceptions, Matter, Movement, MovementKind,
        Period, PersonRows, Reconciliation, SightingRow, Who, local, missed, month_of_office,
        out_of_area, reconcile, wrong_place,
    },
    verdict::Reason,
};
use jiff::{civil::date, tz::TimeZone};
use report::{
    Letterhead, Measured, Plot, Section,
    plot::{Axis, Form, Scale, Series},
};
use uuid::Uuid;

/// 2026-03-01 00:00 in Shanghai.
const MARCH_S: i64 = 1_772_294_400;

pub fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").expect("a zone")
}

/// 2026-03-21 20:00 in Shanghai.
pub fn now() -> Micros {
    Micros::from_unix_s(MARCH_S + 20 * 86_400 + 20 * 3_600)
}

pub fn head() -> Letterhead {
    Letterhead {
        unit: "测试司法所".into(),
        printed_by: "测试工作人员".into(),
        printed_at: date(2026, 3, 21).at(20, 0, 0, 0),
    }
}

pub fn march() -> Period {
    Period::of_month(2026, 3).expect("a month")
}

pub fn who(number: u32) -> Who {
    let pick = number as usize;
    Who {
        person: PersonId(Uuid::from_u128(number.into())),
        name: format!("测试对象 {number}"),
        case_number: format!("(2026)测矫{number:04}号"),
        category: Category::ALL[pick % Category::ALL.len()],
        level: SupervisionLevel::ALL[pick % SupervisionLevel::ALL.len()],
        office: "测试司法所".into(),
    }
}

/// A check-in each morning and, for every third person, a random one in the afternoon.
pub fn office(persons: u32) -> Vec<PersonRows<DutyRow>> {
    let duty = |number: u32, day: u32, afternoon: bool| {
        let hour = if afternoon { 15 } else { 8 };
        let at = MARCH_S + i64::from(day) * 86_400 + hour * 3_600;
        let (opens_at, closes_at) = (Micros::from_unix_s(at), Micros::from_unix_s(at + 3_600));
        DutyRow {
            duty: DutyId(Uuid::from_u128(
                u128::from(number) << 16 | u128::from(day) << 1 | u128::from(afternoon),
            )),
            opens_at,
            opens: local(opens_at, &zone()),
            closes: local(closes_at, &zone()),
            unannounced: afternoon,
            attendance: if opens_at > now() {
                Attendance::Due
            } else {
                marked(number * 31 + day * 7 + u32::from(afternoon))
            },
        }
    };
    let rows = |number: u32| {
        let mornings = (0..31).map(move |day| duty(number, day, false));
        let afternoons = (0..31)
            .filter(move |_| number.is_multiple_of(3))
            .map(move |day| duty(number, day, true));
        mornings.chain(afternoons).collect()
    };
    let of = |number| PersonRows {
        who: who(number),
        rows: rows(number),
    };
    (1..=persons).map(of).collect()
}

fn marked(seed: u32) -> Attendance {
    match seed % 23 {
        0 => Attendance::Missed,
        1 | 2 => Attendance::Late,
        3 => Attendance::UnderReview,
        4 => Attendance::Excused,
        _ => Attendance::OnTime,
    }
}

fn outside() -> Explained {
    let finding = Finding {
        kind: FindingKind::OutOfArea,
        rule: domain::AreaId(Uuid::nil()),
        area: AreaKind::Allowed,
        name: AreaName::new("测试县").expect("a name"),
        distance_m: -3_200.0,
        margin_m: 40.0,
        accuracy_m: Some(20.0),
    };
    let (zh, en) = finding.explain();
    Explained { finding, zh, en }
}

pub fn exceptions() -> Exceptions {
    let at = Micros::from_unix_s(MARCH_S + 9 * 3_600);
    let checkin = |number, reasons, findings: Option<Vec<Explained>>| PersonRows {
        who: who(number),
        rows: vec![CheckinRow {
            checkin: CheckinId(Uuid::nil()),
            state: State::Review,
            at: local(at, &zone()),
            reasons,
            place: findings.map(|findings| Report { findings }),
        }],
    };
    let sighting = |minutes: i64| SightingRow {
        at: at.plus_ms(minutes * 60_000),
        local: local(at.plus_ms(minutes * 60_000), &zone()),
        source: domain::positioning::Source::Continuous(domain::ApprovalId(Uuid::nil())),
        findings: vec![outside()],
    };
    let followed = PersonRows {
        who: who(3),
        rows: [0, 10, 20].map(sighting).to_vec(),
    };
    let checkins = [
        checkin(1, vec![Reason::LocationMissing], None),
        checkin(2, vec![Reason::OutOfArea], Some(vec![outside()])),
    ];
    Exceptions {
        period: march(),
        wrong_place: wrong_place(march(), &checkins),
        out_of_area: out_of_area(march(), &[followed]),
        missed: missed(march(), &office(20)),
    }
}

/// Balanced but for person 30, whom nothing brought.
pub fn reconciliation() -> Reconciliation {
    let begin: Vec<Who> = (1..=20).map(who).collect();
    let movement = |number, day, kind| Movement {
        who: who(number),
        day: date(2026, 3, day),
        kind,
    };
    let from = Class {
        category: who(5).category,
        level: SupervisionLevel::Strict,
    };
    let movements = vec![
        movement(21, 2, MovementKind::Registered),
        movement(22, 3, MovementKind::TransferredIn),
        movement(
            1,
            9,
            MovementKind::Ended {
                reason: EndReason::TermServed,
            },
        ),
        movement(2, 10, MovementKind::TransferredOut),
        movement(5, 12, MovementKind::Changed { from }),
    ];
    let begin: Vec<Who> = begin
        .into_iter()
        .map(|mut one| {
            if one.person == who(5).person {
                one.level = from.level;
            }
            one
        })
        .collect();
    let end: Vec<Who> = (3..=22).chain([30]).map(who).collect();
    let entry = |number: u32, matter| Entry {
        person: who(number).person,
        day: date(2026, 3, 5),
        matter,
    };
    let entries = [
        entry(3, Matter::Missed),
        entry(3, Matter::Missed),
        entry(4, Matter::Leave),
        entry(6, Matter::Warning),
    ];
    let period = Period::of_reconciliation(2026, 3).expect("a month");
    let census = |day, persons| Census {
        taken: date(2026, day, 26).at(0, 0, 0, 0),
        persons,
    };
    reconcile(
        period,
        [&census(2, begin), &census(3, end)],
        movements,
        &entries,
    )
}

/// One section with a table and two curves.
pub fn measured(name: &str) -> Measured {
    let axis = |scale| Axis {
        name: ("错误匹配率", "FMR"),
        scale,
        from: 1e-4,
        until: 0.5,
        ticks: vec![1e-4, 1e-2, 0.5],
    };
    let series = |form| Series {
        name: name.to_owned(),
        form,
        points: vec![[1e-4, 0.2], [0.01, 0.05], [f64::NAN, 0.1], [0.9, 1e-9]],
    };
    let plot = Plot {
        title: ("检测错误权衡", "Detection error trade-off"),
        x: axis(Scale::Deviate),
        y: axis(Scale::Log),
        series: [Form::Line, Form::Dots, Form::Guide].map(series).to_vec(),
    };
    Measured {
        title: ("评测", "Evaluation"),
        facts: vec![(("数据", "Data"), name.to_owned())],
        sections: vec![Section {
            title: name.to_owned(),
            facts: vec![(("人数", "Persons"), "3".to_owned())],
            tables: vec![report::month::of_office(&month_of_office(
                name.to_owned(),
                march(),
                &office(3),
                now(),
            ))],
            plots: vec![plot],
            notes: vec![name.to_owned()],
        }],
    }
}
