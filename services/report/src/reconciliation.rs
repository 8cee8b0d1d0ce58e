//! What is reconciled with the procurators on the 25th.

use domain::{
    order::EndReason,
    report::{Flow, Line, Mismatch, Movement, MovementKind, Reconciliation},
};

use crate::{
    Cell, Error, Letterhead, Table,
    month::period,
    page::{OFFICER, PROCURATOR, Page},
    table::{count, text},
    words::{self, Words},
};

/// Persons by class, matters, movements by name, and what does not fit.
pub fn tables(report: &Reconciliation) -> [Table; 4] {
    [
        persons(report),
        matters(report),
        movements(&report.movements),
        mismatches(&report.mismatches),
    ]
}

pub fn page(report: &Reconciliation, head: &Letterhead) -> Result<String, Error> {
    let balance = if report.balanced() {
        "相符 balanced"
    } else {
        "不符 does not balance"
    };
    let facts = vec![
        (("期间", "Period"), period(report.period)),
        (
            ("名单时间", "Lists of"),
            report.taken.map(words::minute).join(" — "),
        ),
        (
            ("期初人数", "At the beginning"),
            report.total.begin.to_string(),
        ),
        (("期末人数", "At the end"), report.total.end.to_string()),
        (("核对结果", "Result"), balance.to_owned()),
    ];
    Page {
        title: ("检察核对表", "Reconciliation with the procurators"),
        head,
        wide: true,
        facts,
        tables: &tables(report),
        notes: &[BALANCE],
        signatures: &[OFFICER, PROCURATOR],
    }
    .render()
}

const BALANCE: Words = (
    "差额＝期末－（期初＋新入矫＋转入＋变入－转出－变出－解除、终止）；差额为零且逐人相符方为相符。",
    "Off = end − (begin + registered + in + changed in − out − changed out − ended); it balances when all are 0 and every person fits.",
);

fn persons(report: &Reconciliation) -> Table {
    let mut columns = vec![
        text("类别", "Category", 14),
        text("管理等级", "Level", 10),
        count("期初", "Begin", 8),
        count("新入矫", "Registered", 8),
        count("转入", "In", 8),
        count("变入", "Changed in", 8),
        count("转出", "Out", 8),
        count("变出", "Changed out", 8),
    ];
    columns.extend(EndReason::ALL.iter().map(|reason| {
        let (zh, en) = words::end_reason(*reason);
        count(zh, en, 10)
    }));
    columns.extend([count("期末", "End", 8), count("差额", "Off", 8)]);
    let line = |line: &Line| {
        let class = [
            line.class.category.zh().into(),
            line.class.level.zh().into(),
        ];
        class.into_iter().chain(counts(&line.flow)).collect()
    };
    let total = [words::both(("合计", "Total")).into(), Cell::Empty];
    Table {
        name: ("人员变动", "Persons"),
        columns,
        rows: report.lines.iter().map(line).collect(),
        total: Some(total.into_iter().chain(counts(&report.total)).collect()),
    }
}

fn counts(flow: &Flow) -> Vec<Cell> {
    let mut all = vec![
        flow.begin,
        flow.registered,
        flow.transferred_in,
        flow.changed_in,
        flow.transferred_out,
        flow.changed_out,
    ];
    all.extend(EndReason::ALL.iter().map(|reason| flow.ended.get(*reason)));
    all.push(flow.end);
    let off = Cell::Integer(flow.off());
    all.into_iter().map(Cell::from).chain([off]).collect()
}

fn matters(report: &Reconciliation) -> Table {
    let rows = report.matters.iter().map(|one| {
        let (zh, en) = words::matter(one.matter);
        vec![zh.into(), en.into(), one.entries.into(), one.persons.into()]
    });
    Table {
        name: ("异常、请假与处置", "Exceptions, leaves and measures"),
        columns: vec![
            text("事项", "Matter", 24),
            text("英文", "English", 32),
            count("次数", "Entries", 8),
            count("人数", "Persons", 8),
        ],
        rows: rows.collect(),
        total: None,
    }
}

fn movements(movements: &[Movement]) -> Table {
    let mut columns = vec![count("日期", "Day", 12), text("变动", "Movement", 20)];
    columns.extend(words::who_columns());
    columns.extend([
        text("原类别等级", "Class before", 16),
        text("单位", "Unit", 20),
    ]);
    let row = |one: &Movement| {
        let mut cells = vec![one.day.into(), words::movement(one.kind).0.into()];
        cells.extend(words::who_cells(&one.who));
        let before = if let MovementKind::Changed { from } = one.kind {
            words::class(Some(from)).into()
        } else {
            Cell::Empty
        };
        cells.extend([before, one.who.office.as_str().into()]);
        cells
    };
    Table {
        name: ("变动明细", "Movements"),
        columns,
        rows: movements.iter().map(row).collect(),
        total: None,
    }
}

fn mismatches(mismatches: &[Mismatch]) -> Table {
    let row = |one: &Mismatch| {
        vec![
            one.who.name.as_str().into(),
            one.who.case_number.as_str().into(),
            one.day.map_or("期初或期末名单".into(), Cell::Date),
            words::class(one.expected).into(),
            words::class(one.found).into(),
        ]
    };
    Table {
        name: ("不符人员", "Persons who do not fit"),
        columns: vec![
            text("姓名", "Name", 12),
            text("案号", "Case no.", 20),
            text("日期", "Day", 14),
            text("应为", "Expected", 16),
            text("实为", "Found", 16),
        ],
        rows: mismatches.iter().map(row).collect(),
        total: None,
    }
}
