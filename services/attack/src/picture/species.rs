//! All presentation attack instrument species that are pictures.

use super::{Shot, Take, cropped, mask, mirrored, print, recompressed, relay, screen, second_face};

/// What is held before the camera, or put in its place (ISO/IEC 30107-1: presentation attack instrument species).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Species {
    /// See [`super::print()`].
    Print,
    /// See [`super::screen()`].
    Screen,
    /// See [`super::mask()`].
    Mask,
    /// See [`super::relay()`].
    Relay,
    /// See [`super::second_face`].
    SecondFace,
    /// See [`super::recompressed`].
    Recompressed,
    /// See [`super::cropped`].
    Cropped,
    /// See [`super::mirrored`].
    Mirrored,
}

domain::text_enum!(Species {
    Print = "print",
    Screen = "screen",
    Mask = "mask",
    Relay = "relay",
    SecondFace = "second_face",
    Recompressed = "recompressed",
    Cropped = "cropped",
    Mirrored = "mirrored",
});

/// Who takes part in an attack.
#[derive(Debug, Clone, Copy)]
pub struct Cast<'a> {
    /// Whose check-in it pretends to be.
    pub person: &'a Shot,
    /// Who is really there: wears the mask, stands beside. The other species leave no trace of the helper.
    pub helper: &'a Shot,
}

impl Species {
    /// What the phone's camera gives: the size of the person's picture (of the helper's for a mask). Takes of one seed show the same
    /// instrument in the same room; their frames differ by hand, light and noise.
    pub fn make(self, cast: Cast<'_>, take: Take) -> Shot {
        let Cast { person, helper } = cast;
        match self {
            Self::Print => print(person, take),
            Self::Screen => screen(person, take),
            Self::Mask => mask(person, helper, take),
            Self::Relay => relay(person, take),
            Self::SecondFace => second_face(person, helper, take),
            Self::Recompressed => recompressed(person, take),
            Self::Cropped => cropped(person, take),
            Self::Mirrored => mirrored(person, take),
        }
    }
}

#[cfg(test)]
mod tests {
    use image::RgbImage;
    use realfft::RealFftPlanner;

    use super::*;
    use crate::picture::{Light, encode, mean_difference, person};

    fn made(species: Species, seed: u64, frame: u32) -> Shot {
        let (person, helper) = (person(320, 400, 0), person(320, 400, 40));
        let cast = Cast {
            person: &person,
            helper: &helper,
        };
        species.make(cast, Take { seed, frame })
    }

    #[test]
    fn a_seed_and_a_frame_fix_every_species_and_another_seed_changes_it() {
        for &species in Species::ALL {
            let base = made(species, 7, 1);
            assert!(made(species, 7, 1) == base, "{species}");
            let mut others = (8..16).map(|seed| made(species, seed, 1));
            assert!(
                others.any(|other| other.picture != base.picture),
                "{species}"
            );
        }
    }

    #[test]
    fn a_species_keeps_the_size_and_the_face_near_its_place() {
        let live = person(320, 400, 0);
        for &species in Species::ALL {
            for seed in 0..6 {
                let shot = made(species, seed, 0);
                assert_eq!(shot.picture.dimensions(), (320, 400), "{species}");
                let ([x, y], [x0, y0]) = (shot.face.centre(), live.face.centre());
                assert!((x - x0).hypot(y - y0) < 0.08 * 320.0, "{species} {x} {y}");
                let scale = shot.face.width / live.face.width;
                assert!((0.8..1.15).contains(&scale), "{species} {scale}");
            }
        }
    }

    #[test]
    fn frames_of_one_instrument_are_nearer_to_each_other_than_two_instruments_are() {
        for species in [Species::Print, Species::Screen, Species::Relay] {
            let (first, second) = (made(species, 3, 0), made(species, 3, 1));
            assert!(first.picture != second.picture, "{species}");
            let within = mean_difference(&first.picture, &second.picture);
            let across = mean_difference(&first.picture, &made(species, 4, 0).picture);
            assert!(within < across, "{species} {within} {across}");
        }
    }

    #[test]
    fn near_duplicates_differ_in_bytes_and_hardly_in_pixels() {
        let live = person(320, 400, 0);
        for species in [Species::Recompressed, Species::Cropped] {
            let again = made(species, 5, 0).picture;
            assert!(encode(&again, 90) != encode(&live.picture, 90));
            let apart = mean_difference(&again, &live.picture);
            assert!(apart < 8.0, "{species} {apart}");
        }
        let mirrored = made(Species::Mirrored, 5, 0).picture;
        let back = image::imageops::flip_horizontal(&mirrored);
        assert!(mean_difference(&back, &live.picture) < 3.0);
        assert!(mean_difference(&mirrored, &live.picture) > 3.0);
    }

    /// Greatest amplitude of green along rows, mean over rows, of periods from 3 to 40 pixels, in levels.
    fn ripple(picture: &RgbImage) -> f32 {
        let width = picture.width() as usize;
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(width);
        let mut sums = vec![0.0; width / 2 + 1];
        for row in picture.rows() {
            let mut input: Vec<f32> = row.map(|pixel| f32::from(pixel.0[1])).collect();
            let mut bins = fft.make_output_vec();
            fft.process(&mut input, &mut bins).unwrap();
            for (sum, bin) in sums.iter_mut().zip(bins) {
                *sum += bin.norm() * 2.0 / width as f32 / picture.height() as f32;
            }
        }
        sums[width / 40..width / 3]
            .iter()
            .copied()
            .fold(0.0, f32::max)
    }

    #[test]
    fn a_screen_beats_with_the_sensor_in_frequencies_that_its_picture_lacks() {
        // Even grey: all structure comes from display and camera.
        let even = Shot {
            picture: RgbImage::from_pixel(320, 320, image::Rgb([170; 3])),
            face: [100.0, 80.0, 120.0, 160.0].into(),
        };
        let cast = Cast {
            person: &even,
            helper: &even,
        };
        let most = |species: Species| {
            let inner = |seed| {
                let shot = species.make(cast, Take { seed, frame: 0 });
                let middle = image::imageops::crop_imm(&shot.picture, 100, 100, 120, 120);
                ripple(&middle.to_image())
            };
            (0..12).map(inner).fold(0.0, f32::max)
        };
        assert!(ripple(&even.picture) < 0.01);
        let (screen, duplicate) = (most(Species::Screen), most(Species::Cropped));
        assert!(screen > 2.0, "{screen}");
        assert!(duplicate < 0.5, "{duplicate}");
    }

    #[test]
    fn a_print_has_less_contrast_than_its_picture() {
        let range = |shot: &Shot| {
            let light = Light::of(&shot.picture);
            let [x, y] = shot.face.centre();
            let (eye, cheek) = (
                light.sample(x + 0.208 * shot.face.width, y - 0.095 * shot.face.height),
                light.sample(x + 0.3 * shot.face.width, y + 0.15 * shot.face.height),
            );
            cheek[0] / eye[0].max(1e-4)
        };
        let live = range(&person(320, 400, 0));
        let prints = (0..8).map(|seed| range(&made(Species::Print, seed, 0)));
        let most = prints.fold(0.0, f32::max);
        assert!(most < 0.8 * live, "{most} {live}");
    }

    #[test]
    fn a_mask_leaves_the_helpers_background_alone() {
        let helper = person(320, 400, 40);
        let mask = made(Species::Mask, 2, 0);
        for place in [(4, 4), (315, 20), (10, 390), (300, 390)] {
            assert_eq!(
                mask.picture.get_pixel(place.0, place.1),
                helper.picture.get_pixel(place.0, place.1)
            );
        }
        assert!(mean_difference(&mask.picture, &helper.picture) > 2.0);
    }

    #[test]
    fn pictures_of_one_pixel_are_no_reason_to_panic() {
        for (width, height) in [(1, 1), (2, 1), (1, 3), (5, 4)] {
            let tiny = Shot {
                picture: RgbImage::new(width, height),
                face: [0.0, 0.0, 0.0, 0.0].into(),
            };
            let cast = Cast {
                person: &tiny,
                helper: &tiny,
            };
            for &species in Species::ALL {
                let shot = species.make(cast, Take { seed: 1, frame: 0 });
                assert_eq!(shot.picture.dimensions(), (width, height), "{species}");
            }
        }
    }
}
