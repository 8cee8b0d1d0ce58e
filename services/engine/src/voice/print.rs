//! A recording's print: in which bands the energy rises against the band above. Codecs, telephones and levels leave it; saying the same
//! again does not.
//!
//! Bits of J. Haitsma and T. Kalker, “A Highly Robust Audio Fingerprinting System” (2002), in 16 bands of the telephone, over windows short
//! enough for four seconds of digits.

use domain::print::{BANDS, SoundPrint, WORDS_MAX};

use super::spectrum::MelSpectrum;

/// The band of every line and loudspeaker, Hz.
const BAND_HZ: [f32; 2] = [300.0, 3_400.0];
/// Frames of 10 ms over which energies are averaged, under a Hann window.
const WINDOW: usize = 16;
/// Frames between what is compared in time.
const APART: usize = 8;
/// Frames between words.
const STEP: usize = 2;
const COLUMNS: usize = BANDS as usize + 1;

/// Makes prints.
pub(super) struct Printer {
    spectrum: MelSpectrum,
    window: [f32; WINDOW],
}

impl Printer {
    pub(super) fn new() -> Self {
        let turn = |index: usize| std::f32::consts::TAU * (index + 1) as f32 / (WINDOW + 1) as f32;
        Self {
            spectrum: MelSpectrum::new(COLUMNS, BAND_HZ[0], BAND_HZ[1]),
            window: std::array::from_fn(|index| 0.5 - 0.5 * turn(index).cos()),
        }
    }

    /// Of 16 kHz samples in [-1, 1]; nothing of what is shorter than a quarter of a second.
    pub(super) fn print(&mut self, samples: &[f32]) -> SoundPrint {
        let energies = self.spectrum.log_energies(samples);
        let rows: Vec<&[f32]> = energies.chunks_exact(COLUMNS).collect();
        // How much more energy each band has than the one above.
        let slopes: Vec<[f32; BANDS as usize]> = rows
            .windows(WINDOW)
            .map(|rows| {
                std::array::from_fn(|band| {
                    let pairs = rows.iter().zip(&self.window);
                    pairs
                        .map(|(row, share)| (row[band] - row[band + 1]) * share)
                        .sum()
                })
            })
            .collect();
        let word = |pair: &[[f32; BANDS as usize]]| {
            let (before, after) = (&pair[0], &pair[APART]);
            (0..BANDS as usize)
                .filter(|&band| after[band] > before[band])
                .fold(0_u16, |word, band| word | 1 << band)
        };
        let words = slopes.windows(APART + 1).step_by(STEP).map(word);
        SoundPrint(words.take(WORDS_MAX).collect())
    }
}
