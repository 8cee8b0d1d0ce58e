use std::collections::BTreeMap;

use domain::{access::Role, checkin::State};
use phone::Phone;
use reqwest::StatusCode;
use testkit::for_each_database;
use wire::{Facts, PartDigest};

use super::{WAIT, forger::Forger, problem};
use crate::support::{check_in, due, upload, with_phone};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_submission_again_gets_the_same_answer_and_another_one_is_refused() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        let parts = upload(&phone, &session, "1").await;
        let key = phone
            .submit(&session, parts.clone(), Facts::default())
            .await
            .expect("acknowledged");
        let again = phone
            .submit(&session, parts.clone(), Facts::default())
            .await
            .expect("the same, under another key");
        assert_eq!((key.id, key.submitted_at), (again.id, again.submitted_at));
        let mut other = parts;
        other.remove("voice");
        assert_eq!(
            phone
                .submit(&session, other, Facts::default())
                .await
                .expect_err("another")
                .name(),
            "session-used"
        );
        phone.wait(session.checkin, WAIT).await.expect("a verdict");
        assert_eq!(house.events(person.id, "checkin_submitted").await.len(), 1);
        assert_eq!(house.events(person.id, "checkin_concluded").await.len(), 1);
        assert_eq!(
            phone
                .open(session_duty(&phone).await)
                .await
                .expect_err("met")
                .name(),
            "duty-met"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_window_a_submission_is_refused_and_after_the_session_too() {
    for_each_database(|url| async move {
        let (house, _, phone) = with_phone(&url).await;
        let first = phone.open(due(&phone).await.id).await.expect("a session");
        let parts = upload(&phone, &first, "1").await;
        house.cx.clock.advance_ms(domain::checkin::SESSION_MS + 1);
        assert_eq!(
            phone
                .submit(&first, parts, Facts::default())
                .await
                .expect_err("too old")
                .name(),
            "session-expired"
        );
        house.cx.clock.advance_ms(48 * 60_000);
        let late = phone
            .open(due_late(&phone).await)
            .await
            .expect("the grace is open");
        let parts = upload(&phone, &late, "2").await;
        house.cx.clock.advance_ms(5 * 60_000);
        assert_eq!(
            phone
                .submit(&late, parts, Facts::default())
                .await
                .expect_err("closed")
                .name(),
            "window-closed"
        );
        assert_eq!(
            phone
                .open(due_closed(&phone).await)
                .await
                .expect_err("closed")
                .name(),
            "window-closed"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duty_opens_no_session_before_its_window_or_for_another_person() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let upcoming = by_phase(&phone, domain::duty::Phase::Upcoming).await;
        assert_eq!(
            phone.open(upcoming).await.expect_err("too early").name(),
            "window-not-open"
        );
        let officer = house
            .officer(person.unit, "second", Role::StationOfficer)
            .await;
        let (_, other) = officer.ready("C-2").await;
        let duty = due(&phone).await.id;
        assert_eq!(
            other.open(duty).await.expect_err("not his").name(),
            "not-found"
        );
        let session = phone.open(duty).await.expect("a session");
        assert_eq!(
            other
                .checkin(session.checkin)
                .await
                .expect_err("not his")
                .name(),
            "not-found"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_was_cut_goes_on_where_it_stands() {
    for_each_database(|url| async move {
        let (house, _, phone) = with_phone(&url).await;
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        let own = Forger::with_token(phone.key(), &house).await;
        let whole = vec![9_u8; 300_000];
        let path = format!("/v1/checkins/{}/parts/selfie-0", session.checkin);
        let put = |offset: u64, bytes: Vec<u8>, jti: &'static str| {
            let proof = own.proof(&house, "PUT", &path, jti);
            let request = house
                .http
                .put(format!("{}{path}", house.url))
                .header("dpop", proof);
            let token = own.token.clone().expect("a token");
            request
                .header("authorization", format!("DPoP {token}"))
                .header(wire::UPLOAD_OFFSET, offset)
                .body(bytes)
                .send()
        };
        assert_eq!(
            put(0, whole[..200_000].to_vec(), "a")
                .await
                .expect("an answer")
                .status(),
            StatusCode::NO_CONTENT
        );
        // The answer was lost: the phone sends the same piece again, and hears where the part stands.
        let answer = put(0, whole[..200_000].to_vec(), "b")
            .await
            .expect("an answer");
        assert_eq!(answer.headers()[wire::UPLOAD_OFFSET], "200000");
        assert_eq!(
            problem(answer).await,
            (StatusCode::CONFLICT, "part-offset".into())
        );
        let too_large = put(200_000, vec![0; wire::CHUNK_LEN_MAX + 1], "c")
            .await
            .expect("an answer");
        assert_eq!(
            problem(too_large).await,
            (StatusCode::PAYLOAD_TOO_LARGE, "piece".into())
        );

        let digest = phone
            .upload_from(&session, "selfie-0", &whole, 0)
            .await
            .expect("the client goes on by itself");
        let voice = phone
            .upload(&session, "voice", b"voice")
            .await
            .expect("stored");
        let parts = BTreeMap::from([("selfie-0".to_owned(), digest), ("voice".to_owned(), voice)]);
        phone
            .submit(&session, parts, Facts::default())
            .await
            .expect("acknowledged");
        assert_eq!(
            phone
                .wait(session.checkin, WAIT)
                .await
                .expect("a verdict")
                .state,
            State::Verified
        );
        assert_eq!(
            house.scripted.probes().last().expect("a probe").pictures[0],
            whole
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_different_is_named() {
    for_each_database(|url| async move {
        let (_house, _, phone) = with_phone(&url).await;
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        let selfie = phone
            .upload(&session, "selfie-0", b"picture")
            .await
            .expect("stored");
        let submit = |parts: Vec<(&str, PartDigest)>| {
            let parts = parts
                .into_iter()
                .map(|(name, digest)| (name.to_owned(), digest))
                .collect();
            phone.submit(&session, parts, Facts::default())
        };
        assert_eq!(
            submit(vec![("selfie-0", selfie.clone())])
                .await
                .expect_err("no voice")
                .name(),
            "part-missing"
        );
        let ghost = phone::digest(b"voice");
        assert_eq!(
            submit(vec![("selfie-0", selfie.clone()), ("voice", ghost.clone())])
                .await
                .expect_err("never sent")
                .name(),
            "part-missing"
        );
        phone
            .upload(&session, "voice", b"other voice")
            .await
            .expect("stored");
        assert_eq!(
            submit(vec![("selfie-0", selfie.clone()), ("voice", ghost)])
                .await
                .expect_err("another length")
                .name(),
            "part-mismatch"
        );
        let forged = PartDigest {
            len: 11,
            sha256: phone::digest(b"OTHER VOICE").sha256,
        };
        assert_eq!(
            submit(vec![("selfie-0", selfie), ("voice", forged)])
                .await
                .expect_err("another hash")
                .name(),
            "part-mismatch"
        );
        let refused = phone
            .upload(&session, "passport", b"x")
            .await
            .expect_err("not asked for");
        assert!(
            ["protocol", "part-unknown"].contains(&refused.name()),
            "{}",
            refused.name()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_picture_is_never_taken_twice_from_anybody() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        house.scripted.play(Err(engine::Error::Closed));
        check_in_and_settle(&phone, "same").await;
        let officer = house
            .officer(person.unit, "second", Role::StationOfficer)
            .await;
        let (_, other) = officer.ready("C-2").await;
        let session = other.open(due(&other).await.id).await.expect("a session");
        let parts = upload(&other, &session, "same").await;
        let refused = other
            .submit(&session, parts, Facts::default())
            .await
            .expect_err("seen before");
        assert_eq!(refused.name(), "media-repeated");
        assert_eq!(
            check_in_and_settle(&other, "fresh").await,
            State::Verified,
            "a new session is free"
        );
        let enrolled = officer.ready("C-3").await;
        let session = enrolled
            .1
            .open(due(&enrolled.1).await.id)
            .await
            .expect("a session");
        let picture = format!("picture 0 of {}", enrolled.0.id).into_bytes();
        let selfie = enrolled
            .1
            .upload(&session, "selfie-0", &picture)
            .await
            .expect("stored");
        let voice = enrolled
            .1
            .upload(&session, "voice", b"new")
            .await
            .expect("stored");
        let parts = BTreeMap::from([("selfie-0".to_owned(), selfie), ("voice".to_owned(), voice)]);
        let refused = enrolled
            .1
            .submit(&session, parts, Facts::default())
            .await
            .expect_err("an enrolment's picture");
        assert_eq!(refused.name(), "media-repeated");
    })
    .await;
}

async fn session_duty(phone: &Phone) -> domain::DutyId {
    due(phone).await.id
}

async fn due_late(phone: &Phone) -> domain::DutyId {
    by_phase(phone, domain::duty::Phase::Late).await
}

async fn due_closed(phone: &Phone) -> domain::DutyId {
    by_phase(phone, domain::duty::Phase::Closed).await
}

async fn by_phase(phone: &Phone, phase: domain::duty::Phase) -> domain::DutyId {
    let duties = phone.duties().await.expect("duties").duties;
    duties
        .into_iter()
        .find(|duty| duty.phase == phase)
        .expect("a duty in this phase")
        .id
}

async fn check_in_and_settle(phone: &Phone, salt: &str) -> State {
    let id = check_in(phone, salt).await.id;
    phone.wait(id, WAIT).await.expect("a verdict").state
}
