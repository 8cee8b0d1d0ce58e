use serde::{Deserialize, Serialize};

use super::Month;

/// Items of a book, at most.
pub const ITEMS_MAX: usize = 50;
/// Points of one time, given or taken, at most.
pub const POINTS_MAX: u32 = 100;
/// Points of an item in a month, and the base, at most.
pub const CAP_MAX: u32 = 1_000;
/// Characters of an item's title, at most.
pub const TITLE_CHARS_MAX: usize = 50;
const CODE_LEN_MAX: usize = 40;

/// Which fact proposes an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Every duty of the month on time, or excused.
    FullAttendance,
    Late,
    /// Missed, and nobody excused it.
    Missed,
    /// Back from leave too late, or not at all.
    OverdueLeave,
    /// An alert that an officer closed as confirmed.
    ConfirmedAlert,
    /// Whole hours of education.
    Education,
    /// Whole hours of public service (公益活动, 社区矫正法 §42).
    Service,
    /// None: an officer writes down what he saw.
    Observed,
}

crate::text_enum!(Trigger {
    FullAttendance = "full_attendance",
    Late = "late",
    Missed = "missed",
    OverdueLeave = "overdue_leave",
    ConfirmedAlert = "confirmed_alert",
    Education = "education",
    Service = "service",
    Observed = "observed",
});

impl Trigger {
    /// May an item with these points hang on it?
    const fn suits(self, points: i32) -> bool {
        match self {
            Self::FullAttendance | Self::Education | Self::Service => points > 0,
            Self::Late | Self::Missed | Self::OverdueLeave | Self::ConfirmedAlert => points < 0,
            Self::Observed => points != 0,
        }
    }
}

/// What is given or taken for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Stable name: 1 to 40 of `a`–`z` and `_`.
    pub code: String,
    pub zh: String,
    pub en: String,
    /// For each time, or each whole hour; negative takes. Within ±[`POINTS_MAX`], never 0.
    pub points: i32,
    /// Points that count in one month at most, without sign.
    pub month_cap: u32,
    pub on: Trigger,
}

/// What speaks for another level (分类管理, 实施办法 §21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Levels {
    /// Months in a row that are looked at, 1 to 12.
    pub months: u8,
    /// All of these months with so many points or more, and nothing taken, speak for less supervision.
    pub lenient_from: u32,
    /// One of these months with fewer speaks for more.
    pub strict_below: u32,
}

/// One version of the rules. From its first month on a version holds until a higher one does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleBook {
    /// 1, 2, …
    pub version: i32,
    pub effective_from: Month,
    /// Points that everybody has each month; at least all that can be taken, so that no month ends below nothing.
    pub base: u32,
    pub items: Vec<Item>,
    pub levels: Levels,
}

/// Why something about points cannot be: the field, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {expected}")]
pub struct PointsFault {
    /// Path of the field, such as `items[2].code`.
    pub field: String,
    pub expected: &'static str,
}

impl PointsFault {
    pub(super) fn new(field: &str, expected: &'static str) -> Self {
        let field = field.to_owned();
        Self { field, expected }
    }
}

/// Provinces differ in the numbers and agree in the shape: a base each month, a few points up for attendance, education and service, down
/// for late, missed, overdue and proven; levels looked at each quarter.
const STANDARD: &str = include_str!("standard.json");

impl RuleBook {
    /// The book that a house begins with: 100 points a month, looked at by the quarter.
    pub fn standard(effective_from: Month) -> Self {
        let standard = serde_json::from_str(STANDARD).expect("the standard book is a book");
        Self {
            effective_from,
            ..standard
        }
    }

    pub fn item(&self, code: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.code == code)
    }

    /// Can it follow the newest book? One that follows begins in a later month than this one: nobody is measured by a rule that he could
    /// not know.
    ///
    /// # Errors
    /// Names the first field that is wrong.
    pub fn check(&self, newest: Option<&Self>, this_month: Month) -> Result<(), PointsFault> {
        let must = |holds: bool, field: &str, expected| {
            if holds {
                Ok(())
            } else {
                Err(PointsFault::new(field, expected))
            }
        };
        let version = newest.map_or(1, |newest| newest.version.saturating_add(1));
        must(
            self.version == version,
            "version",
            "must be the next number",
        )?;
        if let Some(newest) = newest {
            let from = self.effective_from;
            must(
                from > this_month,
                "effective_from",
                "must lie after this month",
            )?;
            let later = from > newest.effective_from;
            must(
                later,
                "effective_from",
                "must lie after that of the book before",
            )?;
        }
        let base = (1..=CAP_MAX).contains(&self.base);
        must(base, "base", "must be 1 to 1000")?;
        let count = (1..=ITEMS_MAX).contains(&self.items.len());
        must(count, "items", "must be 1 to 50")?;
        for (index, item) in self.items.iter().enumerate() {
            item.check(&self.items[..index])
                .map_err(|(field, expected)| PointsFault {
                    field: format!("items[{index}].{field}"),
                    expected,
                })?;
        }
        let caps = |taken: bool| -> u32 {
            let items = self.items.iter().filter(|item| (item.points < 0) == taken);
            items.map(|item| item.month_cap).sum()
        };
        let enough = caps(true) <= self.base;
        must(
            enough,
            "base",
            "must be all that can be taken in a month, or more",
        )?;
        let Levels {
            months,
            lenient_from,
            strict_below,
        } = self.levels;
        let quarter = (1..=12).contains(&months);
        must(quarter, "levels.months", "must be 1 to 12")?;
        let reachable = lenient_from <= self.base + caps(false);
        must(
            reachable,
            "levels.lenient_from",
            "must be points that can be reached",
        )?;
        let apart = strict_below < lenient_from;
        must(
            apart,
            "levels.strict_below",
            "must lie below levels.lenient_from",
        )
    }
}

impl Item {
    fn check(&self, before: &[Self]) -> Result<(), (&'static str, &'static str)> {
        let word = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        let named = (1..=CODE_LEN_MAX).contains(&self.code.len());
        if !named || !self.code.bytes().all(word) {
            return Err(("code", "must be 1 to 40 of a–z and _"));
        }
        if before.iter().any(|other| other.code == self.code) {
            return Err(("code", "must be no other item's"));
        }
        for (field, title) in [("zh", &self.zh), ("en", &self.en)] {
            if title.trim().is_empty() || title.chars().count() > TITLE_CHARS_MAX {
                return Err((field, "must have 1 to 50 characters"));
            }
        }
        if self.points == 0 || self.points.unsigned_abs() > POINTS_MAX {
            return Err(("points", "must be 1 to 100, given or taken"));
        }
        if !(self.points.unsigned_abs()..=CAP_MAX).contains(&self.month_cap) {
            return Err(("month_cap", "must be the points of one time to 1000"));
        }
        if !self.on.suits(self.points) {
            return Err(("points", "must have the sign that the fact deserves"));
        }
        let twice = before.iter().any(|other| other.on == self.on);
        if self.on != Trigger::Observed && twice {
            return Err(("on", "must be no other item's: a fact counts once"));
        }
        Ok(())
    }
}

/// The book of a month: of those that have begun the one with the highest version.
pub fn in_force(books: &[RuleBook], month: Month) -> Option<&RuleBook> {
    let begun = books.iter().filter(|book| book.effective_from <= month);
    begun.max_by_key(|book| book.version)
}
