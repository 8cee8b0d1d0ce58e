use std::time::Duration;

use app::Limits;
use domain::{access::Role, checkin::State};
use testkit::for_each_database;

use crate::support::{House, Plan, check_in};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_a_crash_gets_exactly_one_verdict_after_it() {
    for_each_database(|url| async move {
        let dir = tempfile::tempdir().expect("a directory");
        let media = dir.path().join("media");
        let first = House::at(&url, media.clone(), Plan::default()).await;
        let unit = first.office().await;
        let (person, _) = first
            .officer(unit.id, "officer", Role::StationOfficer)
            .await
            .ready("C-1")
            .await;
        first.kill();

        let deaf = House::at(
            &url,
            media.clone(),
            Plan {
                workers: false,
                ..Plan::default()
            },
        )
        .await;
        let officer = deaf.officer(unit.id, "second", Role::StationOfficer).await;
        let phone = officer
            .activate(person.id, crate::support::impatient())
            .await;
        let acknowledged = check_in(&phone, "1").await;
        assert_eq!(acknowledged.state, State::Queued);
        let checkin = acknowledged.id;
        // A worker took it and died: its claim stands under a lease.
        let mut tx = deaf.cx.store.write().await.expect("a transaction");
        let now = deaf.cx.now();
        let claim = store::checkin::claim_next(&mut tx, now, now.plus_ms(1_000))
            .await
            .expect("a claim")
            .expect("one waits");
        tx.commit().await.expect("committed");
        deaf.kill();

        let limits = Limits {
            poll_ms: 20,
            ..Limits::default()
        };
        let second = House::at(
            &url,
            media,
            Plan {
                limits,
                ..Plan::default()
            },
        )
        .await;
        second.cx.clock.advance_ms(2_000);
        let mut state = State::Running;
        for _ in 0..200 {
            let mut tx = second.cx.store.read().await.expect("a transaction");
            state = store::checkin::get(&mut tx, checkin)
                .await
                .expect("a row")
                .expect("the attempt")
                .state;
            if state.settled() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(state, State::Verified);
        assert_eq!(second.events(person.id, "checkin_concluded").await.len(), 1);
        let mut tx = second.cx.store.write().await.expect("a transaction");
        let lost = store::checkin::release(&mut tx, &claim).await;
        assert!(
            matches!(lost, Err(store::Error::Lost)),
            "the dead worker's claim changes nothing"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_models_every_check_in_goes_to_review_and_never_to_verified() {
    for_each_database(|url| async move {
        let dir = tempfile::tempdir().expect("a directory");
        let media = dir.path().join("media");
        let first = House::at(&url, media.clone(), Plan::default()).await;
        let unit = first.office().await;
        let (person, _) = first
            .officer(unit.id, "officer", Role::StationOfficer)
            .await
            .ready("C-1")
            .await;
        first.kill();
        let bare = House::at(
            &url,
            media,
            Plan {
                scripted: false,
                ..Plan::default()
            },
        )
        .await;
        let officer = bare.officer(unit.id, "second", Role::StationOfficer).await;
        let phone = officer
            .activate(person.id, crate::support::impatient())
            .await;
        let settled = phone
            .wait(check_in(&phone, "1").await.id, Duration::from_secs(20))
            .await
            .expect("a verdict");
        assert_eq!(settled.state, State::Review);
        let case: wire::CheckinDetail = officer
            .get(&format!("/v1/console/checkins/{}", settled.id))
            .await
            .json()
            .await
            .expect("a case");
        assert_eq!(case.reasons[0].code.as_str(), "no_models");
    })
    .await;
}
