//! Condition `motion_blur`: phone or head move while the picture is taken.

use super::{Shot, Take, light::Light};
use crate::chance::Chance;

/// Most places along the path that are added up.
const STEPS_MAX: usize = 24;

/// Blurred along a straight path of 0.8 to 2 % of the picture's width, in any direction, another for each frame.
///
/// Models: a steady movement during the exposure, in linear light. Does not model: rolling shutter's skew, a face that moves alone.
pub fn motion_blur(shot: &Shot, take: Take) -> Shot {
    let mut chance = Chance::new(take.seed, "motion_blur", take.frame);
    let length = shot.picture.width() as f32 * chance.within(0.008..0.02);
    let angle = chance.within(0.0..std::f32::consts::PI);
    let light = Light::of(&shot.picture);
    let steps = (length.ceil() as usize + 1).clamp(2, STEPS_MAX);
    let offset = |step: usize| {
        let along = (step as f32 / (steps - 1) as f32 - 0.5) * length;
        [
            (along * angle.cos()).round() as i64,
            (along * angle.sin()).round() as i64,
        ]
    };
    let offsets: Vec<[i64; 2]> = (0..steps).map(offset).collect();
    let (width, height) = (i64::from(light.width), i64::from(light.height));
    let reach = length as i64 / 2 + 1;
    let blurred = Light::drawn(light.width, light.height, |x, y| {
        let (x, y) = (i64::from(x), i64::from(y));
        let whole = x >= reach && y >= reach && x + reach < width && y + reach < height;
        let mut sum = [0.0; 3];
        for [right, down] in &offsets {
            let (mut column, mut row) = (x + right, y + down);
            if !whole {
                (column, row) = (column.clamp(0, width - 1), row.clamp(0, height - 1));
            }
            let pixel = light.pixels[(row * width + column) as usize];
            sum[0] += pixel[0];
            sum[1] += pixel[1];
            sum[2] += pixel[2];
        }
        sum.map(|value| value / steps as f32)
    });
    Shot {
        picture: blurred.picture(),
        face: shot.face,
    }
}
