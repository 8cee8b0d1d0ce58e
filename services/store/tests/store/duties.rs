use domain::{Micros, attendance::Attendance};
use testkit::for_each_database;

use crate::scene::{Scene, at, conclusion, conflict, duty, lost, nothing_seen, plan, review};

#[tokio::test]
async fn a_duty_is_made_once_and_marked_only_from_what_it_was() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut tx = scene.store.write().await.unwrap();
        let again = [duty(&scene.plan, 1_000), duty(&scene.plan, 90_000)];
        let made = store::duty::insert_missing(&mut tx, &again).await;
        assert_eq!(made.unwrap(), 1);
        let made = store::duty::insert_missing(&mut tx, &again).await;
        assert_eq!(made.unwrap(), 0);

        let id = scene.duty.id;
        for pair in Attendance::ALL.windows(2) {
            store::duty::set_attendance(&mut tx, id, pair[0], pair[1], at(5))
                .await
                .unwrap();
            let stale = store::duty::set_attendance(&mut tx, id, pair[0], pair[1], at(5)).await;
            assert!(lost(stale));
        }
        let marked = store::duty::get(&mut tx, id).await.unwrap().unwrap();
        assert_eq!(marked.attendance, Attendance::Missed);
        assert_eq!((marked.duty, marked.marked_at), (scene.duty, Some(at(5))));
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_duty_does_not_lapse_while_an_attempt_waits_for_its_verdict() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let end = scene.duty.late_until;
        let mut tx = scene.store.write().await.unwrap();
        let before = store::duty::lapsed(&mut tx, Micros(end.0 - 1), 10).await;
        assert!(before.unwrap().is_empty());
        let after = store::duty::lapsed(&mut tx, end, 10).await.unwrap();
        assert_eq!(after.len(), 1);
        tx.commit().await.unwrap();

        scene.submitted(1).await;
        let mut tx = scene.store.write().await.unwrap();
        assert!(
            store::duty::lapsed(&mut tx, end, 10)
                .await
                .unwrap()
                .is_empty()
        );
        let claim = store::checkin::claim_next(&mut tx, end, end.plus_ms(1)).await;
        let claim = claim.unwrap().unwrap();
        assert!(
            store::duty::lapsed(&mut tx, end, 10)
                .await
                .unwrap()
                .is_empty()
        );
        let (seen, verdict) = (nothing_seen(), review());
        store::checkin::finish(&mut tx, &claim, &conclusion(&seen, &verdict, end))
            .await
            .unwrap();
        assert_eq!(
            store::duty::lapsed(&mut tx, end, 10).await.unwrap().len(),
            1
        );
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_plan_holds_from_its_first_day_on() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let person = scene.person.id;
        let mut tx = scene.store.write().await.unwrap();
        let later = plan(&scene.person, 5);
        store::plan::insert(&mut tx, &later).await.unwrap();
        assert!(conflict(
            store::plan::insert(&mut tx, &plan(&scene.person, 5)).await
        ));
        let day = |day| jiff::civil::date(2026, 3, day);
        let latest = store::plan::latest(&mut tx, person, day(4)).await;
        assert_eq!(latest.unwrap(), Some(scene.plan.clone()));
        let latest = store::plan::latest(&mut tx, person, day(5)).await;
        assert_eq!(latest.unwrap(), Some(later.clone()));
        let none = store::plan::latest(&mut tx, person, jiff::civil::date(2026, 2, 28)).await;
        assert_eq!(none.unwrap(), None);
        let newest = store::plan::newest(&mut tx, person).await;
        assert_eq!(newest.unwrap(), Some(later.clone()));
        let all = store::plan::list(&mut tx, person).await;
        assert_eq!(all.unwrap(), [later.clone(), scene.plan.clone()]);
        let live = store::plan::live(&mut tx, day(4), None, 10).await;
        assert_eq!(live.unwrap(), std::slice::from_ref(&scene.plan));
        let live = store::plan::live(&mut tx, day(6), None, 10).await;
        assert_eq!(live.unwrap(), [later]);
        let rest = store::plan::live(&mut tx, day(6), Some(person), 10).await;
        assert!(rest.unwrap().is_empty());
        drop(tx);
        scene.store.close().await;
    })
    .await;
}
