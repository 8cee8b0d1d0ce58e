use std::path::Path;

use models::{Colour, DetectorKind};
use ort::{
    session::{Session, SessionOutputs},
    value::TensorRef,
};

use super::{Detection, centerface, detection, letterbox::letterbox, yunet};
use crate::{Error, picture::Picture, runtime};

/// What errors call this network.
pub(super) const NETWORK: &str = "face detector";

/// Face detector of one thread.
pub struct Detector {
    session: Session,
    kind: DetectorKind,
    side: u32,
    score_min: f32,
    overlap_max: f32,
    /// The network's input, kept between runs.
    planes: Vec<f32>,
}

impl Detector {
    /// Loads the network; its hash and its outputs' names (count) are checked.
    pub fn load(detector: &models::Detector, models_dir: &Path) -> Result<Self, Error> {
        let session = runtime::session(models_dir, &detector.file)?;
        let contract = |detail: String| Error::Contract {
            network: NETWORK,
            detail,
        };
        if detector.side == 0 || !detector.side.is_multiple_of(32) {
            return Err(contract(format!(
                "the side {} is not a multiple of 32",
                detector.side
            )));
        }
        let names: Vec<&str> = session
            .outputs()
            .iter()
            .map(ort::value::Outlet::name)
            .collect();
        let fits = match detector.kind {
            DetectorKind::Yunet => yunet::OUTPUTS
                .as_flattened()
                .iter()
                .all(|name| names.contains(name)),
            DetectorKind::Centerface => names.len() == centerface::OUTPUT_COUNT,
        };
        if !fits {
            return Err(contract(format!("its outputs are {names:?}")));
        }
        Ok(Self {
            session,
            kind: detector.kind,
            side: detector.side,
            score_min: detector.score_min,
            overlap_max: detector.overlap_max,
            planes: Vec::new(),
        })
    }

    /// All faces, strongest first. The picture is scaled into the top-left corner of a black square.
    pub fn detect(&mut self, picture: &Picture) -> Result<Vec<Detection>, Error> {
        let ratio = self.prepare(picture);
        let side = self.side as usize;
        let shape = [1, 3, side, side];
        let failed = |source| Error::Inference {
            network: NETWORK,
            source,
        };
        let input = TensorRef::from_array_view((shape, self.planes.as_slice())).map_err(failed)?;
        let outputs = self.session.run(ort::inputs![input]).map_err(failed)?;
        let candidates = match self.kind {
            DetectorKind::Yunet => yunet::decode(&outputs, side, self.score_min)?,
            DetectorKind::Centerface => centerface::decode(&outputs, side, self.score_min)?,
        };
        let found = candidates
            .into_iter()
            .map(|candidate| candidate.divided_by(ratio))
            .collect();
        Ok(detection::suppress(found, self.overlap_max))
    }

    /// Fills the network's input; returns its pixels for one of the picture's.
    pub fn prepare(&mut self, picture: &Picture) -> f32 {
        let colour = match self.kind {
            DetectorKind::Yunet => Colour::Bgr,
            DetectorKind::Centerface => Colour::Rgb,
        };
        letterbox(picture.pixels(), self.side, colour, &mut self.planes)
    }
}

/// One output's values; their number is part of the contract.
pub(super) fn values<'a>(
    outputs: &'a SessionOutputs<'_>,
    name: &str,
    length: usize,
) -> Result<&'a [f32], Error> {
    let contract = |detail: String| Error::Contract {
        network: NETWORK,
        detail,
    };
    let output = outputs
        .get(name)
        .ok_or_else(|| contract(format!("it has no output {name}")))?;
    let (_, values) = output
        .try_extract_tensor::<f32>()
        .map_err(|source| contract(source.to_string()))?;
    if values.len() != length {
        return Err(contract(format!(
            "its output {name} holds {} values, not {length}",
            values.len()
        )));
    }
    Ok(values)
}
