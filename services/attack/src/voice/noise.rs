//! Noise of surroundings.

use super::{RATE_HZ, amplitude, filter::shaped, rms};
use crate::chance::Chance;

/// Mains frequency in China, Hz.
const MAINS_HZ: f32 = 50.0;
/// Its harmonics that are heard.
const HARMONICS: u32 = 12;

/// The colour of noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Noise<'a> {
    /// Equal power at every frequency: a hissing amplifier.
    White,
    /// Power in proportion to 1/f: wind, traffic, rooms.
    Pink,
    /// Mains and its harmonics, with some hiss.
    Hum,
    /// These voices at once, each as loud, repeated or begun anywhere; pink noise when there are none.
    Babble(&'a [&'a [f32]]),
}

/// With noise at this ratio of the sound's mean power (pauses included) to the noise's, dB; silence stays silent. What exceeds ±1 is
/// clipped.
///
/// Models: steady noise added at the microphone. Does not model: people who speak louder in noise, a phone's noise suppression.
pub fn noisy(sound: &[f32], noise: Noise<'_>, snr_db: f32, seed: u64) -> Vec<f32> {
    let noise = made(noise, sound.len(), seed);
    let factor = rms(sound) * amplitude(-snr_db) / rms(&noise).max(f32::MIN_POSITIVE);
    let add = |(value, noise): (&f32, &f32)| (value + noise * factor).clamp(-1.0, 1.0);
    sound.iter().zip(&noise).map(add).collect()
}

fn made(noise: Noise<'_>, count: usize, seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed, "noise", 0);
    match noise {
        Noise::White => white(count, &mut chance),
        Noise::Pink => pink(count, &mut chance),
        Noise::Hum => hum(count, &mut chance),
        Noise::Babble(voices) => babble(voices, count, &mut chance),
    }
}

fn white(count: usize, chance: &mut Chance) -> Vec<f32> {
    (0..count).map(|_| chance.normal()).collect()
}

fn pink(count: usize, chance: &mut Chance) -> Vec<f32> {
    shaped(&white(count, chance), |hz| 1.0 / hz.max(20.0).sqrt())
}

fn hum(count: usize, chance: &mut Chance) -> Vec<f32> {
    let partials: Vec<(f32, f32, f32)> = (1..=HARMONICS)
        .map(|n| {
            let level = chance.within(0.3..1.0) / n as f32;
            (MAINS_HZ * n as f32, level, chance.within(0.0..1.0))
        })
        .collect();
    let mut sample = |at: usize| {
        let t = at as f32 / RATE_HZ as f32;
        let tone = |&(hz, level, phase): &(f32, f32, f32)| {
            level * ((t * hz + phase).fract() * std::f32::consts::TAU).sin()
        };
        partials.iter().map(tone).sum::<f32>() + 0.05 * chance.normal()
    };
    (0..count).map(&mut sample).collect()
}

fn babble(voices: &[&[f32]], count: usize, chance: &mut Chance) -> Vec<f32> {
    let heard: Vec<&[f32]> = voices
        .iter()
        .copied()
        .filter(|voice| rms(voice) > 0.0)
        .collect();
    if heard.is_empty() {
        return pink(count, chance);
    }
    let mut sum = vec![0.0; count];
    for voice in heard {
        let start = chance.whole(0..voice.len() as u32) as usize;
        let level = 1.0 / rms(voice);
        for (sum, value) in sum.iter_mut().zip(voice.iter().cycle().skip(start)) {
            *sum += value * level;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::tests::{share_of_band, voiced};

    #[test]
    fn noise_has_the_level_that_was_asked_for() {
        let (sound, other) = (voiced(1.0), voiced(0.4));
        let others: [&[f32]; 2] = [&other, &sound];
        let kinds = [
            Noise::White,
            Noise::Pink,
            Noise::Hum,
            Noise::Babble(&others),
            Noise::Babble(&[]),
        ];
        for kind in kinds {
            let quiet: Vec<f32> = sound.iter().map(|value| value * 0.2).collect();
            let heard = noisy(&quiet, kind, 10.0, 4);
            let noise: Vec<f32> = heard.iter().zip(&quiet).map(|(a, b)| a - b).collect();
            let snr_db = 20.0 * (rms(&quiet) / rms(&noise)).log10();
            assert!((snr_db - 10.0).abs() < 0.2, "{kind:?} {snr_db}");
        }
    }

    #[test]
    fn colours_have_their_slopes() {
        let of = |kind| made(kind, 32_000, 9);
        let octaves = |kind| {
            let noise = of(kind);
            share_of_band(&noise, 500.0, 1_000.0) / share_of_band(&noise, 2_000.0, 4_000.0)
        };
        // Octaves of pink noise have the same power, those of white one 3 dB more each.
        assert!((octaves(Noise::Pink) - 1.0).abs() < 0.1);
        assert!((octaves(Noise::White) - 0.25).abs() < 0.05);
        assert!(share_of_band(&of(Noise::Hum), 40.0, 620.0) > 0.9);
    }
}
