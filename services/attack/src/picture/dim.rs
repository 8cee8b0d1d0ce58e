//! Condition `dim`: a room with little light.

use super::{
    Shot, Take,
    light::{Light, luminance, mix},
};
use crate::chance::Chance;

/// Electrons at a white that a well lit room would give.
const ELECTRONS: f32 = 4_000.0;
/// Read noise, electrons.
const READ: f32 = 3.0;

/// 1.5 to 6 % of a well lit room's light, brought up again by the phone to 25 to 45 % of the old brightness.
///
/// Models: the noise of few photons (Poisson, as normal noise of the same variance) and of reading, and the smear by which a phone takes
/// it away, strongest in colours. Does not model: a longer exposure's blur (see `motion_blur`), lamps within the picture.
pub fn dim(shot: &Shot, take: Take) -> Shot {
    let mut chance = Chance::new(take.seed, "dim", 0);
    let share = chance.within(0.015..0.06);
    let brightness = chance.within(0.25..0.45);
    let warmth = chance.within(0.0..0.12);
    let mut noise = Chance::new(take.seed, "sensor", take.frame);
    let caught = Light::of(&shot.picture).changed(|_, _, pixel| {
        let pixel = [
            pixel[0] * (1.0 + warmth),
            pixel[1],
            pixel[2] * (1.0 - warmth),
        ];
        pixel.map(|value| {
            let electrons = value * share * ELECTRONS;
            let seen = electrons + noise.normal() * (electrons + READ * READ).sqrt();
            seen / (share * ELECTRONS) * brightness
        })
    });
    let smeared = caught.clone().softened(1.5);
    let light = caught.changed(|x, y, pixel| {
        let smooth = smeared.at(x, y);
        // Edges that stand out of the noise stay, colours are smoothed away.
        let (fine, coarse) = (luminance(pixel), luminance(smooth));
        let edge = (fine - coarse).abs() / (0.12 * coarse.max(0.02));
        let kept = coarse + (fine - coarse) * (0.25 + 0.5 * edge.min(1.0));
        let tinted = smooth.map(|value| value * (kept / coarse.max(1e-4)).clamp(0.0, 4.0));
        mix(smooth, tinted, 0.9).map(|value| value.max(0.0))
    });
    Shot {
        picture: light.picture(),
        face: shot.face,
    }
}
