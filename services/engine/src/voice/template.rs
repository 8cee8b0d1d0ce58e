//! A person's voice as enrolled.

use super::cepstra::{Frame, STATIC, with_slopes};
use crate::{Embedding, TemplateFault};

/// Format of [`VoiceTemplate::to_bytes`].
const FORMAT: u8 = 1;
/// Longest pack identity, bytes.
const PACK_LEN_MAX: usize = 255;
/// Longest embedding.
const DIMENSION_MAX: usize = 4_096;
/// Most takes of all words together.
const TAKES_MAX: usize = 255;
/// Longest take, frames of 10 ms.
const TAKE_FRAMES_MAX: usize = 255;
/// Steps of a stored coefficient in one standard deviation; the range is ±5.3 deviations.
const STEPS: f32 = 24.0;

/// One spoken digit of the person: normalised cepstral coefficients in steps of a 24th of their spread.
#[derive(Debug, Clone, PartialEq, Eq)]
struct StoredTake {
    symbol: u8,
    frames: Vec<[i8; STATIC]>,
}

/// A person's voice as enrolled: what a probe is compared with.
#[derive(Clone, PartialEq)]
pub struct VoiceTemplate {
    pack: String,
    centroid: Embedding,
    network_understands: bool,
    takes: Vec<StoredTake>,
}

/// Numbers of a voice appear in no log.
impl std::fmt::Debug for VoiceTemplate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "VoiceTemplate of {} with {} digits",
            self.pack,
            self.takes.len()
        )
    }
}

impl VoiceTemplate {
    /// `takes`: each a symbol and its frames; takes beyond the format's limits are left out. `None` when the pack's identity
    /// or the embedding is beyond them.
    pub(super) fn new(
        pack: &str,
        centroid: Embedding,
        network_understands: bool,
        takes: impl IntoIterator<Item = (u8, Vec<Frame>)>,
    ) -> Option<Self> {
        let storable = |frames: &[Frame]| (1..=TAKE_FRAMES_MAX).contains(&frames.len());
        let takes = takes
            .into_iter()
            .filter(|(_, frames)| storable(frames))
            .take(TAKES_MAX)
            .map(|(symbol, frames)| StoredTake {
                symbol,
                frames: frames.iter().map(stored).collect(),
            });
        let fits = pack.len() <= PACK_LEN_MAX && centroid.values().len() <= DIMENSION_MAX;
        fits.then(|| Self {
            pack: pack.to_owned(),
            centroid,
            network_understands,
            takes: takes.collect(),
        })
    }

    /// A template for tests: made by `pack`, of nobody's voice.
    #[cfg(feature = "scripted")]
    pub(crate) fn scripted(pack: &str) -> Self {
        let centroid = Embedding::normalise(vec![1.0, 0.0]).expect("it has a direction");
        Self {
            pack: pack.to_owned(),
            centroid,
            network_understands: true,
            takes: Vec::new(),
        }
    }

    /// `name@version` of the pack that made it; its scores mean nothing to another.
    pub fn pack(&self) -> &str {
        &self.pack
    }

    /// Cosine of a probe with the enrolled phrases' centroid, −1..1.
    pub fn compare(&self, probe: &Embedding) -> f64 {
        self.centroid.cosine(probe)
    }

    /// The pack's digit network understood the person's own enrolment.
    pub const fn network_understands(&self) -> bool {
        self.network_understands
    }

    /// The digits that the enrolment holds takes of, with their number.
    pub fn takes_of(&self, symbol: u8) -> usize {
        self.takes
            .iter()
            .filter(|take| take.symbol == symbol)
            .count()
    }

    /// The takes with their features, ready for comparing.
    pub(super) fn takes(&self) -> Vec<(u8, Vec<Frame>)> {
        let frames =
            |take: &StoredTake| with_slopes(&take.frames.iter().map(restored).collect::<Vec<_>>());
        self.takes
            .iter()
            .map(|take| (take.symbol, frames(take)))
            .collect()
    }

    /// Compact, little-endian: format u8; length of the pack's identity u8, identity; dimension u16, the centroid's f32;
    /// network understands u8; number of takes u8; each take: symbol u8, number of frames u8, 13 × i8 a frame.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT, self.pack.len() as u8];
        bytes.extend(self.pack.as_bytes());
        bytes.extend((self.centroid.values().len() as u16).to_le_bytes());
        for value in self.centroid.values() {
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend([u8::from(self.network_understands), self.takes.len() as u8]);
        for take in &self.takes {
            bytes.extend([take.symbol, take.frames.len() as u8]);
            bytes.extend(
                take.frames
                    .iter()
                    .flatten()
                    .map(|value| value.cast_unsigned()),
            );
        }
        bytes
    }

    /// The inverse of [`Self::to_bytes`]; every length and number is checked.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TemplateFault> {
        let (&format, rest) = bytes.split_first().ok_or(TemplateFault::Damaged)?;
        if format != FORMAT {
            return Err(TemplateFault::Format(format));
        }
        Self::parse(rest).ok_or(TemplateFault::Damaged)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (&length, rest) = bytes.split_first()?;
        let (pack, rest) = rest.split_at_checked(usize::from(length))?;
        let (dimension, rest) = rest.split_first_chunk::<2>()?;
        let dimension = usize::from(u16::from_le_bytes(*dimension));
        if dimension == 0 || dimension > DIMENSION_MAX {
            return None;
        }
        let (centroid, rest) = rest.split_at_checked(dimension * 4)?;
        let values = centroid
            .as_chunks::<4>()
            .0
            .iter()
            .map(|&number| f32::from_le_bytes(number))
            .collect();
        let (&[understands, count], mut rest) = rest.split_first_chunk::<2>()?;
        let mut takes = Vec::with_capacity(usize::from(count));
        for _ in 0..count {
            let (&[symbol, frames], tail) = rest.split_first_chunk::<2>()?;
            let (numbers, tail) = tail.split_at_checked(usize::from(frames) * STATIC)?;
            let frames = numbers
                .as_chunks::<STATIC>()
                .0
                .iter()
                .map(|frame| frame.map(u8::cast_signed))
                .collect();
            takes.push(StoredTake { symbol, frames });
            rest = tail;
        }
        let well_formed =
            rest.is_empty() && understands <= 1 && takes.iter().all(|take| !take.frames.is_empty());
        well_formed.then_some(Self {
            pack: str::from_utf8(pack).ok()?.to_owned(),
            centroid: Embedding::normalise(values)?,
            network_understands: understands == 1,
            takes,
        })
    }
}

fn stored(frame: &Frame) -> [i8; STATIC] {
    std::array::from_fn(|k| (frame[k] * STEPS).round().clamp(-127.0, 127.0) as i8)
}

fn restored(frame: &[i8; STATIC]) -> [f32; STATIC] {
    frame.map(|value| f32::from(value) / STEPS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template() -> VoiceTemplate {
        let frame: Frame = std::array::from_fn(|k| k as f32 / 10.0 - 0.6);
        let centroid = Embedding::normalise(vec![0.6, -0.8, 0.0]).unwrap();
        VoiceTemplate::new(
            "default@1",
            centroid,
            true,
            [(3, vec![frame; 5]), (7, vec![frame; 9])],
        )
        .unwrap()
    }

    #[test]
    fn a_template_survives_its_bytes() {
        let template = template();
        let bytes = template.to_bytes();
        assert_eq!(VoiceTemplate::from_bytes(&bytes), Ok(template.clone()));
        assert_eq!((template.takes_of(3), template.takes_of(4)), (1, 0));
        let (_, frames) = &template.takes()[0];
        assert!((frames[0][12] - 0.6).abs() < 0.5 / STEPS + 1e-6);
    }

    #[test]
    fn bytes_that_are_no_template_are_refused() {
        let good = template().to_bytes();
        assert_eq!(VoiceTemplate::from_bytes(&[]), Err(TemplateFault::Damaged));
        assert_eq!(
            VoiceTemplate::from_bytes(&[9, 1, 2]),
            Err(TemplateFault::Format(9))
        );
        for len in 1..good.len() {
            assert_eq!(
                VoiceTemplate::from_bytes(&good[..len]),
                Err(TemplateFault::Damaged),
                "cut at {len}"
            );
        }
        let longer = [good.as_slice(), &[0]].concat();
        assert_eq!(
            VoiceTemplate::from_bytes(&longer),
            Err(TemplateFault::Damaged)
        );
        let mut not_a_number = good;
        not_a_number[13..17].copy_from_slice(&f32::NAN.to_le_bytes());
        assert_eq!(
            VoiceTemplate::from_bytes(&not_a_number),
            Err(TemplateFault::Damaged)
        );
    }
}
