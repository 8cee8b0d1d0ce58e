use data_encoding::BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Units of a stored number in 1.
const UNITS: f32 = 32_768.0;
/// Characters of a line of stored numbers.
const LINE_LEN: usize = 120;

/// How the embeddings of one person scatter with noise, room and line, so that it can be taken off: within-class covariance
/// normalisation (Hatch, Kajarekar & Stolcke 2006, "Within-class covariance normalization for SVM-based speaker recognition")
/// in the few directions where they scatter most.
///
/// `x' = y − Σ (1 − kept_i) · (d_i · y) · d_i` with `y = x − mean`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scatter {
    /// Embedding of nobody in particular. In a pack: base64 of 16-bit little-endian numbers in units of 2⁻¹⁵.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub mean: Vec<f32>,
    /// One after the other, each of length 1; written as the mean is.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub directions: Vec<f32>,
    /// What is left of each direction, 0..1.
    pub kept: Vec<f32>,
    /// What it was learnt on, in words.
    pub data: String,
    /// SHA-256 of the manifest it was learnt on, hex.
    pub data_sha256: String,
    /// ISO date.
    pub date: String,
    /// People it was learnt on.
    pub people: u64,
}

impl Scatter {
    /// An embedding without it; an embedding of another length stays as it is. The length is no longer 1.
    pub fn taken_off(&self, embedding: &[f32]) -> Vec<f32> {
        if embedding.len() != self.mean.len() {
            return embedding.to_vec();
        }
        let centred = embedding.iter().zip(&self.mean);
        let mut values: Vec<f32> = centred.map(|(value, mean)| value - mean).collect();
        let directions = self.directions.chunks_exact(self.mean.len().max(1));
        for (direction, kept) in directions.zip(&self.kept) {
            let along: f32 = direction.iter().zip(&values).map(|(d, v)| d * v).sum();
            for (value, part) in values.iter_mut().zip(direction) {
                *value -= (1.0 - kept) * along * part;
            }
        }
        values
    }

    /// Whether it can be used on embeddings of this length.
    pub(crate) fn fits(&self, dimension: usize) -> bool {
        let finite = |numbers: &[f32]| numbers.iter().all(|number| number.is_finite());
        self.mean.len() == dimension
            && self.directions.len() == dimension * self.kept.len()
            && finite(&self.mean)
            && finite(&self.directions)
            && self.kept.iter().all(|kept| (0.0..=1.0).contains(kept))
    }
}

fn write<S: Serializer>(numbers: &[f32], serializer: S) -> Result<S::Ok, S::Error> {
    let stored = |number: &f32| {
        let units = (number * UNITS).round().clamp(-UNITS, UNITS - 1.0);
        (units as i16).to_le_bytes()
    };
    let bytes: Vec<u8> = numbers.iter().flat_map(stored).collect();
    let text = BASE64.encode(&bytes);
    let lines: Vec<&str> = (0..text.len())
        .step_by(LINE_LEN)
        .map(|from| &text[from..(from + LINE_LEN).min(text.len())])
        .collect();
    serializer.serialize_str(&lines.join("\n"))
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f32>, D::Error> {
    let mut text = String::deserialize(deserializer)?;
    text.retain(|c| !c.is_ascii_whitespace());
    let bytes = BASE64.decode(text.as_bytes()).map_err(D::Error::custom)?;
    let (numbers, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(D::Error::custom("half a number is left over"));
    }
    let restored = |&number: &[u8; 2]| f32::from(i16::from_le_bytes(number)) / UNITS;
    Ok(numbers.iter().map(restored).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scatter() -> Scatter {
        Scatter {
            mean: vec![0.5, 0.0, 0.25],
            directions: vec![0.0, 0.6, 0.8],
            kept: vec![0.25],
            data: "made up".to_owned(),
            data_sha256: String::new(),
            date: "2026-11-21".to_owned(),
            people: 2,
        }
    }

    #[test]
    fn a_direction_of_scatter_shrinks_and_the_others_stay() {
        let along = scatter().taken_off(&[0.5, 0.6, 1.05]);
        let expected = [0.0, 0.15, 0.2];
        assert!(
            along
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-6)
        );
        let across = scatter().taken_off(&[1.5, 0.8, -0.35]);
        let expected = [1.0, 0.8, -0.6];
        assert!(
            across
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-6)
        );
        assert_eq!(scatter().taken_off(&[1.0, 2.0]), [1.0, 2.0]);
    }

    #[test]
    fn it_survives_its_text() {
        let read: Scatter = toml::from_str(&toml::to_string(&scatter()).unwrap()).unwrap();
        let near =
            |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 0.5 / UNITS);
        let written = scatter();
        assert!(near(&read.mean, &written.mean) && near(&read.directions, &written.directions));
        assert_eq!((read.mean.len(), read.directions.len()), (3, 3));
        assert!(read.fits(3) && !read.fits(4));
    }

    #[test]
    fn half_a_number_is_refused() {
        let text = toml::to_string(&scatter())
            .unwrap()
            .replace("AEAAAAAg", "AEAA");
        assert!(toml::from_str::<Scatter>(&text).is_err());
    }
}
