//! Pages to print: one form for all reports.

use askama::Template;
use jiff::civil::DateTime;

use crate::{
    Error, Table,
    table::{Cell, Column, Kind, printable},
    words::{self, Words},
};

/// Who prints, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    /// Name of the unit.
    pub unit: String,
    /// Name of the officer.
    pub printed_by: String,
    /// On the unit's clock.
    pub printed_at: DateTime,
}

/// What a page is made of.
pub(crate) struct Page<'a> {
    pub title: Words,
    pub head: &'a Letterhead,
    /// Landscape.
    pub wide: bool,
    /// What is said above the tables.
    pub facts: Vec<(Words, String)>,
    pub tables: &'a [Table],
    /// What is said below them.
    pub notes: &'a [Words],
    /// Who signs.
    pub signatures: &'a [Words],
}

pub(crate) const OFFICER: Words = ("工作人员", "Officer");
pub(crate) const REVIEWER: Words = ("审核人", "Reviewed by");
pub(crate) const PERSON: Words = ("社区矫正对象", "Supervised person");
pub(crate) const PROCURATOR: Words = ("检察官", "Procurator");
pub(crate) const SIGNS: Words = (
    "√ 按时　迟 迟到　缺 缺席　免 免签　核 核查中　○ 待签到；一天多次任务依次标记。",
    "√ on time, 迟 late, 缺 missed, 免 excused, 核 under review, ○ due; one sign for each duty of a day.",
);
pub(crate) const RATE: Words = (
    "出勤率＝（按时＋迟到）÷（按时＋迟到＋缺席）；免签、核查中和待签到不计入。",
    "Rate = (on time + late) / (on time + late + missed); excused, under review and due count neither way.",
);

#[derive(Template)]
#[template(path = "page.html")]
struct Form<'a> {
    page: &'a Page<'a>,
    unit: String,
    printed_by: String,
    printed_at: String,
    facts: Vec<(Words, String)>,
    tables: Vec<Grid<'a>>,
}

/// A table as it is printed.
pub(crate) struct Grid<'a> {
    pub table: &'a Table,
    pub rows: Vec<Vec<Shown>>,
    pub total: Vec<Shown>,
}

pub(crate) struct Shown {
    pub class: &'static str,
    /// Each piece is a sign of its own.
    pub marks: bool,
    /// Pieces with the class of each.
    pub pieces: Vec<(&'static str, String)>,
}

impl Page<'_> {
    pub(crate) fn render(&self) -> Result<String, Error> {
        let facts = self.facts.iter();
        let form = Form {
            page: self,
            unit: printable(&self.head.unit),
            printed_by: printable(&self.head.printed_by),
            printed_at: words::minute(self.head.printed_at),
            facts: facts.map(|(name, fact)| (*name, printable(fact))).collect(),
            tables: self.tables.iter().map(grid).collect(),
        };
        Ok(form.render()?)
    }
}

pub(crate) fn grid(table: &Table) -> Grid<'_> {
    let row = |cells: &Vec<Cell>| {
        let cells = table.columns.iter().zip(cells);
        cells.map(|(column, cell)| shown(column, cell)).collect()
    };
    Grid {
        table,
        rows: table.rows.iter().map(row).collect(),
        total: table.total.as_ref().map(row).unwrap_or_default(),
    }
}

fn shown(column: &Column, cell: &Cell) -> Shown {
    let whole = cell.shown();
    let marks = column.kind == Kind::Marks;
    let signs = |whole: &str| {
        let signs = whole.chars();
        signs.map(|sign| (tone(sign), sign.to_string())).collect()
    };
    Shown {
        class: column.class(),
        marks,
        pieces: if marks {
            signs(&whole)
        } else {
            vec![("", whole)]
        },
    }
}

/// What an officer must not miss stands out, also without colour.
const fn tone(sign: char) -> &'static str {
    match sign {
        '缺' => "bad",
        '迟' | '核' => "look",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use domain::attendance::Attendance;

    use super::*;
    use crate::words::{attendance, sign};

    #[test]
    fn the_legend_explains_every_sign() {
        for one in Attendance::ALL {
            let (zh, en) = attendance(*one);
            assert!(SIGNS.0.contains(&format!("{} {zh}", sign(*one))));
            assert!(
                SIGNS
                    .1
                    .contains(&format!("{} {}", sign(*one), en.to_lowercase()))
            );
        }
    }
}
