//! Presentation attacks on real pictures: the samples that the networks' authors publish, and live faces.

#![expect(
    clippy::unwrap_used,
    reason = "a test that unwraps in vain fails, as it should"
)]

mod support;

use std::{fs, io::Cursor, path::PathBuf};

use bytes::Bytes;
use engine::{Probe, Samples, Sessions};
use image::{DynamicImage, ImageFormat, RgbImage};

/// Real people for measuring; not part of the project.
fn shared() -> Option<PathBuf> {
    support::nearest("MUSTER_SHARED", "shared", "data/face/pad")
}

fn sessions(name: &str) -> Option<Sessions> {
    let home = support::home()?;
    let pack = support::pack(&home, name)?;
    Some(Sessions::load(&pack, &home).unwrap())
}

/// Of the standard pack's networks alone, without traces.
fn networks(room_min: Option<f32>) -> Option<Sessions> {
    let home = support::home()?;
    let mut pack = support::pack(&home, "standard")?;
    let part = pack.presentation_attack.as_mut().unwrap();
    part.traces = None;
    part.room_min = room_min.unwrap_or(part.room_min);
    Some(Sessions::load(&pack, &home).unwrap())
}

/// Those that look at faces with less room round them than the standard pack wants: the authors' samples have no more.
fn close_up() -> Option<Sessions> {
    networks(Some(1.0))
}

/// Of a pack that looks for nothing.
fn blind() -> Option<Sessions> {
    let home = support::home()?;
    let mut pack = support::pack(&home, "default")?;
    pack.presentation_attack = None;
    Some(Sessions::load(&pack, &home).unwrap())
}

fn picture(name: &str) -> Option<RgbImage> {
    let path = shared()?.join("data/face").join(name);
    // Upright: the samples lie on their side, and say so.
    let picture = engine::picture::decode(&fs::read(path).unwrap()).unwrap();
    Some(picture.pixels().clone())
}

fn file(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture.clone())
        .write_to(&mut bytes, ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn score(sessions: &mut Sessions, picture: &RgbImage) -> Option<f64> {
    sessions.face(&file(picture)).unwrap().unwrap().presentation
}

#[test]
fn scores_agree_with_the_reference_implementation() {
    let Some(mut sessions) = close_up() else {
        return;
    };
    // By the networks' own arithmetic in Python on boxes of the same detector: mean log odds of class 1, shares kept within 1e-4.
    for (name, reference) in [("image_T1", 9.2), ("image_F1", -2.4), ("image_F2", -6.0)] {
        let Some(picture) = picture(&format!("pad/{name}.jpg")) else {
            return;
        };
        let found = score(&mut sessions, &picture).unwrap();
        println!("{name}: {found:.3}, reference {reference:.3}");
        assert!(
            (found - reference).abs() < 0.3,
            "{name}: {found} {reference}"
        );
    }
}

#[test]
fn a_picture_that_ends_near_the_face_says_nothing_to_the_networks() {
    let (Some(mut sessions), Some(whole)) = (networks(None), picture("london/L001/neutral.jpg"))
    else {
        return;
    };
    let seen = sessions.face(&file(&whole)).unwrap().unwrap();
    assert!(seen.presentation.is_some());
    let [left, top, width, height] = seen.facts.face.unwrap().bounds.map(|side| side as u32);
    let tight = image::imageops::crop_imm(&whole, left - 20, top - 20, width + 40, height + 40);
    let seen = sessions.face(&file(&tight.to_image())).unwrap().unwrap();
    assert!(seen.facts.face.is_some() && seen.embedding.is_some());
    assert_eq!(seen.presentation, None);
}

#[test]
fn several_faces_in_one_run_get_the_scores_that_each_gets_alone() {
    let Some(mut sessions) = close_up() else {
        return;
    };
    let names = [
        "pad/image_T1.jpg",
        "pad/image_F2.jpg",
        "london/L003/neutral.jpg",
    ];
    let Some(pictures) = names.map(picture).into_iter().collect::<Option<Vec<_>>>() else {
        return;
    };
    let alone: Vec<f64> = pictures
        .iter()
        .map(|picture| score(&mut sessions, picture).unwrap())
        .collect();
    let mut files: Vec<Bytes> = pictures
        .iter()
        .map(|picture| file(picture).into())
        .collect();
    files.insert(1, Bytes::from_static(b"not a picture"));
    let probe = Probe {
        pictures: files,
        ..Probe::default()
    };
    let measured = sessions.verify(&probe).unwrap().pictures;
    assert_eq!(measured[1].presentation, None);
    let together: Vec<f64> = measured
        .iter()
        .filter_map(|picture| Some(picture.presentation?.score))
        .collect();
    for (alone, together) in alone.iter().zip(&together) {
        assert!((alone - together).abs() < 1e-2, "{alone} {together}");
    }
    assert_eq!(together.len(), 3);
    assert_eq!(sessions.take_timings().presentation.count, 6);
}

#[test]
fn an_enrolment_and_a_pack_without_the_means_look_for_no_attack() {
    let Some(live) = picture("london/L001/neutral.jpg") else {
        return;
    };
    if let Some(mut sessions) = sessions("standard") {
        let samples = Samples {
            pictures: vec![file(&live).into()],
            ..Samples::default()
        };
        assert!(sessions.enrol(&samples).unwrap().face.is_some());
        assert_eq!(sessions.take_timings().presentation.count, 0);
    }
    if let Some(mut sessions) = blind() {
        assert_eq!(score(&mut sessions, &live), None);
    }
}

#[test]
fn traces_are_measured_in_every_pack_and_without_room() {
    let Some(whole) = picture("london/L001/neutral.jpg") else {
        return;
    };
    for name in ["default", "standard"] {
        let Some(mut sessions) = sessions(name) else {
            continue;
        };
        let seen = sessions.face(&file(&whole)).unwrap().unwrap();
        let score = seen.presentation.unwrap();
        assert!(score > 0.0, "{name}: a live face, {score}");
        let [left, top, width, height] = seen.facts.face.unwrap().bounds.map(|side| side as u32);
        let tight = image::imageops::crop_imm(&whole, left - 20, top - 20, width + 40, height + 40);
        let seen = sessions.face(&file(&tight.to_image())).unwrap().unwrap();
        assert!(seen.presentation.is_some(), "{name}");
    }
}

#[test]
fn real_artefacts_that_leave_no_known_trace_are_not_talked_away() {
    let Some(home) = support::home() else {
        return;
    };
    let Some(mut pack) = support::pack(&home, "standard") else {
        return;
    };
    let part = pack.presentation_attack.as_mut().unwrap();
    part.room_min = 1.0;
    let calibration = part.calibration.clone();
    let mut sessions = Sessions::load(&pack, &home).unwrap();
    let doubt = domain::verdict::Policy::default().presentation_min;
    for (name, live) in [("image_T1", true), ("image_F1", false), ("image_F2", false)] {
        let Some(picture) = picture(&format!("pad/{name}.jpg")) else {
            return;
        };
        let llr = calibration.llr(score(&mut sessions, &picture).unwrap());
        println!("{name}: {llr:.2}");
        assert_eq!(llr > doubt, live, "{name}: {llr}");
    }
}
