//! What CSV files are read as, and how they are written.

mod house;

use house::{cells, written};
use jiff::civil::date;
use sheet::{Cell, Error, Format, Limits, Table};

fn read(bytes: &[u8]) -> Result<Table, Error> {
    sheet::read(bytes, Format::Csv, &Limits::default())
}

/// The text of a written sheet, without its mark.
fn text(titles: &[&str], rows: Vec<Vec<Cell>>) -> String {
    let bytes = sheet::write(&written(titles, rows), Format::Csv).expect("it can be written");
    let text = String::from_utf8(bytes).expect("it is UTF-8");
    text.strip_prefix('\u{feff}')
        .expect("it has its mark")
        .to_owned()
}

#[test]
fn a_file_in_utf_8_is_read() {
    for mark in ["", "\u{feff}"] {
        let table = read(format!("{mark}姓名,案号\r\n张三, 12 \r\n").as_bytes()).unwrap();
        assert_eq!(table.header, ["姓名", "案号"]);
        assert_eq!(cells(&table), [["张三", "12"]]);
    }
}

#[test]
fn a_file_as_excel_saves_it_in_china_is_read() {
    // 姓名,案号 and 张三,〇一 in GBK.
    let bytes = b"\xd0\xd5\xc3\xfb,\xb0\xb8\xba\xc5\r\n\xd5\xc5\xc8\xfd,\xa9\x96\xd2\xbb\r\n";
    let table = read(bytes).unwrap();
    assert_eq!(table.header, ["姓名", "案号"]);
    assert_eq!(cells(&table), [["张三", "〇一"]]);
}

#[test]
fn a_file_in_another_character_set_is_refused() {
    assert!(matches!(read(b"a\0b\0"), Err(Error::Charset)));
    assert!(matches!(read(b"a,b\r\n\xff,1"), Err(Error::Charset)));
}

#[test]
fn semicolons_and_tabs_separate_too() {
    for separator in [";", "\t", ","] {
        let table = read(format!("a{separator}b\n1{separator}\"2,;\t\"").as_bytes()).unwrap();
        assert_eq!(cells(&table), [["1", "2,;"]]);
    }
}

#[test]
fn a_cell_may_hold_line_breaks_and_is_still_one_row() {
    let table = read(b"a,b\r\n\"1\r\n1\n1\",x\r\n2,\"\"\"y\"\"\"\r\n").unwrap();
    assert_eq!(cells(&table), [["1\r\n1\n1", "x"], ["2", "\"y\""]]);
    assert_eq!([table.rows[0].number, table.rows[1].number], [2, 3]);
}

#[test]
fn rows_are_numbered_as_programs_number_them() {
    for end in ["\n", "\r\n", "\r"] {
        let lines = ["", "", "a,b", "", ",", "1,2", "", "", "3,4", ""];
        let table = read(lines.join(end).as_bytes()).unwrap();
        let numbers: Vec<u32> = table.rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [6, 9], "{end:?}");
    }
}

#[test]
fn a_short_row_ends_with_empty_cells() {
    let table = read(b"a,b,c\r\n1\r\n").unwrap();
    assert_eq!(cells(&table), [["1", "", ""]]);
}

#[test]
fn a_long_row_is_refused_unless_what_is_too_much_is_empty() {
    assert_eq!(cells(&read(b"a,,\r\n1,,,\r\n").unwrap()), [["1"]]);
    let refused = read(b"a,b\r\n1,2\r\n1,2,3\r\n").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "row 3 is longer than the header of 2 columns"
    );
}

#[test]
fn titles_are_needed_once_each() {
    let refused = read(b"a,,c\r\n");
    assert!(matches!(refused, Err(Error::HeaderEmpty { row: 1, column }) if column == "B"));
    let refused = read(b"\r\na,b, a\r\n");
    assert!(matches!(refused, Err(Error::HeaderRepeated { row: 2, column }) if column == "a"));
}

#[test]
fn a_file_without_content_has_no_table() {
    for bytes in [&b""[..], b"\r\n\r\n", b",,\r\n ,\r\n", b"\xef\xbb\xbf"] {
        assert!(matches!(read(bytes), Err(Error::Empty)), "{bytes:?}");
    }
}

#[test]
fn a_quote_that_is_not_closed_is_refused() {
    for (bytes, at) in [
        (&b"a,b\r\n1,2\r\n\r\n3,\"4\r\n5,6\r\n"[..], 4),
        (b"a\r\n\"", 2),
        (b"a\r\n\"b\r\n", 2),
        (b"\"a", 1),
    ] {
        assert!(
            matches!(read(bytes), Err(Error::Quote { row }) if row == at),
            "{bytes:?}"
        );
    }
    // Inside of a cell a quote opens nothing.
    assert_eq!(cells(&read(b"a\r\n5\" pipe").unwrap()), [["5\" pipe"]]);
}

#[test]
fn a_text_that_is_too_long_is_refused_by_row_and_column() {
    let long = "区".repeat(1_001);
    let refused = read(format!("姓名,案号\r\n1,{long}").as_bytes()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "row 2, column 案号: text is longer than 1000 characters"
    );
}

#[test]
fn a_written_file_is_what_excel_needs() {
    let row = vec![
        Cell::Text("a;b".into()),
        Cell::Integer(-7),
        Cell::Number(0.1 + 0.2),
        Cell::Date(date(2024, 1, 31)),
        Cell::Text("say \"x\"\r\n".into()),
    ];
    let rows = vec![row, vec![Cell::Empty, Cell::Integer(1)]];
    assert_eq!(
        text(&["姓,名", "b", "c", "d", "e"], rows),
        "\"姓,名\",b,c,d,e\r\n\"a;b\",-7,0.3,2024-01-31,\"say \"\"x\"\"\r\n\"\r\n,1,,,\r\n"
    );
}

#[test]
fn a_formula_in_a_text_is_written_as_text() {
    let formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1"];
    let rows = formulas.map(|formula| vec![Cell::Text(formula.into())]);
    let text = text(&["=title"], rows.to_vec());
    assert_eq!(
        text,
        "'=title\r\n'=1+1\r\n'+1\r\n'-1\r\n'@SUM(A1)\r\n\"'\t=1\"\r\n\"'\r=1\"\r\n''=1\r\n"
    );
    let table = read(text.as_bytes()).unwrap();
    assert_eq!(table.header, ["=title"]);
    let read: Vec<_> = table.rows.iter().map(|row| row.cells[0].as_str()).collect();
    assert_eq!(read, formulas.map(str::trim));
}

#[test]
fn an_apostrophe_that_guards_nothing_is_kept() {
    assert_eq!(cells(&read(b"a\r\n'tis\r\n").unwrap()), [["'tis"]]);
}

#[test]
fn a_row_that_is_longer_than_the_columns_is_not_written() {
    let rows = vec![Vec::new(), vec![Cell::Empty, Cell::Empty]];
    for format in Format::ALL {
        let refused = sheet::write(&written(&["a"], rows.clone()), format);
        assert!(matches!(
            refused,
            Err(Error::RowLong { row: 3, columns: 1 })
        ));
    }
}

#[test]
fn a_number_that_is_none_is_not_written() {
    for format in Format::ALL {
        let sheet = written(&["a"], vec![vec![Cell::Number(f64::NAN)]]);
        let refused = sheet::write(&sheet, format);
        assert!(matches!(refused, Err(Error::NotFinite { row: 2, column }) if column == "a"));
    }
}
