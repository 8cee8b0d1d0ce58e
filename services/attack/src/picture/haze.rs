//! Condition `haze`: a window behind the person, or a greasy lens.

use super::{
    Shot, Take,
    light::{Light, mix},
};
use crate::chance::Chance;

/// A veil of stray light over the whole picture, as light from behind throws it into a phone's lens.
///
/// Models: 0.5 to 3 % of white, a little more at one side, before the sensor of [`super::phone_camera`]: black is lifted as a print's and a
/// screen's is. Does not model: coloured flares, the darkened face of an exposure for the window.
pub fn haze(shot: &Shot, take: Take) -> Shot {
    let mut chance = Chance::new(take.seed, "haze", 0);
    let veil = chance.within(0.005..0.03);
    let (slant, white) = (chance.around(0.5), chance.within(0.7..1.0));
    let columns = shot.picture.width().max(1) as f32;
    let hazy = Light::of(&shot.picture).changed(|x, _, pixel| {
        let share = veil * (1.0 + slant * (x as f32 / columns - 0.5));
        mix(pixel, [white, white, 1.04 * white], share)
    });
    super::phone_camera(
        &Shot {
            picture: hazy.picture(),
            face: shot.face,
        },
        take,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::person;

    #[test]
    fn black_is_lifted_and_white_is_not() {
        let mut live = person(120, 160, 0);
        for (x, _, pixel) in live.picture.enumerate_pixels_mut() {
            pixel.0 = if x < 60 { [0; 3] } else { [200; 3] };
        }
        for seed in 0..4 {
            let seen = haze(&live, Take { seed, frame: 0 }).picture;
            let mean = |from: u32| {
                let pixels = (20..140).flat_map(|y| (from..from + 40).map(move |x| (x, y)));
                let levels = pixels.map(|(x, y)| f32::from(seen.get_pixel(x, y).0[1]));
                levels.sum::<f32>() / 4_800.0
            };
            assert!(mean(5) > 8.0, "{}", mean(5));
            assert!((mean(75) - 200.0).abs() < 20.0, "{}", mean(75));
        }
    }
}
