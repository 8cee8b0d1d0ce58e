//! A table that is to be written.

use jiff::civil::Date;

/// A table that is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// What its tab says: 1 to 31 characters, none of `[]:*?/\`, no apostrophe at either end, unique in its workbook.
    pub name: String,
    /// The columns, from left to right.
    pub columns: Vec<Column>,
    /// The rows below the header. One that is shorter than the columns ends with empty cells.
    pub rows: Vec<Vec<Cell>>,
}

/// A column of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What the header says.
    pub title: String,
    /// Width in characters, 1 to 255; a Chinese character takes two.
    pub width: u16,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text, also when it looks like a number or a formula. At most [`TEXT_LEN_MAX`](crate::TEXT_LEN_MAX) in a workbook.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number; finite.
    Number(f64),
    /// A day.
    Date(Date),
    /// Nothing.
    Empty,
}
