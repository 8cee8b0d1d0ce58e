use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Ledger, Month, PointsFault, RuleBook, in_force};
use crate::{PersonId, PointsEntryId};

/// Months of one call, at most: the longest order, and what hangs over at its ends.
pub const MONTHS_MAX: usize = 10 * 12 + 2;

/// What became of one entry in its month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub entry: PointsEntryId,
    pub item: String,
    /// As entered.
    pub points: i64,
    /// What is left of it: nothing when reversed, and no more than the item's cap leaves.
    pub counted: i64,
    pub reversed_by: Option<PointsEntryId>,
}

/// A person's month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    pub person: PersonId,
    pub month: Month,
    /// Version of the book in force.
    pub book: i32,
    /// The balance with which the month began.
    pub opening: i64,
    pub base: i64,
    /// All entries but reversals, by time.
    pub lines: Vec<Line>,
    /// The base and all that counted.
    pub total: i64,
    /// Opening and total.
    pub closing: i64,
}

/// The months `first..=last`, the first of which opens at 0. What was known at an earlier instant is found from the entries until then.
///
/// # Errors
/// When no book is in force, an entry's item is not in its book, or there are more than [`MONTHS_MAX`] months.
pub fn statements(
    ledger: &Ledger<'_>,
    books: &[RuleBook],
    first: Month,
    last: Month,
) -> Result<Vec<Statement>, PointsFault> {
    let mut all: Vec<Statement> = Vec::new();
    let mut month = first;
    while month <= last {
        if all.len() == MONTHS_MAX {
            return Err(PointsFault::new(
                "last",
                "must lie at most 122 months after first",
            ));
        }
        let opening = all.last().map_or(0, |before| before.closing);
        all.push(statement(ledger, books, month, opening)?);
        month = month.next();
    }
    Ok(all)
}

fn statement(
    ledger: &Ledger<'_>,
    books: &[RuleBook],
    month: Month,
    opening: i64,
) -> Result<Statement, PointsFault> {
    let book = in_force(books, month)
        .ok_or_else(|| PointsFault::new("first", "must not lie before the first book"))?;
    let mut room: BTreeMap<(i32, &str, bool), i64> = BTreeMap::new();
    let mut lines = Vec::new();
    for entry in ledger.entries().filter(|entry| entry.month == month) {
        if entry.change.fact().is_none() {
            continue;
        }
        let of_entry = books.iter().find(|book| book.version == entry.book);
        let item = of_entry
            .and_then(|book| book.item(&entry.item))
            .ok_or_else(|| PointsFault::new("entries", "must be of items in their books"))?;
        let points = entry.change.points();
        let side = (entry.book, entry.item.as_str(), points < 0);
        let left = room
            .entry(side)
            .or_insert_with(|| i64::from(item.month_cap));
        let counted = if ledger.counts(entry) {
            points.clamp(-*left, *left)
        } else {
            0
        };
        *left -= counted.abs();
        lines.push(Line {
            entry: entry.id,
            item: entry.item.clone(),
            points,
            counted,
            reversed_by: ledger.reversed_by(entry.id).map(|reversal| reversal.id),
        });
    }
    let base = i64::from(book.base);
    let total = base + lines.iter().map(|line| line.counted).sum::<i64>();
    Ok(Statement {
        person: ledger.person,
        month,
        book: book.version,
        opening,
        base,
        lines,
        total,
        closing: opening + total,
    })
}
