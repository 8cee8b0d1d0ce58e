use std::time::Duration;

use domain::{attendance::Attendance, checkin::State, verdict::VerdictKind};
use phone::PhoneConfig;
use testkit::for_each_database;

use crate::support::{House, MORNING, check_in, due, impatient, upload, with_phone};

const WAIT: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_genuine_check_in_is_verified_marked_on_time_and_receipted() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let acknowledged = check_in(&phone, "1").await;
        assert!(
            acknowledged.receipt.is_some(),
            "the acknowledgement carries a receipt"
        );
        let settled = phone.wait(acknowledged.id, WAIT).await.expect("a verdict");
        assert_eq!(settled.state, State::Verified);
        assert_eq!(
            settled.verdict.expect("a verdict").kind,
            VerdictKind::Verified
        );
        let receipt = phone.receipt(settled.id).await.expect("a receipt").receipt;
        let claims = phone.verify(&receipt).await.expect("the signature holds");
        assert_eq!(
            (claims.state, claims.attendance, claims.person),
            (State::Verified, Attendance::OnTime, person.id)
        );
        assert_eq!(claims.media.len(), 2);
        assert_eq!(house.events(person.id, "checkin_concluded").await.len(), 1);
        let marked = phone
            .duties()
            .await
            .expect("duties")
            .duties
            .into_iter()
            .find(|duty| duty.id == settled.duty);
        assert_eq!(
            marked.expect("the duty is listed").attendance,
            Attendance::OnTime
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_in_after_closing_but_within_the_grace_is_late() {
    for_each_database(|url| async move {
        let (house, _, phone) = with_phone(&url).await;
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        house.cx.clock.advance_ms(9 * 60_000);
        let parts = upload(&phone, &session, "1").await;
        phone
            .submit(&session, parts, wire::Facts::default())
            .await
            .expect("in time");
        let first = phone.wait(session.checkin, WAIT).await.expect("a verdict");
        assert_eq!(first.state, State::Verified);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lateness_counts_from_the_moment_of_submission() {
    for_each_database(|url| async move {
        let (house, _, phone) = with_phone(&url).await;
        house.cx.clock.advance_ms(29 * 60_000);
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        house.cx.clock.advance_ms(2 * 60_000);
        let parts = upload(&phone, &session, "1").await;
        phone
            .submit(&session, parts, wire::Facts::default())
            .await
            .expect("within the grace");
        phone.wait(session.checkin, WAIT).await.expect("a verdict");
        let claims = phone
            .verify(
                &phone
                    .receipt(session.checkin)
                    .await
                    .expect("a receipt")
                    .receipt,
            )
            .await
            .expect("signed");
        assert_eq!(claims.attendance, Attendance::Late);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_phones_clock_may_be_wrong() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let officer = house
            .officer(unit.id, "officer", domain::access::Role::StationOfficer)
            .await;
        let person = officer.register("C-1").await;
        officer.enrol(person.id).await;
        let clock = phone::Clock::Manual(std::sync::Arc::new(std::sync::atomic::AtomicI64::new(
            MORNING.unix_s() - 86_400 * 400,
        )));
        let phone = officer
            .activate(
                person.id,
                PhoneConfig {
                    clock,
                    ..impatient()
                },
            )
            .await;
        let settled = phone
            .wait(check_in(&phone, "1").await.id, WAIT)
            .await
            .expect("a verdict");
        assert_eq!(settled.state, State::Verified);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_phone_ends_the_old_one() {
    for_each_database(|url| async move {
        let (house, person, old) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "second", domain::access::Role::StationOfficer)
            .await;
        let new = officer.activate(person.id, impatient()).await;
        assert!(new.duties().await.is_ok());
        let refused = old
            .duties()
            .await
            .expect_err("the old phone is no longer active");
        assert_eq!(refused.name(), "access-token");
    })
    .await;
}
