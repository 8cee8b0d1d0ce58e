//! Workbooks: XLSX, written.

use std::collections::HashSet;

use jiff::civil::{Date, date};
use rust_xlsxwriter::{DocProperties, Format, Workbook, Worksheet, XlsxError};

use crate::error::Error;
use crate::sheet::{Cell, Sheet};

/// Rows of a sheet in a workbook, the header counted.
pub const ROWS_MAX: u32 = 1 << 20;

/// Columns of a sheet in a workbook.
pub const COLUMNS_MAX: u32 = 1 << 14;

/// Length of a text in a workbook, in units of UTF-16.
pub const TEXT_LEN_MAX: usize = 32_767;

/// Width of a column, in characters.
const WIDTH_MAX: u16 = 255;

/// Whole numbers from here on have more digits than a spreadsheet keeps.
const INTEGER_END: u64 = 1_000_000_000_000_000;

/// The first day that a spreadsheet can count.
const FIRST_DAY: Date = date(1900, 1, 1);

/// When every workbook says it was made, so that the same sheets give the same bytes.
const MADE_ON: Date = date(2000, 1, 1);

/// How cells look.
struct Formats {
    title: Format,
    text: Format,
    date: Format,
}

/// Write several sheets into one XLSX workbook, each as [`write`](crate::write) would; with none it has one empty sheet.
///
/// # Errors
/// [`Error::SheetName`], [`Error::SheetFull`], [`Error::RowLong`], [`Error::TextLong`], [`Error::NotFinite`].
pub fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>, Error> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&MADE_ON));
    // In the text format a cell stays text when somebody edits it; else digits would become a number, and `=` a formula.
    let text = Format::new().set_num_format("@");
    let formats = Formats {
        title: text.clone().set_bold(),
        text,
        date: Format::new().set_num_format("yyyy-mm-dd"),
    };
    let mut names = HashSet::new();
    for sheet in sheets {
        // Programs do not tell names apart by case.
        if !names.insert(sheet.name.to_lowercase()) {
            return Err(unnamed(sheet));
        }
        fill(book.add_worksheet(), sheet, &formats)?;
    }
    book.save_to_buffer().map_err(refusal)
}

fn fill(page: &mut Worksheet, sheet: &Sheet, formats: &Formats) -> Result<(), Error> {
    let full = || Error::SheetFull {
        name: sheet.name.clone(),
    };
    let columns = u32::try_from(sheet.columns.len()).map_err(|_| full())?;
    let rows = u32::try_from(sheet.rows.len()).map_err(|_| full())?;
    if columns > COLUMNS_MAX || rows >= ROWS_MAX {
        return Err(full());
    }
    page.set_name(&sheet.name).map_err(|_| unnamed(sheet))?;
    for (index, column) in (0..).zip(&sheet.columns) {
        let width = f64::from(column.width.clamp(1, WIDTH_MAX));
        page.set_column_width(index, width).map_err(refusal)?;
        let place = Place {
            row: 0,
            column: index,
            title: &column.title,
        };
        place.text(page, &column.title, &formats.title)?;
    }
    if let Some(last) = sheet.columns.len().checked_sub(1) {
        page.autofilter(0, 0, rows, last as u16).map_err(refusal)?;
        page.set_freeze_panes(1, 0).map_err(refusal)?;
    }
    for (row, cells) in (1..).zip(&sheet.rows) {
        if cells.len() > sheet.columns.len() {
            let row = row + 1;
            return Err(Error::RowLong { row, columns });
        }
        for ((index, column), cell) in (0..).zip(&sheet.columns).zip(cells) {
            let place = Place {
                row,
                column: index,
                title: &column.title,
            };
            place.cell(page, cell, formats)?;
        }
    }
    Ok(())
}

fn unnamed(sheet: &Sheet) -> Error {
    Error::SheetName {
        name: sheet.name.clone(),
    }
}

/// Where to write.
struct Place<'a> {
    /// From 0.
    row: u32,
    column: u16,
    title: &'a str,
}

impl Place<'_> {
    fn cell(&self, page: &mut Worksheet, cell: &Cell, formats: &Formats) -> Result<(), Error> {
        match cell {
            Cell::Text(text) => self.text(page, text, &formats.text),
            Cell::Integer(number) if number.unsigned_abs() < INTEGER_END => {
                self.number(page, *number as f64)
            }
            Cell::Integer(number) => self.text(page, &number.to_string(), &formats.text),
            Cell::Number(number) if number.is_finite() => self.number(page, *number),
            Cell::Number(_) => Err(Error::NotFinite {
                row: self.row + 1,
                column: self.title.to_owned(),
            }),
            Cell::Date(day) if *day >= FIRST_DAY => {
                let (row, column, date) = (self.row, self.column, &formats.date);
                page.write_datetime_with_format(row, column, day, date)
                    .map(drop)
                    .map_err(refusal)
            }
            Cell::Date(day) => self.text(page, &day.to_string(), &formats.text),
            Cell::Empty => Ok(()),
        }
    }

    fn number(&self, page: &mut Worksheet, number: f64) -> Result<(), Error> {
        page.write_number(self.row, self.column, number)
            .map(drop)
            .map_err(refusal)
    }

    fn text(&self, page: &mut Worksheet, text: &str, format: &Format) -> Result<(), Error> {
        if text.is_empty() {
            return Ok(());
        }
        if text.encode_utf16().count() > TEXT_LEN_MAX {
            return Err(Error::TextLong {
                row: self.row + 1,
                column: self.title.to_owned(),
            });
        }
        let written = if text.starts_with("<r>") && text.ends_with("</r>") {
            // The writer takes a text like this for markup of its own and does not escape it. As the only run of a formatted text it
            // is escaped, but for `_x0041_` and its like, which would be read as the character of that number.
            let escaped = text.replace("_x", "_x005F_x");
            let runs = [(format, escaped.as_str())];
            page.write_rich_string_with_format(self.row, self.column, &runs, format)
        } else {
            page.write_string_with_format(self.row, self.column, text, format)
        };
        written.map(drop).map_err(refusal)
    }
}

/// What the writer complains of that was not looked for before.
fn refusal(error: XlsxError) -> Error {
    Error::Unwritable(error.into())
}
