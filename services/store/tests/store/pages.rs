use domain::{OrgUnitId, access::Scope, org::Level};
use store::duty::Marked;
use testkit::for_each_database;

use crate::scene::{
    Scene, at, conclusion, duty, id, nothing_seen, open, person, plan, review, scope, unit,
};

#[tokio::test]
async fn an_officer_sees_the_own_subtree_and_nothing_beside_it() {
    for_each_database(|url| async move {
        let store = open(&url).await;
        let county = unit(None, Level::County);
        let [left, right] = [(); 2].map(|()| unit(Some(&county), Level::Office));
        let mut tx = store.write().await.unwrap();
        for unit in [&county, &left, &right] {
            store::unit::insert(&mut tx, unit, at(0)).await.unwrap();
        }
        let again = store::unit::insert(&mut tx, &left, at(0)).await;
        assert!(matches!(again, Err(store::Error::Conflict)));
        let [one, two, three] = [&left, &right, &left].map(person);
        for person in [&one, &two, &three] {
            store::person::insert(&mut tx, person).await.unwrap();
        }

        let below = store::unit::list_below(&mut tx, &county.path).await;
        assert_eq!(
            below.unwrap(),
            [county.clone(), left.clone(), right.clone()]
        );
        let below = store::unit::list_below(&mut tx, &left.path).await;
        assert_eq!(below.unwrap(), std::slice::from_ref(&left));
        assert_eq!(
            store::unit::get(&mut tx, right.id).await.unwrap().as_ref(),
            Some(&right)
        );
        assert_eq!(
            store::unit::get(&mut tx, OrgUnitId(id())).await.unwrap(),
            None
        );

        let seen = store::person::get_within(&mut tx, &scope(&left), two.id).await;
        assert_eq!(seen.unwrap(), None);
        let seen = store::person::get_within(&mut tx, &scope(&county), two.id).await;
        assert_eq!(seen.unwrap().as_ref(), Some(&two));
        let page = store::person::list_within(&mut tx, &scope(&left), false, None, 1).await;
        assert_eq!(page.unwrap(), std::slice::from_ref(&one));
        let page = store::person::list_within(&mut tx, &scope(&left), false, Some(one.id), 5).await;
        assert_eq!(page.unwrap(), [three]);
        drop(tx);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn pages_of_a_day_miss_nothing_and_repeat_nothing() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut tx = scene.store.write().await.unwrap();
        let mut expected = vec![scene.duty.id];
        for number in 0..9 {
            let person = person(&scene.unit);
            store::person::insert(&mut tx, &person).await.unwrap();
            let plan = plan(&person, 1);
            store::plan::insert(&mut tx, &plan).await.unwrap();
            // Three open at each of three moments; the first moment is that of the scene's own duty.
            let duty = duty(&plan, 1_000 + number / 3);
            expected.push(duty.id);
            store::duty::insert_missing(&mut tx, &[duty]).await.unwrap();
        }
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = store::duty::within(
                &mut tx,
                &scope(&scene.unit),
                at(1_000),
                at(2_000),
                after,
                at(0),
                4,
            )
            .await
            .unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.marked.duty.opens_at, last.marked.duty.id));
            seen.extend(page.iter().map(|entry| entry.marked.duty.id));
            assert!(
                page.iter()
                    .all(|entry| entry.person.id == entry.marked.duty.person)
            );
        }
        assert_eq!(seen, expected);

        let person = scene.person.id;
        let of = |marked: store::Result<Vec<Marked>>| marked.unwrap().len();
        for (from, until, expected) in [(1_000, 1_001, 1), (1_001, 2_000, 0), (0, 1_000, 0)] {
            let found = store::duty::of_person(&mut tx, person, at(from), at(until), 9).await;
            assert_eq!(of(found), expected);
        }
        for (now, expected) in [(0, 1), (6_399, 1), (6_400, 0)] {
            let found = store::duty::unfinished_of_person(&mut tx, person, at(now), 9).await;
            assert_eq!(of(found), expected);
        }
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn pages_of_the_review_queue_follow_submission() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let jobs = scene.submitted(5).await;
        let (seen, doubt) = (nothing_seen(), review());
        let mut tx = scene.store.write().await.unwrap();
        for _ in 0..4 {
            let claim = store::checkin::claim_next(&mut tx, at(2_000), at(2_060)).await;
            let claim = claim.unwrap().unwrap();
            store::checkin::finish(&mut tx, &claim, &conclusion(&seen, &doubt, at(2_001)))
                .await
                .unwrap();
        }
        let path = &scope(&scene.unit);
        let first = store::checkin::review_queue(&mut tx, path, None, 3).await;
        let first = first.unwrap();
        let after = first[2]
            .checkin
            .submitted_at
            .map(|at| (at, first[2].checkin.id));
        let rest = store::checkin::review_queue(&mut tx, path, after, 3).await;
        let waiting: Vec<_> = first
            .iter()
            .chain(&rest.unwrap())
            .map(|waiting| waiting.checkin.id)
            .collect();
        assert_eq!(waiting, jobs[..4]);
        assert_eq!(first[0].duty, scene.duty);

        let beside = Scope {
            path: unit(None, Level::Office).path,
            ..scope(&scene.unit)
        };
        let none = store::checkin::review_queue(&mut tx, &beside, None, 3).await;
        assert!(none.unwrap().is_empty());
        let none = store::checkin::detail(&mut tx, &beside, jobs[0]).await;
        assert!(none.unwrap().is_none());
        drop(tx);
        scene.store.close().await;
    })
    .await;
}
