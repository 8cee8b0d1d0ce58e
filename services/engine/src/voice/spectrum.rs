//! Short-time power spectra and triangular mel filters: what filter banks, cepstra and quality facts have in common.

use std::{
    f32::consts::{PI, TAU},
    ops::Range,
    sync::Arc,
};

use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex};

use super::activity::WINDOW;
use crate::audio::RATE_HZ;

/// Samples of a frame: 25 ms.
pub(super) const FRAME: usize = 400;
/// Samples between frames: 10 ms.
pub(super) const HOP: usize = 160;
/// Points of the transform.
const FFT: usize = 512;
/// Share of the sample before that is taken off each sample.
const PRE_EMPHASIS: f32 = 0.97;

/// Log energies in mel bands, with the arithmetic of Kaldi's `fbank`: frames inside the signal only, each without its
/// mean, pre-emphasised, under the "povey" window, 512-point power spectrum, natural logarithm. No dither.
pub(super) struct MelSpectrum {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// For each band: its bins and their weights.
    bands: Vec<(Range<usize>, Vec<f32>)>,
    frame: Vec<f32>,
    bins: Vec<Complex<f32>>,
    power: Vec<f32>,
}

impl MelSpectrum {
    /// `bands` triangles, evenly spaced in mel between two frequencies in Hz.
    pub(super) fn new(bands: usize, from_hz: f32, to_hz: f32) -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(FFT);
        let turn = |index: usize| 2.0 * PI * index as f32 / (FRAME - 1) as f32;
        Self {
            window: (0..FRAME)
                .map(|index| (0.5 - 0.5 * turn(index).cos()).powf(0.85))
                .collect(),
            bands: triangles(bands, from_hz, to_hz),
            frame: vec![0.0; FFT],
            bins: transform.make_output_vec(),
            power: vec![0.0; FFT / 2 + 1],
            transform,
        }
    }

    /// Frames that fit into so many samples.
    pub(super) const fn frames(samples: usize) -> usize {
        if samples < FRAME {
            0
        } else {
            1 + (samples - FRAME) / HOP
        }
    }

    /// Row by row, one row each 10 ms: the log energy of every band. `samples` in [-1, 1] are scaled as 16-bit numbers are.
    pub(super) fn log_energies(&mut self, samples: &[f32]) -> Vec<f32> {
        let frames = Self::frames(samples.len());
        let mut rows = Vec::with_capacity(frames * self.bands.len());
        for start in (0..frames).map(|frame| frame * HOP) {
            self.transform_frame(&samples[start..start + FRAME]);
            for (range, weights) in &self.bands {
                let energy: f32 = self.power[range.clone()]
                    .iter()
                    .zip(weights)
                    .map(|(p, w)| p * w)
                    .sum();
                rows.push(energy.max(f32::EPSILON).ln());
            }
        }
        rows
    }

    fn transform_frame(&mut self, samples: &[f32]) {
        const SCALE: f32 = 32_768.0;
        let mean = samples.iter().sum::<f32>() / FRAME as f32;
        let mut previous = samples[0] - mean;
        for ((slot, &sample), &window) in self.frame.iter_mut().zip(samples).zip(&self.window) {
            let sample = sample - mean;
            *slot = (sample - PRE_EMPHASIS * previous) * window * SCALE;
            previous = sample;
        }
        self.frame[FRAME..].fill(0.0);
        self.transform
            .process(&mut self.frame, &mut self.bins)
            .expect("the buffers were made for this transform");
        for (power, bin) in self.power.iter_mut().zip(&self.bins) {
            *power = bin.norm_sqr();
        }
    }
}

fn mel(hz: f32) -> f32 {
    1_127.0 * (hz / 700.0).ln_1p()
}

fn triangles(bands: usize, from_hz: f32, to_hz: f32) -> Vec<(Range<usize>, Vec<f32>)> {
    let (low, high) = (mel(from_hz), mel(to_hz));
    let step = (high - low) / (bands + 1) as f32;
    let bin_hz = RATE_HZ as f32 / FFT as f32;
    let triangle = |band: usize| {
        let left = low + band as f32 * step;
        let (centre, right) = (left + step, left + 2.0 * step);
        let weight = |bin: usize| {
            let at = mel(bin as f32 * bin_hz);
            if at <= left || at >= right {
                0.0
            } else if at <= centre {
                (at - left) / step
            } else {
                (right - at) / step
            }
        };
        let inside: Vec<usize> = (0..FFT / 2).filter(|&bin| weight(bin) > 0.0).collect();
        let range = inside
            .first()
            .map_or(0..0, |&first| first..inside[inside.len() - 1] + 1);
        let weights = range.clone().map(weight).collect();
        (range, weights)
    };
    (0..bands).map(triangle).collect()
}

/// Power of each bin of 31.25 Hz, from 0 Hz to half the rate, of each whole window of 512 samples under Hann's.
pub(super) fn powers<'a>(
    windows: impl Iterator<Item = &'a [f32]>,
) -> impl Iterator<Item = Vec<f32>> {
    let transform = RealFftPlanner::new().plan_fft_forward(WINDOW);
    let (mut frame, mut bins) = (transform.make_input_vec(), transform.make_output_vec());
    let whole = windows.filter(|window| window.len() == WINDOW);
    whole.map(move |window| {
        for (at, (slot, sample)) in frame.iter_mut().zip(window).enumerate() {
            *slot = sample * (0.5 - 0.5 * (TAU * at as f32 / WINDOW as f32).cos());
        }
        transform
            .process(&mut frame, &mut bins)
            .expect("the buffers were made for this transform");
        bins.iter().map(Complex::norm_sqr).collect()
    })
}

/// Takes each column's mean off, so that a constant channel or level leaves no trace.
pub(super) fn subtract_column_means(rows: &mut [f32], columns: usize) {
    let count = rows.len() / columns;
    if count == 0 {
        return;
    }
    for column in 0..columns {
        let mean = rows.iter().skip(column).step_by(columns).sum::<f32>() / count as f32;
        for value in rows.iter_mut().skip(column).step_by(columns) {
            *value -= mean;
        }
    }
}

/// Eighty mean-normalised log mel energies each 10 ms, as the usual speaker networks take them: `[frames, 80]`, row by row.
pub struct Fbank80(MelSpectrum);

impl Fbank80 {
    /// Values of a row.
    pub const BANDS: usize = 80;

    /// Bands from 20 Hz to half the rate.
    #[must_use]
    pub fn new() -> Self {
        Self(MelSpectrum::new(Self::BANDS, 20.0, RATE_HZ as f32 / 2.0))
    }

    /// Rows for all frames that fit into the 16 kHz samples.
    pub fn rows(&mut self, samples: &[f32]) -> Vec<f32> {
        let mut rows = self.0.log_energies(samples);
        subtract_column_means(&mut rows, Self::BANDS);
        rows
    }
}

impl Default for Fbank80 {
    fn default() -> Self {
        Self::new()
    }
}
