use domain::{
    EventId,
    attendance::Attendance,
    event::{Actor, Event, EventKind},
};
use store::idempotency::{Begin, Entry, UNFINISHED_MS};
use testkit::for_each_database;

use crate::scene::{Scene, at, id, lost, review};

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let entry = |begun_at| Entry {
            principal: "device 1",
            key: "k",
            begun_at,
        };
        let mut tx = scene.store.write().await.unwrap();
        let first = entry(at(10));
        let begin = store::idempotency::begin(&mut tx, &first, b"a", at(500)).await;
        assert_eq!(begin.unwrap(), Begin::New);
        let begin = store::idempotency::begin(&mut tx, &entry(at(11)), b"a", at(500)).await;
        assert_eq!(begin.unwrap(), Begin::InProgress);
        let begin = store::idempotency::begin(&mut tx, &entry(at(11)), b"b", at(500)).await;
        assert_eq!(begin.unwrap(), Begin::Mismatch);

        let died = entry(at(10).plus_ms(UNFINISHED_MS + 1));
        let begin = store::idempotency::begin(&mut tx, &died, b"b", at(500)).await;
        assert_eq!(begin.unwrap(), Begin::Mismatch);
        let begin = store::idempotency::begin(&mut tx, &died, b"a", at(500)).await;
        assert_eq!(begin.unwrap(), Begin::New, "its process died");
        assert!(lost(
            store::idempotency::finish(&mut tx, &first, 201, b"x").await
        ));
        store::idempotency::finish(&mut tx, &died, 201, b"made")
            .await
            .unwrap();
        assert!(!store::idempotency::forget(&mut tx, &died).await.unwrap());
        let begin = store::idempotency::begin(&mut tx, &entry(at(200)), b"a", at(500)).await;
        let replay = Begin::Replay {
            status: 201,
            response: b"made".to_vec(),
        };
        assert_eq!(begin.unwrap(), replay);

        let other = Entry {
            principal: "device 2",
            ..entry(at(200))
        };
        let begin = store::idempotency::begin(&mut tx, &other, b"a", at(500)).await;
        assert_eq!(begin.unwrap(), Begin::New, "keys belong to a principal");
        assert!(store::idempotency::forget(&mut tx, &other).await.unwrap());
        let begin = store::idempotency::begin(&mut tx, &other, b"c", at(500)).await;
        assert_eq!(begin.unwrap(), Begin::New, "a failure can be repeated");

        let begin = store::idempotency::begin(&mut tx, &entry(at(500)), b"b", at(900)).await;
        assert_eq!(begin.unwrap(), Begin::New, "the old entry expired");
        let swept = store::idempotency::sweep(&mut tx, at(600), 10).await;
        assert_eq!(swept.unwrap(), 1);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn two_requests_with_one_key_are_done_once() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let begin = async |begun_at| {
            let entry = Entry {
                principal: "p",
                key: "k",
                begun_at,
            };
            let mut tx = scene.store.write().await.unwrap();
            let begin = store::idempotency::begin(&mut tx, &entry, b"a", at(500)).await;
            tx.commit().await.unwrap();
            begin.unwrap()
        };
        let (one, two) = tokio::join!(begin(at(1)), begin(at(2)));
        assert!(
            matches!(
                (&one, &two),
                (Begin::New, Begin::InProgress) | (Begin::InProgress, Begin::New)
            ),
            "{one:?} {two:?}"
        );
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn events_keep_their_order_and_their_content() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let kinds = [
            EventKind::PersonRegistered {
                unit: scene.unit.id,
            },
            EventKind::CheckinConcluded {
                checkin: scene.checkin().id,
                duty: scene.duty.id,
                claim: 2,
                verdict: review(),
            },
            EventKind::DutyMarked {
                duty: scene.duty.id,
                from: Attendance::Due,
                to: Attendance::OnTime,
            },
        ];
        let actors = [
            Actor::Officer(scene.officer.id),
            Actor::System,
            Actor::Device(scene.device.id),
        ];
        let mut tx = scene.store.write().await.unwrap();
        let mut events = Vec::new();
        for (kind, actor) in kinds.into_iter().zip(actors) {
            let event = Event {
                id: EventId(id()),
                at: at(10),
                actor,
                person: Some(scene.person.id),
                kind,
            };
            store::event::append(&mut tx, &event).await.unwrap();
            events.push(event);
        }
        let first = store::event::of_person(&mut tx, scene.person.id, None, 2).await;
        assert_eq!(first.unwrap(), events[..2]);
        let after = Some((events[1].at, events[1].id));
        let rest = store::event::of_person(&mut tx, scene.person.id, after, 2).await;
        assert_eq!(rest.unwrap(), events[2..]);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}
