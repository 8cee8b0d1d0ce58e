//! Files that are made to harm.

mod house;

use std::fmt::Write as _;

use house::{Book, Part, package, parts, read, sheet, strings, written};
use jiff::civil::date;
use proptest::prelude::*;
use sheet::{Cell, Error, Format, Limits};

/// A workbook as the crate writes it, with one of everything.
fn sound() -> Vec<u8> {
    let row = vec![
        Cell::Text("张三".into()),
        Cell::Integer(7),
        Cell::Number(2.5),
        Cell::Date(date(2024, 1, 31)),
    ];
    let rows = vec![row.clone(), Vec::new(), row];
    let sheet = written(&["姓名", "次数", "分", "日期"], rows);
    sheet::write(&sheet, Format::Xlsx).expect("it is sound")
}

/// The same with one part changed.
fn with_part(name: &str, content: impl Into<Vec<u8>>) -> Vec<u8> {
    let mut parts = parts(&sound());
    let part = parts.iter_mut().find(|part| part.0 == name);
    part.expect("the part is there").1 = content.into();
    package(&parts)
}

#[test]
fn a_file_that_is_too_long_is_refused() {
    let limits = Limits {
        bytes_max: 3,
        ..Limits::default()
    };
    for format in Format::ALL {
        let refused = sheet::read(b"a\r\n1", format, &limits);
        assert!(matches!(refused, Err(Error::TooLarge { bytes_max: 3 })));
    }
}

#[test]
fn a_part_that_unpacks_to_too_much_is_refused() {
    let bomb = with_part("xl/sharedStrings.xml", vec![b' '; 65 << 20]);
    assert!(bomb.len() < 1 << 20);
    assert!(matches!(read(&bomb), Err(Error::Unpacked { .. })));
}

#[test]
fn parts_that_together_unpack_to_too_much_are_refused() {
    let mut parts = parts(&sound());
    let more = (0..5).map(|index| (format!("xl/{index}.xml"), vec![b' '; 14 << 20]));
    parts.extend(more);
    assert!(matches!(
        read(&package(&parts)),
        Err(Error::Unpacked { .. })
    ));
}

#[test]
fn a_part_that_is_longer_than_it_says_is_refused() {
    let long = sheet(&" ".repeat(2 << 20));
    let mut bomb = with_part("xl/worksheets/sheet1.xml", long.as_bytes());
    // Say that the part has one byte, wherever its length stands.
    let length = (long.len() as u32).to_le_bytes();
    let found: Vec<usize> = (0..bomb.len() - 4)
        .filter(|at| bomb[*at..*at + 4] == length)
        .collect();
    assert_eq!(found.len(), 2);
    for at in found {
        bomb[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
    }
    let limits = Limits {
        unpacked_bytes_max: 1 << 20,
        ..Limits::default()
    };
    let refused = sheet::read(&bomb, Format::Xlsx, &limits);
    assert!(
        matches!(refused, Err(Error::Unpacked { .. } | Error::Damaged(_))),
        "{refused:?}"
    );
}

#[test]
fn pictures_are_not_unpacked() {
    let mut parts = parts(&sound());
    parts.push(("xl/media/image1.png".into(), vec![0; 1 << 20]));
    assert!(read(&package(&parts)).is_ok());
}

#[test]
fn a_dimension_of_a_million_rows_costs_nothing() {
    let mut book = Book::of("");
    for claimed in ["A1:XFD1048576", "A1:A4294967295", "XFD1048576"] {
        book.sheets[0].1 = format!(
            "<worksheet><dimension ref=\"{claimed}\"/><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>"
        );
        assert_eq!(book.read().unwrap().header, ["1"]);
    }
}

#[test]
fn cells_a_million_rows_apart_cost_nothing() {
    let rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"A1048576\"><v>2</v></c></row>";
    let table = Book::of(rows).read().unwrap();
    assert_eq!(table.rows[0].number, 1_048_576);
}

#[test]
fn an_announcement_of_shared_texts_is_not_believed() {
    for count in [
        "1000000000000",
        "18446744073709551615",
        "99999999999999999999",
    ] {
        let list = format!("<sst uniqueCount=\"{count}\"><si><t>a</t></si></sst>");
        let bomb = with_part("xl/sharedStrings.xml", list);
        assert!(matches!(read(&bomb), Err(Error::Damaged(_))), "{count}");
    }
}

#[test]
fn a_long_text_that_many_cells_share_is_counted_as_often() {
    let mut data = String::new();
    for row in 1..2_000 {
        let _ = write!(data, "<row r=\"{row}\">");
        data.push_str(&"<c t=\"s\"><v>0</v></c>".repeat(100));
        data.push_str("</row>");
    }
    let mut book = Book::of(&data);
    book.strings = strings(&[&"区".repeat(1_000)]);
    let bomb = book.bytes();
    assert!(bomb.len() < 1 << 20);
    assert!(matches!(read(&bomb), Err(Error::Unpacked { .. })));
}

#[test]
fn a_format_that_is_copied_into_every_cell_format_is_refused() {
    let code = "0".repeat(1 << 20);
    let formats = "<xf numFmtId=\"164\"/>".repeat(100_000);
    let bomb = format!(
        "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"{code}\"/></numFmts><cellXfs>{formats}</cellXfs></styleSheet>"
    );
    let bomb = with_part("xl/styles.xml", bomb);
    assert!(matches!(read(&bomb), Err(Error::Unpacked { .. })));
}

#[test]
fn not_every_sheet_of_many_is_looked_into() {
    let empty = (String::new(), sheet(""));
    let last = "<row><c><v>1</v></c></row>";
    let read_after = |count| {
        let mut book = Book::of(last);
        let sheets = std::iter::repeat_n(empty.clone(), count);
        book.sheets.splice(0..0, sheets);
        book.read()
    };
    assert_eq!(read_after(15).unwrap().header, ["1"]);
    assert!(matches!(read_after(16), Err(Error::Empty)));
}

#[test]
fn fewer_sheets_of_a_large_workbook_are_looked_into() {
    let large = (String::new(), sheet(&"<row><c/></row>".repeat(20_000)));
    let limits = Limits {
        unpacked_bytes_max: 1 << 20,
        ..Limits::default()
    };
    let read_after = |count| {
        let mut book = Book::of("<row><c><v>1</v></c></row>");
        let sheets = std::iter::repeat_n(large.clone(), count);
        book.sheets.splice(0..0, sheets);
        sheet::read(&book.bytes(), Format::Xlsx, &limits)
    };
    assert!(read_after(1).is_ok());
    assert!(matches!(read_after(3), Err(Error::Empty)));
}

#[test]
fn a_cell_outside_of_any_sheet_is_refused() {
    for name in ["A1048577", "XFE1", "A99999999999", "ZZZZZZZZZZ1"] {
        let refused = Book::of(&format!("<row><c r=\"{name}\"><v>1</v></c></row>")).read();
        assert!(refused.is_err(), "{name}");
    }
}

#[test]
fn a_column_beyond_the_limit_is_refused() {
    let refused = Book::of("<row><c r=\"CW1\"><v>1</v></c></row>").read();
    assert!(matches!(
        refused,
        Err(Error::Columns {
            row: 1,
            columns_max: 100
        })
    ));
}

#[test]
fn a_row_beyond_the_limit_is_refused() {
    let rows = "<row><c><v>1</v></c></row>".repeat(20_002);
    assert!(matches!(Book::of(&rows).read(), Err(Error::Rows { .. })));
    let text = "1\r\n".repeat(20_002);
    let refused = sheet::read(text.as_bytes(), Format::Csv, &Limits::default());
    assert!(matches!(refused, Err(Error::Rows { rows_max: 20_000 })));
}

/// A workbook whose parts were changed and packed soundly, so that the changes reach the reader.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let by_hand = "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>1</v></c><c r=\"B1\" t=\"s\"><v>0</v></c></row>\
                   <row r=\"2\"><c r=\"A2\" t=\"b\"><v>1</v></c><c t=\"d\"><v>2024-01-01</v></c></row>";
    let mut book = Book::of(by_hand);
    book.strings = strings(&["a"]);
    let read_parts = |(name, _): &Part| name.starts_with("xl/") || name == "_rels/.rels";
    let sound = parts(&sound()).into_iter().filter(read_parts).collect();
    let books: Vec<Vec<Part>> = vec![sound, book.parts()];
    let index = any::<prop::sample::Index>;
    let change = (index(), index(), 0..5_u8, any::<u8>());
    let changes = prop::collection::vec(change, 1..6);
    (prop::sample::select(books), changes).prop_map(|(mut parts, changes)| {
        for (part, at, kind, byte) in changes {
            let content = &mut part.get_mut(&mut parts).1;
            if !content.is_empty() {
                change_part(content, at.index(content.len()), kind, byte);
            }
        }
        package(&parts)
    })
}

fn change_part(content: &mut Vec<u8>, at: usize, kind: u8, byte: u8) {
    // Most changes keep the markup whole, else few would come far.
    let digit = (at..content.len()).find(|at| content[*at].is_ascii_digit());
    match (kind, digit) {
        (0, _) => content[at] = byte,
        (1, _) => content[at] = b"\"<>&;/0139A:= "[usize::from(byte) % 14],
        (2, _) => content.truncate(at),
        (3, Some(digit)) => content[digit] = b"0123456789AZ-.E"[usize::from(byte) % 15],
        (_, Some(digit)) => {
            let more = std::iter::repeat_n(b'9', usize::from(byte % 24));
            content.splice(digit..digit, more);
        }
        (_, None) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        for format in Format::ALL {
            let _ = sheet::read(&bytes, format, &Limits::default());
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-c,;\t\"'=\r\n \u{feff}区]{0,60}") {
        let _ = sheet::read(text.as_bytes(), Format::Csv, &Limits::default());
    }

    #[test]
    fn no_change_to_a_workbook_makes_the_reader_panic(
        at in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 1..8),
        cut in any::<bool>(),
    ) {
        let mut workbook = sound();
        let at = at.index(workbook.len());
        if cut {
            workbook.truncate(at);
        } else {
            let end = workbook.len().min(at + bytes.len());
            workbook.splice(at..end, bytes);
        }
        let _ = read(&workbook);
    }

    #[test]
    fn no_change_to_a_part_makes_the_reader_panic(workbook in mutated()) {
        let _ = read(&workbook);
    }
}
