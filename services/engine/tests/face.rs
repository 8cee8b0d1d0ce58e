//! The face networks on real people: goldens, and the pictures that people send by mistake.

#![expect(
    clippy::unwrap_used,
    reason = "a test that unwraps in vain fails, as it should"
)]

mod support;
#[path = "support/turned.rs"]
mod turned;

use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
};

use domain::evidence::PictureFacts;
use engine::{
    Embedding, Timings,
    face::{Face, Views},
    picture::{self, Picture},
};
use image::{DynamicImage, ImageFormat, RgbImage};
use serde_json::Value;

/// Least cosine of an embedding with the reference's.
const COSINE_MIN: f64 = 0.999;
/// Greatest distance of a box's or a point's coordinate from the reference's, pixels.
const DISTANCE_MAX: f64 = 1.0;

/// Real people for measuring; not part of the project.
fn shared() -> Option<PathBuf> {
    support::nearest("MUSTER_SHARED", "shared", "models/goldens")
}

fn face(home: &Path, detector: &str, recogniser: &str, mirrored: bool) -> Option<Face> {
    let models_dir = home.join(engine::runtime::MODELS);
    let detector = support::pack(home, detector)?.face_detector;
    let mut recogniser = support::pack(home, recogniser)?.face_recogniser;
    recogniser.mirrored = mirrored;
    engine::runtime::start(&home.join(engine::runtime::LIBRARY)).unwrap();
    Some(Face::load(&detector, &recogniser, &models_dir).unwrap())
}

fn see(face: &mut Face, picture: &Picture) -> (PictureFacts, Option<Embedding>) {
    let mut timings = Timings::default();
    let (facts, crop) = face.find(picture, &mut timings).unwrap();
    let crops: Vec<_> = crop.into_iter().map(|crop| (crop, Views::Both)).collect();
    (facts, face.embed(&crops, &mut timings).unwrap().pop())
}

fn read(path: &Path) -> Picture {
    let bytes = fs::read(path).unwrap();
    picture::decode(&bytes)
        .or_else(|_| picture::decode_greymap(&bytes))
        .unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|number| number.as_f64().unwrap())
        .collect()
}

fn jpeg(picture: RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture)
        .write_to(&mut bytes, ImageFormat::Jpeg)
        .unwrap();
    bytes.into_inner()
}

#[test]
fn embeddings_agree_with_the_goldens() {
    let (Some(home), Some(shared)) = (support::home(), shared()) else {
        return;
    };
    let goldens = fs::read(shared.join("models/goldens/face.json")).unwrap();
    let goldens: Vec<Value> = serde_json::from_slice(&goldens).unwrap();
    let mut worst = (0.0, 1.0);
    for (detector, detected) in [("standard", "yunet_320"), ("default", "centerface_320")] {
        for (recogniser, embedded) in [("standard", "mobilefacenet_flip"), ("default", "dlib_flip")]
        {
            let Some(mut face) = face(&home, detector, recogniser, true) else {
                return;
            };
            for golden in &goldens {
                let name = golden["image"].as_str().unwrap();
                let (facts, embedding) = see(&mut face, &read(&shared.join(name)));
                let expected = &golden[detected];
                let bounds = facts.face.unwrap().bounds;
                let distances = numbers(&expected["box_xywh"]).into_iter().zip(bounds);
                let furthest = distances
                    .map(|(a, b)| (a - f64::from(b)).abs())
                    .fold(0.0, f64::max);
                let reference = numbers(&expected[embedded])
                    .into_iter()
                    .map(|number| number as f32)
                    .collect();
                let cosine = embedding
                    .unwrap()
                    .cosine(&Embedding::normalise(reference).unwrap());
                println!(
                    "{detected} {embedded} {name}: box within {furthest:.2} px, cosine {cosine:.6}"
                );
                worst = (f64::max(worst.0, furthest), f64::min(worst.1, cosine));
            }
        }
    }
    assert!(
        worst.0 <= DISTANCE_MAX && worst.1 >= COSINE_MIN,
        "{worst:?}"
    );
}

#[test]
fn every_orientation_shows_the_same_face_in_the_same_place() {
    let (Some(home), Some(shared)) = (support::home(), shared()) else {
        return;
    };
    let upright = image::open(shared.join("data/face/london/L001/neutral.jpg"))
        .unwrap()
        .into_rgb8();
    // Not square, so that a turn that is not undone shows in the size too.
    let upright = image::imageops::crop_imm(&upright, 40, 0, 560, 640).to_image();
    for detector in ["standard", "default"] {
        let Some(mut face) = face(&home, detector, "default", false) else {
            return;
        };
        let (expected, reference) =
            see(&mut face, &picture::decode(&jpeg(upright.clone())).unwrap());
        let (expected, reference) = (expected.face.unwrap(), reference.unwrap());
        for orientation in 1..=8 {
            let turned =
                turned::with_orientation(&jpeg(turned::stored(&upright, orientation)), orientation);
            let (facts, embedding) = see(&mut face, &picture::decode(&turned).unwrap());
            assert_eq!((facts.width, facts.height, facts.faces), (560, 640, 1));
            let found = facts.face.unwrap();
            for (found, expected) in found.bounds.iter().zip(expected.bounds) {
                assert!(
                    (found - expected).abs() < 3.0,
                    "orientation {orientation}: {found} for {expected}"
                );
            }
            assert!(
                embedding.unwrap().cosine(&reference) > 0.995,
                "orientation {orientation}"
            );
        }
    }
}

#[test]
fn two_people_are_two_faces_and_a_landscape_is_none() {
    let (Some(home), Some(shared)) = (support::home(), shared()) else {
        return;
    };
    let person = |name: &str| {
        let path = shared
            .join("data/face/london")
            .join(name)
            .join("neutral.jpg");
        image::open(path).unwrap().into_rgb8()
    };
    let mut pair = RgbImage::new(1_280, 640);
    image::imageops::replace(&mut pair, &person("L001"), 0, 0);
    image::imageops::replace(&mut pair, &person("L003"), 640, 0);
    let landscape = RgbImage::from_fn(640, 480, |x, y| {
        image::Rgb([(x / 4) as u8, (y / 3) as u8, 120])
    });
    for detector in ["standard", "default"] {
        let Some(mut face) = face(&home, detector, "default", false) else {
            return;
        };
        let (facts, embedding) = see(&mut face, &picture::decode(&jpeg(pair.clone())).unwrap());
        assert_eq!(facts.faces, 2, "{detector}");
        assert!(embedding.is_some());
        let (facts, embedding) = see(
            &mut face,
            &picture::decode(&jpeg(landscape.clone())).unwrap(),
        );
        assert_eq!((facts.faces, facts.face), (0, None), "{detector}");
        assert!(embedding.is_none());
    }
}

#[test]
fn a_large_picture_shows_the_same_face() {
    let (Some(home), Some(shared)) = (support::home(), shared()) else {
        return;
    };
    let small = image::open(shared.join("data/face/london/L003/neutral.jpg"))
        .unwrap()
        .into_rgb8();
    let (width, height) = (small.width() * 4, small.height() * 4);
    let large = image::imageops::resize(
        &small,
        width,
        height,
        image::imageops::FilterType::CatmullRom,
    );
    let Some(mut face) = face(&home, "standard", "standard", true) else {
        return;
    };
    let (expected, reference) = see(&mut face, &picture::decode(&jpeg(small)).unwrap());
    let (facts, embedding) = see(&mut face, &picture::decode(&jpeg(large)).unwrap());
    assert_eq!((facts.width, facts.height), (width, height));
    for (found, expected) in facts
        .face
        .unwrap()
        .bounds
        .iter()
        .zip(expected.face.unwrap().bounds)
    {
        assert!(
            (found / 4.0 - expected).abs() < 3.0,
            "{found} for {expected}"
        );
    }
    assert!(embedding.unwrap().cosine(&reference.unwrap()) > 0.99);
}

#[test]
fn quality_facts_tell_dark_blurred_and_tilted_pictures() {
    let (Some(home), Some(shared)) = (support::home(), shared()) else {
        return;
    };
    let good = image::open(shared.join("data/face/london/L001/neutral.jpg")).unwrap();
    let Some(mut face) = face(&home, "standard", "default", false) else {
        return;
    };
    let mut facts = |picture: DynamicImage| {
        let decoded = picture::decode(&jpeg(picture.into_rgb8())).unwrap();
        see(&mut face, &decoded).0.face.unwrap()
    };
    let plain = facts(good.clone());
    assert!(
        plain.yaw_deg.abs() < 12.0 && plain.pitch_deg.abs() < 15.0 && plain.roll_deg.abs() < 8.0,
        "{plain:?}"
    );
    let dark = facts(DynamicImage::ImageRgb8(RgbImage::from_fn(
        good.width(),
        good.height(),
        |x, y| {
            image::Rgb(
                image::GenericImageView::get_pixel(&good, x, y).0[..3]
                    .try_into()
                    .map(|rgb: [u8; 3]| rgb.map(|v| v / 4))
                    .unwrap(),
            )
        },
    )));
    assert!(
        (dark.luma_mean - plain.luma_mean / 4.0).abs() < 6.0,
        "{dark:?}"
    );
    let blurred = facts(good.blur(4.0));
    assert!(
        blurred.sharpness < plain.sharpness / 3.0,
        "{} {}",
        blurred.sharpness,
        plain.sharpness
    );
    let bright = facts(good.brighten(150));
    assert!(bright.overexposed > plain.overexposed + 0.2, "{bright:?}");
}
