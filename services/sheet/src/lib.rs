//! Tables from and to the files that office people use: CSV, and XLSX workbooks.
//!
//! [`read`] makes a [`Table`] of a file that somebody sends: texts below a header, each row with the number that its author sees in
//! his program. [`write()`] and [`workbook`] make files that he can open, filter, and send back.
//!
//! Invariants
//! 1. No bytes make this crate panic, and none make it take memory without bound: what is read counts against [`Limits`] as it is
//!    unpacked, and a workbook is taken apart and looked through before its reader sees it.
//! 2. Nothing is guessed about content: a cell that cannot be read as its author sees it is an [`Error`] that names row and column.
//! 3. Text that is written stays text. No cell of a written file is a formula, whatever it begins with.
//! 4. The same input gives the same bytes: a written file carries no clock, name or chance.
//! 5. This crate must not know what a column means, where a file comes from or goes to, nor HTTP or SQL.
//!
//! A written CSV guards against formulas with an apostrophe: a text that begins (behind spaces and apostrophes) with `=`, `+`, `-`,
//! `@`, or with a tab or line break, gets a `'` in front, as OWASP advises against CSV injection. [`read`] takes exactly that
//! apostrophe away again, so what was exported can be imported. XLSX needs no guard, for it says of each cell that it is text.

mod book;
mod charset;
mod error;
mod format;
mod grid;
mod guard;
mod limits;
mod package;
mod part;
mod separated;
mod sheet;
mod table;
mod value;
mod workbook;

pub use error::{BoxError, Error};
pub use format::Format;
pub use limits::Limits;
pub use sheet::{Cell, Column, Sheet};
pub use table::{Row, Table};
pub use workbook::{COLUMNS_MAX, ROWS_MAX, TEXT_LEN_MAX, workbook};

/// Read the table of a file: of a workbook, the first visible sheet that holds anything.
///
/// The first row that holds anything is the header. Every cell becomes text without surrounding white space: numbers as they are
/// written (no `.0`, no exponent, fractions to the 15 digits that a spreadsheet keeps), dates as `2026-01-31`, dates with a time of
/// day as `2026-01-31 08:30:00`, times as `08:30:00`, truth values as `true` and `false`, a formula as the result that was stored with
/// it. Rows without content are left out.
///
/// CSV is UTF-8 with or without a byte order mark, or GB18030; separated by commas, semicolons or tabs, whichever the header line
/// has most of.
///
/// # Errors
/// Whatever of [`Error`] speaks of reading; [`Error::Damaged`] for bytes that are no such file.
pub fn read(bytes: &[u8], format: Format, limits: &Limits) -> Result<Table, Error> {
    if bytes.len() as u64 > limits.bytes_max {
        return Err(Error::TooLarge {
            bytes_max: limits.bytes_max,
        });
    }
    match format {
        Format::Csv => separated::read(bytes, limits),
        Format::Xlsx => book::read(bytes, limits),
    }
}

/// Write one sheet.
///
/// XLSX: a bold header row that stays in sight, an automatic filter, column widths, real dates. Texts are cells of the text format,
/// and so are whole numbers of more than 15 digits and dates before 1900, which a spreadsheet cannot hold as such.
///
/// CSV: UTF-8 with a byte order mark (without it Excel takes it for GBK), commas, CRLF, quotes as in RFC 4180, and the guard that the
/// crate's page tells of. It carries no types: a program that opens it makes numbers of texts that look like one, and rounds long
/// ones. NUL characters are left out. The sheet's name and widths are not used.
///
/// # Errors
/// [`Error::RowLong`], [`Error::NotFinite`]; for XLSX also [`Error::SheetName`], [`Error::TextLong`], [`Error::SheetFull`].
pub fn write(sheet: &Sheet, format: Format) -> Result<Vec<u8>, Error> {
    match format {
        Format::Csv => separated::write(sheet),
        Format::Xlsx => workbook(std::slice::from_ref(sheet)),
    }
}
