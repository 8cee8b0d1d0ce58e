//! What is written and read again.

mod house;

use house::{parts, read, written};
use jiff::civil::date;
use proptest::prelude::*;
use sheet::{Cell, Error, Format, Limits, Sheet};

/// A cell with what it is read as.
fn cell(format: Format) -> impl Strategy<Value = (Cell, String)> {
    let text = prop_oneof![
        any::<String>(),
        "['=+@ \t\r\n\",;_x0-9A-Fa-]{0,12}",
        "<r>[<>&/a-z_x0-9]{0,12}</r>",
        "[0-9]{15,40}",
    ];
    let text = text.prop_map(move |text| {
        // CSV cannot hold it.
        let read = if format == Format::Csv {
            text.replace('\0', "")
        } else {
            text.clone()
        };
        (Cell::Text(text), read.trim().to_owned())
    });
    let integer = any::<i64>().prop_map(|number| (Cell::Integer(number), number.to_string()));
    let number =
        (-999_999_999_999_999_i64..=999_999_999_999_999, 0..6).prop_map(|(digits, power)| {
            let number = digits as f64 / 10_f64.powi(power);
            (Cell::Number(number), number.to_string())
        });
    let day = (-9999_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| {
        let date = date(year, month, day);
        (Cell::Date(date), date.to_string())
    });
    prop_oneof![
        text,
        integer,
        number,
        day,
        Just((Cell::Empty, String::new()))
    ]
}

/// Rows of three cells with what they are read as.
fn rows(format: Format) -> impl Strategy<Value = Vec<Vec<(Cell, String)>>> {
    prop::collection::vec(prop::collection::vec(cell(format), 0..=3), 0..8)
}

/// Write the rows, read them, and compare.
fn goes_round(rows: &[Vec<(Cell, String)>], format: Format) -> Result<(), TestCaseError> {
    let titles = ["姓名", "=a;b\tc;d", "<r>_x0041_</r>"];
    let cells = rows
        .iter()
        .map(|row| row.iter().map(|cell| cell.0.clone()).collect());
    let sheet = written(&titles, cells.collect());
    let bytes = sheet::write(&sheet, format).expect("it can be written");
    prop_assert_eq!(
        &bytes,
        &sheet::write(&sheet, format).expect("it can be written")
    );
    let limits = Limits {
        cell_len_max: 10_000,
        ..Limits::default()
    };
    let table = sheet::read(&bytes, format, &limits).expect("it can be read");
    prop_assert_eq!(&table.header, &titles);
    let mut expected = Vec::new();
    for (number, row) in (2_u32..).zip(rows) {
        let mut texts: Vec<String> = row.iter().map(|cell| cell.1.clone()).collect();
        texts.resize(3, String::new());
        if texts.iter().any(|text| !text.is_empty()) {
            expected.push((number, texts));
        }
    }
    let found: Vec<_> = table
        .rows
        .into_iter()
        .map(|row| (row.number, row.cells))
        .collect();
    prop_assert_eq!(found, expected);
    Ok(())
}

proptest! {
    #[test]
    fn what_is_written_as_csv_is_read_again(rows in rows(Format::Csv)) {
        goes_round(&rows, Format::Csv)?;
    }

    #[test]
    fn what_is_written_as_xlsx_is_read_again(rows in rows(Format::Xlsx)) {
        goes_round(&rows, Format::Xlsx)?;
    }
}

/// A part of a written workbook, as text.
fn part(workbook: &[u8], name: &str) -> String {
    let part = parts(workbook).into_iter().find(|part| part.0 == name);
    String::from_utf8(part.expect("the part is there").1).expect("parts are text")
}

/// A workbook of one row.
fn workbook(row: Vec<Cell>) -> Vec<u8> {
    let titles = ["a", "b", "c", "d"];
    sheet::write(&written(&titles[..row.len()], vec![row]), Format::Xlsx)
        .expect("it can be written")
}

#[test]
fn the_header_is_bold_filtered_and_stays_in_sight() {
    let bytes = workbook(vec![Cell::Integer(1), Cell::Empty]);
    let page = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(
        page.contains("<pane ySplit=\"1\" topLeftCell=\"A2\""),
        "{page}"
    );
    assert!(page.contains("state=\"frozen\""), "{page}");
    assert!(page.contains("<autoFilter ref=\"A1:B2\""), "{page}");
    assert!(
        page.contains("<col min=\"1\" max=\"2\" width=\"12."),
        "{page}"
    );
    assert!(part(&bytes, "xl/styles.xml").contains("<b/>"));
}

#[test]
fn a_date_is_written_as_a_date() {
    let bytes = workbook(vec![Cell::Date(date(2024, 1, 1))]);
    assert!(part(&bytes, "xl/worksheets/sheet1.xml").contains("<v>45292</v>"));
    assert!(
        part(&bytes, "xl/styles.xml").contains("formatCode=\"yyyy\\-mm\\-dd\"")
            || part(&bytes, "xl/styles.xml").contains("formatCode=\"yyyy-mm-dd\"")
    );
}

#[test]
fn a_text_is_never_a_formula_nor_a_number() {
    let texts = ["=1+1", "110101199003070011", "{=1}", "http://example.org"];
    let bytes = workbook(texts.map(|text| Cell::Text(text.into())).to_vec());
    let page = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(!page.contains("<f"), "{page}");
    assert_eq!(page.matches("t=\"s\"").count(), 2 * texts.len());
    assert_eq!(read(&bytes).unwrap().rows[0].cells, texts);
}

#[test]
fn a_text_that_looks_like_markup_stays_text() {
    let bytes = workbook(vec![Cell::Text("<r></si></sst></r>".into())]);
    let list = part(&bytes, "xl/sharedStrings.xml");
    assert!(list.contains("&lt;/sst&gt;"), "{list}");
    assert_eq!(list.matches("</sst>").count(), 1);
}

#[test]
fn a_whole_number_that_a_spreadsheet_would_round_is_written_as_text() {
    let bytes = workbook(vec![Cell::Integer(i64::MAX), Cell::Integer(i64::MIN)]);
    let table = read(&bytes).unwrap();
    assert_eq!(
        table.rows[0].cells,
        [i64::MAX.to_string(), i64::MIN.to_string()]
    );
}

#[test]
fn sheets_of_one_workbook_stand_side_by_side() {
    let mut second = written(&["b"], Vec::new());
    second.name = "二".into();
    let bytes = sheet::workbook(&[written(&["a"], Vec::new()), second]).unwrap();
    assert!(part(&bytes, "xl/workbook.xml").contains("name=\"二\""));
    assert_eq!(read(&bytes).unwrap().header, ["a"]);
}

#[test]
fn a_workbook_of_nothing_opens_and_is_empty() {
    let empty = Sheet {
        name: "a".into(),
        columns: Vec::new(),
        rows: Vec::new(),
    };
    for sheets in [&[][..], &[empty]] {
        let bytes = sheet::workbook(sheets).unwrap();
        assert!(matches!(read(&bytes), Err(Error::Empty)));
    }
}

#[test]
fn a_name_that_a_sheet_cannot_have_is_refused() {
    let long = "名".repeat(32);
    for name in ["", "a/b", "'a", &long] {
        let mut sheet = written(&["a"], Vec::new());
        sheet.name = name.into();
        let refused = sheet::workbook(&[sheet]);
        assert!(matches!(refused, Err(Error::SheetName { name: found }) if found == name));
    }
    let mut other = written(&["a"], Vec::new());
    other.name = "LIST".into();
    let mut same = other.clone();
    same.name = "list".into();
    assert!(matches!(
        sheet::workbook(&[other, same]),
        Err(Error::SheetName { .. })
    ));
}

#[test]
fn a_text_that_is_too_long_for_a_workbook_is_refused() {
    let write =
        |text: String| sheet::write(&written(&["a"], vec![vec![Cell::Text(text)]]), Format::Xlsx);
    assert!(write("区".repeat(sheet::TEXT_LEN_MAX)).is_ok());
    let refused = write("区".repeat(sheet::TEXT_LEN_MAX + 1));
    assert!(matches!(refused, Err(Error::TextLong { row: 2, column }) if column == "a"));
}

#[test]
fn a_sheet_that_is_too_large_for_a_workbook_is_refused() {
    let rows = vec![Vec::new(); sheet::ROWS_MAX as usize];
    let refused = sheet::write(&written(&["a"], rows), Format::Xlsx);
    assert!(matches!(refused, Err(Error::SheetFull { .. })));
}
