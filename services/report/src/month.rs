//! Month sheets: of a person, and of an office.

use domain::report::{Day, OfficeMonth, Period, PersonMonth};

use crate::{
    Cell, Column, Error, Kind, Letterhead, Table,
    day::closing,
    page::{OFFICER, PERSON, Page, RATE, REVIEWER, SIGNS},
    table::text,
    words::{self, Words},
};

/// Each duty of a person with its mark, in order of opening, then the sums.
pub fn of_person(month: &PersonMonth) -> Table {
    let columns = vec![
        Column::new(Kind::Count, "日期", "Day", 12),
        text("星期", "Weekday", 8),
        Column::new(Kind::Count, "开始", "Opens", 8),
        Column::new(Kind::Count, "截止", "Closes", 12),
        Column::new(Kind::Marks, "标记", "Mark", 6),
        text("结果", "Result", 10),
    ];
    let rows = month.days.iter().flat_map(|day| {
        day.duties.iter().map(|duty| {
            let (zh, _) = words::weekday(day.day);
            vec![
                day.day.into(),
                zh.into(),
                duty.opens.strftime("%H:%M").to_string().into(),
                closing(duty.opens, duty.closes).into(),
                words::sign(duty.attendance).into(),
                words::attendance(duty.attendance).0.into(),
            ]
        })
    });
    Table {
        name: ("签到明细", "Duties"),
        columns,
        rows: rows.collect(),
        total: None,
    }
}

/// A row for each person with a column for each day, then the sums; below, the sums of the office.
pub fn of_office(month: &OfficeMonth) -> Table {
    let mut columns = words::who_columns();
    columns.extend(month.period.days().map(|day| {
        let (_, en) = words::weekday(day);
        Column::new(Kind::Marks, day.day().to_string(), en, 5)
    }));
    columns.extend(words::tally_columns());
    let rows = month.persons.iter().map(|person| {
        let mut cells = words::who_cells(&person.who);
        cells.extend(person.days.iter().map(marks));
        cells.extend(words::tally_cells(&person.tally));
        cells
    });
    let mut total = vec![words::both(TOTAL).into()];
    let before_sums = columns.len() - words::tally_columns().count();
    total.resize(before_sums, Cell::Empty);
    total.extend(words::tally_cells(&month.tally));
    Table {
        name: ("签到考勤月表", "Attendance by day"),
        rows: rows.collect(),
        columns,
        total: Some(total),
    }
}

const TOTAL: Words = ("合计", "Total");

fn marks(day: &Day) -> Cell {
    if day.duties.is_empty() {
        return Cell::Empty;
    }
    let signs = day.duties.iter().map(|duty| words::sign(duty.attendance));
    signs.collect::<String>().into()
}

/// The sums of a person.
fn sums(month: &PersonMonth) -> Table {
    Table {
        name: ("合计", "Totals"),
        columns: words::tally_columns().collect(),
        rows: vec![words::tally_cells(&month.tally).collect()],
        total: None,
    }
}

pub fn page_of_person(month: &PersonMonth, head: &Letterhead) -> Result<String, Error> {
    let who = &month.who;
    let facts = vec![
        (("姓名", "Name"), who.name.clone()),
        (("案号", "Case no."), who.case_number.clone()),
        (
            ("类别", "Category"),
            words::both(words::category(who.category)),
        ),
        (("管理等级", "Level"), words::both(words::level(who.level))),
        (("单位", "Unit"), who.office.clone()),
        (("期间", "Period"), period(month.period)),
    ];
    Page {
        title: ("签到考勤月表（个人）", "Attendance of a person"),
        head,
        wide: false,
        facts,
        tables: &[sums(month), of_person(month)],
        notes: &[SIGNS, RATE],
        signatures: &[OFFICER, PERSON],
    }
    .render()
}

pub fn page_of_office(month: &OfficeMonth, head: &Letterhead) -> Result<String, Error> {
    let facts = vec![
        (("单位", "Unit"), month.office.clone()),
        (("期间", "Period"), period(month.period)),
        (("人数", "Persons"), month.persons.len().to_string()),
        (("任务数", "Duties"), month.tally.total().to_string()),
    ];
    Page {
        title: ("签到考勤月表（单位）", "Attendance of an office"),
        head,
        wide: true,
        facts,
        tables: &[of_office(month)],
        notes: &[SIGNS, RATE],
        signatures: &[OFFICER, REVIEWER],
    }
    .render()
}

/// `2026-03-01 至 2026-03-31`.
pub(crate) fn period(period: Period) -> String {
    format!("{} 至 {}", period.first(), period.last())
}
