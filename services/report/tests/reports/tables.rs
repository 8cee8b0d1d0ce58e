//! Tables fit their columns, and their sums are the sums of their rows.

use std::collections::HashMap;

use domain::{
    attendance::Attendance,
    report::{day_view, month_of_office, month_of_person},
};
use jiff::civil::date;
use proptest::prelude::*;
use report::{Cell, Kind, Table, day, exception, month, reconciliation};

use crate::made;

fn fits(table: &Table) {
    let wide = table.columns.len();
    for row in table.rows.iter().chain(&table.total) {
        assert_eq!(row.len(), wide, "{}", table.name.1);
    }
    let (zh, en) = table.name;
    assert!((1..=31).contains(&zh.chars().count()) && !en.is_empty());
    assert!(!zh.contains(['[', ']', ':', '*', '?', '/', '\\', '\'']));
    assert!(
        table
            .columns
            .iter()
            .all(|one| !one.zh.is_empty() && !one.en.is_empty())
    );
    assert!(
        table
            .columns
            .iter()
            .all(|one| (1..=255).contains(&one.width))
    );
}

/// The sum of each column of whole numbers.
fn sums<'a>(rows: impl IntoIterator<Item = &'a Vec<Cell>>) -> HashMap<usize, i64> {
    let mut sums = HashMap::new();
    for row in rows {
        for (place, cell) in row.iter().enumerate() {
            if let Cell::Integer(number) = cell {
                *sums.entry(place).or_default() += number;
            }
        }
    }
    sums
}

#[test]
fn every_table_fits_its_columns_and_names_a_sheet() {
    let office = made::office(6);
    fits(&day::table(&day_view(
        date(2026, 3, 21),
        &office,
        made::now(),
    )));
    fits(&month::of_person(&month_of_person(
        made::march(),
        &office[2],
        made::now(),
    )));
    exception::tables(&made::exceptions()).iter().for_each(fits);
    let reconciled = reconciliation::tables(&made::reconciliation());
    reconciled.iter().for_each(fits);
    let persons = &reconciled[0];
    assert_eq!(
        sums(&persons.rows),
        sums(&persons.total),
        "the total is the sum of the lines"
    );
    let lists = exception::tables(&made::exceptions()).map(|list| list.rows.len());
    assert_eq!(lists[..2], [2, 1]);
}

proptest! {
    #[test]
    fn an_office_has_a_row_for_each_person_a_sign_for_each_duty_and_true_sums(persons in 0_u32..60) {
        let office = made::office(persons);
        let sheet = month_of_office("测试司法所".into(), made::march(), &office, made::now());
        let table = month::of_office(&sheet);
        fits(&table);
        prop_assert_eq!(table.rows.len(), persons as usize);
        let marks = table.columns.iter().filter(|one| one.kind == Kind::Marks).count();
        prop_assert_eq!(marks, 31);
        for (row, person) in table.rows.iter().zip(&sheet.persons) {
            let signs = row.iter().zip(&table.columns).filter(|(_, one)| one.kind == Kind::Marks);
            let signs: String = signs.filter_map(|(cell, _)| text(cell)).collect();
            prop_assert_eq!(signs.chars().count(), person.tally.total() as usize);
            let missed = signs.chars().filter(|sign| *sign == '缺').count();
            prop_assert_eq!(missed, person.tally.get(Attendance::Missed) as usize);
            let counted: i64 = sums([row]).values().sum();
            prop_assert_eq!(counted, i64::from(person.tally.total()));
        }
        if persons > 0 {
            prop_assert_eq!(sums(&table.rows), sums(&table.total));
        }
    }
}

fn text(cell: &Cell) -> Option<&str> {
    if let Cell::Text(text) = cell {
        Some(text)
    } else {
        None
    }
}
