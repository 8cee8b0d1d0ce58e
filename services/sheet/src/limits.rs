//! How much a file may hold.

/// What a file may hold at most before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Length of the file, in bytes.
    pub bytes_max: u64,
    /// Rows that hold anything, the header not counted.
    pub rows_max: u32,
    /// Columns, in any row.
    pub columns_max: u32,
    /// Length of a cell's text, in characters.
    pub cell_len_max: u32,
    /// What a workbook may unpack to, in bytes: its parts together, then its table's texts together (a text that many cells share is
    /// stored once, but read as often as it is used). More than eight million elements of markup, a dozen bytes or more each in any
    /// real workbook, are refused with the same error. A workbook made to harm can take some four times as much memory.
    pub unpacked_bytes_max: u64,
}

impl Default for Limits {
    /// 4 MiB, 20 000 rows, 100 columns, 1 000 characters, 64 MiB unpacked.
    fn default() -> Self {
        Self {
            bytes_max: 4 << 20,
            rows_max: 20_000,
            columns_max: 100,
            cell_len_max: 1_000,
            unpacked_bytes_max: 64 << 20,
        }
    }
}
