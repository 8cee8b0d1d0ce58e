//! The apostrophe that keeps a spreadsheet from taking a text of a CSV file for a formula.

use std::borrow::Cow;

/// What begins a formula, also as Chinese input writes it.
const BEGINS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// What hides the beginning from a look at the first character.
const HIDES: [char; 3] = ['\t', '\r', '\n'];

/// The text with an apostrophe in front if it needs one.
pub fn on(text: &str) -> Cow<'_, str> {
    if tempts(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text without the apostrophe that [`on`] put there.
pub fn off(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(bare) if tempts(bare) => bare,
        Some(_) | None => text,
    }
}

/// Could a spreadsheet take the text for a formula? An apostrophe in front changes nothing, so that texts which already have one
/// keep it on the way out and in.
fn tempts(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    let seen = bare.trim_start_matches(|letter: char| letter == '\'' || letter.is_whitespace());
    bare.starts_with(HIDES) || seen.starts_with(BEGINS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_that_begins_like_a_formula_is_guarded() {
        for text in ["=1+1", "+86", "-1", "@A1", "\tx", "\rx", " =1", "＝1"] {
            assert_eq!(on(text), format!("'{text}"));
            assert_eq!(off(&on(text)), text);
        }
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in ["", "a=1", "1-1", "张三", "'", "'t Hooft", "o'clock"] {
            assert_eq!(on(text), text);
            assert_eq!(off(text), text);
        }
    }

    proptest! {
        #[test]
        fn the_guard_comes_off_as_it_went_on(text in "['=+@ \t\r\na-]{0,6}") {
            let guarded = on(&text);
            prop_assert!(!guarded.starts_with(BEGINS) && !guarded.starts_with(HIDES));
            prop_assert_eq!(off(&guarded), text.as_str());
        }
    }
}
