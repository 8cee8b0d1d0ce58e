use std::collections::HashMap;

use domain::checkin::{Attempt, State};
use store::Error;
use testkit::for_each_database;
use tokio::task::JoinSet;

use crate::scene::{Scene, VERIFIED, at, conclusion, nothing_seen, review};

const WORKERS: usize = 8;
const JOBS: u32 = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_workers_claim_each_of_400_attempts_once() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let jobs = scene.submitted(JOBS).await;
        let mut workers = JoinSet::new();
        for _ in 0..WORKERS {
            let store = scene.store.clone();
            workers.spawn(async move {
                let mut claimed = Vec::new();
                loop {
                    let mut tx = store.write().await.unwrap();
                    let claim = store::checkin::claim_next(&mut tx, at(2_000), at(3_000))
                        .await
                        .unwrap();
                    tx.commit().await.unwrap();
                    let Some(claim) = claim else { return claimed };
                    claimed.push(claim);
                }
            });
        }
        let mut times = HashMap::new();
        for claim in workers.join_all().await.into_iter().flatten() {
            assert_eq!(claim.number, 1);
            *times.entry(claim.checkin).or_insert(0) += 1;
        }
        assert!(times.values().all(|times| *times == 1));
        let missing = jobs.iter().filter(|job| !times.contains_key(job)).count();
        assert_eq!(missing, 0, "nothing is left behind");
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_attempt_submitted_first_is_claimed_first() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let jobs = scene.submitted(3).await;
        let mut tx = scene.store.write().await.unwrap();
        assert_eq!(store::checkin::queue_len(&mut tx).await.unwrap(), 3);
        let there = store::checkin::claimable(&mut tx, at(2_000)).await;
        assert_eq!(there.unwrap(), (false, true));
        for job in jobs {
            let claim = store::checkin::claim_next(&mut tx, at(2_000), at(3_000))
                .await
                .unwrap()
                .unwrap();
            assert_eq!(
                (claim.checkin, claim.duty, claim.person, claim.device),
                (job, scene.duty.id, scene.person.id, scene.device.id)
            );
        }
        let none = store::checkin::claim_next(&mut tx, at(2_000), at(3_000)).await;
        assert_eq!(none.unwrap(), None);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_stale_worker_changes_nothing() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        scene.submitted(1).await;
        let (seen, doubt) = (nothing_seen(), review());
        let mut tx = scene.store.write().await.unwrap();
        let claim = store::checkin::claim_next(&mut tx, at(2_000), at(2_060)).await;
        let stale = claim.unwrap().unwrap();
        let early = store::checkin::claim_next(&mut tx, at(2_060), at(2_120)).await;
        assert_eq!(early.unwrap(), None, "the lease still holds");
        let claim = store::checkin::claim_next(&mut tx, at(2_061), at(2_121)).await;
        let fresh = claim.unwrap().expect("a lapsed lease is claimed again");
        assert_eq!((fresh.checkin, fresh.number), (stale.checkin, 2));

        let late = conclusion(&seen, &VERIFIED, at(2_062));
        for lost in [
            store::checkin::finish(&mut tx, &stale, &late).await,
            store::checkin::release(&mut tx, &stale).await,
            store::checkin::renew(&mut tx, &stale, at(9_000)).await,
        ] {
            assert!(matches!(lost, Err(Error::Lost)));
        }
        store::checkin::renew(&mut tx, &fresh, at(2_500))
            .await
            .unwrap();
        let good = conclusion(&seen, &doubt, at(2_063));
        store::checkin::finish(&mut tx, &fresh, &good)
            .await
            .unwrap();
        let again = store::checkin::finish(&mut tx, &fresh, &good).await;
        assert!(matches!(again, Err(Error::Lost)), "concluded once");
        tx.commit().await.unwrap();

        let mut tx = scene.store.read().await.unwrap();
        let attempts = store::checkin::attempts(&mut tx, scene.duty.id).await;
        let expected = Attempt {
            state: State::Review,
            submitted_at: Some(at(1_001)),
            concluded_at: Some(at(2_063)),
            failed_match: true,
        };
        assert_eq!(attempts.unwrap(), [expected]);
        let checkin = store::checkin::get(&mut tx, fresh.checkin).await;
        assert_eq!(checkin.unwrap().unwrap().verdict, Some(doubt));
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_released_is_claimed_anew_under_the_next_number() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        scene.submitted(1).await;
        let mut tx = scene.store.write().await.unwrap();
        for number in 1..=3 {
            let claim = store::checkin::claim_next(&mut tx, at(2_000), at(2_060)).await;
            let claim = claim.unwrap().unwrap();
            assert_eq!(claim.number, number);
            store::checkin::release(&mut tx, &claim).await.unwrap();
        }
        drop(tx);
        scene.store.close().await;
    })
    .await;
}
