use std::fmt;

/// Format of [`FaceTemplate::to_bytes`].
const FORMAT: u8 = 1;
/// Longest pack identity, bytes.
const PACK_LEN_MAX: usize = 255;
/// Most embeddings of a template.
const EMBEDDINGS_MAX: usize = 64;
/// Longest embedding.
const DIMENSION_MAX: usize = 4_096;

/// A direction in a network's space: length 1, finite. Its numbers appear in no log.
#[derive(Clone, PartialEq)]
pub struct Embedding(Box<[f32]>);

impl Embedding {
    /// Scales to length 1; `None` when there is no direction (nothing but zeros) or a number is not finite.
    pub fn normalise(mut values: Vec<f32>) -> Option<Self> {
        let length = values
            .iter()
            .map(|&value| f64::from(value) * f64::from(value))
            .sum::<f64>()
            .sqrt();
        if !length.is_normal() {
            return None;
        }
        for value in &mut values {
            *value = (f64::from(*value) / length) as f32;
        }
        Some(Self(values.into()))
    }

    /// The direction of the sum; `None` without embeddings, when their lengths differ, or when they cancel out.
    pub fn centroid<'a>(embeddings: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut embeddings = embeddings.into_iter();
        let mut sum = embeddings.next()?.0.to_vec();
        for embedding in embeddings {
            if embedding.0.len() != sum.len() {
                return None;
            }
            for (sum, value) in sum.iter_mut().zip(&embedding.0) {
                *sum += value;
            }
        }
        Self::normalise(sum)
    }

    /// Cosine of the angle, −1..1: one dot product. Embeddings of different networks compare as 0.
    pub fn cosine(&self, other: &Self) -> f64 {
        if self.0.len() != other.0.len() {
            return 0.0;
        }
        self.0
            .iter()
            .zip(&other.0)
            .map(|(a, b)| f64::from(*a) * f64::from(*b))
            .sum()
    }

    /// Its numbers.
    pub fn values(&self) -> &[f32] {
        &self.0
    }
}

impl fmt::Debug for Embedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Embedding of {}", self.0.len())
    }
}

/// Why bytes are not a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    /// Written by another version of the format.
    #[error("the template's format {0} is unknown")]
    Format(u8),
    /// Cut off, too long, or numbers that no embedding has.
    #[error("the template is damaged")]
    Damaged,
}

/// A person's face as enrolled: what a probe is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct FaceTemplate {
    pack: String,
    embeddings: Vec<Embedding>,
    centroid: Embedding,
}

impl FaceTemplate {
    /// From the embeddings of an enrolment's pictures, made by `pack` (`name@version`). `None` without a centroid, or
    /// beyond the format's limits (64 embeddings of 4,096 numbers, an identity of 255 bytes).
    pub fn new(pack: &str, embeddings: Vec<Embedding>) -> Option<Self> {
        let centroid = Embedding::centroid(&embeddings)?;
        let fits = pack.len() <= PACK_LEN_MAX
            && embeddings.len() <= EMBEDDINGS_MAX
            && centroid.values().len() <= DIMENSION_MAX;
        fits.then(|| Self {
            pack: pack.to_owned(),
            embeddings,
            centroid,
        })
    }

    /// `name@version` of the pack that made it; its scores mean nothing to another.
    pub fn pack(&self) -> &str {
        &self.pack
    }

    /// One for each enrolled picture.
    pub fn embeddings(&self) -> &[Embedding] {
        &self.embeddings
    }

    /// The middle of them.
    pub const fn centroid(&self) -> &Embedding {
        &self.centroid
    }

    /// Cosine of a probe with the enrolled pictures' centroid, −1..1.
    pub fn compare(&self, probe: &Embedding) -> f64 {
        self.centroid.cosine(probe)
    }

    /// Compact, little-endian: format u8, length of the pack's identity u8, identity, dimension u16, count u8, then the
    /// embeddings' f32.
    pub fn to_bytes(&self) -> Vec<u8> {
        let dimension = self.centroid.values().len();
        let mut bytes =
            Vec::with_capacity(5 + self.pack.len() + self.embeddings.len() * dimension * 4);
        bytes.extend([FORMAT, self.pack.len() as u8]);
        bytes.extend(self.pack.as_bytes());
        bytes.extend((dimension as u16).to_le_bytes());
        bytes.push(self.embeddings.len() as u8);
        for value in self.embeddings.iter().flat_map(Embedding::values) {
            bytes.extend(value.to_le_bytes());
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
        let (&count, rest) = rest.split_first()?;
        let dimension = usize::from(u16::from_le_bytes(*dimension));
        let (numbers, odd) = rest.as_chunks::<4>();
        if dimension == 0 || !odd.is_empty() || numbers.len() != dimension * usize::from(count) {
            return None;
        }
        let row = |row: &[[u8; 4]]| {
            Embedding::normalise(
                row.iter()
                    .map(|&number| f32::from_le_bytes(number))
                    .collect(),
            )
        };
        let embeddings = numbers
            .chunks_exact(dimension)
            .map(row)
            .collect::<Option<Vec<_>>>()?;
        Self::new(str::from_utf8(pack).ok()?, embeddings)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn template() -> FaceTemplate {
        let embeddings =
            [[3.0, 4.0], [4.0, 3.0]].map(|values| Embedding::normalise(values.to_vec()).unwrap());
        FaceTemplate::new("default@1", embeddings.to_vec()).unwrap()
    }

    #[test]
    fn a_template_survives_its_bytes() {
        let made = template();
        let read = FaceTemplate::from_bytes(&made.to_bytes()).unwrap();
        assert_eq!(read.pack(), "default@1");
        assert_eq!(read.embeddings().len(), 2);
        for (read, made) in read.embeddings().iter().zip(made.embeddings()) {
            assert!((read.cosine(made) - 1.0).abs() < 1e-6);
        }
        assert_eq!(read.to_bytes().len(), made.to_bytes().len());
    }

    #[test]
    fn the_centroid_is_compared() {
        let probe = Embedding::normalise(vec![1.0, 1.0]).unwrap();
        assert!((template().compare(&probe) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn nothing_that_is_cut_is_a_template() {
        let bytes = template().to_bytes();
        for length in 0..bytes.len() {
            assert_eq!(
                FaceTemplate::from_bytes(&bytes[..length]),
                Err(TemplateFault::Damaged),
                "{length}"
            );
        }
        let mut other = bytes;
        other[0] = 9;
        assert_eq!(
            FaceTemplate::from_bytes(&other),
            Err(TemplateFault::Format(9))
        );
    }

    #[test]
    fn embeddings_without_direction_do_not_exist() {
        for values in [
            vec![],
            vec![0.0; 4],
            vec![f32::NAN, 1.0],
            vec![f32::INFINITY, 1.0],
        ] {
            assert!(Embedding::normalise(values).is_none());
        }
        let there = Embedding::normalise(vec![1.0, 0.0]).unwrap();
        let back = Embedding::normalise(vec![-1.0, 0.0]).unwrap();
        assert!(Embedding::centroid([&there, &back]).is_none());
        assert!(!format!("{there:?}").contains("1.0"));
    }

    proptest! {
        #[test]
        fn reading_a_template_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut known = bytes.clone();
            known.insert(0, FORMAT);
            let _ = FaceTemplate::from_bytes(&bytes);
            let _ = FaceTemplate::from_bytes(&known);
        }
    }
}
