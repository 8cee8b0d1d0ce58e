//! All conditions of capture of pictures.

use super::{Shot, Take, dim, haze, motion_blur, phone_camera, side_light, through_jpeg};
use crate::chance::Chance;

/// What surroundings, hand and phone do to a genuine person's picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// As it is.
    Clean,
    /// See [`super::dim()`].
    Dim,
    /// See [`super::side_light()`].
    SideLight,
    /// See [`super::motion_blur`].
    MotionBlur,
    /// Through a JPEG of quality 20 to 35, as a cheap phone or a slow line asks for.
    Compression,
    /// See [`super::phone_camera()`].
    PhoneCamera,
    /// See [`super::haze()`].
    Haze,
}

domain::text_enum!(Condition {
    Clean = "clean",
    Dim = "dim",
    SideLight = "side_light",
    MotionBlur = "motion_blur",
    Compression = "compression",
    PhoneCamera = "phone_camera",
    Haze = "haze",
});

impl Condition {
    /// The same picture under this condition; takes of one seed share the light.
    pub fn make(self, shot: &Shot, take: Take) -> Shot {
        match self {
            Self::Clean => shot.clone(),
            Self::Dim => dim(shot, take),
            Self::SideLight => side_light(shot, take),
            Self::MotionBlur => motion_blur(shot, take),
            Self::PhoneCamera => phone_camera(shot, take),
            Self::Haze => haze(shot, take),
            Self::Compression => {
                let quality = Chance::new(take.seed, "compression", 0).whole(20..36) as u8;
                Shot {
                    picture: through_jpeg(&shot.picture, quality),
                    face: shot.face,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{FaceBox, Light, mean_difference, person};

    fn brightness(shot: &Shot) -> f32 {
        Light::of(&shot.picture).mean().iter().sum::<f32>() / 3.0
    }

    #[test]
    fn a_seed_and_a_frame_fix_every_condition_and_the_size_stays() {
        let live = person(320, 400, 0);
        for &condition in Condition::ALL {
            let take = Take { seed: 9, frame: 2 };
            let made = condition.make(&live, take);
            assert!(condition.make(&live, take) == made, "{condition}");
            assert_eq!(
                (made.picture.dimensions(), made.face),
                ((320, 400), live.face)
            );
            let mut others = (0..8).map(|seed| condition.make(&live, Take { seed, frame: 2 }));
            let differs = others.any(|other| other.picture != made.picture);
            assert_eq!(differs, condition != Condition::Clean, "{condition}");
        }
    }

    #[test]
    fn dim_is_darker_and_noisier() {
        let live = person(320, 400, 0);
        let dim = Condition::Dim.make(&live, Take { seed: 1, frame: 0 });
        let share = brightness(&dim) / brightness(&live);
        assert!((0.2..0.5).contains(&share), "{share}");
        let other = Condition::Dim.make(&live, Take { seed: 1, frame: 1 });
        let apart = mean_difference(&dim.picture, &other.picture);
        assert!((0.5..12.0).contains(&apart), "{apart}");
    }

    #[test]
    fn side_light_makes_one_cheek_brighter_than_the_other() {
        let live = person(320, 400, 0);
        for seed in 0..6 {
            let lit = Light::of(
                &Condition::SideLight
                    .make(&live, Take { seed, frame: 0 })
                    .picture,
            );
            let FaceBox { left, width, .. } = live.face;
            let level = live.face.centre()[1] + 0.1 * live.face.height;
            let cheek = |share: f32| lit.sample(left + share * width, level)[1];
            let (darker, brighter) = (cheek(0.12).min(cheek(0.88)), cheek(0.12).max(cheek(0.88)));
            assert!(brighter > 2.0 * darker, "{darker} {brighter}");
        }
    }

    #[test]
    fn motion_blur_keeps_the_light_and_takes_the_edges() {
        let live = person(320, 400, 0);
        let blurred = Condition::MotionBlur.make(&live, Take { seed: 3, frame: 0 });
        assert!((brightness(&blurred) / brightness(&live) - 1.0).abs() < 0.01);
        let edges = |shot: &Shot| -> u64 {
            let raw = shot.picture.as_raw();
            raw.windows(4)
                .map(|four| u64::from(four[0].abs_diff(four[3])).pow(2))
                .sum()
        };
        assert!(edges(&blurred) * 10 < edges(&live) * 8);
    }
}
