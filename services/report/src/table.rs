use jiff::civil::Date;

/// Texts of columns that are this wide break anywhere.
const LONG: u16 = 30;
/// Signs of columns that are this narrow stand one below the other.
const NARROW: u16 = 5;

/// A table with headings in two languages.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Chinese, English. The Chinese one has at most 31 characters, none of `[]:*?/\`, so that it can name a sheet.
    pub name: (&'static str, &'static str),
    pub columns: Vec<Column>,
    /// Each has as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// The sums, where there are any: a last row.
    pub total: Option<Vec<Cell>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub zh: String,
    pub en: String,
    /// In characters; a Chinese one takes two.
    pub width: u16,
    pub kind: Kind,
}

/// What a column is to the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Numbers and days.
    Count,
    /// One sign for each duty.
    Marks,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(String),
    Integer(i64),
    /// Finite.
    Number(f64),
    Date(Date),
    Empty,
}

impl Column {
    /// The class of its cells on a page.
    pub(crate) const fn class(&self) -> &'static str {
        match self.kind {
            Kind::Text if self.width >= LONG => "long",
            Kind::Text => "text",
            Kind::Count => "count",
            Kind::Marks if self.width <= NARROW => "marks tall",
            Kind::Marks => "marks",
        }
    }

    pub(crate) fn new(
        kind: Kind,
        zh: impl Into<String>,
        en: impl Into<String>,
        width: u16,
    ) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
            width,
            kind,
        }
    }

    /// Of texts; `width` in characters, of which a Chinese one takes two.
    pub fn text(zh: &str, en: &str, width: u16) -> Self {
        Self::new(Kind::Text, zh, en, width)
    }

    /// Of numbers and days.
    pub fn count(zh: &str, en: &str, width: u16) -> Self {
        Self::new(Kind::Count, zh, en, width)
    }
}

pub(crate) fn text(zh: &str, en: &str, width: u16) -> Column {
    Column::text(zh, en, width)
}

pub(crate) fn count(zh: &str, en: &str, width: u16) -> Column {
    Column::count(zh, en, width)
}

impl Cell {
    /// As a page shows it. Control characters, which HTML cannot hold, become spaces.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Text(text) => printable(text),
            Self::Integer(number) => number.to_string(),
            Self::Number(number) => format!("{number:.1}"),
            Self::Date(day) => day.to_string(),
            Self::Empty => String::new(),
        }
    }
}

/// Without control characters.
pub(crate) fn printable(text: &str) -> String {
    let seen = |letter: char| if letter.is_control() { ' ' } else { letter };
    text.chars().map(seen).collect()
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Cell {
    fn from(count: u32) -> Self {
        Self::Integer(count.into())
    }
}

impl From<Date> for Cell {
    fn from(day: Date) -> Self {
        Self::Date(day)
    }
}
