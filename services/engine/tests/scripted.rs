//! The scripted engine keeps the engine's promises, so that others can test against it.
#![cfg(feature = "scripted")]

use bytes::Bytes;
use domain::{
    challenge::{Can, PRESENCE_SEED_LEN, Presence},
    evidence::Measurement,
};
use engine::{Engine, Error, Phrase, Probe, Samples, Scripted, Showing};

#[tokio::test]
async fn what_was_prepared_is_played_in_order_then_a_genuine_attempt() {
    let scripted = Scripted::new(1);
    scripted.play(Ok(Measurement::absent()));
    scripted.play(Err(Error::Lost));
    let engine = Engine::Scripted(scripted.clone());
    let probe = Probe {
        pictures: vec![Bytes::from_static(b"one"); 3],
        ..Probe::default()
    };
    let first = engine.reserve().await.unwrap().verify(probe.clone()).await;
    assert_eq!(first.unwrap(), Measurement::absent());
    let second = engine.reserve().await.unwrap().verify(probe.clone()).await;
    assert!(matches!(second, Err(Error::Lost)));
    let third = engine.reserve().await.unwrap().verify(probe).await.unwrap();
    assert_eq!(third.pack.as_deref(), engine.pack());
    assert_eq!(third.pictures.len(), 3);
    assert!(
        third
            .pictures
            .iter()
            .all(|picture| picture.facts.is_ok() && picture.comparison.is_none())
    );
    assert_eq!(third.voice, None);
    assert_eq!(scripted.probes().len(), 3);
}

#[tokio::test]
async fn an_enrolled_person_is_genuine_ever_after() {
    let engine = Engine::Scripted(Scripted::new(1));
    let samples = Samples {
        pictures: vec![Bytes::from_static(b"one"); 3],
        phrases: vec![
            Phrase {
                audio: Bytes::from_static(b"two"),
                text: "123456".to_owned()
            };
            3
        ],
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
            .chain(&enrolled.phrase_llrs)
            .all(|llr| llr.unwrap().get() > 0.0)
    );
    let probe = Probe {
        pictures: vec![Bytes::from_static(b"three")],
        voice: Some(Bytes::from_static(b"four")),
        face_template: enrolled.face,
        voice_template: enrolled.voice,
        prompt: Some("654321".to_owned()),
        presence: None,
    };
    let measured = engine.reserve().await.unwrap().verify(probe).await.unwrap();
    assert!(measured.pictures[0].comparison.unwrap().llr.get() > 0.0);
    let voice = measured.voice.unwrap();
    assert!(voice.speaker.unwrap().llr.get() > 0.0 && voice.content.unwrap().1.llr.get() > 0.0);
}

#[tokio::test]
async fn it_is_full_when_its_room_is_taken() {
    let engine = Engine::Scripted(Scripted::new(1));
    let room = engine.try_reserve().unwrap();
    assert!(engine.try_reserve().is_none());
    drop(room);
    assert!(engine.try_reserve().is_some());
}

#[tokio::test]
async fn only_the_questions_that_have_an_answer_are_answered() {
    let engine = Engine::Scripted(Scripted::new(1));
    let can = Can {
        turn: true,
        flash: true,
    };
    let asked = Presence::draw(&[1; PRESENCE_SEED_LEN], can).unwrap();
    let picture = Some(Bytes::from_static(b"lit"));
    let verify = async |turn: Option<Bytes>, flash: Vec<Option<Bytes>>| {
        let probe = Probe {
            pictures: vec![Bytes::from_static(b"front")],
            presence: Some(Showing {
                asked: asked.clone(),
                turn,
                flash,
            }),
            ..Probe::default()
        };
        let seat = engine.reserve().await.unwrap();
        seat.verify(probe).await.unwrap().presence.unwrap()
    };
    let whole = verify(picture.clone(), vec![picture.clone(); 4]).await;
    assert_eq!(whole.asked, asked);
    assert!(whole.turn.unwrap().followed.unwrap().score > 12.0);
    assert!(whole.flash.unwrap().followed.unwrap().llr.get() > 0.0);
    let part = verify(None, vec![picture, None, None, None]).await;
    assert_eq!(part.turn, None);
    assert_eq!(part.flash.unwrap().followed, None);
    let silent = verify(None, vec![None; 4]).await;
    assert_eq!((silent.turn, silent.flash), (None, None));
}
