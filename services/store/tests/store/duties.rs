use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use domain::{Micros, attendance::Attendance, duty::Duty};
use testkit::for_each_database;

use crate::scene::{
    Scene, at, conclusion, conflict, duty, lost, nothing_seen, plan, review, scope,
};

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
        let newest = store::plan::newest(&mut tx, person).await;
        assert_eq!(newest.unwrap(), Some(later.clone()));
        let all = store::plan::list(&mut tx, person).await;
        assert_eq!(all.unwrap(), [later.clone(), scene.plan.clone()]);
        let page = store::plan::next_page(&mut tx, None, 10).await.unwrap();
        let page = page.unwrap();
        let days = (day(4), day(4));
        let plans = store::plan::live(&mut tx, page, days).await.unwrap();
        assert_eq!(plans[0].versions, std::slice::from_ref(&scene.plan));
        assert_eq!(plans[0].person, scene.person);
        let days = (day(4), day(6));
        let plans = store::plan::live(&mut tx, page, days).await.unwrap();
        let both = [scene.plan.clone(), later.clone()];
        assert_eq!(plans[0].versions, both, "both have days");
        let days = (day(5), day(6));
        let plans = store::plan::live(&mut tx, page, days).await.unwrap();
        assert_eq!(plans[0].versions, [later]);
        let rest = store::plan::next_page(&mut tx, Some(page), 10).await;
        assert_eq!(rest.unwrap(), None);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn pages_of_plans_never_part_the_versions_of_a_person() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut tx = scene.store.write().await.unwrap();
        let mut expected = vec![scene.plan.clone()];
        for _ in 0..5 {
            let person = crate::scene::person(&scene.unit);
            store::person::insert(&mut tx, &person).await.unwrap();
            for version in [1, 2, 3] {
                let plan = plan(&person, version);
                store::plan::insert(&mut tx, &plan).await.unwrap();
                expected.push(plan);
            }
        }
        let (first, last) = (jiff::civil::date(2026, 3, 1), jiff::civil::date(2026, 3, 9));
        let (mut seen, mut page) = (Vec::new(), None);
        loop {
            page = store::plan::next_page(&mut tx, page, 2).await.unwrap();
            let Some(page) = page else { break };
            let plans = store::plan::live(&mut tx, page, (first, last)).await;
            let plans = plans.unwrap();
            assert!(plans.len() <= 2);
            seen.extend(plans.into_iter().flat_map(|of| of.versions));
        }
        assert_eq!(seen, expected);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn only_duties_that_have_not_opened_and_are_still_due_are_taken_back() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut tx = scene.store.write().await.unwrap();
        let later = plan(&scene.person, 2);
        store::plan::insert(&mut tx, &later).await.unwrap();
        let old = [5_000, 9_000, 10_000].map(|opens| duty(&scene.plan, opens));
        let new = duty(&later, 10_000);
        store::duty::insert_missing(&mut tx, &old).await.unwrap();
        store::duty::insert_missing(&mut tx, std::slice::from_ref(&new))
            .await
            .unwrap();
        let excused = old[2].id;
        let (due, to) = (Attendance::Due, Attendance::Excused);
        store::duty::set_attendance(&mut tx, excused, due, to, at(1))
            .await
            .unwrap();
        let person = scene.person.id;
        // It is second 5,000: the scene's duty and the first of these have opened.
        let coming = store::duty::coming(&mut tx, person, at(5_000)).await;
        let coming: Vec<_> = coming.unwrap().iter().map(|duty| duty.id).collect();
        assert!(coming.contains(&old[1].id) && coming.contains(&new.id) && coming.len() == 2);
        for (duty, taken) in [(&old[0], false), (&old[1], true), (&old[2], false)] {
            let withdrawn = store::duty::withdraw(&mut tx, duty.id, at(5_000)).await;
            assert_eq!(withdrawn.unwrap(), taken, "{:?}", duty.opens_at);
        }
        let left = store::duty::of_person(&mut tx, person, at(0), at(20_000), 10).await;
        let left: Vec<_> = left.unwrap().iter().map(|one| one.duty.id).collect();
        let mut expected = vec![scene.duty.id, old[0].id, excused, new.id];
        expected[2..].sort_unstable();
        let mut sorted = left.clone();
        sorted[2..].sort_unstable();
        assert_eq!(sorted, expected);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_day_view_tells_of_a_random_check_from_its_opening_on() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut tx = scene.store.write().await.unwrap();
        let random = Duty {
            unannounced: true,
            ..duty(&scene.plan, 3_000)
        };
        store::duty::insert_missing(&mut tx, std::slice::from_ref(&random))
            .await
            .unwrap();
        for (now, expected) in [(2_999, 1), (3_000, 2)] {
            let path = &scope(&scene.unit);
            let seen =
                store::duty::within(&mut tx, path, at(0), at(9_000), None, at(now), 10).await;
            assert_eq!(seen.unwrap().len(), expected, "at {now}");
        }
        let stored = store::duty::get(&mut tx, random.id).await.unwrap().unwrap();
        assert_eq!(stored.duty, random);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_writes_a_plan_while_duties_are_made_from_the_earlier_ones() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let made = AtomicBool::new(false);
        let day = jiff::civil::date(2026, 3, 2);
        let (held, release) = tokio::sync::oneshot::channel();
        let making = async {
            let mut tx = scene.store.write().await.unwrap();
            let page = store::plan::next_page(&mut tx, None, 10).await.unwrap();
            let page = page.unwrap();
            store::plan::hold_page(&mut tx, page).await.unwrap();
            let plans = store::plan::live(&mut tx, page, (day, day)).await;
            assert_eq!(plans.unwrap().len(), 1);
            held.send(()).unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
            made.store(true, Ordering::SeqCst);
            tx.commit().await.unwrap();
        };
        let writing = async {
            release.await.unwrap();
            let mut tx = scene.store.write().await.unwrap();
            store::plan::hold(&mut tx, scene.person.id).await.unwrap();
            assert!(made.load(Ordering::SeqCst), "on {url}");
        };
        tokio::join!(making, writing);
        scene.store.close().await;
    })
    .await;
}
