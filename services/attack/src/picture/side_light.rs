//! Condition `side_light`: a window or lamp at one side.

use super::{Shot, Take, head::Head, light::Light};
use crate::chance::Chance;

/// Light of the window or lamp, against the picture's own.
const KEY: f32 = 1.1;
/// Cosine beyond the edge of the shadow up to which light still reaches.
const WRAP: f32 = 0.35;

/// The head lit from 55° to 85° left or right, 4 to 9 times brighter than what fills its shadows.
///
/// Models: Lambert's law on an ellipsoid about the face's box, and a background that gets darker away from the light; the picture's own
/// light stays below it. Does not model: shadows that nose and brows cast, blinds, sunlight that burns out.
pub fn side_light(shot: &Shot, take: Take) -> Shot {
    let mut chance = Chance::new(take.seed, "side_light", 0);
    let side = if chance.heads(0.5) { 1.0 } else { -1.0 };
    let (sin, cos) = chance.within(55.0..85.0_f32).to_radians().sin_cos();
    let height = chance.within(0.0..0.35);
    let norm = (1.0 + height * height).sqrt();
    let towards = [side * sin / norm, -height / norm, cos / norm];
    let fill = 1.0 / chance.within(4.0..9.0);
    let head = Head::new(shot.face);
    let columns = shot.picture.width() as f32;
    let light = Light::of(&shot.picture).changed(|x, y, pixel| {
        let (x, y) = (x as f32, y as f32);
        let normal = head.normal(x, y);
        let facing: f32 = normal.into_iter().zip(towards).map(|(n, l)| n * l).sum();
        // A window is wide: light reaches a little round the edge of the shadow.
        let wrapped = ((facing + WRAP) / (1.0 + WRAP)).max(0.0);
        let on_face = fill + KEY * wrapped * wrapped;
        let near = if side > 0.0 {
            x / columns
        } else {
            1.0 - x / columns
        };
        let behind = fill + KEY * (0.15 + 0.45 * near);
        let cover = head.cover(x, y);
        pixel.map(|value| value * (behind + (on_face - behind) * cover))
    });
    Shot {
        picture: light.picture(),
        face: shot.face,
    }
}
