//! Each stage of the face work on one core, for every installed pack, on a picture of 640 pixels.
//!
//! Without installed models and shared data it measures nothing and says so.

#[path = "../tests/support/mod.rs"]
mod support;

use std::{fs, path::PathBuf};

use divan::Bencher;
use engine::{
    Timings,
    face::{Crop, Detection, Face, Presentation, Views, detection::largest_central, quality},
    picture::{Picture, decode},
};

const STANDARD: &str = "standard";
const PACKS: [&str; 2] = ["default", STANDARD];
const PICTURE: &str = "data/face/london/L001/neutral.jpg";

fn main() {
    divan::main();
}

/// Real people for measuring; not part of the project.
fn shared() -> Option<PathBuf> {
    support::nearest("MUSTER_SHARED", "shared", "models/goldens")
}

/// The file and its pixels.
fn picture() -> Option<(Vec<u8>, Picture)> {
    let bytes = fs::read(shared()?.join(PICTURE)).expect("the shared data is whole");
    let decoded = decode(&bytes).expect("it is a picture");
    Some((bytes, decoded))
}

fn networks(name: &str) -> Option<Face> {
    let home: PathBuf = support::home()?;
    let pack = support::pack(&home, name)?;
    engine::runtime::start(&home.join(engine::runtime::LIBRARY)).expect("the library loads");
    let models_dir = home.join(engine::runtime::MODELS);
    Some(
        Face::load(&pack.face_detector, &pack.face_recogniser, &models_dir)
            .expect("the networks load"),
    )
}

fn presentation() -> Option<Presentation> {
    let home: PathBuf = support::home()?;
    let part = support::pack(&home, STANDARD)?.presentation_attack?;
    Some(Presentation::load(&part, &home.join(engine::runtime::MODELS)).expect("the networks load"))
}

fn found(face: &mut Face, picture: &Picture) -> (Detection, Crop) {
    let detections = face.detector.detect(picture).expect("the detector runs");
    let chosen = *largest_central(&detections, picture).expect("there is a face");
    let crop = face
        .recogniser
        .align(picture, &chosen)
        .expect("its points differ");
    (chosen, crop)
}

#[divan::bench]
fn decoding(bencher: Bencher<'_, '_>) {
    if let Some((bytes, _)) = picture() {
        bencher.bench_local(|| decode(divan::black_box(&bytes)));
    }
}

#[divan::bench(args = PACKS)]
fn detector_input(bencher: Bencher<'_, '_>, pack: &str) {
    if let (Some((_, picture)), Some(mut face)) = (picture(), networks(pack)) {
        bencher.bench_local(|| face.detector.prepare(divan::black_box(&picture)));
    }
}

#[divan::bench(args = PACKS)]
fn detecting(bencher: Bencher<'_, '_>, pack: &str) {
    if let (Some((_, picture)), Some(mut face)) = (picture(), networks(pack)) {
        bencher.bench_local(|| face.detector.detect(divan::black_box(&picture)));
    }
}

#[divan::bench(args = PACKS)]
fn aligning(bencher: Bencher<'_, '_>, pack: &str) {
    if let (Some((_, picture)), Some(mut face)) = (picture(), networks(pack)) {
        let (chosen, _) = found(&mut face, &picture);
        bencher.bench_local(|| face.recogniser.align(divan::black_box(&picture), &chosen));
    }
}

#[divan::bench]
fn judging_quality(bencher: Bencher<'_, '_>) {
    if let (Some((_, picture)), Some(mut face)) = (picture(), networks(PACKS[0])) {
        let (chosen, _) = found(&mut face, &picture);
        bencher.bench_local(|| quality::measure(divan::black_box(&picture), &chosen));
    }
}

#[divan::bench(args = PACKS, consts = [1, 8])]
fn embedding<const CROPS: usize>(bencher: Bencher<'_, '_>, pack: &str) {
    if let (Some((_, picture)), Some(mut face)) = (picture(), networks(pack)) {
        let (_, crop) = found(&mut face, &picture);
        let crops = vec![(crop, Views::Both); CROPS];
        bencher.bench_local(|| face.recogniser.embed(divan::black_box(&crops)));
    }
}

#[divan::bench(consts = [1, 3])]
fn looking_for_attacks<const FACES: usize>(bencher: Bencher<'_, '_>) {
    let (Some((_, picture)), Some(mut face), Some(mut presentation)) =
        (picture(), networks(STANDARD), presentation())
    else {
        return;
    };
    let (chosen, _) = found(&mut face, &picture);
    let facts = quality::measure(&picture, &chosen);
    bencher.bench_local(|| {
        let around = || presentation.surroundings(divan::black_box(&picture), &facts);
        let faces: Vec<_> = std::iter::repeat_with(around)
            .take(FACES)
            .flatten()
            .collect();
        presentation.score(&faces)
    });
}

/// From files to embeddings: the face work of one check-in with this many pictures.
#[divan::bench(args = PACKS, consts = [1, 3])]
fn whole_check_in<const PICTURES: usize>(bencher: Bencher<'_, '_>, pack: &str) {
    if let (Some((bytes, _)), Some(mut face)) = (picture(), networks(pack)) {
        bencher.bench_local(|| {
            let mut timings = Timings::default();
            let crops: Vec<(Crop, Views)> = (0..PICTURES)
                .filter_map(|_| {
                    let picture = decode(divan::black_box(&bytes)).expect("it is a picture");
                    face.find(&picture, &mut timings)
                        .expect("the detector runs")
                        .1
                        .map(|crop| (crop, Views::of_attempt(PICTURES)))
                })
                .collect();
            face.embed(&crops, &mut timings)
        });
    }
}
