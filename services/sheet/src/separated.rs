//! Tables as text: CSV.

use std::io::Read;

use csv::{ReaderBuilder, StringRecord};

use crate::error::Error;
use crate::grid::Grid;
use crate::limits::Limits;
use crate::sheet::{Cell, Sheet};
use crate::table::Table;
use crate::{charset, guard, value};

/// What may separate cells; the first one wins a draw.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Put behind the text, as a row of its own. A quote that is never closed swallows it.
const END: &str = "\n.";

/// Read a table.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Table, Error> {
    let text = charset::decode(bytes)?;
    let mut records = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(&text))
        .from_reader(text.as_bytes().chain(END.as_bytes()));
    let mut grid = Grid::new(limits);
    let mut record = StringRecord::new();
    let mut row = 0;
    loop {
        let before = records.position().byte() as usize;
        if !records.read_record(&mut record).map_err(Error::damaged)? {
            return grid.table();
        }
        let (skipped, start) = blank_lines(&text, before);
        if start >= text.len() {
            return grid.table();
        }
        row += skipped + 1;
        if records.position().byte() as usize >= text.len() + END.len() {
            return Err(Error::Quote { row });
        }
        for (column, cell) in record.iter().enumerate() {
            grid.put(row, column as u32, guard::off(cell))?;
        }
    }
}

/// How many lines are empty from this byte on, and where the next one begins. The reader passes over them without a word, and the
/// numbers of rows must count them.
fn blank_lines(text: &str, from: usize) -> (u32, usize) {
    let bytes = text.as_bytes();
    let mut at = from.min(bytes.len());
    // The reader may stop between the two halves of a line's end.
    if at > 0 && bytes[at - 1] == b'\r' && bytes.get(at) == Some(&b'\n') {
        at += 1;
    }
    let mut lines = 0;
    loop {
        at += match bytes.get(at..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([b'\r' | b'\n', ..]) => 1,
            Some(_) | None => return (lines, at),
        };
        lines += 1;
    }
}

/// What separates the cells: that which is most often in the first line with content, outside quotes.
fn separator(text: &str) -> u8 {
    let mut counts = [0_u32; SEPARATORS.len()];
    let (mut quoted, mut content) = (false, false);
    for byte in text.bytes() {
        match byte {
            b'"' => (quoted, content) = (!quoted, true),
            b'\r' | b'\n' if content && !quoted => break,
            _ if quoted => {}
            _ => match SEPARATORS.iter().position(|separator| *separator == byte) {
                Some(index) => counts[index] += 1,
                None => content |= !byte.is_ascii_whitespace(),
            },
        }
    }
    let most = counts.iter().max().copied().unwrap_or_default();
    let first = counts.iter().position(|count| *count == most);
    SEPARATORS[first.unwrap_or_default()]
}

/// Write a table.
pub fn write(sheet: &Sheet) -> Result<Vec<u8>, Error> {
    let mut text = String::from(charset::MARK);
    for (index, column) in sheet.columns.iter().enumerate() {
        push(&mut text, index, &guard::on(&column.title));
    }
    text.push_str("\r\n");
    for (row, cells) in (2..).zip(&sheet.rows) {
        if cells.len() > sheet.columns.len() {
            return Err(Error::RowLong {
                row,
                columns: sheet.columns.len() as u32,
            });
        }
        for index in 0..sheet.columns.len() {
            match cells.get(index) {
                Some(Cell::Text(cell)) => push(&mut text, index, &guard::on(cell)),
                Some(Cell::Integer(number)) => push(&mut text, index, &number.to_string()),
                Some(Cell::Number(number)) if number.is_finite() => {
                    let digits = value::number(*number).unwrap_or_else(|| number.to_string());
                    push(&mut text, index, &digits);
                }
                Some(Cell::Number(_)) => {
                    let column = sheet.columns[index].title.clone();
                    return Err(Error::NotFinite { row, column });
                }
                Some(Cell::Date(date)) => push(&mut text, index, &date.to_string()),
                Some(Cell::Empty) | None => push(&mut text, index, ""),
            }
        }
        text.push_str("\r\n");
    }
    Ok(text.into_bytes())
}

/// Add a cell to a line, in quotes if it has anything that could end it, for any separator that a program may expect.
fn push(text: &mut String, index: usize, cell: &str) {
    if index > 0 {
        text.push(',');
    }
    let quoted = cell.contains([',', ';', '\t', '"', '\r', '\n']);
    if quoted {
        text.push('"');
    }
    for letter in cell.chars().filter(|letter| *letter != '\0') {
        if letter == '"' {
            text.push('"');
        }
        text.push(letter);
    }
    if quoted {
        text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_what_the_header_has_most_of() {
        for (text, separator) in [
            ("a,b;c,d\r\n1;2;3;4", b','),
            ("a;b;c,d", b';'),
            ("a\tb", b'\t'),
            ("a", b','),
            ("", b','),
            ("a,b;c", b','),
            ("\r\n\r\n  \r\na;b\r\n1,2,3,4", b';'),
            ("\"a;b;\r\nc\",d", b','),
        ] {
            assert_eq!(super::separator(text), separator, "{text:?}");
        }
    }

    #[test]
    fn blank_lines_are_counted_whatever_ends_them() {
        assert_eq!(blank_lines("\r\n\r\na", 0), (2, 4));
        assert_eq!(blank_lines("\r\ra", 0), (2, 2));
        assert_eq!(blank_lines("\n\n\r\na", 0), (3, 4));
        assert_eq!(blank_lines("x\r\n\r\na", 2), (1, 5));
        assert_eq!(blank_lines("x\r\n", 99), (0, 3));
    }
}
