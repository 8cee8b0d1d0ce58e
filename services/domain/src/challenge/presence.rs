//! What a person shows besides a frontal face: the head turned to one side, and the face in the light of colours. Both are drawn for one
//! session, so that nobody can have taken the answer before.

use serde::{Deserialize, Serialize};

/// Colours of one sequence. Of six colours, none twice in a row, there are 6·5³ = 750 sequences.
pub const FLASH_LEN: usize = 4;
/// How long each colour stays: the camera's exposure follows within half a second, and 1.7 changes a second stay below the three from which
/// flashes can harm (WCAG 2.2, success criterion 2.3.1).
pub const FLASH_EACH_MS: u32 = 600;
/// Random bytes that [`Presence::draw`] takes: eight for each draw, so that the bias of a remainder stays under 10⁻¹⁸.
pub const PRESENCE_SEED_LEN: usize = 8 * (1 + FLASH_LEN);

/// The person's own side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Left,
    Right,
}

crate::text_enum!(Side { Left = "left", Right = "right" });

/// A colour that a screen shows as purely as it can: a primary of sRGB, or two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    Red,
    Green,
    Blue,
    Cyan,
    Magenta,
    Yellow,
}

crate::text_enum!(Colour {
    Red = "red",
    Green = "green",
    Blue = "blue",
    Cyan = "cyan",
    Magenta = "magenta",
    Yellow = "yellow",
});

impl Colour {
    /// The light that it sends, 0 or 1 of each primary: red, green, blue.
    pub const fn light(self) -> [f32; 3] {
        match self {
            Self::Red => [1.0, 0.0, 0.0],
            Self::Green => [0.0, 1.0, 0.0],
            Self::Blue => [0.0, 0.0, 1.0],
            Self::Cyan => [0.0, 1.0, 1.0],
            Self::Magenta => [1.0, 0.0, 1.0],
            Self::Yellow => [1.0, 1.0, 0.0],
        }
    }
}

/// Colours that the screen shows one after the other; in each a picture is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    pub colours: Vec<Colour>,
    pub each_ms: u32,
}

/// What a phone says that it can ask its person for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Can {
    pub turn: bool,
    pub flash: bool,
}

/// What is asked of one session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Where the head is to be turned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<Side>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flash: Option<Flash>,
}

impl Presence {
    /// All that the phone can; none when that is nothing. Every side, and every sequence without a colour twice in a row, is as probable as
    /// any other.
    pub fn draw(seed: &[u8; PRESENCE_SEED_LEN], can: Can) -> Option<Self> {
        let (words, _) = seed.as_chunks::<8>();
        let mut words = words.iter().map(|bytes| u64::from_le_bytes(*bytes));
        let side = match words.next().unwrap_or(0) % 2 {
            0 => Side::Left,
            _ => Side::Right,
        };
        let presence = Self {
            turn: can.turn.then_some(side),
            flash: can.flash.then(|| Flash {
                colours: colours(words),
                each_ms: FLASH_EACH_MS,
            }),
        };
        (can.turn || can.flash).then_some(presence)
    }
}

fn colours(words: impl Iterator<Item = u64>) -> Vec<Colour> {
    let count = Colour::ALL.len() as u64;
    let mut last = None;
    let next = |word: u64| {
        let at = match last {
            None => word % count,
            Some(last) => (last + 1 + word % (count - 1)) % count,
        };
        last = Some(at);
        Colour::ALL[at as usize]
    };
    words.map(next).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    const BOTH: Can = Can {
        turn: true,
        flash: true,
    };

    fn seed(words: [u64; 1 + FLASH_LEN]) -> [u8; PRESENCE_SEED_LEN] {
        let mut seed = [0; PRESENCE_SEED_LEN];
        for (bytes, word) in seed.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            *bytes = word.to_le_bytes();
        }
        seed
    }

    proptest! {
        #[test]
        fn no_colour_comes_twice_in_a_row_and_only_what_the_phone_can_is_asked(
            words in prop::array::uniform5(any::<u64>()), turn in any::<bool>(), flash in any::<bool>(),
        ) {
            let drawn = Presence::draw(&seed(words), Can { turn, flash });
            prop_assert_eq!(drawn.is_some(), turn || flash);
            let drawn = drawn.unwrap_or_default();
            prop_assert_eq!((drawn.turn.is_some(), drawn.flash.is_some()), (turn, flash));
            if let Some(flash) = &drawn.flash {
                prop_assert_eq!(flash.colours.len(), FLASH_LEN);
                prop_assert!(flash.colours.windows(2).all(|pair| pair[0] != pair[1]));
            }
            let stored = serde_json::to_string(&drawn).unwrap();
            prop_assert_eq!(serde_json::from_str::<Presence>(&stored).unwrap(), drawn);
        }
    }

    #[test]
    fn each_side_and_each_sequence_is_drawn_equally_often() {
        let mut sides: HashMap<Side, u32> = HashMap::new();
        let mut sequences: HashMap<Vec<Colour>, u32> = HashMap::new();
        // Every remainder once: 2 sides, 6 first colours, 5 for each of the others.
        for number in 0..2 * 6 * 125_u64 {
            let words = [
                number % 2,
                number / 2 % 6,
                number / 12 % 5,
                number / 60 % 5,
                number / 300 % 5,
            ];
            let drawn = Presence::draw(&seed(words), BOTH).unwrap();
            *sides.entry(drawn.turn.unwrap()).or_default() += 1;
            *sequences.entry(drawn.flash.unwrap().colours).or_default() += 1;
        }
        assert_eq!(sides.len(), 2);
        assert!(sides.values().all(|&count| count == 750));
        assert_eq!(sequences.len(), 750);
        assert!(sequences.values().all(|&count| count == 2));
    }

    #[test]
    fn it_reads_as_the_phones_are_told() {
        let words = [0, 0, 1, 4, 2];
        let drawn = Presence::draw(&seed(words), BOTH).unwrap();
        let expected = serde_json::json!({
            "turn": "left", "flash": { "colours": ["red", "blue", "green", "magenta"], "each_ms": 600 },
        });
        let told = serde_json::to_value(&drawn).unwrap();
        assert_eq!(told["turn"], expected["turn"]);
        assert_eq!(told["flash"], expected["flash"]);
    }
}
