//! Which pictures of real people are turned back, and with which sentence.

#![expect(
    clippy::unwrap_used,
    reason = "a test that unwraps in vain fails, as it should"
)]

mod support;

use std::{fs, path::PathBuf};

use domain::{
    coaching::Coaching,
    evidence::{FaceFacts, PictureFacts},
    verdict::{Policy, picture_flaws},
};
use engine::{Timings, face::Face, picture::Picture};
use image::{Rgb, RgbImage, imageops};

/// Of the clean pictures, how many per hundred may be turned back.
const TURNED_BACK_MAX: f64 = 1.0;
/// Of the spoiled ones, how many per hundred must be.
const CAUGHT_MIN: f64 = 90.0;

/// Real people for measuring; not part of the project: every picture of the set in whole frames.
fn people() -> Option<Vec<RgbImage>> {
    let folder = support::nearest("MUSTER_SHARED", "shared", "data/face/london")?;
    let mut paths: Vec<PathBuf> = fs::read_dir(folder.join("data/face/london"))
        .unwrap()
        .flat_map(|person| fs::read_dir(person.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    paths.sort_unstable();
    let read = |path| image::open(path).unwrap().into_rgb8();
    Some(paths.into_iter().map(read).collect())
}

fn face() -> Option<Face> {
    let home = support::home()?;
    let pack = support::pack(&home, "standard")?;
    engine::runtime::start(&home.join(engine::runtime::LIBRARY)).unwrap();
    let models_dir = home.join(engine::runtime::MODELS);
    Some(Face::load(&pack.face_detector, &pack.face_recogniser, &models_dir).unwrap())
}

fn facts(face: &mut Face, picture: RgbImage) -> PictureFacts {
    let (width, height) = picture.dimensions();
    let picture = Picture::from_rgb(width, height, picture.into_raw()).unwrap();
    face.find(&picture, &mut Timings::default()).unwrap().0
}

fn per_hundred(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}

#[test]
fn hardly_any_good_picture_is_turned_back() {
    let (Some(mut face), Some(people)) = (face(), people()) else {
        return;
    };
    let policy = Policy::default();
    let flaws: Vec<Coaching> = people
        .iter()
        .flat_map(|person| picture_flaws(&Ok(facts(&mut face, person.clone())), &policy))
        .collect();
    println!("{} of {} pictures: {flaws:?}", flaws.len(), people.len());
    assert!(
        per_hundred(flaws.len(), people.len()) <= TURNED_BACK_MAX,
        "{flaws:?}"
    );
}

/// Spoils a picture whose face is known.
type Spoil = fn(&RgbImage, &FaceFacts) -> RgbImage;

fn dimmed(picture: &RgbImage, _: &FaceFacts) -> RgbImage {
    shaded(picture, |_| 0.2)
}

fn side_lit(picture: &RgbImage, face: &FaceFacts) -> RgbImage {
    let [left, _, width, _] = face.bounds;
    shaded(picture, |x| {
        1.0 - 0.93 * ((x - left - 0.45 * width) / (0.1 * width)).clamp(0.0, 1.0)
    })
}

fn shaded(picture: &RgbImage, light: impl Fn(f32) -> f32) -> RgbImage {
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        Rgb(picture
            .get_pixel(x, y)
            .0
            .map(|value| (f32::from(value) * light(x as f32)) as u8))
    })
}

fn blurred(picture: &RgbImage, _: &FaceFacts) -> RgbImage {
    imageops::blur(picture, 9.0)
}

fn foggy(picture: &RgbImage, _: &FaceFacts) -> RgbImage {
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        Rgb(picture.get_pixel(x, y).0.map(|value| 110 + value / 7))
    })
}

fn without_a_cheek(picture: &RgbImage, face: &FaceFacts) -> RgbImage {
    let [left, _, width, _] = face.bounds;
    let from = (left + 0.15 * width) as u32;
    imageops::crop_imm(picture, from, 0, picture.width() - from, picture.height()).to_image()
}

fn without_the_chin(picture: &RgbImage, face: &FaceFacts) -> RgbImage {
    let [_, top, _, height] = face.bounds;
    imageops::crop_imm(picture, 0, 0, picture.width(), (top + 0.7 * height) as u32).to_image()
}

fn far_away(picture: &RgbImage, _: &FaceFacts) -> RgbImage {
    let filter = imageops::FilterType::Triangle;
    imageops::resize(picture, picture.width() / 2, picture.height() / 2, filter)
}

fn masked(picture: &RgbImage, face: &FaceFacts) -> RgbImage {
    covered(picture, face, [0.0, 1.0, 0.58, 1.05], [160, 190, 215])
}

fn in_dark_glasses(picture: &RgbImage, face: &FaceFacts) -> RgbImage {
    covered(picture, face, [0.05, 0.95, 0.27, 0.50], [25, 25, 25])
}

/// Paints over a part (left, right, top, bottom, in shares of the face's box).
fn covered(picture: &RgbImage, face: &FaceFacts, part: [f32; 4], colour: [u8; 3]) -> RgbImage {
    let [left, top, width, height] = face.bounds;
    let mut picture = picture.clone();
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let (across, down) = ((x as f32 - left) / width, (y as f32 - top) / height);
        if (part[0]..part[1]).contains(&across) && (part[2]..part[3]).contains(&down) {
            *pixel = Rgb(colour);
        }
    }
    picture
}

#[test]
fn spoiled_pictures_are_turned_back_with_what_helps() {
    let (Some(mut face), Some(people)) = (face(), people()) else {
        return;
    };
    let policy = Policy::default();
    let cases: [(&str, Spoil, Coaching); 9] = [
        ("dimmed", dimmed, Coaching::TooDark),
        ("side lit", side_lit, Coaching::SideLit),
        ("blurred", blurred, Coaching::Blurred),
        ("foggy", foggy, Coaching::LowContrast),
        ("without a cheek", without_a_cheek, Coaching::Cropped),
        ("without the chin", without_the_chin, Coaching::Cropped),
        ("far away", far_away, Coaching::FaceTooSmall),
        ("masked", masked, Coaching::Covered),
        ("in dark glasses", in_dark_glasses, Coaching::Covered),
    ];
    let people: Vec<&RgbImage> = people.iter().step_by(5).collect();
    let mut missed = Vec::new();
    for (name, spoil, coaching) in cases {
        let mut caught = 0;
        for person in &people {
            let plain = facts(&mut face, (*person).clone()).face.unwrap();
            let spoiled = facts(&mut face, spoil(person, &plain));
            // A face that is not found any more is turned back too.
            let flaws = picture_flaws(&Ok(spoiled), &policy);
            // Half a face in the dark needs light, whichever sentence says so.
            let dark = coaching == Coaching::SideLit && flaws.contains(&Coaching::TooDark);
            let told = flaws.contains(&coaching) || dark;
            caught += usize::from(told || flaws == [Coaching::NoFace]);
        }
        let share = per_hundred(caught, people.len());
        println!(
            "{name}: {share:.0} % of {} are told {coaching}",
            people.len()
        );
        if share < CAUGHT_MIN {
            missed.push((name, share));
        }
    }
    assert!(missed.is_empty(), "{missed:?}");
}
