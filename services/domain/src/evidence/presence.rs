//! What the pictures showed that were asked for beside the frontal ones.

use serde::{Deserialize, Serialize};

use super::{Comparison, MediaFault, PictureMeasurement};
use crate::challenge::Presence;

/// What was asked, and what came.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PresenceMeasurement {
    pub asked: Presence,
    /// None when no picture came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<TurnMeasurement>,
    /// None when no picture came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flash: Option<FlashMeasurement>,
}

/// The picture with the head turned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnMeasurement {
    /// Nothing is said about a presentation attack: the networks know frontal faces.
    pub picture: PictureMeasurement,
    /// Score: how far the head is turned to the side that was asked for, against the frontal pictures, degrees; negative to the other side.
    /// LLR: turned as asked, against a face that stays or turns at random. None without a face here and in a frontal picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followed: Option<Comparison>,
}

/// The pictures taken in the light of the colours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlashMeasurement {
    /// In the order of the colours; none where no picture came.
    pub frames: Vec<Option<FlashFrame>>,
    /// How much a full primary brightens skin against what is behind it, share; none where it was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gain: Option<f32>,
    /// How much of the face's change of colour shows behind it, too, 0..1; none where nothing behind it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<f32>,
    /// A head in the light of this sequence, against any other answer. None when it cannot be told: too few faces, or too much light to
    /// leave room for the screen's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followed: Option<Comparison>,
}

/// One picture taken while the screen showed a colour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlashFrame {
    /// Faces found.
    pub faces: Result<u32, MediaFault>,
    /// None without a face.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub light: Option<FlashLight>,
    /// Against the person's face template; none without a face or without a template of this pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

/// Light of one picture: means of linear light, red, green, blue; 1 is white.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FlashLight {
    /// Thrown back by the face's skin.
    pub skin: [f32; 3],
    /// Share of the skin's pixels that are as bright as can be in a channel, 0..1.
    pub clipped: f32,
    /// Mean luma of the skin, 0..255.
    pub luma: f32,
    /// By what is beside and above the head; none where the head fills the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<[f32; 3]>,
}
