//! Tables in workbooks: XLSX, read.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Reader, SheetType, SheetVisible, Xlsx};

use crate::error::Error;
use crate::grid::Grid;
use crate::limits::Limits;
use crate::table::Table;
use crate::value::{self, Fault};
use crate::{package, workbook};

/// Sheets that are looked into for the first that is not empty, at most. Fewer in a large workbook: a sheet costs its author nothing
/// if it names a part that others name too, and costs us as much as that part each time.
const SHEETS_MAX: u64 = 16;

/// How a file begins that is a compound document: an `.xls` workbook, or any that is locked with a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Read the first visible sheet that is not empty.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Table, Error> {
    if bytes.starts_with(COMPOUND) {
        return Err(Error::Legacy);
    }
    // The reader's arithmetic on the names of cells is not checked: where overflow is, a cell like `A99999999999` makes it panic.
    // Nothing of it outlives the call, so nothing can be left in a half state.
    catch_unwind(AssertUnwindSafe(|| first_table(bytes, limits)))
        .unwrap_or_else(|_| Err(Error::damaged("the reader gave up on the workbook")))
}

fn first_table(bytes: &[u8], limits: &Limits) -> Result<Table, Error> {
    let package = package::unpacked(bytes, limits.unpacked_bytes_max)?;
    let twice = limits.unpacked_bytes_max.saturating_mul(2);
    let sheets_max = (twice / package.len() as u64).clamp(1, SHEETS_MAX);
    let mut book = Xlsx::new(Cursor::new(package)).map_err(Error::damaged)?;
    let sheets = book.sheets_metadata().iter();
    let seen = sheets.filter(|sheet| {
        sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
    });
    let names: Vec<String> = seen
        .take(sheets_max as usize)
        .map(|sheet| sheet.name.clone())
        .collect();
    for name in names {
        let grid = grid(&mut book, &name, limits)?;
        if !grid.is_empty() {
            return grid.table();
        }
    }
    Err(Error::Empty)
}

/// The cells of a sheet, one after the other: the reader can also hand out a whole range, but makes room for as much as the
/// outermost cells span, and those may be a million rows apart.
fn grid<'a>(
    book: &mut Xlsx<Cursor<Vec<u8>>>,
    name: &str,
    limits: &'a Limits,
) -> Result<Grid<'a>, Error> {
    let mut cells = book.worksheet_cells_reader(name).map_err(Error::damaged)?;
    let mut grid = Grid::new(limits);
    while let Some(cell) = cells.next_cell().map_err(Error::damaged)? {
        let (row, column) = cell.get_position();
        if row >= workbook::ROWS_MAX || column >= workbook::COLUMNS_MAX {
            return Err(Error::damaged("a cell lies outside of any sheet"));
        }
        let row = row + 1;
        match value::text(cell.get_value()) {
            Ok(text) => grid.put(row, column, &text)?,
            Err(fault) => return Err(refusal(fault, row, grid.column(row, column))),
        }
    }
    Ok(grid)
}

fn refusal(fault: Fault, row: u32, column: String) -> Error {
    match fault {
        Fault::Shown(shown) => Error::Failed { row, column, shown },
        Fault::Digits => Error::Digits { row, column },
        Fault::Date => Error::Date { row, column },
    }
}
