//! What the answers to a session's own questions show: how far a head turned, and whether a face followed the screen's colours. Plain
//! functions over what the pictures gave; nothing is judged here.

mod calibration;
mod following;
mod light;
mod turning;

use domain::{
    challenge::{Colour, Presence, Side},
    evidence::{
        FlashFrame, FlashMeasurement, PictureMeasurement, PresenceMeasurement, TurnMeasurement,
    },
};

pub use calibration::{Affine, FLASH, TURN};
pub use following::{Followed, follow};
pub use light::light;
pub use turning::towards;

/// Longer side of a picture in the light of a colour, pixels; more is not needed to find a face and the mean of its light.
pub const LIT_SIDE_MAX: u32 = 320;

/// Puts together what was asked and what came. `front` are the frontal pictures; `flash` holds one entry for each colour.
pub(crate) fn measured(
    asked: &Presence,
    front: &[PictureMeasurement],
    turn: Option<PictureMeasurement>,
    flash: Vec<Option<FlashFrame>>,
) -> PresenceMeasurement {
    let turn = asked
        .turn
        .zip(turn)
        .map(|(side, picture)| turned(side, front, picture));
    let flash = asked.flash.as_ref().and_then(|asked| {
        let any = flash.iter().any(Option::is_some);
        any.then(|| lit(&asked.colours, flash))
    });
    PresenceMeasurement {
        asked: asked.clone(),
        turn,
        flash,
    }
}

fn turned(
    side: Side,
    front: &[PictureMeasurement],
    picture: PictureMeasurement,
) -> TurnMeasurement {
    let yaw = |picture: &PictureMeasurement| {
        let face = picture.facts.as_ref().ok()?.face.as_ref()?;
        Some(face.yaw_deg)
    };
    let ahead: Vec<f32> = front.iter().filter_map(yaw).collect();
    let degrees = yaw(&picture).and_then(|yaw| towards(side, yaw, &ahead));
    TurnMeasurement {
        picture,
        followed: degrees.map(|degrees| TURN.comparison(degrees)),
    }
}

fn lit(colours: &[Colour], frames: Vec<Option<FlashFrame>>) -> FlashMeasurement {
    let lights: Vec<_> = frames
        .iter()
        .map(|frame| frame.as_ref().and_then(|frame| frame.light))
        .collect();
    let followed = follow(&lights, colours);
    FlashMeasurement {
        gain: followed.map(|told| told.gain),
        behind: followed.and_then(|told| told.behind),
        followed: followed
            .and_then(|told| told.score)
            .map(|score| FLASH.comparison(score)),
        frames,
    }
}
