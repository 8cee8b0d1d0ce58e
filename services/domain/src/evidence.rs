//! What the engine saw. Facts and calibrated comparisons only: no judgement is made here.

mod presence;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use presence::{
    FlashFrame, FlashLight, FlashMeasurement, PresenceMeasurement, TurnMeasurement,
};

use crate::{
    Llr,
    print::{PicturePrint, SoundPrint},
};

/// Why a picture or recording could not be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaFault {
    /// Zero bytes.
    Empty,
    /// Not a picture (recording) in any format that we read.
    UnknownFormat,
    /// The right format, but cut off or damaged.
    Damaged,
    /// More pixels, or longer, than the limit.
    TooLarge,
}

/// A picture that was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PictureFacts {
    /// Upright size in pixels.
    pub width: u32,
    pub height: u32,
    /// Faces found.
    pub faces: u32,
    /// The one that counts: the largest and most central.
    pub face: Option<FaceFacts>,
}

/// Quality facts of one face.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FaceFacts {
    /// Left, top, width, height in pixels of the upright picture; may reach beyond its edges.
    pub bounds: [f32; 4],
    /// Detector score, 0..1.
    pub detection: f32,
    /// Between the eye centres, pixels.
    pub eye_distance_px: f32,
    /// Variance of the Laplacian of the luma in the aligned crop, scaled to 112 pixels; higher is sharper.
    pub sharpness: f32,
    /// Mean luma of the aligned crop, 0..255.
    pub luma_mean: f32,
    /// Standard deviation of the luma in the aligned crop, 0..127.5.
    pub luma_std: f32,
    /// Share of the crop's pixels with luma ≥ 250, 0..1.
    pub overexposed: f32,
    /// Share of the crop's pixels with luma ≤ 5, 0..1.
    pub underexposed: f32,
    /// Turn of the head, degrees, estimated from five points: positive to the image's right.
    pub yaw_deg: f32,
    /// Nod, degrees, estimated from five points: positive down.
    pub pitch_deg: f32,
    /// Tilt, degrees: the line between the eyes against the horizontal.
    pub roll_deg: f32,
    /// Share of the face that lies within the picture, 0..1: of its box or of the aligned crop, whichever is less. None, here and below:
    /// not known.
    #[serde(default)]
    pub inside: Option<f32>,
    /// Entropy of the luma in the aligned crop, 0..8 bits (ISO/IEC 29794-5:2025, dynamic range).
    #[serde(default)]
    pub luma_entropy_bits: Option<f32>,
    /// What the luma histograms of the face's left and right half have in common, 0..1 (ISO/IEC 29794-5:2025, illumination uniformity).
    #[serde(default)]
    pub uniformity: Option<f32>,
    /// Mean luma around the eyes by that of the cheeks below them; dark glasses are near 0.
    #[serde(default)]
    pub eyes_luma: Option<f32>,
    /// Standard deviation of the luma around the mouth by that of the whole face; a mask is near 0.
    #[serde(default)]
    pub mouth_contrast: Option<f32>,
}

/// A recording that was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoiceFacts {
    /// Length of the recording, seconds.
    pub duration_s: f32,
    /// Speech in it, seconds.
    pub speech_s: f32,
    /// Level of the speech, dB below full scale (0 or less).
    pub level_dbfs: f32,
    /// Speech power against the power of the rest, dB; none when there is no rest to compare with.
    pub snr_db: Option<f32>,
    /// Share of samples at full scale, 0..1.
    pub clipped: f32,
    /// Highest frequency that the speech reaches, Hz: about 3,400 through a telephone, 7,000 to 8,000 on a phone's own recorder; none
    /// without speech. No fault of the person.
    #[serde(default)]
    pub bandwidth_hz: Option<f32>,
}

/// A raw comparison score and what the pack's calibration makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// As the network gives it; meaningful only together with the pack's version.
    pub score: f64,
    /// Calibrated.
    pub llr: Llr,
}

/// A picture file's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureFormat {
    Jpeg,
    Png,
    Webp,
}

/// By what a picture file was coded: the frames of one session should have one coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coding {
    pub format: PictureFormat,
    /// A sum over the quantisation tables of a JPEG: alike for one encoder and quality.
    pub tables: Option<u32>,
}

/// Where a face lies in the space of the pack's network. Its numbers appear in no log.
#[derive(Clone, PartialEq)]
pub struct Likeness(Vec<f32>);

impl Likeness {
    pub const fn new(values: Vec<f32>) -> Self {
        Self(values)
    }

    pub fn values(&self) -> &[f32] {
        &self.0
    }
}

impl fmt::Debug for Likeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Likeness of {}", self.0.len())
    }
}

/// How the spoken digits were checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentMethod {
    /// The pack's digit network.
    Network,
    /// The person's own enrolled digits.
    OwnDigits,
}

/// What was seen in one picture of an attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PictureMeasurement {
    pub facts: Result<PictureFacts, MediaFault>,
    /// Against the person's face template; none without a face or without a template of this pack.
    pub comparison: Option<Comparison>,
    /// A live face, against a print, a screen or a mask of one (ISO/IEC 30107-1: bona fide presentation, presentation attack); none without
    /// room round the face, or when the pack has no networks for it.
    #[serde(default)]
    pub presentation: Option<Comparison>,
    /// By what the file was coded; none of what cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coding: Option<Coding>,
    /// By which copies are known. Kept with the medium, sealed, and not here, so that it goes with it.
    #[serde(skip)]
    pub print: Option<PicturePrint>,
    /// By which others are searched (1:N). Kept nowhere.
    #[serde(skip)]
    pub likeness: Option<Likeness>,
}

/// What was heard in the recording of an attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoiceMeasurement {
    pub facts: Result<VoiceFacts, MediaFault>,
    /// Against the person's voice template; none without speech or without a template of this pack.
    pub speaker: Option<Comparison>,
    /// The prompt was spoken, against anything else; none when it could not be checked.
    pub content: Option<(ContentMethod, Comparison)>,
    /// A voice before the microphone, against one from a loudspeaker (as [`PictureMeasurement::presentation`]); none where nothing can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presentation: Option<Comparison>,
    /// As [`PictureMeasurement::print`].
    #[serde(skip)]
    pub print: Option<SoundPrint>,
}

/// All that the engine found out about one attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// `name@version` of the pack that measured; none when no models are installed, and then nothing below holds a comparison.
    pub pack: Option<String>,
    /// In the order of submission.
    pub pictures: Vec<PictureMeasurement>,
    /// None when no recording was submitted.
    pub voice: Option<VoiceMeasurement>,
    /// None when nothing of the kind was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence: Option<PresenceMeasurement>,
}

impl Measurement {
    /// Nothing could be measured: no models are installed.
    pub const fn absent() -> Self {
        Self {
            pack: None,
            pictures: Vec::new(),
            voice: None,
            presence: None,
        }
    }
}
