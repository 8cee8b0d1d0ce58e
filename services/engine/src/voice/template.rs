//! A person's voice as enrolled.

use models::Scatter;

use super::cepstra::{Frame, STATIC, with_slopes};
use crate::{Embedding, TemplateFault};

/// Format of [`VoiceTemplate::to_bytes`].
const FORMAT: u8 = 3;
/// Earlier formats are still read: without the low end, and before that of one centroid, without their number.
const FORMAT_WITHOUT_LOW_END: u8 = 2;
const FORMAT_OF_ONE: u8 = 1;
/// Most centroids.
const CENTROIDS_MAX: usize = 16;
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
    /// As enrolled; then in each of the surroundings. At least one, all of one length.
    centroids: Vec<Embedding>,
    network_understands: bool,
    takes: Vec<StoredTake>,
    /// dB.
    low_end: Option<f32>,
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
    /// `centroids`: of the phrases as enrolled, then in their surroundings. `takes`: each a symbol and its frames; takes beyond the format's limits are left out. `None` when the pack's identity
    /// or the centroids are beyond them, or there is none.
    pub fn new(
        pack: &str,
        centroids: Vec<Embedding>,
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
        let dimension = centroids.first()?.values().len();
        let fits = pack.len() <= PACK_LEN_MAX
            && centroids.len() <= CENTROIDS_MAX
            && (1..=DIMENSION_MAX).contains(&dimension)
            && centroids.iter().all(|one| one.values().len() == dimension);
        fits.then(|| Self {
            pack: pack.to_owned(),
            centroids,
            network_understands,
            takes: takes.collect(),
            low_end: None,
        })
    }

    /// With the low end of the enrolled phrases, dB; see [`super::presentation::low_end`]. A number that is not finite is none.
    #[must_use]
    pub fn with_low_end(self, low_end: Option<f64>) -> Self {
        let low_end = low_end.filter(|db| db.is_finite()).map(|db| db as f32);
        Self { low_end, ..self }
    }

    /// The low end of the person's voice as enrolled, dB; none where it could not be told.
    pub fn low_end(&self) -> Option<f64> {
        self.low_end.map(f64::from)
    }

    /// A template for tests: made by `pack`, of nobody's voice.
    #[cfg(feature = "scripted")]
    pub(crate) fn scripted(pack: &str) -> Self {
        let centroid = Embedding::normalise(vec![1.0, 0.0]).expect("it has a direction");
        Self {
            pack: pack.to_owned(),
            centroids: vec![centroid],
            network_understands: true,
            takes: Vec::new(),
            low_end: None,
        }
    }

    /// `name@version` of the pack that made it; its scores mean nothing to another.
    pub fn pack(&self) -> &str {
        &self.pack
    }

    /// Greatest [`similarity`] of a probe to a centroid of the enrolled phrases, −1..1: to the surroundings that are most like the
    /// probe's, so that nobody has to guess what these are. None for the embedding of another network.
    pub fn compare(&self, probe: &Embedding, scatter: Option<&Scatter>) -> Option<f64> {
        if probe.values().len() != self.centroids[0].values().len() {
            return None;
        }
        let probe = without(probe, scatter);
        let scores = self
            .centroids
            .iter()
            .map(|centroid| without(centroid, scatter).cosine(&probe));
        scores.reduce(f64::max)
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

    /// Compact, little-endian: format u8; length of the pack's identity u8, identity; number of centroids u8; dimension u16, the
    /// centroids' f32; network understands u8; number of takes u8; each take: symbol u8, number of frames u8, 13 × i8 a frame; the low end f32, dB, no
    /// number where it could not be told.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT, self.pack.len() as u8];
        bytes.extend(self.pack.as_bytes());
        bytes.push(self.centroids.len() as u8);
        bytes.extend((self.centroids[0].values().len() as u16).to_le_bytes());
        for value in self.centroids.iter().flat_map(Embedding::values) {
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
        bytes.extend(self.low_end.unwrap_or(f32::NAN).to_le_bytes());
        bytes
    }

    /// The inverse of [`Self::to_bytes`]; every length and number is checked. Templates of formats 1 and 2 are read too: they do not know the low end, and
    /// those of format 1 know the person as enrolled only.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TemplateFault> {
        let (&format, rest) = bytes.split_first().ok_or(TemplateFault::Damaged)?;
        if !(FORMAT_OF_ONE..=FORMAT).contains(&format) {
            return Err(TemplateFault::Format(format));
        }
        Self::parse(rest, format).ok_or(TemplateFault::Damaged)
    }

    fn parse(bytes: &[u8], format: u8) -> Option<Self> {
        let (&length, rest) = bytes.split_first()?;
        let (pack, rest) = rest.split_at_checked(usize::from(length))?;
        let (centroids, rest) = if format == FORMAT_OF_ONE {
            (1, rest)
        } else {
            let (&centroids, rest) = rest.split_first()?;
            (usize::from(centroids), rest)
        };
        if !(1..=CENTROIDS_MAX).contains(&centroids) {
            return None;
        }
        let (dimension, rest) = rest.split_first_chunk::<2>()?;
        let dimension = usize::from(u16::from_le_bytes(*dimension));
        if dimension == 0 || dimension > DIMENSION_MAX {
            return None;
        }
        let (numbers, rest) = rest.split_at_checked(centroids * dimension * 4)?;
        let centroid = |numbers: &[u8]| {
            let values = numbers.as_chunks::<4>().0.iter();
            Embedding::normalise(values.map(|&number| f32::from_le_bytes(number)).collect())
        };
        let centroids = numbers
            .chunks_exact(dimension * 4)
            .map(centroid)
            .collect::<Option<_>>()?;
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
        let mut low_end = None;
        if format > FORMAT_WITHOUT_LOW_END {
            let (number, tail) = rest.split_first_chunk::<4>()?;
            let number = f32::from_le_bytes(*number);
            if number.is_infinite() {
                return None;
            }
            low_end = Some(number).filter(|number| !number.is_nan());
            rest = tail;
        }
        let well_formed =
            rest.is_empty() && understands <= 1 && takes.iter().all(|take| !take.frames.is_empty());
        well_formed.then_some(Self {
            pack: str::from_utf8(pack).ok()?.to_owned(),
            centroids,
            network_understands: understands == 1,
            takes,
            low_end,
        })
    }
}

/// Cosine of two embeddings, −1..1, after what the pack knows of a person's scatter is taken off.
pub(super) fn similarity(a: &Embedding, b: &Embedding, scatter: Option<&Scatter>) -> f64 {
    without(a, scatter).cosine(&without(b, scatter))
}

/// Without scatter; as it is where nothing would be left.
fn without(embedding: &Embedding, scatter: Option<&Scatter>) -> Embedding {
    scatter
        .and_then(|scatter| Embedding::normalise(scatter.taken_off(embedding.values())))
        .unwrap_or_else(|| embedding.clone())
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
        let centroid = |values: [f32; 3]| Embedding::normalise(values.to_vec()).unwrap();
        VoiceTemplate::new(
            "default@1",
            vec![centroid([0.6, -0.8, 0.0]), centroid([0.0, 0.0, 1.0])],
            true,
            [(3, vec![frame; 5]), (7, vec![frame; 9])],
        )
        .unwrap()
        .with_low_end(Some(-7.5))
    }

    #[test]
    fn a_template_survives_its_bytes() {
        let template = template();
        for template in [template.clone(), template.clone().with_low_end(None)] {
            let read = VoiceTemplate::from_bytes(&template.to_bytes());
            assert_eq!(read, Ok(template));
        }
        assert_eq!((template.takes_of(3), template.takes_of(4)), (1, 0));
        let (_, frames) = &template.takes()[0];
        assert!((frames[0][12] - 0.6).abs() < 0.5 / STEPS + 1e-6);
    }

    #[test]
    fn the_surroundings_that_are_most_alike_count() {
        let template = template();
        for (probe, expected) in [
            ([0.6, -0.8, 0.0], 1.0),
            ([0.0, 0.0, 2.0], 1.0),
            ([-0.8, -0.6, 0.0], 0.0),
        ] {
            let probe = Embedding::normalise(probe.to_vec()).unwrap();
            let score = template.compare(&probe, None).unwrap();
            assert!((score - expected).abs() < 1e-6);
        }
    }

    proptest::proptest! {
        /// An embedding that is none of this network's, and a score that is no number, weigh nothing.
        #[test]
        fn what_cannot_be_told_has_no_weight(values in proptest::collection::vec(-1.0_f32..1.0, 1..6), scale in 0.1_f64..200.0, offset in -90.0_f64..90.0) {
            let calibration = models::Calibration {
                scale,
                offset,
                llr_min: -5.0,
                llr_max: 5.0,
                data: String::new(),
                data_sha256: String::new(),
                date: String::new(),
                genuine: 0,
                impostor: 0,
            };
            for score in [f64::NAN, f64::INFINITY - f64::INFINITY] {
                proptest::prop_assert!(calibration.llr(score) == 0.0);
            }
            let fits = values.len() == 3;
            if let Some(probe) = Embedding::normalise(values) {
                let score = template().compare(&probe, None);
                proptest::prop_assert_eq!(score.is_some(), fits);
                proptest::prop_assert!(score.is_none_or(|score| (-1.001..=1.001).contains(&score)));
            }
        }
    }

    #[test]
    fn templates_of_earlier_formats_are_still_read() {
        let template = template().with_low_end(None);
        let mut bytes = template.to_bytes();
        bytes[0] = FORMAT_WITHOUT_LOW_END;
        bytes.truncate(bytes.len() - 4);
        assert_eq!(VoiceTemplate::from_bytes(&bytes), Ok(template.clone()));
        let number_at = 2 + "default@1".len();
        bytes[0] = FORMAT_OF_ONE;
        bytes.remove(number_at);
        bytes.drain(number_at + 2 + 12..number_at + 2 + 24);
        let old = VoiceTemplate::from_bytes(&bytes).unwrap();
        assert_eq!(old.centroids, template.centroids[..1]);
        assert_eq!(old.takes, template.takes);
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
        not_a_number[14..18].copy_from_slice(&f32::NAN.to_le_bytes());
        assert_eq!(
            VoiceTemplate::from_bytes(&not_a_number),
            Err(TemplateFault::Damaged)
        );
    }
}
