//! Digits as sound: joins recordings of single digits into one that says a whole prompt.

use std::{
    io::Cursor,
    path::{Path, PathBuf},
};

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// Pause between two digits, milliseconds.
pub const PAUSE_MS: u32 = 200;
/// Digits of one recording, at most.
const DIGITS_MAX: usize = 64;
/// Seconds of one digit, at most.
const DIGIT_S_MAX: u32 = 10;

/// Why a prompt cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    #[error("{0:?} is not 1 to {DIGITS_MAX} digits")]
    Digits(String),
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: hound::Error },
    #[error("{} is longer than {DIGIT_S_MAX} s", .0.display())]
    TooLong(PathBuf),
    #[error("{} must be WAV with 16 bits, of the same rate and channels as the other digits", .0.display())]
    Format(PathBuf),
    #[error("cannot write the recording")]
    Write(#[source] hound::Error),
}

/// Ten recordings, `0.wav` to `9.wav` of one folder, 16-bit WAV of one rate and channel count.
#[derive(Debug, Clone)]
pub struct Voice {
    spec: WavSpec,
    digits: Vec<Vec<i16>>,
}

impl Voice {
    /// Reads the ten recordings.
    ///
    /// # Errors
    /// A [`SpeechError`] that names the file.
    pub fn load(dir: &Path) -> Result<Self, SpeechError> {
        let mut spec = None;
        let mut digits = Vec::with_capacity(10);
        for digit in 0..10 {
            let path = dir.join(format!("{digit}.wav"));
            let mut reader = WavReader::open(&path).map_err(|source| SpeechError::Read {
                path: path.clone(),
                source,
            })?;
            let here = reader.spec();
            if here.sample_format != SampleFormat::Int
                || here.bits_per_sample != 16
                || *spec.get_or_insert(here) != here
            {
                return Err(SpeechError::Format(path));
            }
            if reader.duration() > here.sample_rate.saturating_mul(DIGIT_S_MAX) {
                return Err(SpeechError::TooLong(path));
            }
            let samples: Result<Vec<i16>, _> = reader.samples().collect();
            digits.push(samples.map_err(|source| SpeechError::Read { path, source })?);
        }
        Ok(Self {
            spec: spec.expect("ten recordings were read"),
            digits,
        })
    }

    /// A WAV file that says `digits`, with [`PAUSE_MS`] of silence before, between and after them.
    ///
    /// # Errors
    /// [`SpeechError::Digits`] when there is something else than digits.
    pub fn say(&self, digits: &str) -> Result<Vec<u8>, SpeechError> {
        let spoken: Option<Vec<usize>> = digits
            .chars()
            .map(|c| c.to_digit(10).map(|digit| digit as usize))
            .collect();
        let spoken = spoken
            .filter(|spoken| (1..=DIGITS_MAX).contains(&spoken.len()))
            .ok_or_else(|| SpeechError::Digits(digits.to_owned()))?;
        let pause =
            (self.spec.sample_rate * PAUSE_MS / 1_000) as usize * usize::from(self.spec.channels);
        let mut samples = vec![0; pause];
        for digit in spoken {
            samples.extend_from_slice(&self.digits[digit]);
            samples.resize(samples.len() + pause, 0);
        }
        let mut file = Cursor::new(Vec::with_capacity(2 * samples.len() + 64));
        let mut writer = WavWriter::new(&mut file, self.spec).map_err(SpeechError::Write)?;
        for sample in samples {
            writer.write_sample(sample).map_err(SpeechError::Write)?;
        }
        writer.finalize().map_err(SpeechError::Write)?;
        Ok(file.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 16_000;

    fn folder(rate_of_nine: u32) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for digit in 0..10u32 {
            let spec = WavSpec {
                channels: 1,
                sample_rate: if digit == 9 { rate_of_nine } else { RATE },
                bits_per_sample: 16,
                sample_format: SampleFormat::Int,
            };
            let mut writer =
                WavWriter::create(dir.path().join(format!("{digit}.wav")), spec).unwrap();
            for _ in 0..100 * (digit + 1) {
                writer.write_sample(digit as i16 + 1).unwrap();
            }
            writer.finalize().unwrap();
        }
        dir
    }

    #[test]
    fn a_prompt_is_its_digits_in_order_with_pauses() {
        let dir = folder(RATE);
        let said = Voice::load(dir.path()).unwrap().say("30").unwrap();
        let mut reader = WavReader::new(Cursor::new(said)).unwrap();
        let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        let pause = (RATE * PAUSE_MS / 1_000) as usize;
        assert_eq!(samples.len(), 3 * pause + 400 + 100);
        assert!(samples[pause..pause + 400].iter().all(|s| *s == 4));
        assert!(
            samples[2 * pause + 400..2 * pause + 500]
                .iter()
                .all(|s| *s == 1)
        );
    }

    #[test]
    fn words_and_mixed_rates_are_refused() {
        let dir = folder(RATE);
        let voice = Voice::load(dir.path()).unwrap();
        assert!(matches!(voice.say("12a"), Err(SpeechError::Digits(_))));
        assert!(matches!(voice.say(""), Err(SpeechError::Digits(_))));
        let mixed = folder(8_000);
        assert!(matches!(
            Voice::load(mixed.path()),
            Err(SpeechError::Format(_))
        ));
        assert!(matches!(
            Voice::load(Path::new("/nowhere")),
            Err(SpeechError::Read { .. })
        ));
    }
}
