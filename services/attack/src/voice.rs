//! Sounds: 16 kHz mono samples in −1..=1; species of attack and conditions of capture.

mod call;
mod condition;
mod duplicate;
mod filter;
mod loudspeaker;
mod noise;
mod room;
mod species;
mod wav;

pub use call::{Bitrate, opus, telephone};
pub use condition::{Condition, Surroundings};
pub use duplicate::{cropped, recompressed};
pub use loudspeaker::loudspeaker;
pub use noise::{Noise, noisy};
pub use room::{Room, reverberant};
pub use species::Species;
pub use wav::wav;

/// Samples a second.
pub const RATE_HZ: u32 = 16_000;

/// Root of the mean square; 0 of nothing.
pub(crate) fn rms(sound: &[f32]) -> f32 {
    if sound.is_empty() {
        return 0.0;
    }
    let squares: f64 = sound.iter().map(|&value| f64::from(value).powi(2)).sum();
    (squares / sound.len() as f64).sqrt() as f32
}

/// Greatest magnitude.
pub(crate) fn peak(sound: &[f32]) -> f32 {
    sound.iter().fold(0.0, |most, value| value.abs().max(most))
}

/// Times this factor.
pub(crate) fn scaled(sound: &[f32], factor: f32) -> Vec<f32> {
    sound.iter().map(|value| value * factor).collect()
}

/// As loud as `model`, but nowhere beyond ±1.
pub(crate) fn as_loud_as(sound: &[f32], model: &[f32]) -> Vec<f32> {
    let wanted = rms(model) / rms(sound).max(f32::MIN_POSITIVE);
    let most = 0.99 / peak(sound).max(f32::MIN_POSITIVE);
    scaled(sound, wanted.min(most))
}

/// Of decibels, as a factor on amplitude.
pub(crate) fn amplitude(db: f32) -> f32 {
    10.0_f32.powf(db / 20.0)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Seconds of a voice that nobody has: harmonics of 140 Hz up to 7.5 kHz, in syllables with pauses.
    pub fn voiced(seconds: f32) -> Vec<f32> {
        let tone = |at: u32| {
            let t = at as f32 / RATE_HZ as f32;
            let syllable = (t * 3.0 * std::f32::consts::TAU).sin().max(0.0).powf(0.7);
            let harmonic =
                |n: u32| (t * 140.0 * n as f32 * std::f32::consts::TAU).sin() / (n as f32).sqrt();
            0.05 * syllable * (1..54).map(harmonic).sum::<f32>()
        };
        (0..(seconds * RATE_HZ as f32) as u32).map(tone).collect()
    }

    /// Energy between two frequencies, as a share of all.
    pub fn share_of_band(sound: &[f32], low_hz: f32, high_hz: f32) -> f32 {
        let spectrum = filter::spectrum(sound);
        let hz = RATE_HZ as f32 / 2.0 / (spectrum.len() - 1) as f32;
        let energy = |range: std::ops::Range<f32>| {
            let bins = spectrum.iter().enumerate();
            let within = bins.filter(|(bin, _)| range.contains(&(*bin as f32 * hz)));
            within
                .map(|(_, bin)| f64::from(bin.norm_sqr()))
                .sum::<f64>()
        };
        (energy(low_hz..high_hz) / energy(0.0..9_000.0)) as f32
    }
}
