//! Species `relay`: a video call with the person, on a second phone that is held before the camera.

use image::imageops::{self, FilterType};

use super::{Shot, Take, jpeg, light::Light, screen};
use crate::chance::Chance;

/// A live picture of the person as a video call brings it, recaptured from a screen (evasion E2).
///
/// Models: the call's picture scaled down to a shorter side of 180 to 480 pixels, compressed hard in blocks (JPEG of quality 12 to 35 for
/// a video codec's intra frames) and smoothed as by a deblocking filter, then all of [`super::screen()`]. The call's rate is one of the
/// session, its compression differs a little in each frame.
/// Does not model: motion compensation and its smears, frozen frames, the delay of the call.
pub fn relay(shot: &Shot, take: Take) -> Shot {
    let mut chance = Chance::new(take.seed, "call", 0);
    let mut shake = Chance::new(take.seed, "call", take.frame + 1);
    let (width, height) = shot.picture.dimensions();
    let shorter = chance.within(180.0..480.0);
    let factor = (shorter / width.min(height) as f32).min(1.0);
    let side = |side: u32| ((side as f32 * factor) as u32).max(1);
    let quality = chance.whole(12..33) + shake.whole(0..4);
    let small = imageops::resize(
        &shot.picture,
        side(width),
        side(height),
        FilterType::Triangle,
    );
    let coded = jpeg::through_jpeg(&small, quality as u8);
    let deblocked = Light::of(&coded)
        .softened(chance.within(0.3..0.6))
        .picture();
    let called = Shot {
        picture: imageops::resize(&deblocked, width, height, FilterType::CatmullRom),
        face: shot.face,
    };
    screen::shown(&called, take, "relay")
}
