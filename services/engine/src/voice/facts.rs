//! Quality facts of a recording.

use domain::evidence::VoiceFacts;

use super::{
    activity::{Speech, WINDOW},
    spectrum::powers,
};
use crate::audio::{Audio, RATE_HZ};

/// Mean square below which a sound is digital silence: −100 dBFS.
const POWER_MIN: f64 = 1e-10;
/// Fewest windows of background that a signal-to-noise ratio is computed from: 0.1 s.
const REST_WINDOWS_MIN: usize = 3;

/// Bins of a band in which speech is looked for: 250 Hz.
const BAND: usize = 8;
/// A band that speech reaches is this far above the same band of the rest: 6 dB.
const ABOVE_REST: f32 = 4.0;
/// And not further below the loudest band than this: 50 dB.
const BELOW_LOUDEST: f32 = 1e-5;

/// With P the mean square: `level = 10·lg P(speech)`, over the whole recording where there is no speech;
/// `snr = 10·lg ((P(speech) − P(rest)) / P(rest))`, where the rest is what is neither speech nor next to it.
/// Powers count as −100 dBFS at least.
pub(super) fn of(audio: &Audio, speech: &Speech) -> VoiceFacts {
    let windows = || {
        audio
            .samples
            .chunks(WINDOW)
            .zip(speech.voiced.iter().zip(&speech.uttered))
    };
    let spoken = Power::of(
        windows()
            .filter(|(_, (voiced, _))| **voiced)
            .map(|(window, _)| window),
    );
    let rest = Power::of(
        windows()
            .filter(|(_, (_, uttered))| !**uttered)
            .map(|(window, _)| window),
    );
    let level = if spoken.samples > 0 {
        spoken.mean()
    } else {
        Power::of([audio.samples.as_slice()]).mean()
    };
    let comparable = spoken.samples > 0 && rest.samples >= REST_WINDOWS_MIN * WINDOW;
    let snr = || decibels((spoken.mean() - rest.mean()).max(POWER_MIN) / rest.mean());
    let bandwidth_hz = bandwidth_hz(
        windows()
            .filter(|(_, (voiced, _))| **voiced)
            .map(|(window, _)| window),
        windows()
            .filter(|(_, (_, uttered))| !**uttered)
            .map(|(window, _)| window),
    );
    VoiceFacts {
        duration_s: audio.duration_s(),
        speech_s: spoken.samples as f32 / RATE_HZ as f32,
        level_dbfs: decibels(level).min(0.0),
        snr_db: comparable.then(snr),
        clipped: audio.clipped,
        bandwidth_hz,
    }
}

/// Upper edge of the highest band of 250 Hz whose mean power in speech is 6 dB above that of the rest (where there is any) and at most
/// 50 dB below the loudest band's; none without speech.
fn bandwidth_hz<'a>(
    speech: impl Iterator<Item = &'a [f32]>,
    rest: impl Iterator<Item = &'a [f32]>,
) -> Option<f32> {
    let (speech, rest) = (bands(speech), bands(rest));
    let loudest = speech.iter().copied().fold(0.0, f32::max);
    let reached = speech.iter().zip(&rest).rposition(|(&speech, &rest)| {
        speech > ABOVE_REST * rest && speech >= BELOW_LOUDEST * loudest
    })?;
    Some(((reached + 1) * BAND * RATE_HZ as usize / WINDOW) as f32)
}

/// Mean power of each band over whole windows.
fn bands<'a>(windows: impl Iterator<Item = &'a [f32]>) -> Vec<f32> {
    let mut bands = vec![0.0; WINDOW / 2 / BAND];
    let mut count = 0_u16;
    for powers in powers(windows) {
        for (band, bins) in bands.iter_mut().zip(powers.chunks(BAND)) {
            *band += bins.iter().sum::<f32>();
        }
        count = count.saturating_add(1);
    }
    let share = f32::from(count.max(1)).recip();
    for band in &mut bands {
        *band *= share;
    }
    bands
}

struct Power {
    sum: f64,
    samples: usize,
}

impl Power {
    fn of<'a>(windows: impl IntoIterator<Item = &'a [f32]>) -> Self {
        windows.into_iter().fold(
            Self {
                sum: 0.0,
                samples: 0,
            },
            |power, window| Self {
                sum: power.sum + square_sum(window),
                samples: power.samples + window.len(),
            },
        )
    }

    fn mean(&self) -> f64 {
        (self.sum / self.samples.max(1) as f64).max(POWER_MIN)
    }
}

fn square_sum(samples: &[f32]) -> f64 {
    samples
        .iter()
        .map(|&sample| f64::from(sample) * f64::from(sample))
        .sum()
}

/// Mean square of the speech; of all samples where there is none.
pub(super) fn speech_power(samples: &[f32], speech: &Speech) -> f32 {
    let windows = samples.chunks(WINDOW).zip(&speech.voiced);
    let spoken = Power::of(
        windows
            .filter(|(_, voiced)| **voiced)
            .map(|(window, _)| window),
    );
    let power = if spoken.samples > 0 {
        spoken
    } else {
        Power::of([samples])
    };
    power.mean() as f32
}

fn decibels(power: f64) -> f32 {
    (10.0 * power.log10()) as f32
}

/// Level of all samples, dBFS.
pub(super) fn level_dbfs(samples: &[f32]) -> f32 {
    decibels(Power::of([samples]).mean())
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    #[test]
    fn signal_to_noise_compares_speech_with_the_rest() {
        let amplitudes = [0.01_f32, 0.01, 0.01, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01];
        let samples = amplitudes
            .iter()
            .flat_map(|&a| [a, -a].repeat(WINDOW / 2))
            .collect();
        let voiced: Vec<bool> = amplitudes.iter().map(|&a| a > 0.05).collect();
        let facts = of(
            &Audio {
                samples,
                clipped: 0.0,
            },
            &Speech {
                uttered: voiced.clone(),
                voiced,
            },
        );
        assert!((facts.level_dbfs + 20.0).abs() < 0.01, "{facts:?}");
        assert!((facts.snr_db.unwrap() - 19.96).abs() < 0.01, "{facts:?}");
        assert!((facts.speech_s - 0.064).abs() < 1e-4, "{facts:?}");
    }

    /// Tones each 125 Hz below an edge.
    fn sound(windows: usize, amplitude: f32, edge_hz: f32) -> Vec<f32> {
        (0..windows * WINDOW)
            .map(|at| {
                let tones = (1..)
                    .map(|k| k as f32 * 125.0)
                    .take_while(|hz| *hz < edge_hz);
                let turn = TAU * (at % RATE_HZ as usize) as f32 / RATE_HZ as f32;
                // Phases far apart, and small enough for their last digits to count.
                let phase = |hz: f32| (turn * hz) % TAU + (hz * 0.37) % TAU;
                amplitude * tones.map(|hz| phase(hz).sin()).sum::<f32>()
            })
            .collect()
    }

    #[test]
    fn speech_reaches_as_far_as_it_stands_above_the_rest() {
        let bandwidth =
            |speech: &[f32], rest: &[f32]| bandwidth_hz(speech.chunks(WINDOW), rest.chunks(WINDOW));
        let (wide, narrow) = (sound(8, 0.01, 7_900.0), sound(8, 0.01, 3_400.0));
        let quiet = sound(8, 0.000_1, 7_900.0);
        assert_eq!(bandwidth(&wide, &quiet), Some(8_000.0));
        assert_eq!(bandwidth(&narrow, &[]), Some(3_500.0));
        assert_eq!(bandwidth(&narrow, &quiet), Some(3_500.0));
        let hiss: Vec<f32> = wide
            .iter()
            .zip(&narrow)
            .map(|(wide, narrow)| wide - narrow)
            .collect();
        let heard: Vec<f32> = narrow
            .iter()
            .zip(&hiss)
            .map(|(speech, hiss)| speech + hiss)
            .collect();
        assert_eq!(
            bandwidth(&heard, &hiss),
            Some(3_500.0),
            "what hisses all the time is no speech"
        );
        assert_eq!(bandwidth(&[], &wide), None);
    }

    #[test]
    fn silence_has_a_level_and_no_signal_to_noise() {
        let audio = Audio {
            samples: vec![0.0; 16_000],
            clipped: 0.0,
        };
        let silent = Speech {
            voiced: vec![false; 32],
            uttered: vec![false; 32],
        };
        let facts = of(&audio, &silent);
        assert!((facts.level_dbfs + 100.0).abs() < 0.01);
        assert_eq!((facts.snr_db, facts.speech_s), (None, 0.0));
        assert_eq!(facts.bandwidth_hz, None);
    }
}
