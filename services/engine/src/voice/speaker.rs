//! Who speaks: the embedding of an utterance.

use std::path::Path;

use models::{Speaker, SpeakerFeatures};
use ort::{session::Session, value::TensorRef};

use super::{facts, spectrum::Fbank80};
use crate::{Embedding, Error, audio::RATE_HZ, runtime};

/// Least speech that an embedding is made from, samples: 0.3 s.
const SPEECH_SAMPLES_MIN: usize = RATE_HZ as usize * 3 / 10;
const NETWORK: &str = "speaker";

pub(super) struct SpeakerNetwork {
    session: Session,
    input: String,
    output: String,
    features: Features,
    level_min_dbfs: Option<f32>,
    dimension: usize,
}

enum Features {
    Waveform,
    Fbank80(Box<Fbank80>),
}

impl SpeakerNetwork {
    pub(super) fn load(speaker: &Speaker, models_dir: &Path) -> Result<Self, Error> {
        let session = runtime::session(models_dir, &speaker.file)?;
        let name =
            |outlet: Option<&ort::value::Outlet>| outlet.map(|outlet| outlet.name().to_owned());
        let names = name(session.inputs().first()).zip(name(session.outputs().first()));
        let contract = || Error::Contract {
            network: NETWORK,
            detail: "it has no input or no output".to_owned(),
        };
        let (input, output) = names.ok_or_else(contract)?;
        let features = match speaker.features {
            SpeakerFeatures::Waveform => Features::Waveform,
            SpeakerFeatures::Fbank80 => Features::Fbank80(Box::default()),
        };
        let (level_min_dbfs, dimension) = (speaker.level_min_dbfs, speaker.dimension);
        Ok(Self {
            session,
            input,
            output,
            features,
            level_min_dbfs,
            dimension,
        })
    }

    /// Raises a low level of the whole recording as the pack wants it; a high one stays.
    pub(super) fn levelled(&self, samples: &[f32]) -> Option<Vec<f32>> {
        let gain_db = self.level_min_dbfs? - facts::level_dbfs(samples);
        let gain = 10_f32.powf(gain_db / 20.0);
        (gain_db > 0.0).then(|| samples.iter().map(|sample| sample * gain).collect())
    }

    /// Embedding of 16 kHz speech without its pauses; `None` for less than 0.3 s.
    pub(super) fn embed(&mut self, speech: &[f32]) -> Result<Option<Embedding>, Error> {
        if speech.len() < SPEECH_SAMPLES_MIN {
            return Ok(None);
        }
        let values = self.run(speech).map_err(|source| Error::Inference {
            network: NETWORK,
            source,
        })?;
        if values.len() == self.dimension {
            return Ok(Embedding::normalise(values));
        }
        let detail = format!(
            "its embedding has {} numbers, the pack says {}",
            values.len(),
            self.dimension
        );
        Err(Error::Contract {
            network: NETWORK,
            detail,
        })
    }

    fn run(&mut self, speech: &[f32]) -> ort::Result<Vec<f32>> {
        let rows;
        let input = match &mut self.features {
            Features::Waveform => TensorRef::from_array_view(([1, speech.len()], speech))?,
            Features::Fbank80(fbank) => {
                rows = fbank.rows(speech);
                TensorRef::from_array_view((
                    [1, rows.len() / Fbank80::BANDS, Fbank80::BANDS],
                    rows.as_slice(),
                ))?
            }
        };
        let outputs = self
            .session
            .run(ort::inputs! { self.input.as_str() => input })?;
        let (_, values) = outputs[self.output.as_str()].try_extract_tensor::<f32>()?;
        Ok(values.to_vec())
    }
}
