//! Filters by FFT over a whole sound: no phase, no delay.

use realfft::{RealFftPlanner, num_complex::Complex};

use super::RATE_HZ;

/// Samples of silence that keep a filter's ends apart: 64 ms.
const APART: usize = 1_024;

/// From 0 Hz to half the rate, of the sound followed by silence up to a power of two.
#[cfg(test)]
pub fn spectrum(sound: &[f32]) -> Vec<Complex<f32>> {
    transformed(sound, length(sound.len() + APART))
}

/// Each frequency times `gain(hz)`.
pub fn shaped(sound: &[f32], gain: impl Fn(f32) -> f32) -> Vec<f32> {
    let full = length(sound.len() + APART);
    let mut bins = transformed(sound, full);
    let hz = RATE_HZ as f32 / full as f32;
    for (at, bin) in bins.iter_mut().enumerate() {
        *bin *= gain(at as f32 * hz);
    }
    back(bins, full, sound.len())
}

/// What a room with this response makes of a sound; as long as the sound.
pub fn convolved(sound: &[f32], response: &[f32]) -> Vec<f32> {
    let full = length(sound.len() + response.len());
    let mut bins = transformed(sound, full);
    for (bin, other) in bins.iter_mut().zip(transformed(response, full)) {
        *bin *= other;
    }
    back(bins, full, sound.len())
}

/// Magnitude of a Butterworth band-pass of this order at each side; 3 dB down at `low_hz` and `high_hz`.
pub fn band(low_hz: f32, high_hz: f32, order: i32) -> impl Fn(f32) -> f32 {
    move |hz| {
        let above = (low_hz / hz.max(1e-3)).powi(2 * order);
        let below = (hz / high_hz).powi(2 * order);
        1.0 / ((1.0 + above) * (1.0 + below)).sqrt()
    }
}

fn length(samples: usize) -> usize {
    samples.next_power_of_two()
}

fn transformed(sound: &[f32], full: usize) -> Vec<Complex<f32>> {
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(full);
    let mut input = sound.to_vec();
    input.resize(full, 0.0);
    let mut bins = fft.make_output_vec();
    fft.process(&mut input, &mut bins)
        .expect("both have the plan's lengths");
    bins
}

fn back(mut bins: Vec<Complex<f32>>, full: usize, kept: usize) -> Vec<f32> {
    let fft = RealFftPlanner::<f32>::new().plan_fft_inverse(full);
    let mut sound = fft.make_output_vec();
    // What is real by theory, and must be for the inverse.
    bins[0].im = 0.0;
    if let Some(last) = bins.last_mut() {
        last.im = 0.0;
    }
    fft.process(&mut bins, &mut sound)
        .expect("both have the plan's lengths");
    sound.truncate(kept);
    let scale = 1.0 / full as f32;
    for value in &mut sound {
        *value *= scale;
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::tests::voiced;

    #[test]
    fn a_gain_of_one_and_a_response_of_one_sample_change_nothing() {
        let sound = voiced(0.3);
        for same in [shaped(&sound, |_| 1.0), convolved(&sound, &[1.0])] {
            assert_eq!(same.len(), sound.len());
            let apart = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-5;
            assert!(same.iter().zip(&sound).all(apart));
        }
    }

    #[test]
    fn a_band_is_three_decibels_down_at_its_ends() {
        let gain = band(300.0, 3_400.0, 8);
        for hz in [300.0, 3_400.0] {
            assert!((gain(hz) - std::f32::consts::FRAC_1_SQRT_2).abs() < 0.01);
        }
        assert!(gain(1_000.0) > 0.999 && gain(100.0) < 1e-3 && gain(7_000.0) < 1e-2);
    }
}
