//! Prints of media, and the faces of a house.

use domain::{
    CheckinId, EnrolmentId, MediaId, Micros,
    enrolment::{Enrolment, State},
    order::{EndReason, Ended},
    org::Level,
};
use store::{
    Tx,
    media::{Media, Owner},
    media_print::{Kept, Kind, MediaPrint},
    template::{Modality, Template},
};
use testkit::for_each_database;
use uuid::Uuid;

use crate::scene::{Scene, at, id, person, unit};

/// A picture of a check-in, and its print.
async fn kept(tx: &mut Tx, scene: &Scene, checkin: CheckinId, now: Micros) -> MediaPrint {
    let media = Media {
        id: MediaId(id()),
        person: scene.person.id,
        owner: Owner::Checkin(checkin),
        part: format!("selfie {now}"),
        phrase: None,
        len: 0,
        sha256: None,
        created_at: now,
        completed_at: None,
    };
    store::media::create(tx, &media).await.unwrap();
    let print = MediaPrint {
        media: media.id,
        person: scene.person.id,
        kind: Kind::Picture,
        sealed: vec![7; 9],
        created_at: now,
    };
    store::media_print::insert(tx, &print).await.unwrap();
    print
}

#[tokio::test]
async fn prints_of_other_sessions_come_newest_first_and_go_with_their_person() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut tx = scene.store.write().await.unwrap();
        let [first, second] = [(); 2].map(|()| scene.checkin());
        for checkin in [&first, &second] {
            store::checkin::open(&mut tx, checkin).await.unwrap();
        }
        let (person, duty) = (scene.person.id, scene.duty.id);
        let old = kept(&mut tx, &scene, first.id, at(1)).await;
        let new = kept(&mut tx, &scene, first.id, at(2)).await;
        let own = kept(&mut tx, &scene, second.id, at(3)).await;
        store::media_print::insert(&mut tx, &own)
            .await
            .expect("the same again changes nothing");
        let of_first = |print: MediaPrint| Kept {
            print,
            checkin: Some((first.id, duty)),
        };
        let newest = store::media_print::newest(&mut tx, person, second.id.0, 9).await;
        assert_eq!(newest.unwrap(), [of_first(new.clone()), of_first(old)]);
        let one = store::media_print::newest(&mut tx, person, second.id.0, 1).await;
        assert_eq!(one.unwrap(), [of_first(new)]);
        let erased = store::media_print::erase_of_person(&mut tx, person).await;
        assert_eq!(erased.unwrap(), 3);
        let none = store::media_print::newest(&mut tx, person, Uuid::nil(), 9).await;
        assert_eq!(none.unwrap(), []);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_live_faces_of_a_pack_are_read_in_pages_with_their_keys() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut tx = scene.store.write().await.unwrap();
        let mut faces = Vec::new();
        for number in 0..3_u8 {
            let person = person(&scene.unit);
            store::person::insert(&mut tx, &person).await.unwrap();
            store::person_key::insert(&mut tx, person.id, &[number; 5], "m")
                .await
                .unwrap();
            let enrolment = Enrolment {
                id: EnrolmentId(id()),
                person: person.id,
                officer: scene.officer.id,
                state: State::Open,
                claim: 0,
                opened_at: at(1),
                submitted_at: None,
                findings: None,
                concluded_at: None,
            };
            store::enrolment::open(&mut tx, &enrolment).await.unwrap();
            for (modality, pack) in [(Modality::Face, "a@1"), (Modality::Voice, "a@1")] {
                let template = Template {
                    id: id(),
                    enrolment: enrolment.id,
                    person: person.id,
                    modality,
                    pack: pack.into(),
                    sealed: vec![number; 9],
                    created_at: at(20),
                };
                store::template::insert(&mut tx, &template).await.unwrap();
                if modality == Modality::Face {
                    faces.push((person.id, template.id));
                }
            }
        }
        let everybody = (Micros(i64::MIN), Uuid::nil());
        let page = store::template::faces(&mut tx, "a@1", everybody, 2).await;
        let page = page.unwrap();
        let read: Vec<_> = page.iter().map(|face| (face.person, face.id)).collect();
        assert_eq!(read, faces[..2]);
        assert_eq!(
            (&page[1].sealed, &page[1].wrapped_key),
            (&vec![1; 9], &vec![1; 5])
        );
        let after = (page[1].created_at, page[1].id);
        let rest = store::template::faces(&mut tx, "a@1", after, 2)
            .await
            .unwrap();
        assert_eq!((rest.len(), rest[0].person), (1, faces[2].0));
        let other = store::template::faces(&mut tx, "b@1", everybody, 2).await;
        assert!(other.unwrap().is_empty());

        let ids = store::template::face_ids(&mut tx, "a@1", Uuid::nil(), 9).await;
        assert_eq!(
            ids.unwrap(),
            faces.iter().map(|(_, id)| *id).collect::<Vec<_>>()
        );
        store::template::retire_of_person(&mut tx, faces[0].0, at(30))
            .await
            .unwrap();
        let ids = store::template::face_ids(&mut tx, "a@1", Uuid::nil(), 9).await;
        assert_eq!(ids.unwrap().len(), 2);
        let ended = Ended {
            at: at(40),
            reason: EndReason::TermServed,
            erase_at: at(50),
        };
        store::person::end(&mut tx, faces[1].0, &ended)
            .await
            .unwrap();
        let mut stand = Vec::new();
        for (_, template) in &faces {
            stand.push(store::template::stands(&mut tx, *template).await.unwrap());
        }
        assert_eq!(stand, [false, false, true], "retired, ended, live");
        store::person_key::erase(&mut tx, faces[2].0).await.unwrap();
        let readable = store::template::faces(&mut tx, "a@1", everybody, 9).await;
        let readable = readable.unwrap();
        assert!(readable.iter().all(|face| face.person != faces[2].0));
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn whoever_is_supervised_below_a_unit_is_listed_and_nobody_else() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut tx = scene.store.write().await.unwrap();
        let office = unit(Some(&scene.unit), Level::Office);
        let elsewhere = unit(None, Level::County);
        for unit in [&office, &elsewhere] {
            store::unit::insert(&mut tx, unit, at(0)).await.unwrap();
        }
        let [below, far, over] = [&office, &elsewhere, &office].map(person);
        for person in [&below, &far, &over] {
            store::person::insert(&mut tx, person).await.unwrap();
        }
        let ended = Ended {
            at: at(40),
            reason: EndReason::TermServed,
            erase_at: at(50),
        };
        store::person::end(&mut tx, over.id, &ended).await.unwrap();
        let path = &scene.unit.path;
        let all = store::person::supervised_below(&mut tx, path, 9).await;
        assert_eq!(all.unwrap(), [scene.person.id, below.id]);
        let one = store::person::supervised_below(&mut tx, path, 1).await;
        assert_eq!(one.unwrap().len(), 1);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}
