//! Texts that people type.

use crate::{Error, Result};

/// Letters of a name, of an officer, a person or a unit.
const NAME_LEN_MAX: usize = 100;
/// Letters of a reason or a note.
const REASON_LEN_MAX: usize = 1_000;
const CASE_NUMBER_LEN_MAX: usize = 60;

/// A name, without blanks around it.
pub fn name(field: &'static str, value: &str) -> Result<String> {
    text(field, value, NAME_LEN_MAX, "must have 1 to 100 characters")
}

/// Why an officer does something, in his words.
pub fn reason(field: &'static str, value: &str) -> Result<String> {
    text(
        field,
        value,
        REASON_LEN_MAX,
        "must have 1 to 1,000 characters",
    )
}

pub fn case_number(value: &str) -> Result<String> {
    text(
        "case_number",
        value,
        CASE_NUMBER_LEN_MAX,
        "must have 1 to 60 characters",
    )
}

fn text(
    field: &'static str,
    value: &str,
    len_max: usize,
    expected: &'static str,
) -> Result<String> {
    let text = value.trim();
    if (1..=len_max).contains(&text.chars().count()) && !text.contains('\0') {
        Ok(text.to_owned())
    } else {
        Err(Error::Invalid { field, expected })
    }
}
