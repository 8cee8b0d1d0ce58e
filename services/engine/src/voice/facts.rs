//! Quality facts of a recording.

use domain::evidence::VoiceFacts;

use super::activity::{Speech, WINDOW};
use crate::audio::{Audio, RATE_HZ};

/// Mean square below which a sound is digital silence: −100 dBFS.
const POWER_MIN: f64 = 1e-10;
/// Fewest windows of background that a signal-to-noise ratio is computed from: 0.1 s.
const REST_WINDOWS_MIN: usize = 3;

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
    VoiceFacts {
        duration_s: audio.duration_s(),
        speech_s: spoken.samples as f32 / RATE_HZ as f32,
        level_dbfs: decibels(level).min(0.0),
        snr_db: comparable.then(snr),
        clipped: audio.clipped,
    }
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

fn decibels(power: f64) -> f32 {
    (10.0 * power.log10()) as f32
}

/// Level of all samples, dBFS.
pub(super) fn level_dbfs(samples: &[f32]) -> f32 {
    decibels(Power::of([samples]).mean())
}

#[cfg(test)]
mod tests {
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
    }
}
