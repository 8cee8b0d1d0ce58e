//! The engine as its users see it: every request gets its own answer.

mod support;

use std::{fs, path::PathBuf, sync::Arc};

use bytes::Bytes;
use domain::evidence::{Measurement, MediaFault};
use engine::{Engine, Error, PoolConfig, Probe, Samples, Sessions, Timings, face::Views, picture};
use models::Pack;

const SMALL: PoolConfig = PoolConfig {
    threads: 2,
    queue_len_max: 6,
    batch_max: 4,
};

/// Real people for measuring; not part of the project.
fn shared() -> Option<PathBuf> {
    support::nearest("MUSTER_SHARED", "shared", "models/goldens")
}

fn installed() -> Option<(PathBuf, Pack)> {
    let home = support::home()?;
    let pack = support::pack(&home, "default")?;
    Some((home, pack))
}

#[tokio::test]
async fn without_models_nothing_is_measured() {
    let engine = Engine::Absent;
    assert_eq!(engine.pack(), None);
    let measured = engine
        .reserve()
        .await
        .unwrap()
        .verify(Probe::default())
        .await
        .unwrap();
    assert_eq!(measured, Measurement::absent());
    let enrolled = engine
        .try_reserve()
        .unwrap()
        .enrol(Samples::default())
        .await;
    assert!(matches!(enrolled, Err(Error::Absent)));
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_requests_get_their_own_answers() {
    let (Some((home, pack)), Some(shared)) = (installed(), shared()) else {
        return;
    };
    let picture = |person: &str, name: &str| {
        let path = shared
            .join("data/face/london")
            .join(person)
            .join(name)
            .with_extension("jpg");
        Bytes::from(fs::read(path).unwrap())
    };
    let people =
        ["L001", "L003", "L004", "L005"].map(|person| (person, picture(person, "neutral")));
    let mut alone = Sessions::load(&pack, &home).unwrap();
    let engine = Arc::new(Engine::start(&pack, &home, SMALL).unwrap());

    let samples = Samples {
        pictures: vec![people[0].1.clone(), picture("L001", "smiling")],
        phrases: Vec::new(),
    };
    let enrolled = engine
        .reserve()
        .await
        .unwrap()
        .enrol(samples)
        .await
        .unwrap();
    assert!(
        enrolled
            .picture_llrs
            .iter()
            .all(|llr| llr.unwrap().get() > 0.0),
        "{:?}",
        enrolled.picture_llrs
    );
    let template = enrolled.face.unwrap();
    assert_eq!(engine.pack(), Some(template.pack()));

    let mut asked = tokio::task::JoinSet::new();
    for round in 0..12 {
        let mut pictures = vec![people[round % 4].1.clone(); round % 3 + 1];
        pictures.insert(round % 2, Bytes::from_static(b"not a picture"));
        let probe = Probe {
            pictures,
            face_template: Some(template.clone()),
            ..Probe::default()
        };
        let expected = alone.verify(&probe).unwrap();
        let engine = engine.clone();
        asked.spawn(async move {
            let measured = engine.reserve().await.unwrap().verify(probe).await.unwrap();
            assert_eq!(measured.pictures.len(), expected.pictures.len());
            assert_eq!(
                measured.pictures[round % 2].facts,
                Err(MediaFault::UnknownFormat)
            );
            for (measured, expected) in measured.pictures.iter().zip(&expected.pictures) {
                assert_eq!(measured.facts, expected.facts);
                let scores = [measured, expected]
                    .map(|picture| picture.comparison.map(|comparison| comparison.score));
                // A batch may add in another order.
                assert!(scores[0].is_some() == scores[1].is_some());
                assert!(
                    scores[0]
                        .zip(scores[1])
                        .is_none_or(|(a, b)| (a - b).abs() < 1e-4),
                    "{scores:?}"
                );
            }
            measured
                .pictures
                .iter()
                .find_map(|picture| picture.comparison)
                .unwrap()
                .llr
                .get()
        });
    }
    let llrs = asked.join_all().await;
    assert_eq!(
        llrs.iter().filter(|&&llr| llr > 0.0).count(),
        3,
        "one round in four shows the enrolled person: {llrs:?}"
    );
    let Engine::Onnx(pool) = &*engine else {
        panic!("it was started")
    };
    println!("{:?}", pool.timings());
    assert_eq!(pool.timings().queue.count, 13);
}

#[test]
fn a_template_of_another_pack_is_not_compared() {
    let (Some((home, pack)), Some(shared)) = (installed(), shared()) else {
        return;
    };
    let picture = Bytes::from(fs::read(shared.join("data/face/london/L001/neutral.jpg")).unwrap());
    let mut sessions = Sessions::load(&pack, &home).unwrap();
    let embedding = sessions.face(&picture).unwrap().unwrap().embedding;
    let foreign = engine::FaceTemplate::new("other@7", vec![embedding.unwrap()]);
    let probe = Probe {
        pictures: vec![picture],
        face_template: foreign,
        ..Probe::default()
    };
    let measured = sessions.verify(&probe).unwrap();
    assert!(measured.pictures[0].facts.is_ok());
    assert_eq!(measured.pictures[0].comparison, None);
}

#[test]
fn a_single_picture_is_seen_with_its_mirror_image_and_several_once_each() {
    let (Some((home, pack)), Some(shared)) = (installed(), shared()) else {
        return;
    };
    let read =
        |name: &str| Bytes::from(fs::read(shared.join("data/face/london").join(name)).unwrap());
    let pictures = [read("L001/neutral.jpg"), read("L001/smiling.jpg")];
    let mut sessions = Sessions::load(&pack, &home).unwrap();
    let enrolled = sessions.face(&pictures[1]).unwrap().unwrap().embedding;
    let template = engine::FaceTemplate::new(sessions.pack(), vec![enrolled.unwrap()]).unwrap();
    let face = sessions.face_networks();
    let decoded = picture::decode(&pictures[0]).unwrap();
    let (_, crop) = face.find(&decoded, &mut Timings::default()).unwrap();
    let crop = crop.unwrap();
    let views = [Views::Both, Views::One].map(|views| (crop.clone(), views));
    let embeddings = face.embed(&views, &mut Timings::default()).unwrap();
    let mut score = |pictures: &[Bytes]| {
        let probe = Probe {
            pictures: pictures.to_vec(),
            face_template: Some(template.clone()),
            ..Probe::default()
        };
        let measured = sessions.verify(&probe).unwrap();
        measured.pictures[0].comparison.unwrap().score
    };
    let close = |one: f64, other: f64| (one - other).abs() < 1e-5;
    let (both, one) = (
        template.compare(&embeddings[0]),
        template.compare(&embeddings[1]),
    );
    assert!(!close(both, one), "the mirror image counts");
    assert!(close(score(&pictures[..1]), both));
    assert!(close(score(&pictures), one));
}

#[test]
fn samples_of_two_people_contradict_each_other() {
    let (Some((home, pack)), Some(shared)) = (installed(), shared()) else {
        return;
    };
    let read =
        |name: &str| Bytes::from(fs::read(shared.join("data/face/london").join(name)).unwrap());
    let mut sessions = Sessions::load(&pack, &home).unwrap();
    let pictures = vec![
        read("L001/neutral.jpg"),
        read("L001/smiling.jpg"),
        read("L003/neutral.jpg"),
        Bytes::new(),
    ];
    let enrolled = sessions
        .enrol(&Samples {
            pictures,
            phrases: Vec::new(),
        })
        .unwrap();
    let llrs: Vec<_> = enrolled
        .picture_llrs
        .iter()
        .map(|llr| llr.map(domain::Llr::get))
        .collect();
    assert!(llrs[2].unwrap() < 0.0, "{llrs:?}");
    assert_eq!(llrs[3], None);
    assert_eq!(enrolled.pictures[3], Err(MediaFault::Empty));
    assert_eq!(enrolled.face.unwrap().embeddings().len(), 3);
}
