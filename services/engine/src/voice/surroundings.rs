//! Surroundings that enrolled speech is put into, so that a check-in from a noisy street, a bare room or over a telephone line is
//! compared with the person as they sound there. Always the same for the same samples.

use std::f32::consts::LN_10;

use realfft::{RealFftPlanner, num_complex::Complex};

use crate::audio::RATE_HZ;

/// What a telephone line lets through, Hz (ITU-T G.712).
const LINE_HZ: [f32; 2] = [300.0, 3_400.0];
/// Half width of the line's edges, Hz.
const EDGE_HZ: f32 = 60.0;
/// Pink noise falls from here on, Hz.
const PINK_FROM_HZ: f32 = 50.0;
/// Speech above noise, dB: where a check-in is still worth listening to.
const NOISE_DB: f32 = 10.0;
/// The same on a line, where noise does more.
const LINE_NOISE_DB: f32 = 15.0;
/// Time in which the room's sound falls by 60 dB, seconds.
const ROOM_S: f32 = 0.5;
/// Direct sound above all that follows, dB.
const ROOM_DB: f32 = 3.0;
/// Seeds of the noises and of the room.
const SEEDS: [u32; 4] = [0x9E37_79B9, 0x85EB_CA6B, 0xC2B2_AE35, 0x27D4_EB2F];
/// How many there are.
pub(super) const COUNT: usize = 5;

/// 16 kHz samples in each of the surroundings; `speech_power` is the mean square of the speech in them.
pub(super) fn all(samples: &[f32], speech_power: f32) -> [Vec<f32>; COUNT] {
    let count = samples.len();
    let noisy = |noise: &[f32], snr_db: f32| with_noise(samples, noise, speech_power, snr_db);
    let pink_noise = |seed: u32| shaped(&white(count, seed), pink);
    [
        shaped(samples, line),
        noisy(&white(count, SEEDS[0]), NOISE_DB),
        noisy(&pink_noise(SEEDS[1]), NOISE_DB),
        shaped(&noisy(&pink_noise(SEEDS[2]), LINE_NOISE_DB), line),
        in_room(samples),
    ]
}

/// Even noise in [-1, 1) by a linear congruence (Numerical Recipes).
fn white(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let mut draw = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1_u32 << 23) as f32 - 1.0
    };
    (0..count).map(|_| draw()).collect()
}

fn power(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32
}

fn with_noise(samples: &[f32], noise: &[f32], speech_power: f32, snr_db: f32) -> Vec<f32> {
    let wanted = speech_power * 10_f32.powf(-snr_db / 10.0);
    let gain = (wanted / power(noise).max(f32::MIN_POSITIVE)).sqrt();
    let pairs = samples.iter().zip(noise);
    pairs.map(|(sample, noise)| sample + gain * noise).collect()
}

/// What a line does to a frequency.
fn line(hz: f32) -> f32 {
    let edge = |inside_hz: f32| 0.5 * (1.0 + (inside_hz / EDGE_HZ).tanh());
    edge(hz - LINE_HZ[0]) * edge(LINE_HZ[1] - hz)
}

/// What makes even noise pink.
fn pink(hz: f32) -> f32 {
    (PINK_FROM_HZ / hz.max(PINK_FROM_HZ)).sqrt()
}

/// Sound that dies away evenly after the direct one (Polack 1988: noise under an exponential), at the level of the samples.
fn in_room(samples: &[f32]) -> Vec<f32> {
    let late = (ROOM_S * RATE_HZ as f32) as usize;
    let fall = 3.0 * LN_10 / late as f32;
    let mut response = white(late, SEEDS[3]);
    for (at, value) in response.iter_mut().enumerate() {
        *value *= (-fall * at as f32).exp();
    }
    let energy: f32 = response.iter().map(|value| value * value).sum();
    let gain = (10_f32.powf(-ROOM_DB / 10.0) / energy).sqrt();
    for value in &mut response {
        *value *= gain;
    }
    response[0] = 1.0;
    let len = (samples.len() + late).next_power_of_two();
    let mut bins = spectrum(samples, len);
    for (bin, response) in bins.iter_mut().zip(spectrum(&response, len)) {
        *bin *= response;
    }
    let mut heard = signal(bins, len, samples.len());
    let gain = (power(samples) / power(&heard).max(f32::MIN_POSITIVE)).sqrt();
    for sample in &mut heard {
        *sample *= gain;
    }
    heard
}

/// Through a filter that delays nothing.
fn shaped(samples: &[f32], gain: fn(f32) -> f32) -> Vec<f32> {
    let len = samples.len().next_power_of_two().max(2);
    let mut bins = spectrum(samples, len);
    let bin_hz = RATE_HZ as f32 / len as f32;
    for (index, bin) in bins.iter_mut().enumerate() {
        *bin *= gain(index as f32 * bin_hz);
    }
    signal(bins, len, samples.len())
}

/// Of the samples, drawn out to `len` with silence.
fn spectrum(samples: &[f32], len: usize) -> Vec<Complex<f32>> {
    let transform = RealFftPlanner::new().plan_fft_forward(len);
    let mut signal = samples.to_vec();
    signal.resize(len, 0.0);
    let mut bins = transform.make_output_vec();
    transform
        .process(&mut signal, &mut bins)
        .expect("the buffers were made for this transform");
    bins
}

/// The first samples of a signal of `len` with this spectrum.
fn signal(mut bins: Vec<Complex<f32>>, len: usize, count: usize) -> Vec<f32> {
    let transform = RealFftPlanner::new().plan_fft_inverse(len);
    // A real signal has none; rounding left a trace.
    for end in [0, bins.len() - 1] {
        bins[end].im = 0.0;
    }
    let mut signal = transform.make_output_vec();
    transform
        .process(&mut bins, &mut signal)
        .expect("the buffers were made for this transform");
    signal.truncate(count);
    for sample in &mut signal {
        *sample /= len as f32;
    }
    signal
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    fn tone(hz: f32) -> Vec<f32> {
        let turn = TAU * hz / RATE_HZ as f32;
        (0..16_000).map(|at| (turn * at as f32).sin()).collect()
    }

    #[test]
    fn a_line_lets_its_band_through() {
        for (hz, through) in [(100.0, 0.0), (500.0, 0.5), (3_000.0, 0.5), (4_500.0, 0.0)] {
            let heard = power(&shaped(&tone(hz), line));
            assert!((heard - through).abs() < 0.02, "{hz} Hz: {heard}");
        }
    }

    #[test]
    fn noise_is_as_loud_as_asked_for_and_the_same_again() {
        let speech = tone(440.0);
        let heard = all(&speech, 0.5);
        for noisy in &heard[1..3] {
            let added: Vec<f32> = noisy.iter().zip(&speech).map(|(a, b)| a - b).collect();
            assert!((power(&added) - 0.05).abs() < 1e-3, "{}", power(&added));
        }
        assert_eq!(heard, all(&speech, 0.5));
        assert!(heard.iter().flatten().all(|sample| sample.is_finite()));
    }

    #[test]
    fn a_room_goes_on_after_the_sound() {
        let mut clap = vec![0.0; 16_000];
        clap[0] = 1.0;
        let heard = in_room(&clap);
        let later = power(&heard[1..]) * 15_999.0 / (heard[0] * heard[0]);
        assert!((later - 0.501).abs() < 0.01, "{later}");
        assert!(power(&heard[8_200..]) < 1e-10);
    }

    #[test]
    fn silence_and_a_single_sample_stay_finite() {
        for samples in [vec![], vec![0.0], vec![0.0; 1_000]] {
            let heard = all(&samples, 0.0);
            assert!(heard.iter().all(|heard| heard.len() == samples.len()));
            assert!(heard.iter().flatten().all(|sample| sample.is_finite()));
        }
    }
}
