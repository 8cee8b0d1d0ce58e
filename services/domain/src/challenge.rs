mod presence;

use serde::{Deserialize, Serialize};

pub use presence::{
    Can, Colour, FLASH_EACH_MS, FLASH_LEN, Flash, PRESENCE_SEED_LEN, Presence, Side,
};

/// Digits that a person is asked to speak: 8 of them, about four seconds. With no digit twice in a row there are
/// 10·9⁷ ≈ 4.8 × 10⁷ prompts.
pub const PROMPT_LEN: usize = 8;
/// Random bytes that [`Prompt::draw`] takes.
pub const PROMPT_SEED_LEN: usize = 8 * PROMPT_LEN;
/// Most digits in any phrase that we ask for, also at enrolment.
pub const PHRASE_LEN_MAX: usize = 20;

/// A string of digits to be spoken, 1 to [`PHRASE_LEN_MAX`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prompt(String);

impl Prompt {
    /// From random bytes: eight for each digit, so that the bias of the remainder stays under 10⁻¹⁸. No digit follows itself, since a
    /// repeated digit is hard to tell from a long one.
    pub fn draw(seed: &[u8; PROMPT_SEED_LEN]) -> Self {
        let mut digits = String::with_capacity(PROMPT_LEN);
        let mut last = None;
        for bytes in seed.as_chunks::<8>().0 {
            let word = u64::from_le_bytes(*bytes);
            let digit = match last {
                None => word % 10,
                Some(last) => (last + 1 + word % 9) % 10,
            };
            digits.push(char::from(b'0' + digit as u8));
            last = Some(digit);
        }
        Self(digits)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Prompt {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = (1..=PHRASE_LEN_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit());
        if fits {
            Ok(Self(text))
        } else {
            Err("a spoken phrase is 1 to 20 digits, 0 to 9")
        }
    }
}

impl From<Prompt> for String {
    fn from(prompt: Prompt) -> Self {
        prompt.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_prompt_never_repeats_a_digit_at_once(seed in proptest::array::uniform32(any::<u8>()), more in proptest::array::uniform32(any::<u8>())) {
            let mut bytes = [0; PROMPT_SEED_LEN];
            bytes[..32].copy_from_slice(&seed);
            bytes[32..].copy_from_slice(&more);
            let prompt = Prompt::draw(&bytes);
            prop_assert_eq!(prompt.as_str().len(), PROMPT_LEN);
            prop_assert!(prompt.as_str().as_bytes().windows(2).all(|pair| pair[0] != pair[1]));
            prop_assert!(Prompt::try_from(prompt.as_str().to_owned()).is_ok());
        }
    }
}
