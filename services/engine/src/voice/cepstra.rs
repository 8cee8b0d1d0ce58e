//! Cepstral features of speech, for comparing a person's words with the same person's words.

use super::{
    activity::{Speech, WINDOW},
    spectrum::{FRAME, HOP, MelSpectrum, subtract_column_means},
};

/// Cepstral coefficients of a frame.
pub const STATIC: usize = 13;
/// Numbers of a frame: the coefficients and their slopes.
pub const COEFFICIENTS: usize = 2 * STATIC;
/// One frame.
pub type Frame = [f32; COEFFICIENTS];

/// Mel bands below the cepstrum.
const BANDS: usize = 26;
/// Lowest and highest frequency that is looked at, Hz: what every phone lets through.
const FROM_HZ: f32 = 100.0;
const TO_HZ: f32 = 3_800.0;
/// Frames this far below the loud ones are no speech, nats of energy (30 dB).
const QUIET: f32 = 6.9;
/// Share of the speech frames that is louder than a "loud" one.
const LOUD_SHARE: f32 = 0.05;
/// Added to every band, as a share of a loud frame's mean band: 20 dB below it. What lies deeper is the room's more than the voice's, and would weigh as much in a
/// logarithm as what is loud.
const AUDIBLE: f32 = 0.01;
/// Coefficients are divided by their spread, but by this at least.
const SPREAD_MIN: f32 = 1e-3;
/// Frames on each side that a slope is computed from.
const SLOPE_FRAMES: isize = 2;

/// The features of one recording, 10 ms a frame, and which frames are speech.
#[derive(Debug, Clone, PartialEq)]
pub struct Utterance {
    /// All frames, in order.
    pub frames: Vec<Frame>,
    /// For each frame: it is speech.
    pub spoken: Vec<bool>,
}

impl Utterance {
    /// The speech frames alone.
    pub fn speech(&self) -> Vec<Frame> {
        self.frames
            .iter()
            .zip(&self.spoken)
            .filter(|&(_, &spoken)| spoken)
            .map(|(&frame, _)| frame)
            .collect()
    }
}

/// Mel cepstra of 25 ms frames.
pub(super) struct Cepstra {
    spectrum: MelSpectrum,
    /// `[STATIC][BANDS]`: the discrete cosine transform.
    cosines: Vec<f32>,
}

impl Cepstra {
    pub(super) fn new() -> Self {
        let angle = |k: usize, band: usize| {
            std::f32::consts::PI * k as f32 * (band as f32 + 0.5) / BANDS as f32
        };
        let cosines = (0..STATIC)
            .flat_map(|k| (0..BANDS).map(move |band| angle(k, band).cos()))
            .collect();
        Self {
            spectrum: MelSpectrum::new(BANDS, FROM_HZ, TO_HZ),
            cosines,
        }
    }

    /// Coefficients and slopes, normalised to mean 0 and spread 1 over the speech frames of the recording.
    pub(super) fn utterance(&mut self, samples: &[f32], speech: &Speech) -> Utterance {
        let mut energies = self.spectrum.log_energies(samples);
        let loudness: Vec<f32> = energies.chunks_exact(BANDS).map(loudness).collect();
        let inside = inside(loudness.len(), speech);
        let loud = loud(&loudness, &inside);
        let spoken = spoken(&loudness, inside, loud);
        drown(&mut energies, loud);
        subtract_column_means(&mut energies, BANDS);
        let mut rows: Vec<[f32; STATIC]> = energies
            .chunks_exact(BANDS)
            .map(|row| self.cepstrum(row))
            .collect();
        normalise(&mut rows, &spoken);
        Utterance {
            frames: with_slopes(&rows),
            spoken,
        }
    }

    fn cepstrum(&self, energies: &[f32]) -> [f32; STATIC] {
        let mut cepstrum = [0.0; STATIC];
        for (value, cosines) in cepstrum.iter_mut().zip(self.cosines.chunks_exact(BANDS)) {
            *value = cosines
                .iter()
                .zip(energies)
                .map(|(cosine, energy)| cosine * energy)
                .sum();
        }
        cepstrum
    }
}

/// Logarithm of the energy over all bands.
fn loudness(energies: &[f32]) -> f32 {
    energies.iter().map(|energy| energy.exp()).sum::<f32>().ln()
}

/// Which frames have a window of speech at their centre.
fn inside(frames: usize, speech: &Speech) -> Vec<bool> {
    let window = |frame: usize| (frame * HOP + FRAME / 2) / WINDOW;
    (0..frames)
        .map(|frame| speech.uttered.get(window(frame)).copied().unwrap_or(false))
        .collect()
}

/// How loud the loud frames of speech are, nats; −∞ without speech.
fn loud(loudness: &[f32], inside: &[bool]) -> f32 {
    let mut speech: Vec<f32> = loudness
        .iter()
        .zip(inside)
        .filter(|&(_, &inside)| inside)
        .map(|(&loudness, _)| loudness)
        .collect();
    speech.sort_by(f32::total_cmp);
    let at = (speech.len() as f32 * (1.0 - LOUD_SHARE)) as usize;
    let last = speech.len().saturating_sub(1);
    speech
        .get(at.min(last))
        .copied()
        .unwrap_or(f32::NEG_INFINITY)
}

/// A frame is speech when the window at its centre is, and it is not far quieter than the loud ones.
fn spoken(loudness: &[f32], inside: Vec<bool>, loud: f32) -> Vec<bool> {
    inside
        .into_iter()
        .zip(loudness)
        .map(|(inside, &loudness)| inside && loudness > loud - QUIET)
        .collect()
}

/// Raises all log energies to what can be told from the room, softly.
fn drown(energies: &mut [f32], loud: f32) {
    let floor = AUDIBLE * loud.exp() / BANDS as f32;
    for energy in energies {
        *energy = (energy.exp() + floor).ln();
    }
}

fn normalise(rows: &mut [[f32; STATIC]], spoken: &[bool]) {
    let count = spoken.iter().filter(|&&spoken| spoken).count();
    if count == 0 {
        return;
    }
    for coefficient in 0..STATIC {
        let speech = || {
            rows.iter()
                .zip(spoken)
                .filter(|&(_, &spoken)| spoken)
                .map(|(row, _)| row[coefficient])
        };
        let mean = speech().sum::<f32>() / count as f32;
        let variance = speech()
            .map(|value| (value - mean) * (value - mean))
            .sum::<f32>()
            / count as f32;
        let spread = variance.sqrt().max(SPREAD_MIN);
        for row in rows.iter_mut() {
            row[coefficient] = (row[coefficient] - mean) / spread;
        }
    }
}

/// Adds the slope of each coefficient: the regression over five frames (Furui 1986), scaled to a spread like the coefficients'.
pub(super) fn with_slopes(rows: &[[f32; STATIC]]) -> Vec<Frame> {
    const NORM: f32 = 10.0;
    const SCALE: f32 = 3.0;
    let row = |at: isize| &rows[at.clamp(0, rows.len() as isize - 1) as usize];
    let frame = |at: usize| {
        let mut frame = [0.0; COEFFICIENTS];
        frame[..STATIC].copy_from_slice(&rows[at]);
        for k in 0..STATIC {
            let slope = |n: isize| n as f32 * (row(at as isize + n)[k] - row(at as isize - n)[k]);
            frame[STATIC + k] = (1..=SLOPE_FRAMES).map(slope).sum::<f32>() / NORM * SCALE;
        }
        frame
    };
    (0..rows.len()).map(frame).collect()
}
