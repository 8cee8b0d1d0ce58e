//! What is said, by the pack's digit network.

use std::path::Path;

use models::Digits;
use ort::{session::Session, value::TensorRef};

use super::ctc::CLASSES;
use crate::{Error, audio::RATE_HZ, runtime};

/// Shortest recording that the network takes, samples: 0.1 s.
const SAMPLES_MIN: usize = RATE_HZ as usize / 10;
const NETWORK: &str = "spoken digits";

pub(super) struct DigitNetwork {
    session: Session,
}

impl DigitNetwork {
    pub(super) fn load(digits: &Digits, models_dir: &Path) -> Result<Self, Error> {
        Ok(Self {
            session: runtime::session(models_dir, &digits.file)?,
        })
    }

    /// Log probabilities, a row of 11 for each frame; nothing for less than 0.1 s.
    pub(super) fn log_probs(&mut self, samples: &[f32]) -> Result<Vec<f32>, Error> {
        if samples.len() < SAMPLES_MIN {
            return Ok(Vec::new());
        }
        let failed = |source| Error::Inference {
            network: NETWORK,
            source,
        };
        let input = TensorRef::from_array_view(([1, samples.len()], samples)).map_err(failed)?;
        let outputs = self
            .session
            .run(ort::inputs! { "wav" => input })
            .map_err(failed)?;
        let (shape, values) = outputs[0].try_extract_tensor::<f32>().map_err(failed)?;
        if shape
            .last()
            .is_some_and(|&classes| classes == CLASSES as i64)
        {
            return Ok(values.to_vec());
        }
        Err(Error::Contract {
            network: NETWORK,
            detail: format!("its output has the shape {shape:?}"),
        })
    }
}
