//! Cells as they come out of a file, before it is known which row is the header.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::error::Error;
use crate::limits::Limits;
use crate::table::{Row, Table};

/// Cells that hold something, in the order of their rows, counted against the limits as they come.
pub struct Grid<'a> {
    limits: &'a Limits,
    /// By number; each cell with its column, counting from 0.
    rows: BTreeMap<u32, Vec<(u32, String)>>,
    /// Texts so far.
    bytes: u64,
}

impl<'a> Grid<'a> {
    pub const fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            rows: BTreeMap::new(),
            bytes: 0,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Put a text into a cell; white space alone is nothing. `row` counts from 1, `column` from 0.
    pub fn put(&mut self, row: u32, column: u32, text: &str) -> Result<(), Error> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        let limits = self.limits;
        let columns_max = limits.columns_max;
        if column >= columns_max {
            return Err(Error::Columns { row, columns_max });
        }
        if text.chars().nth(limits.cell_len_max as usize).is_some() {
            return Err(Error::CellLong {
                row,
                column: self.column(row, column),
                cell_len_max: limits.cell_len_max,
            });
        }
        self.bytes += text.len() as u64;
        if self.bytes > limits.unpacked_bytes_max {
            return Err(Error::Unpacked {
                unpacked_bytes_max: limits.unpacked_bytes_max,
            });
        }
        let rows = self.rows.len();
        let cells = match self.rows.entry(row) {
            Entry::Vacant(_) if rows > limits.rows_max as usize => {
                return Err(Error::Rows {
                    rows_max: limits.rows_max,
                });
            }
            Entry::Vacant(place) => place.insert(Vec::new()),
            Entry::Occupied(place) => place.into_mut(),
        };
        if cells.len() == columns_max as usize {
            return Err(twice(row, column));
        }
        cells.push((column, text.to_owned()));
        Ok(())
    }

    /// What to call a column when speaking of a row: its title, or its letters where the header has none, or has not been seen, or is
    /// spoken of itself.
    pub fn column(&self, row: u32, column: u32) -> String {
        let header = self.rows.first_key_value();
        let titles = header.filter(|(number, _)| **number < row);
        titles
            .and_then(|(_, titles)| titles.iter().find(|(place, _)| *place == column))
            .map_or_else(|| letters(column), |(_, title)| title.clone())
    }

    /// The table: the first row is the header, the others are filled up to its length.
    pub fn table(mut self) -> Result<Table, Error> {
        let (number, titles) = self.rows.pop_first().ok_or(Error::Empty)?;
        let columns = titles.iter().map(|(column, _)| column + 1).max();
        let columns = columns.unwrap_or_default();
        let header = filled(number, titles, columns)?;
        for (column, title) in header.iter().enumerate() {
            if title.is_empty() {
                return Err(Error::HeaderEmpty {
                    row: number,
                    column: letters(column as u32),
                });
            }
            if header[..column].contains(title) {
                return Err(Error::HeaderRepeated {
                    row: number,
                    column: title.clone(),
                });
            }
        }
        let rows = self.rows.into_iter().map(|(number, cells)| {
            let cells = filled(number, cells, columns)?;
            Ok(Row { number, cells })
        });
        Ok(Table {
            header,
            rows: rows.collect::<Result<_, _>>()?,
        })
    }
}

/// A text for each of the columns.
fn filled(row: u32, cells: Vec<(u32, String)>, columns: u32) -> Result<Vec<String>, Error> {
    let mut all = vec![String::new(); columns as usize];
    for (column, text) in cells {
        let place = all
            .get_mut(column as usize)
            .ok_or(Error::RowLong { row, columns })?;
        if !place.is_empty() {
            return Err(twice(row, column));
        }
        *place = text;
    }
    Ok(all)
}

fn twice(row: u32, column: u32) -> Error {
    Error::damaged(format!("cell {}{row} is there twice", letters(column)))
}

/// The letters by which programs call a column that counts from 0: `A`, `Z`, `AA`.
pub fn letters(column: u32) -> String {
    let mut left = u64::from(column) + 1;
    let mut letters = Vec::new();
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + (left % 26) as u8));
        left /= 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        bytes_max: 100,
        rows_max: 2,
        columns_max: 3,
        cell_len_max: 4,
        unpacked_bytes_max: 30,
    };

    /// A table of cells with their row and column.
    fn table(cells: &[(u32, u32, &str)]) -> Result<Table, Error> {
        let mut grid = Grid::new(&LIMITS);
        for (row, column, text) in cells {
            grid.put(*row, *column, text)?;
        }
        grid.table()
    }

    #[test]
    fn columns_are_lettered_as_programs_letter_them() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), name);
        }
        assert_eq!(letters(16_383), "XFD");
        assert_eq!(letters(u32::MAX), "MWLQKWV");
    }

    #[test]
    fn the_first_row_with_content_is_the_header() {
        let table = table(&[(1, 0, " "), (3, 0, "a"), (3, 1, "b"), (5, 1, "2")]).unwrap();
        assert_eq!(table.header, ["a", "b"]);
        assert_eq!(table.rows[0].number, 5);
        assert_eq!(table.rows[0].cells, ["", "2"]);
    }

    #[test]
    fn a_missing_title_is_refused() {
        let found = table(&[(1, 0, "a"), (1, 2, "c")]);
        assert!(matches!(found, Err(Error::HeaderEmpty { row: 1, column }) if column == "B"));
    }

    #[test]
    fn a_title_that_is_there_twice_is_refused() {
        let found = table(&[(2, 0, "a"), (2, 1, " a ")]);
        assert!(matches!(found, Err(Error::HeaderRepeated { row: 2, column }) if column == "a"));
    }

    #[test]
    fn content_beyond_the_header_is_refused() {
        let found = table(&[(1, 0, "a"), (4, 1, "x")]);
        assert!(matches!(found, Err(Error::RowLong { row: 4, columns: 1 })));
    }

    #[test]
    fn rows_columns_and_texts_are_limited() {
        let found = table(&[(1, 0, "a"), (2, 0, "1"), (3, 0, "2"), (4, 0, "3")]);
        assert!(matches!(found, Err(Error::Rows { rows_max: 2 })));
        let found = table(&[(1, 3, "a")]);
        assert!(matches!(found, Err(Error::Columns { row: 1, .. })));
        let found = table(&[(1, 0, "案号"), (2, 0, "案号二〇二")]);
        assert!(matches!(found, Err(Error::CellLong { row: 2, column, .. }) if column == "案号"));
        assert!(table(&[(1, 0, "案号案号")]).is_ok());
    }

    #[test]
    fn texts_together_are_limited() {
        let text = "案号案";
        let found = table(&[(1, 0, text), (1, 1, text), (1, 2, text), (2, 0, text)]);
        assert!(matches!(found, Err(Error::Unpacked { .. })));
    }

    #[test]
    fn a_cell_that_is_there_twice_is_refused() {
        let found = table(&[(1, 0, "a"), (1, 0, "b")]);
        assert!(matches!(found, Err(Error::Damaged(_))));
        let found = table(&[(1, 0, "a"), (1, 0, "b"), (1, 0, "c"), (1, 0, "d")]);
        assert!(matches!(found, Err(Error::Damaged(_))));
    }
}
