//! A table that was read.

/// A table as texts. Titles are unique and not empty; every row has as many cells as there are titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Titles, from the first row that holds anything.
    pub header: Vec<String>,
    /// The rows below that hold anything, from top to bottom.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Number of the row as its author sees it, counting from 1, header and empty rows included.
    pub number: u32,
    /// A text for each title, without surrounding white space; empty where there is nothing.
    pub cells: Vec<String>,
}
