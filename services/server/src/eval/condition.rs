//! Conditions of capture that a test recording is put through before it is measured: the same on every machine. None of them is
//! made as the engine makes the conditions that it enrols, so that nothing is measured on what was prepared for.

use std::f32::consts::PI;

use engine::audio::RATE_HZ;
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

/// What happens to a recording on its way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    Nothing,
    /// 300 to 3,400 Hz (ITU-T G.712), 8 kHz, µ-law (G.711).
    Telephone,
    /// With the speech's power so many dB above the noise's.
    Noise(Noise, f32),
    /// A room with a reverberation time of 0.5 s, the direct sound 3 dB above all that follows.
    Room,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noise {
    /// Equal power at all frequencies.
    White,
    /// Equal power in all octaves.
    Pink,
    /// Eight other people of the data at once.
    Babble,
}

/// A named set of an evaluation: every test recording goes through each of its changes.
#[derive(Debug, Clone, Copy)]
pub struct Condition {
    pub name: &'static str,
    pub changes: &'static [Change],
}

/// What is measured, the recordings as they are first.
pub const CONDITIONS: [Condition; 5] = [
    Condition {
        name: "clean",
        changes: &[Change::Nothing],
    },
    Condition {
        name: "telephone",
        changes: &[Change::Telephone],
    },
    Condition {
        name: "noise-10",
        changes: &[
            Change::Noise(Noise::White, 10.0),
            Change::Noise(Noise::Pink, 10.0),
            Change::Noise(Noise::Babble, 10.0),
        ],
    },
    Condition {
        name: "noise-5",
        changes: &[
            Change::Noise(Noise::White, 5.0),
            Change::Noise(Noise::Pink, 5.0),
            Change::Noise(Noise::Babble, 5.0),
        ],
    },
    Condition {
        name: "reverberant",
        changes: &[Change::Room],
    },
];

/// People of a babble.
pub const BABBLE_VOICES: usize = 8;
/// Windows in which the power of speech is measured, samples: 32 ms.
const WINDOW: usize = 512;
/// Windows this far below the loudest are no speech: 25 dB.
const QUIET: f32 = 0.003_162;
/// Quality factors of the sections of a Butterworth low or high pass of order 8.
const BUTTERWORTH: [f32; 4] = [0.509_796, 0.601_345, 0.899_976, 2.562_915];
/// Reverberation time of the room (60 dB down), seconds, and the share of the direct sound's power that comes later.
const REVERBERATION_S: f32 = 0.5;
const LATE_SHARE: f32 = 0.501_187;
/// Delays of the room's comb filters and all-pass filters, samples (Schroeder 1962, "Natural sounding artificial reverberation").
const COMBS: [usize; 4] = [475, 594, 658, 699];
const ALL_PASSES: [usize; 2] = [80, 27];
const ALL_PASS_GAIN: f32 = 0.7;

impl Change {
    /// 16 kHz samples after the change. `voices` are the other people of a babble; `seed` draws noise.
    pub fn of(self, samples: &[f32], voices: &[&[f32]], seed: u64) -> Vec<f32> {
        match self {
            Self::Nothing => samples.to_vec(),
            Self::Telephone => telephone(samples),
            Self::Noise(noise, snr_db) => {
                let noise = noise.samples(samples.len(), voices, seed);
                let gain = (speech_power(samples) / power(&noise).max(f32::MIN_POSITIVE)).sqrt()
                    * 10_f32.powf(-snr_db / 20.0);
                let mixed = samples.iter().zip(&noise);
                mixed
                    .map(|(sample, noise)| (sample + gain * noise).clamp(-1.0, 1.0))
                    .collect()
            }
            Self::Room => room(samples),
        }
    }
}

impl Noise {
    /// Of no particular level.
    fn samples(self, count: usize, voices: &[&[f32]], seed: u64) -> Vec<f32> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        // The sum of three even draws is near enough to a normal one.
        let mut white = || {
            (0..3)
                .map(|_| random.random_range(-1.0_f32..1.0))
                .sum::<f32>()
        };
        match self {
            Self::White => (0..count).map(|_| white()).collect(),
            Self::Pink => {
                // Kellet's three poles, within 0.5 dB of 1/f above 10 Hz.
                let mut poles = [0.0_f32; 3];
                let mut pink = |white: f32| {
                    poles[0] = 0.997_65 * poles[0] + white * 0.099_046;
                    poles[1] = 0.963 * poles[1] + white * 0.296_516_4;
                    poles[2] = 0.57 * poles[2] + white * 1.052_691_3;
                    poles.iter().sum::<f32>() + white * 0.1848
                };
                (0..count).map(|_| pink(white())).collect()
            }
            Self::Babble => {
                let mut sum = vec![0.0; count];
                for voice in voices.iter().filter(|voice| !voice.is_empty()) {
                    let from = random.random_range(0..voice.len());
                    let gain = speech_power(voice).max(f32::MIN_POSITIVE).sqrt().recip();
                    let looped = voice.iter().cycle().skip(from);
                    for (sum, sample) in sum.iter_mut().zip(looped) {
                        *sum += gain * sample;
                    }
                }
                sum
            }
        }
    }
}

fn power(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32
}

/// Mean square of the windows that are not far below the loudest.
fn speech_power(samples: &[f32]) -> f32 {
    let powers: Vec<f32> = samples.chunks(WINDOW).map(power).collect();
    let loudest = powers.iter().copied().fold(0.0, f32::max);
    let speech: Vec<f32> = powers
        .into_iter()
        .filter(|&power| power >= QUIET * loudest)
        .collect();
    speech.iter().sum::<f32>() / speech.len().max(1) as f32
}

fn telephone(samples: &[f32]) -> Vec<f32> {
    let mut line = samples.to_vec();
    Pass::High.filter(&mut line, 300.0);
    Pass::Low.filter(&mut line, 3_400.0);
    // Every other sample is what an 8 kHz line carries; the others come back by interpolation.
    for (index, sample) in line.iter_mut().enumerate() {
        *sample = if index % 2 == 0 {
            2.0 * mu_law(*sample)
        } else {
            0.0
        };
    }
    Pass::Low.filter(&mut line, 3_400.0);
    Pass::Low.filter(&mut line, 3_800.0);
    line
}

/// There and back through the eight bits of G.711's µ-law, in its continuous form.
fn mu_law(sample: f32) -> f32 {
    const MU: f32 = 255.0;
    const STEPS: f32 = 127.0;
    let pressed = (MU * sample.abs().min(1.0)).ln_1p() / MU.ln_1p();
    let stored = (pressed * STEPS).round() / STEPS;
    ((stored * MU.ln_1p()).exp_m1() / MU).copysign(sample)
}

#[derive(Clone, Copy, PartialEq)]
enum Pass {
    Low,
    High,
}

impl Pass {
    /// Butterworth of order 8, four sections in a row (Bristow-Johnson, "Audio EQ cookbook").
    fn filter(self, samples: &mut [f32], edge_hz: f32) {
        let turn = 2.0 * PI * edge_hz / RATE_HZ as f32;
        for quality in BUTTERWORTH {
            let alpha = turn.sin() / (2.0 * quality);
            let (sign, edge) = match self {
                Self::Low => (1.0, 1.0 - turn.cos()),
                Self::High => (-1.0, 1.0 + turn.cos()),
            };
            let scale = 1.0 + alpha;
            let (outer, middle) = (edge / 2.0 / scale, sign * edge / scale);
            let back = (-2.0 * turn.cos() / scale, (1.0 - alpha) / scale);
            let (mut input, mut output) = ([0.0_f32; 2], [0.0_f32; 2]);
            for sample in samples.iter_mut() {
                let value = outer * (*sample + input[1]) + middle * input[0]
                    - back.0 * output[0]
                    - back.1 * output[1];
                input = [*sample, input[0]];
                output = [value, output[0]];
                *sample = value;
            }
        }
    }
}

fn room(samples: &[f32]) -> Vec<f32> {
    let mut late = vec![0.0; samples.len()];
    for delay in COMBS {
        let gain = 10_f32.powf(-3.0 * delay as f32 / RATE_HZ as f32 / REVERBERATION_S);
        let mut comb = vec![0.0; samples.len()];
        for at in delay..samples.len() {
            comb[at] = samples[at - delay] + gain * comb[at - delay];
            late[at] += comb[at];
        }
    }
    for delay in ALL_PASSES {
        let before = late.clone();
        for at in 0..late.len() {
            let past = |signal: &[f32]| at.checked_sub(delay).map_or(0.0, |past| signal[past]);
            late[at] = past(&before) - ALL_PASS_GAIN * before[at] + ALL_PASS_GAIN * past(&late);
        }
    }
    let gain = (LATE_SHARE * power(samples) / power(&late).max(f32::MIN_POSITIVE)).sqrt();
    let heard = samples.iter().zip(&late);
    heard
        .map(|(sample, late)| (sample + gain * late).clamp(-1.0, 1.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32) -> Vec<f32> {
        let turn = 2.0 * PI * hz / RATE_HZ as f32;
        (0..16_000)
            .map(|at| 0.5 * (turn * at as f32).sin())
            .collect()
    }

    fn level_db(samples: &[f32]) -> f32 {
        10.0 * (power(samples) / 0.125).log10()
    }

    #[test]
    fn a_telephone_lets_its_band_through_and_nothing_else() {
        for (hz, from, to) in [
            (100.0, -90.0, -40.0),
            (200.0, -60.0, -15.0),
            (500.0, -1.0, 1.0),
            (1_000.0, -1.0, 1.0),
            (3_000.0, -2.0, 1.0),
            (5_000.0, -90.0, -20.0),
            (7_000.0, -90.0, -40.0),
        ] {
            let level = level_db(&Change::Telephone.of(&tone(hz), &[], 1));
            assert!((from..to).contains(&level), "{hz} Hz: {level} dB");
        }
    }

    #[test]
    fn noise_has_the_power_that_was_asked_for_and_is_the_same_again() {
        let (speech, other) = (tone(440.0), tone(250.0));
        for noise in [Noise::White, Noise::Pink, Noise::Babble] {
            let noisy = Change::Noise(noise, 10.0).of(&speech, &[&other], 7);
            let added: Vec<f32> = noisy.iter().zip(&speech).map(|(a, b)| a - b).collect();
            let level = level_db(&added);
            assert!((-10.5..-9.5).contains(&level), "{noise:?}: {level}");
            assert_eq!(noisy, Change::Noise(noise, 10.0).of(&speech, &[&other], 7));
        }
    }

    #[test]
    fn a_room_goes_on_after_the_sound_and_dies_away() {
        let mut clap = vec![0.0; 16_000];
        clap[0] = 0.9;
        let heard = Change::Room.of(&clap, &[], 1);
        let energy = |from: usize, to: usize| heard[from..to].iter().map(|s| s * s).sum::<f32>();
        assert!((energy(1, 16_000) / energy(0, 1) - LATE_SHARE).abs() < 0.05);
        let (early, late) = (energy(800, 2_400), energy(8_800, 10_400));
        let fall_db = 10.0 * (early / late).log10();
        assert!((50.0..70.0).contains(&fall_db), "{fall_db} dB in 0.5 s");
    }
}
