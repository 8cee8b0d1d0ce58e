//! Prints of media: a few bits that a copy shares with its original, whatever a messenger made of it, and another capture does not
//! (evasion E5). Made by the engine, compared here.
//!
//! Figures: `muster eval copies --data ../shared/data`, see `adr/0014`.

mod sketch;

use std::fmt;

pub use sketch::{LIKENESS_MIN, SIDE as SKETCH_SIDE, Sketch};

/// Frequencies of a picture's print along each side.
pub const SIDE: usize = 16;
/// Bits of a picture's print that tell something: all frequencies but the mean.
pub const PICTURE_BITS: u32 = (SIDE * SIDE - 1) as u32;
/// Bits that a copy of a whole picture may differ by.
pub const WHOLE_BITS_MAX: u32 = 12;
/// Bits that a copy of an aligned face may differ by.
pub const FACE_BITS_MAX: u32 = 12;
/// Bands of a recording's print, one bit each.
pub const BANDS: u32 = 16;
/// Milliseconds between the words of a recording's print.
pub const STEP_MS: u32 = 20;
/// Share of bits that a copy of a recording may differ by, in thousandths.
pub const SOUND_DIFFERENCE_MAX: u32 = 250;
/// Steps by which a copy may begin earlier or later than its original: half a second.
const LAG_MAX: usize = 25;
/// Share of the shorter recording that must lie over the other, in percent.
const COMMON_MIN: usize = 60;
/// Shortest print that is compared, words: a second and a half. Less has chance neighbours.
const WORDS_MIN: usize = 75;
/// Longest print that is kept, words: what goes on after 20 s is left out.
pub const WORDS_MAX: usize = 1_000;

/// Signs of the lowest frequencies of a picture: bit `16·v + u` is set where the cosine of `u` half turns across and `v` down has a
/// positive part; the mean's bit is 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signs(pub [u64; 4]);

/// Of one picture with a face: without one it is no evidence, and dark ones are all alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PicturePrint {
    /// Of all of it.
    pub whole: Signs,
    /// Of the aligned crop of its face.
    pub face: Signs,
    /// Of all of it, for what was cut out; none of an even picture, and of prints from before it was kept.
    pub sketch: Option<Sketch>,
}

/// Of one recording: a word each 20 ms, a bit each band. At most [`WORDS_MAX`].
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SoundPrint(pub Vec<u16>);

/// Of a medium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Print {
    Picture(PicturePrint),
    Sound(SoundPrint),
}

impl Signs {
    /// Bits set for odd frequencies across: those that a mirror turns round.
    const MIRROR: u64 = 0xAAAA_AAAA_AAAA_AAAA;

    /// Bits that differ, 0 to 255, of the picture or of its mirror image, whichever is less.
    pub fn distance(self, other: Self) -> u32 {
        let apart = |mirror: u64| -> u32 {
            let pairs = self.0.iter().zip(other.0);
            pairs.map(|(a, b)| (a ^ b ^ mirror).count_ones()).sum()
        };
        apart(0).min(apart(Self::MIRROR))
    }

    const fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        let mut at = 0;
        while at < 32 {
            bytes[at] = (self.0[at / 8] >> (at % 8 * 8)) as u8;
            at += 1;
        }
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<8>();
        let words: [[u8; 8]; 4] = words.try_into().ok()?;
        rest.is_empty().then(|| Self(words.map(u64::from_le_bytes)))
    }
}

impl fmt::Debug for Signs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signs(hidden)")
    }
}

impl PicturePrint {
    /// Is it a copy of an earlier one: recompressed, resized, mirrored or cut?
    pub fn copies(&self, earlier: &Self) -> bool {
        self.whole.distance(earlier.whole) <= WHOLE_BITS_MAX
            || self.face.distance(earlier.face) <= FACE_BITS_MAX
            || self
                .likeness(earlier)
                .is_some_and(|alike| alike >= LIKENESS_MIN)
    }

    /// How alike it and a part of the earlier one are, see [`Sketch::likeness`]; none where one has no sketch.
    pub fn likeness(&self, earlier: &Self) -> Option<f32> {
        let sketches = self.sketch.as_ref().zip(earlier.sketch.as_ref());
        sketches.map(|(new, old)| new.likeness(old))
    }
}

impl SoundPrint {
    /// Thousandths of the bits that differ where the recordings lie over each other best; none when either is too short.
    pub fn difference(&self, other: &Self) -> Option<u32> {
        let (a, b) = (self.0.as_slice(), other.0.as_slice());
        let shorter = a.len().min(b.len());
        if shorter < WORDS_MIN {
            return None;
        }
        let least = (shorter * COMMON_MIN / 100).max(WORDS_MIN.min(shorter));
        let later = (0..=LAG_MAX).filter_map(|lag| Some((a.get(lag..)?, b)));
        let earlier = (1..=LAG_MAX).filter_map(|lag| Some((a, b.get(lag..)?)));
        let over = |(a, b): (&[u16], &[u16])| {
            let count = a.len().min(b.len());
            let apart: u32 = a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum();
            (count >= least).then(|| 1_000 * apart / (count as u32 * BANDS))
        };
        later.chain(earlier).filter_map(over).min()
    }

    /// Is one a copy of the other: recompressed, louder or softer, over a telephone, cut at its ends?
    pub fn copies(&self, other: &Self) -> bool {
        let difference = self.difference(other);
        difference.is_some_and(|thousandths| thousandths <= SOUND_DIFFERENCE_MAX)
    }
}

impl fmt::Debug for SoundPrint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoundPrint of {}", self.0.len())
    }
}

impl Print {
    /// Is it a copy of an earlier one? Media of two kinds never are.
    pub fn copies(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (Self::Picture(a), Self::Picture(b)) => a.copies(b),
            (Self::Sound(a), Self::Sound(b)) => a.copies(b),
            (Self::Picture(_), Self::Sound(_)) | (Self::Sound(_), Self::Picture(_)) => false,
        }
    }

    /// Little-endian. A picture: 1, 32 bytes of it and 32 of its face, or 3, the same and a byte for each frequency of its sketch; a recording:
    /// 2, then two bytes a word.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Picture(print) => {
                let mut bytes = vec![if print.sketch.is_some() { 3 } else { 1 }];
                bytes.extend(print.whole.to_bytes());
                bytes.extend(print.face.to_bytes());
                bytes.extend(print.sketch.iter().flat_map(Sketch::bytes));
                bytes
            }
            Self::Sound(print) => {
                let mut bytes = vec![2];
                bytes.extend(print.0.iter().flat_map(|word| word.to_le_bytes()));
                bytes
            }
        }
    }

    /// The inverse of [`Self::to_bytes`]; none of anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&kind, rest) = bytes.split_first()?;
        match kind {
            1 | 3 => {
                let (whole, rest) = rest.split_at_checked(32)?;
                let (face, rest) = rest.split_at_checked(32)?;
                let (whole, face) = (Signs::from_bytes(whole)?, Signs::from_bytes(face)?);
                let sketch = match (kind, rest) {
                    (1, []) => None,
                    (1, _) => return None,
                    _ => Some(Sketch::from_bytes(rest)?),
                };
                Some(Self::Picture(PicturePrint {
                    whole,
                    face,
                    sketch,
                }))
            }
            2 => {
                let (words, odd) = rest.as_chunks::<2>();
                let fits = odd.is_empty() && words.len() <= WORDS_MAX;
                let words = words.iter().map(|word| u16::from_le_bytes(*word));
                fits.then(|| Self::Sound(SoundPrint(words.collect())))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn sound(words: Vec<u16>) -> SoundPrint {
        SoundPrint(words)
    }

    proptest! {
        #[test]
        fn a_picture_is_a_copy_of_itself_and_of_its_mirror_image(words: [u64; 4], flips in vec(0_u32..256, 0..12)) {
            let whole = Signs(words);
            let mut mirrored = Signs(words.map(|word| word ^ Signs::MIRROR));
            prop_assert_eq!(whole.distance(whole), 0);
            prop_assert_eq!(whole.distance(mirrored), 0);
            for flip in flips {
                mirrored.0[flip as usize / 64] ^= 1 << (flip % 64);
            }
            let [one, other] = [whole, mirrored].map(|whole| PicturePrint { whole, face: whole, sketch: None });
            prop_assert!(one.copies(&other) && other.copies(&one));
        }

        #[test]
        fn a_recording_that_was_cut_is_still_found_whichever_comes_first(
            words in vec(any::<u16>(), 150..300), start in 0_usize..20, end in 0_usize..20,
        ) {
            let cut = sound(words[start..words.len() - end].to_vec());
            let whole = sound(words);
            prop_assert_eq!(whole.difference(&cut), Some(0));
            prop_assert_eq!(cut.difference(&whole), Some(0));
        }

        #[test]
        fn recordings_of_chance_are_no_copies(a in vec(any::<u16>(), 150..200), b in vec(any::<u16>(), 150..200)) {
            prop_assert!(!sound(a).copies(&sound(b)));
        }

        #[test]
        fn a_print_survives_its_bytes(
            whole: [u64; 4], face: [u64; 4], sketch in vec(-1.0_f32..1.0, SKETCH_SIDE * SKETCH_SIDE), words in vec(any::<u16>(), 0..50),
        ) {
            let picture = |sketch| Print::Picture(PicturePrint { whole: Signs(whole), face: Signs(face), sketch });
            for print in [picture(None), picture(Sketch::new(&sketch)), Print::Sound(sound(words))] {
                prop_assert_eq!(Print::from_bytes(&print.to_bytes()), Some(print));
            }
        }

        #[test]
        fn reading_a_print_never_panics(bytes in vec(any::<u8>(), 0..700)) {
            let _ = Print::from_bytes(&bytes);
        }
    }

    #[test]
    fn what_is_too_short_to_tell_is_no_copy() {
        let short = sound(vec![7; WORDS_MIN - 1]);
        assert_eq!(short.difference(&short), None);
        assert!(!short.copies(&short));
    }
}
