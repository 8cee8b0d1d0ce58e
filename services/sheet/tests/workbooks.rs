//! What workbooks are read as.

mod house;

use house::{Book, cells, sheet, strings};
use sheet::{Error, Format, Limits};

const HEADER: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>姓名</t></is></c>\
                      <c r=\"B1\" t=\"inlineStr\"><is><t>案号</t></is></c></row>";

/// A workbook with two titles and one more cell, `B2`, that says this of itself and holds this.
fn with_cell(said: &str, held: &str) -> Result<String, Error> {
    let row = format!("{HEADER}<row r=\"2\"><c r=\"B2\" {said}>{held}</c></row>");
    let table = Book::of(&row).read()?;
    Ok(table
        .rows
        .first()
        .map_or_else(String::new, |row| row.cells[1].clone()))
}

#[test]
fn a_text_is_read_without_white_space_around_it() {
    let held = "<is><t xml:space=\"preserve\"> \u{3000}张三\u{a0}\n</t></is>";
    assert_eq!(with_cell("t=\"inlineStr\"", held).unwrap(), "张三");
}

#[test]
fn a_shared_text_is_read_where_it_is_used() {
    let mut book = Book::of("<row><c t=\"s\"><v>1</v></c></row><row><c t=\"s\"><v>0</v></c></row>");
    book.strings = strings(&["张三", "姓名"]);
    let table = book.read().unwrap();
    assert_eq!(table.header, ["姓名"]);
    assert_eq!(cells(&table), [["张三"]]);
}

#[test]
fn how_a_text_is_spoken_is_not_part_of_it() {
    let held = "<is><r><t>张</t></r><r><t>三</t></r><rPh><t>zhang</t></rPh></is>";
    assert_eq!(with_cell("t=\"inlineStr\"", held).unwrap(), "张三");
}

#[test]
fn a_whole_number_has_no_fraction() {
    for (held, read) in [("3", "3"), ("3.0", "3"), ("1E2", "100"), ("-0", "0")] {
        assert_eq!(with_cell("", &format!("<v>{held}</v>")).unwrap(), read);
    }
}

#[test]
fn a_long_case_number_has_no_exponent() {
    for held in ["2.02411230000012E14", "202411230000012"] {
        let read = with_cell("", &format!("<v>{held}</v>")).unwrap();
        assert_eq!(read, "202411230000012");
    }
}

#[test]
fn a_fraction_has_the_digits_that_its_author_sees() {
    assert_eq!(with_cell("", "<v>0.30000000000000004</v>").unwrap(), "0.3");
}

#[test]
fn a_number_that_has_lost_digits_is_refused() {
    let refused = with_cell("", "<v>1.1010119900307E+17</v>");
    assert!(matches!(refused, Err(Error::Digits { row: 2, column }) if column == "案号"));
}

#[test]
fn a_date_cell_is_read_as_a_date() {
    assert_eq!(with_cell("s=\"1\"", "<v>45292</v>").unwrap(), "2024-01-01");
    let iso = with_cell("t=\"d\"", "<v>2024-01-01T00:00:00Z</v>").unwrap();
    assert!(iso.starts_with("2024-01-01"), "{iso}");
    let iso = with_cell("t=\"d\"", "<v>2024-01-01T00:00:00</v>").unwrap();
    assert_eq!(iso, "2024-01-01");
}

#[test]
fn a_date_in_a_format_that_only_chinese_programs_have_is_read_as_a_date() {
    assert_eq!(with_cell("s=\"2\"", "<v>45292</v>").unwrap(), "2024-01-01");
}

#[test]
fn a_date_with_its_time_is_read_with_it() {
    let read = with_cell("s=\"4\"", "<v>45292.354166666664</v>").unwrap();
    assert_eq!(read, "2024-01-01 08:30:00");
}

#[test]
fn a_duration_is_read_in_hours() {
    assert_eq!(with_cell("s=\"3\"", "<v>1.5</v>").unwrap(), "36:00:00");
}

#[test]
fn a_date_that_cannot_be_is_refused() {
    let refused = with_cell("s=\"1\"", "<v>-1</v>");
    assert!(matches!(refused, Err(Error::Date { row: 2, column }) if column == "案号"));
}

#[test]
fn a_truth_value_is_read_in_words() {
    assert_eq!(with_cell("t=\"b\"", "<v>1</v>").unwrap(), "true");
    assert_eq!(with_cell("t=\"b\"", "<v>0</v>").unwrap(), "false");
}

#[test]
fn a_formula_is_read_as_its_result() {
    let read = with_cell("t=\"str\"", "<f>A1&amp;\"x\"</f><v>x</v>").unwrap();
    assert_eq!(read, "x");
}

#[test]
fn an_error_in_a_cell_is_refused_by_row_and_column() {
    let refused = with_cell("t=\"e\"", "<v>#REF!</v>").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "row 2, column 案号: cell shows the error #REF!"
    );
    let refused = Book::of("<row r=\"3\"><c r=\"AB3\" t=\"e\"><v>#N/A</v></c></row>").read();
    assert!(matches!(refused, Err(Error::Failed { row: 3, column, .. }) if column == "AB"));
}

#[test]
fn empty_rows_are_left_out_and_counted() {
    let rows = format!(
        "{HEADER}<row r=\"3\"><c r=\"A3\" s=\"1\"/></row><row r=\"7\"><c r=\"A7\"><v>1</v></c></row>\
         <row r=\"1048576\"><c r=\"A1048576\" s=\"1\"/></row>"
    );
    let table = Book::of(&rows).read().unwrap();
    assert_eq!(cells(&table), [["1", ""]]);
    assert_eq!(table.rows[0].number, 7);
}

#[test]
fn the_header_is_where_the_table_begins() {
    let rows =
        "<row r=\"4\"><c r=\"A4\"><v>1</v></c></row><row r=\"5\"><c r=\"A5\"><v>2</v></c></row>";
    let table = Book::of(rows).read().unwrap();
    assert_eq!(table.header, ["1"]);
    assert_eq!(table.rows[0].number, 5);
}

#[test]
fn the_first_visible_sheet_that_is_not_empty_is_read() {
    let row = |text| {
        sheet(&format!(
            "<row><c t=\"inlineStr\"><is><t>{text}</t></is></c></row>"
        ))
    };
    let mut book = Book::of("");
    book.sheets = vec![
        (
            String::new(),
            sheet("<row r=\"2\"><c r=\"A2\" s=\"1\"/></row>"),
        ),
        ("state=\"hidden\"".into(), row("hidden")),
        ("state=\"veryHidden\"".into(), row("hidden")),
        (String::new(), row("seen")),
        (String::new(), row("later")),
    ];
    assert_eq!(book.read().unwrap().header, ["seen"]);
}

#[test]
fn a_workbook_without_content_has_no_table() {
    assert!(matches!(Book::of("").read(), Err(Error::Empty)));
}

#[test]
fn an_older_or_locked_workbook_is_told_apart() {
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.resize(2048, 0);
    assert!(matches!(house::read(&bytes), Err(Error::Legacy)));
}

#[test]
fn what_is_no_workbook_is_refused() {
    for bytes in [&b""[..], b"PK", b"a,b\r\n", &house::package(&[])] {
        assert!(matches!(house::read(bytes), Err(Error::Damaged(_))));
    }
}

#[test]
fn a_text_is_as_long_as_the_limit_allows() {
    let limits = Limits {
        cell_len_max: 3,
        ..Limits::default()
    };
    let read = |text: &str| {
        let row = format!("<row><c t=\"inlineStr\"><is><t>{text}</t></is></c></row>");
        sheet::read(&Book::of(&row).bytes(), Format::Xlsx, &limits)
    };
    assert!(read("社区区").is_ok());
    assert!(
        matches!(read("社区矫正"), Err(Error::CellLong { row: 1, column, .. }) if column == "A")
    );
}
