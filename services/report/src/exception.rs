//! The three lists of exceptions: 错位, 越界, 缺席.

use domain::report::{Exceptions, MissedDuty, OutOfArea, Who, WrongPlace};

use crate::{
    Cell, Column, Error, Letterhead, Table,
    day::closing,
    month::period,
    page::{OFFICER, Page, REVIEWER},
    table::{count, text},
    words::{self, Words},
};

/// One for each list.
pub fn tables(lists: &Exceptions) -> [Table; 3] {
    [
        Table {
            name: ("错位", "Wrong place"),
            columns: columns([
                count("签到时间", "Submitted", 18),
                text("处理", "State", 12),
                text("说明", "What was seen", 60),
            ]),
            rows: lists.wrong_place.iter().map(wrong_place).collect(),
            total: None,
        },
        Table {
            name: ("越界", "Out of area"),
            columns: columns([
                count("首次", "First seen", 18),
                count("末次", "Last seen", 18),
                count("签到定位", "Check-ins", 8),
                count("连续定位", "Positions", 8),
                text("最远处说明", "At its farthest", 60),
            ]),
            rows: lists.out_of_area.iter().map(out_of_area).collect(),
            total: None,
        },
        Table {
            name: ("缺席", "Missed"),
            columns: columns([
                count("开始", "Opens", 18),
                count("截止", "Closes", 12),
                count("连续次数", "In a row", 8),
            ]),
            rows: lists.missed.iter().map(missed).collect(),
            total: None,
        },
    ]
}

pub fn page(lists: &Exceptions, head: &Letterhead) -> Result<String, Error> {
    let facts = vec![
        (("期间", "Period"), period(lists.period)),
        (("错位", "Wrong place"), lists.wrong_place.len().to_string()),
        (("越界", "Out of area"), lists.out_of_area.len().to_string()),
        (("缺席", "Missed"), lists.missed.len().to_string()),
    ];
    Page {
        title: ("异常情况清单", "Exceptions"),
        head,
        wide: true,
        facts,
        tables: &tables(lists),
        notes: &[FACTS_ONLY],
        signatures: &[OFFICER, REVIEWER],
    }
    .render()
}

/// 个人信息保护法 §24: no decision by automation alone.
const FACTS_ONLY: Words = (
    "本表仅列事实，不作违规认定；是否违规由工作人员核实后决定。",
    "Facts only: what they mean for a person is an officer's decision.",
);

fn columns<const N: usize>(own: [Column; N]) -> Vec<Column> {
    let mut columns = words::who_columns();
    columns.push(text("单位", "Unit", 20));
    columns.extend(own);
    columns
}

fn cells<const N: usize>(who: &Who, own: [Cell; N]) -> Vec<Cell> {
    let mut cells = words::who_cells(who);
    cells.push(who.office.as_str().into());
    cells.extend(own);
    cells
}

/// A finding says more than the reason that it led to.
fn wrong_place(one: &WrongPlace) -> Vec<Cell> {
    let found = one.findings.iter().map(|found| found.zh.as_str());
    let kinds = one.findings.iter().map(|found| found.finding.kind.as_str());
    let bare = one
        .reasons
        .iter()
        .filter(|reason| !kinds.clone().any(|kind| kind == reason.as_str()));
    let told: String = found
        .chain(bare.map(|reason| reason.sentence().0))
        .collect();
    let state = words::state(one.state).0;
    cells(
        &one.who,
        [words::minute(one.at).into(), state.into(), told.into()],
    )
}

fn out_of_area(one: &OutOfArea) -> Vec<Cell> {
    cells(
        &one.who,
        [
            words::minute(one.first).into(),
            words::minute(one.last).into(),
            one.checkins.into(),
            one.positions.into(),
            one.finding.zh.as_str().into(),
        ],
    )
}

fn missed(one: &MissedDuty) -> Vec<Cell> {
    let duty = &one.duty;
    cells(
        &one.who,
        [
            words::minute(duty.opens).into(),
            closing(duty.opens, duty.closes).into(),
            one.in_a_row.into(),
        ],
    )
}
