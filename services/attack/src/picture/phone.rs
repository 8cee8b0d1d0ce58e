//! Condition `phone_camera`: the sensor of a phone's front camera.

use super::{Shot, Take, camera::Camera, light::Light};
use crate::chance::Chance;

/// The person before the camera that prints, screens and relays are held before.
///
/// Models: see [`Camera::shoot`]: a mosaic of colours, the noise of photons and of reading, sharpening, a rest of white balance. Whoever learns
/// to tell artefacts from faces by these pictures must not learn what a sensor looks like: both have the same.
/// Does not model: a lens, the smoothing of skin, several exposures in one.
pub fn phone_camera(shot: &Shot, take: Take) -> Shot {
    let mut chance = Chance::new(take.seed, "phone_camera", 0);
    let camera = Camera::indoors(&mut chance);
    let mut noise = Chance::new(take.seed, "sensor", take.frame);
    let light = Light::of(&shot.picture);
    let (width, height) = shot.picture.dimensions();
    Shot {
        picture: camera.shoot(width, height, &mut noise, |x, y, channel| {
            light.at(x, y)[channel]
        }),
        face: shot.face,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{mean_difference, person};

    #[test]
    fn a_sensor_adds_noise_and_leaves_the_picture() {
        let live = person(160, 200, 0);
        let seen = phone_camera(&live, Take { seed: 2, frame: 0 });
        let apart = mean_difference(&seen.picture, &live.picture);
        assert!((0.5..12.0).contains(&apart), "{apart}");
        assert!(seen == phone_camera(&live, Take { seed: 2, frame: 0 }));
        assert!(seen.picture != phone_camera(&live, Take { seed: 2, frame: 1 }).picture);
    }
}
