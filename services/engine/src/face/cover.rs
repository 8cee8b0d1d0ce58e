//! What covers a face, as far as its aligned luma tells: dark glasses and masks. Hands, hair, clear glasses and skin-coloured covers need a
//! network that segments faces, and are not found.

use super::light::{Light, Luma, Patch};

/// In the crop that quality is measured on: around each eye, and the cheek below it.
const EYES: [(Patch, Patch); 2] = [
    ([27, 44, 49, 58], [30, 66, 42, 78]),
    ([63, 44, 85, 58], [70, 66, 82, 78]),
];
/// From one corner of the mouth to the other.
const MOUTH: Patch = [38, 83, 74, 101];

/// Mean luma around an eye by that of the cheek below it, of the eye where it is more; none where the picture ends before.
pub(super) fn eyes_luma(luma: &Luma<'_>) -> Option<f32> {
    EYES.iter()
        .filter_map(|&(eye, cheek)| {
            let ((eye, _), (cheek, _)) = (luma.spread(eye)?, luma.spread(cheek)?);
            Some(eye / cheek.max(1.0))
        })
        .reduce(f32::max)
}

/// Standard deviation of the luma around the mouth by that of the whole crop; none where the picture ends before, or without contrast.
pub(super) fn mouth_contrast(luma: &Luma<'_>, light: &Light) -> Option<f32> {
    let (_, std) = luma.spread(MOUTH)?;
    (light.std > 0.0).then_some(std / light.std)
}
