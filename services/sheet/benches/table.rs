//! What it costs to read and to write a table of 1,000 rows and 10 columns.

use divan::Bencher;
use divan::counter::ItemsCount;
use jiff::ToSpan;
use jiff::civil::date;
use sheet::{Cell, Column, Format, Limits, Sheet};

const ROWS: usize = 1_000;
const COLUMNS: usize = 10;

fn main() {
    divan::main();
}

/// Names, numbers and dates, as a list of people has them.
fn sheet() -> Sheet {
    let columns = (0..COLUMNS).map(|index| Column {
        title: format!("第{index}列"),
        width: 16,
    });
    let rows = (0..ROWS as i64).map(|row| {
        let cells = (0..COLUMNS as i64).map(|column| match column % 5 {
            0 => Cell::Text(format!("社区矫正对象{row}")),
            1 => Cell::Text(format!("{:018}", row * 7_919 + column)),
            2 => Cell::Integer(row),
            3 => Cell::Date(date(2024, 1, 1).saturating_add(row.days())),
            _ => Cell::Text("司法所".into()),
        });
        cells.collect()
    });
    Sheet {
        name: "名单".into(),
        columns: columns.collect(),
        rows: rows.collect(),
    }
}

fn written(format: Format) -> Vec<u8> {
    sheet::write(&sheet(), format).expect("the sheet is sound")
}

#[divan::bench(args = Format::ALL)]
fn read_1000_rows(bencher: Bencher, format: Format) {
    let bytes = written(format);
    let limits = Limits::default();
    bencher
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| sheet::read(&bytes, format, &limits).expect("it was written"));
}

#[divan::bench(args = Format::ALL)]
fn write_1000_rows(bencher: Bencher, format: Format) {
    let sheet = sheet();
    bencher
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| sheet::write(&sheet, format).expect("the sheet is sound"));
}
