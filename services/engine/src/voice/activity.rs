//! Voice activity by Silero's contract: windows of 512 samples, each seen together with the 64 before it, one state through all.

use std::path::Path;

use models::Vad;
use ort::{session::Session, value::TensorRef};

use crate::{Error, audio::RATE_HZ, runtime};

/// Samples of a window: 32 ms.
pub const WINDOW: usize = 512;
/// Samples before the window that the network sees again.
const CONTEXT: usize = 64;
/// Numbers of the recurrent state, `[2, 1, 128]`.
const STATE: usize = 2 * 128;
/// Pauses of up to this many windows inside speech are speech.
const GAP_WINDOWS: usize = 3;
/// Windows added before and after speech.
const PAD_WINDOWS: usize = 1;
/// Least probability of a window that is speech because it is as loud as speech, 0..1.
const HEARD_MIN: f32 = 0.05;
/// Such a window is at most this far below the mean power of what is surely speech: 12 dB.
const BELOW_SPEECH: f32 = 0.063;
/// And at least this far above the quiet windows of the recording: 6 dB.
const ABOVE_QUIET: f32 = 4.0;
/// One window in so many is quieter than a "quiet" one.
const QUIET_SHARE: usize = 10;
const NETWORK: &str = "voice activity";

/// The network, and buffers that live as long as it does.
pub(super) struct Activity {
    session: Session,
    speech_min: f32,
    input: Vec<f32>,
    state: Vec<f32>,
}

impl Activity {
    pub(super) fn load(vad: &Vad, models_dir: &Path) -> Result<Self, Error> {
        let session = runtime::session(models_dir, &vad.file)?;
        let has = |name: &str| session.inputs().iter().any(|input| input.name() == name);
        if !(has("input") && has("state") && has("sr")) {
            return Err(Error::Contract {
                network: NETWORK,
                detail: "its inputs are not input, state and sr".to_owned(),
            });
        }
        Ok(Self {
            session,
            speech_min: vad.speech_min,
            input: vec![0.0; CONTEXT + WINDOW],
            state: vec![0.0; STATE],
        })
    }

    /// Probability of speech for each window of `samples`; the last window is filled up with zeros.
    pub(super) fn probabilities(&mut self, samples: &[f32]) -> Result<Vec<f32>, Error> {
        self.state.fill(0.0);
        self.input.fill(0.0);
        let mut probabilities = Vec::with_capacity(samples.len().div_ceil(WINDOW));
        for window in samples.chunks(WINDOW) {
            self.input.copy_within(WINDOW.., 0);
            self.input[CONTEXT..CONTEXT + window.len()].copy_from_slice(window);
            self.input[CONTEXT + window.len()..].fill(0.0);
            probabilities.push(self.step().map_err(|source| Error::Inference {
                network: NETWORK,
                source,
            })?);
        }
        Ok(probabilities)
    }

    fn step(&mut self) -> ort::Result<f32> {
        let rate = [i64::from(RATE_HZ)];
        let outputs = self.session.run(ort::inputs! {
            "input" => TensorRef::from_array_view(([1, CONTEXT + WINDOW], self.input.as_slice()))?,
            "state" => TensorRef::from_array_view(([2, 1, STATE / 2], self.state.as_slice()))?,
            "sr" => TensorRef::from_array_view(([0_usize; 0], rate.as_slice()))?,
        })?;
        let (_, probability) = outputs[0].try_extract_tensor::<f32>()?;
        let (_, state) = outputs[1].try_extract_tensor::<f32>()?;
        self.state.copy_from_slice(state);
        Ok(probability[0])
    }

    /// Which windows hold speech.
    pub(super) fn speech(&mut self, samples: &[f32]) -> Result<Speech, Error> {
        let probabilities = self.probabilities(samples)?;
        let powers: Vec<f32> = samples.chunks(WINDOW).map(power).collect();
        Ok(Speech::new(voiced(
            &probabilities,
            &powers,
            self.speech_min,
        )))
    }
}

/// The windows that the network is sure of; then those that it does not rule out and that are about as loud, well above the quiet ones.
/// Of words over a telephone line the network alone loses up to nine tenths.
fn voiced(probabilities: &[f32], powers: &[f32], speech_min: f32) -> Vec<bool> {
    let sure = |probability: f32| probability >= speech_min;
    let speech: Vec<f32> = probabilities
        .iter()
        .zip(powers)
        .filter(|&(&probability, _)| sure(probability))
        .map(|(_, &power)| power)
        .collect();
    let mut sorted = powers.to_vec();
    sorted.sort_by(f32::total_cmp);
    let quiet = sorted
        .get(sorted.len() / QUIET_SHARE)
        .copied()
        .unwrap_or(0.0);
    let mean = speech.iter().sum::<f32>() / speech.len().max(1) as f32;
    let loud_min = (BELOW_SPEECH * mean).max(ABOVE_QUIET * quiet);
    let heard = |probability: f32, power: f32| probability >= HEARD_MIN && power >= loud_min;
    probabilities
        .iter()
        .zip(powers)
        .map(|(&probability, &power)| {
            sure(probability) || (!speech.is_empty() && heard(probability, power))
        })
        .collect()
}

fn power(window: &[f32]) -> f32 {
    window.iter().map(|sample| sample * sample).sum::<f32>() / window.len().max(1) as f32
}

/// Speech by windows of 512 samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Speech {
    /// The network said so.
    pub(super) voiced: Vec<bool>,
    /// The same with short pauses filled and a margin on both sides: what belongs to an utterance.
    pub(super) uttered: Vec<bool>,
}

impl Speech {
    fn new(voiced: Vec<bool>) -> Self {
        let mut filled = voiced.clone();
        let mut last = None;
        for index in (0..voiced.len()).filter(|&index| voiced[index]) {
            if let Some(last) = last.filter(|last| index - last <= GAP_WINDOWS) {
                filled[last..index].fill(true);
            }
            last = Some(index);
        }
        let near = |index: usize| {
            let from = index.saturating_sub(PAD_WINDOWS);
            filled[from..(index + PAD_WINDOWS + 1).min(filled.len())]
                .iter()
                .any(|&speech| speech)
        };
        let uttered = (0..filled.len()).map(near).collect();
        Self { voiced, uttered }
    }

    /// The samples of the windows that belong to an utterance.
    pub(super) fn uttered_samples(&self, samples: &[f32]) -> Vec<f32> {
        let windows = samples.chunks(WINDOW).zip(&self.uttered);
        windows
            .filter(|&(_, &uttered)| uttered)
            .flat_map(|(window, _)| window)
            .copied()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_pauses_are_filled_and_speech_gets_a_margin() {
        let voiced = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]
            .map(|v| v == 1)
            .to_vec();
        let expected = [0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1]
            .map(|v| v == 1)
            .to_vec();
        assert_eq!(Speech::new(voiced).uttered, expected);
        assert_eq!(Speech::new(Vec::new()).uttered, Vec::<bool>::new());
    }

    #[test]
    fn what_is_as_loud_as_sure_speech_is_speech_unless_the_network_rules_it_out() {
        let probabilities = [0.9, 0.1, 0.01, 0.1, 0.9, 0.1];
        let powers = [1.0, 0.5, 0.5, 0.05, 0.8, 0.001];
        assert_eq!(
            voiced(&probabilities, &powers, 0.5),
            [true, true, false, false, true, false]
        );
        assert_eq!(
            voiced(&[0.4; 3], &[1.0, 1.0, 0.0], 0.5),
            [false; 3],
            "loudness alone is no speech"
        );
        let noisy = [1.0, 0.5, 0.4, 0.4, 0.4, 0.4];
        assert_eq!(
            voiced(&[0.9, 0.4, 0.4, 0.4, 0.4, 0.4], &noisy, 0.5),
            [true, false, false, false, false, false],
            "noise near the speech's level is none"
        );
        assert!(voiced(&[], &[], 0.5).is_empty());
    }
}
