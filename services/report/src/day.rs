//! The day of an office or a county.

use domain::report::{DayView, PersonDay};
use jiff::{civil::DateTime, tz::TimeZone};

use crate::{
    Cell, Column, Error, Kind, Letterhead, Table,
    page::{OFFICER, Page, REVIEWER, SIGNS},
    table::text,
    words,
};

/// A row for each person, the worst first.
pub fn table(view: &DayView) -> Table {
    let mut columns = words::who_columns();
    columns.extend([
        text("单位", "Unit", 20),
        text("状况", "Standing", 10),
        Column::new(Kind::Marks, "标记", "Marks", 10),
        text("任务时段", "Windows", 30),
    ]);
    Table {
        name: ("当日签到情况", "Check-ins of the day"),
        columns,
        rows: view.rows.iter().map(row).collect(),
        total: None,
    }
}

fn row(day: &PersonDay) -> Vec<Cell> {
    let mut cells = words::who_cells(&day.who);
    let standing = day
        .worst
        .map_or(Cell::Empty, |worst| words::attendance(worst).0.into());
    let marks: String = day
        .duties
        .iter()
        .map(|duty| words::sign(duty.attendance))
        .collect();
    let windows = day.duties.iter().map(|duty| {
        format!(
            "{}–{}",
            duty.opens.strftime("%H:%M"),
            closing(duty.opens, duty.closes)
        )
    });
    let windows: Vec<String> = windows.collect();
    let office = day.who.office.as_str().into();
    cells.extend([office, standing, marks.into(), windows.join("，").into()]);
    cells
}

/// The time of day, with the date when that is another.
pub(crate) fn closing(opens: DateTime, closes: DateTime) -> String {
    let form = if opens.date() == closes.date() {
        "%H:%M"
    } else {
        "%m-%d %H:%M"
    };
    closes.strftime(form).to_string()
}

/// `zone` is the unit's: it says when the day was looked at.
pub fn page(view: &DayView, zone: &TimeZone, head: &Letterhead) -> Result<String, Error> {
    let mut facts = vec![
        (("日期", "Day"), view.day.to_string()),
        (
            ("截至", "As of"),
            words::minute(domain::report::local(view.at, zone)),
        ),
        (("人数", "Persons"), view.rows.len().to_string()),
    ];
    facts.extend(words::SHOWN.iter().map(|one| {
        (
            words::attendance(*one),
            format!("{}人 {}项", view.persons.get(*one), view.duties.get(*one)),
        )
    }));
    facts.push((
        ("其中未到时间", "Of those not open yet"),
        format!("{}项", view.upcoming),
    ));
    Page {
        title: ("当日签到情况", "Check-ins of the day"),
        head,
        wide: false,
        facts,
        tables: &[table(view)],
        notes: &[SIGNS, PERSONS],
        signatures: &[OFFICER, REVIEWER],
    }
    .render()
}

const PERSONS: words::Words = (
    "人数按当日已开始任务中最需关注的一项计；项为任务数。",
    "Persons (人) are counted by the worst of the duties that have opened; 项 are duties.",
);
