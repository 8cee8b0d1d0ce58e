//! What can be wrong with a file.

/// An error of any type, as the libraries below produce them.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a table could not be read or written. Rows count from 1, as programs show them; a column is named by its title, or by its
/// letters where it has none.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is longer than allowed.
    #[error("file is longer than {bytes_max} bytes")]
    TooLarge {
        /// What would have been allowed, in bytes.
        bytes_max: u64,
    },
    /// The workbook unpacks to more than allowed, or would grow to more while it is read.
    #[error("workbook unpacks to more than {unpacked_bytes_max} bytes")]
    Unpacked {
        /// What would have been allowed, in bytes.
        unpacked_bytes_max: u64,
    },
    /// There are more rows than allowed.
    #[error("there are more than {rows_max} rows below the header")]
    Rows {
        /// What would have been allowed.
        rows_max: u32,
    },
    /// There are more columns than allowed.
    #[error("row {row} has content beyond column {columns_max}")]
    Columns {
        /// Where.
        row: u32,
        /// What would have been allowed.
        columns_max: u32,
    },
    /// A text is longer than allowed.
    #[error("row {row}, column {column}: text is longer than {cell_len_max} characters")]
    CellLong {
        /// Where.
        row: u32,
        /// Where.
        column: String,
        /// What would have been allowed, in characters.
        cell_len_max: u32,
    },
    /// The bytes are no text, or one in another character set.
    #[error("text is neither UTF-8 nor GB18030")]
    Charset,
    /// The file is of the older kind (`.xls`), or locked with a password; both look alike from outside.
    #[error("workbook is of the older .xls kind or needs a password")]
    Legacy,
    /// The file is not what it is said to be, or broken.
    #[error("file cannot be read as a table")]
    Damaged(#[source] BoxError),
    /// No cell holds anything.
    #[error("there is no table")]
    Empty,
    /// A column between others has no title.
    #[error("row {row}, column {column}: title is missing")]
    HeaderEmpty {
        /// The header's row.
        row: u32,
        /// The column's letters.
        column: String,
    },
    /// Two columns have the same title.
    #[error("row {row}: title {column} is there twice")]
    HeaderRepeated {
        /// The header's row.
        row: u32,
        /// The title.
        column: String,
    },
    /// A row has content beyond the last title, or, when writing, more cells than there are columns.
    #[error("row {row} is longer than the header of {columns} columns")]
    RowLong {
        /// Where.
        row: u32,
        /// Columns of the header.
        columns: u32,
    },
    /// A quote that is opened in this row is never closed.
    #[error("row {row}: a quote is opened and not closed")]
    Quote {
        /// Where.
        row: u32,
    },
    /// The cell shows an error instead of a value.
    #[error("row {row}, column {column}: cell shows the error {shown}")]
    Failed {
        /// Where.
        row: u32,
        /// Where.
        column: String,
        /// What it shows, such as `#REF!`.
        shown: String,
    },
    /// The cell is a number of more than 15 digits. A spreadsheet keeps 15, so what its author typed is already lost; he must store
    /// it as text.
    #[error(
        "row {row}, column {column}: number has more than the 15 digits that a spreadsheet keeps"
    )]
    Digits {
        /// Where.
        row: u32,
        /// Where.
        column: String,
    },
    /// The cell is formatted as a date or time, and its number is none.
    #[error("row {row}, column {column}: number is no date")]
    Date {
        /// Where.
        row: u32,
        /// Where.
        column: String,
    },
    /// A sheet that is to be written has no name, one that is taken, one longer than 31 characters, one with any of `[]:*?/\`, or with
    /// an apostrophe at an end.
    #[error("a sheet cannot be named {name:?}")]
    SheetName {
        /// The name.
        name: String,
    },
    /// A text that is to be written is longer than [`TEXT_LEN_MAX`](crate::TEXT_LEN_MAX).
    #[error("row {row}, column {column}: text is too long for a workbook")]
    TextLong {
        /// Where.
        row: u32,
        /// Where.
        column: String,
    },
    /// A number that is to be written is infinite or none.
    #[error("row {row}, column {column}: number is not finite")]
    NotFinite {
        /// Where.
        row: u32,
        /// Where.
        column: String,
    },
    /// A sheet that is to be written has more rows or columns than a workbook can hold.
    #[error("sheet {name:?} is too large for a workbook")]
    SheetFull {
        /// The sheet's name.
        name: String,
    },
    /// The workbook could not be written for another reason.
    #[error("workbook could not be written")]
    Unwritable(#[source] BoxError),
}

impl Error {
    /// The file is broken, and this says how.
    pub(crate) fn damaged(source: impl Into<BoxError>) -> Self {
        Self::Damaged(source.into())
    }
}
