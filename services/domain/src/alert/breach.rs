use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{AlertFault, local};
use crate::{Micros, OfficerId};

/// Characters of an officer's text, at most.
pub const TEXT_CHARS_MAX: usize = 1_000;

/// 违法违规: what an officer knows and no phone does. No detector finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleBreach {
    by: OfficerId,
    /// When it happened, as far as the officer knows.
    at: Micros,
    /// When he wrote it down.
    pub(super) entered_at: Micros,
    text: String,
}

impl RuleBreach {
    /// # Errors
    /// When the text is empty, too long or holds control characters but line breaks, or `at` lies ahead of `now`.
    pub fn new(by: OfficerId, at: Micros, text: &str, now: Micros) -> Result<Self, AlertFault> {
        let text = text.trim();
        let odd = |char: char| char.is_control() && char != '\n';
        if text.is_empty() || text.chars().count() > TEXT_CHARS_MAX || text.chars().any(odd) {
            return Err(AlertFault::new(
                "text",
                "must have 1 to 1000 characters, none of them control characters",
            ));
        }
        if at > now {
            return Err(AlertFault::new("at", "must not lie ahead"));
        }
        Ok(Self {
            by,
            at,
            entered_at: now,
            text: text.to_owned(),
        })
    }

    pub(super) fn explain(&self, zone: &TimeZone) -> (String, String) {
        let (at, text) = (local::told(self.at, zone), &self.text);
        (
            format!("工作人员登记：{at}，{text}"),
            format!("An officer wrote down of {at}: {text}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::alert::scene::zone;

    #[test]
    fn an_officer_writes_what_has_happened_in_a_text_of_bounded_length() {
        let now = Micros(5_000_000);
        let new = |at, text: &str| {
            let breach = RuleBreach::new(OfficerId(Uuid::nil()), at, text, now);
            breach.map_err(|fault| fault.field)
        };
        let breach = new(now, " 酒后滋事\n被派出所传唤 ").expect("a breach");
        assert!(
            breach
                .explain(&zone())
                .0
                .ends_with("，酒后滋事\n被派出所传唤")
        );
        assert!(new(now, &"字".repeat(TEXT_CHARS_MAX)).is_ok());
        for wrong in ["", " \n", "a\0b", &"字".repeat(TEXT_CHARS_MAX + 1)] {
            assert_eq!(new(now, wrong), Err("text".to_owned()));
        }
        assert_eq!(new(Micros(5_000_001), "x"), Err("at".to_owned()));
    }
}
