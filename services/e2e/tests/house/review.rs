use std::time::Duration;

use domain::{
    CheckinId, Llr,
    attendance::Attendance,
    checkin::State,
    coaching::Coaching,
    evidence::{Comparison, ContentMethod},
};
use engine::{Probe, Scripted};
use phone::Phone;
use reqwest::StatusCode;
use testkit::for_each_database;

use crate::support::{House, Officer, check_in, upload, with_phone};

const WAIT: Duration = Duration::from_secs(20);

/// A probe as the scripted engine sees a complete check-in.
fn genuine(house: &House) -> domain::evidence::Measurement {
    let face = engine::FaceTemplate::new(
        Scripted::PACK,
        vec![engine::Embedding::normalise(vec![1.0; 4]).expect("a direction")],
    );
    let probe = Probe {
        pictures: vec!["x".into()],
        voice: Some("x".into()),
        face_template: face,
        voice_template: None,
        prompt: Some("1".into()),
        presence: None,
    };
    let _ = house;
    Scripted::genuine(&probe)
}

fn against(nats: f64) -> Option<Comparison> {
    Llr::new(nats).map(|llr| Comparison { score: 0.1, llr })
}

#[tokio::test(flavor = "multi_thread")]
async fn another_face_goes_to_an_officer_whose_decision_counts() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let mut seen = genuine(&house);
        seen.pictures[0].comparison = against(-6.0);
        let voice = seen.voice.as_mut().expect("a voice");
        voice.speaker = against(6.0);
        house.scripted.play(Ok(seen));
        let settled = phone
            .wait(check_in(&phone, "1").await.id, WAIT)
            .await
            .expect("a verdict");
        assert_eq!(settled.state, State::Review);
        let verdict = settled.verdict.clone().expect("a verdict");
        assert!(
            verdict.coaching.is_empty(),
            "a person is not told what did not match"
        );

        let officer = house
            .officer(
                person.unit,
                "reviewer",
                domain::access::Role::StationOfficer,
            )
            .await;
        let queue: wire::Page<wire::ReviewItem> = officer
            .get("/v1/console/reviews")
            .await
            .json()
            .await
            .expect("a queue");
        assert_eq!(queue.items.len(), 1);
        assert_eq!(queue.items[0].reasons[0].code.as_str(), "face_mismatch");
        let path = format!("/v1/console/checkins/{}", settled.id);
        let case: wire::CheckinDetail = officer.get(&path).await.json().await.expect("a case");
        assert_eq!(
            (case.captured.len(), case.enrolled.len(), case.attendance),
            (2, 6, Attendance::UnderReview)
        );
        assert!(case.evidence.face_llr.expect("a comparison") < 0.0);
        let weighed = case.evidence.measurement.expect("it was measured");
        let fused = &weighed["fused"];
        assert_eq!(fused["level"], "general");
        assert!(fused["llr"].as_f64() < fused["asked"].as_f64(), "{fused}");
        assert_eq!(fused["contributions"][0]["kind"], "face");
        let told = serde_json::to_string(&settled).expect("what the phone got");
        assert!(!told.contains("llr") && !told.contains("fused"), "{told}");

        let picture = officer
            .get(&format!("/v1/console/media/{}", case.captured[0].media))
            .await;
        assert_eq!(picture.bytes().await.expect("the picture"), "selfie-0 1");
        assert_eq!(
            house.events(person.id, "media_read").await.len(),
            1,
            "every look is written down"
        );

        let answer = officer
            .post(
                &format!("{path}/decision"),
                &serde_json::json!({ "decision": "accept", "reason": "本人，换了发型" }),
            )
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        let after = phone.checkin(settled.id).await.expect("the attempt");
        assert_eq!(after.state, State::Accepted);
        let claims = phone
            .verify(&after.receipt.expect("a receipt"))
            .await
            .expect("signed");
        assert_eq!(claims.attendance, Attendance::OnTime);
        let again = officer
            .post(
                &format!("{path}/decision"),
                &serde_json::json!({ "decision": "decline", "reason": "x" }),
            )
            .await;
        assert_eq!(
            again.status(),
            StatusCode::CONFLICT,
            "what is decided stays decided"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dark_picture_is_a_free_retry_with_coaching() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let mut seen = genuine(&house);
        seen.pictures[0]
            .facts
            .as_mut()
            .expect("readable")
            .face
            .as_mut()
            .expect("a face")
            .luma_mean = 20.0;
        house.scripted.play(Ok(seen));
        let settled = phone
            .wait(check_in(&phone, "dark").await.id, WAIT)
            .await
            .expect("a verdict");
        assert_eq!(settled.state, State::Retry);
        let coaching: Vec<_> = settled
            .verdict
            .expect("a verdict")
            .coaching
            .into_iter()
            .map(|coached| coached.code)
            .collect();
        assert_eq!(coaching, [Coaching::TooDark]);
        let again = phone
            .wait(check_in(&phone, "light").await.id, WAIT)
            .await
            .expect("a verdict");
        assert_eq!(again.state, State::Verified);
        assert_eq!(house.events(person.id, "checkin_concluded").await.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_that_say_nothing_are_read_again_and_all_that_was_read_counts() {
    for_each_database(|url| async move {
        let (house, _, phone) = with_phone(&url).await;
        let read = async |salt: &str, nats: f64| {
            let mut seen = genuine(&house);
            let voice = seen.voice.as_mut().expect("a voice");
            voice.speaker = against(6.0);
            voice.content = against(nats).map(|content| (ContentMethod::OwnDigits, content));
            house.scripted.play(Ok(seen));
            let checkin = check_in(&phone, salt).await;
            phone.wait(checkin.id, WAIT).await.expect("a verdict")
        };
        for salt in ["first", "second"] {
            let settled = read(salt, 0.2).await;
            let verdict = settled.verdict.expect("a verdict");
            let codes: Vec<_> = verdict.coaching.iter().map(|one| one.code).collect();
            assert_eq!(codes, [Coaching::ReadClearly]);
        }
        // By itself it would do.
        let third = read("third", 1.5).await;
        assert_eq!(third.state, State::Review);
    })
    .await;
}

/// A check-in with another face, before officers of one office: the first, a second, a third.
async fn doubted<'a>(
    house: &'a House,
    person: &wire::Person,
    phone: &Phone,
    salt: &str,
) -> (CheckinId, [Officer<'a>; 3]) {
    let mut seen = genuine(house);
    seen.pictures[0].comparison = against(-6.0);
    house.scripted.play(Ok(seen));
    let settled = phone
        .wait(check_in(phone, salt).await.id, WAIT)
        .await
        .expect("a verdict");
    assert_eq!(settled.state, State::Review);
    let role = domain::access::Role::StationOfficer;
    let officers = [
        house.officer(person.unit, "li", role).await,
        house.officer(person.unit, "wang", role).await,
        house.officer(person.unit, "zhao", role).await,
    ];
    (settled.id, officers)
}

async fn consistent(house: &House) {
    let report = app::recompute::check(&house.cx).await.expect("a report");
    assert_eq!(report.told, []);
}

fn problem<T>(answer: &Result<T, phone::Error>) -> Option<&str> {
    answer.as_ref().err().map(phone::Error::name)
}

async fn thinks(officer: &Officer<'_>, id: CheckinId, decision: &str) -> StatusCode {
    let body = serde_json::json!({ "decision": decision, "reason": format!("{decision}的理由") });
    let path = format!("/v1/console/checkins/{id}/decision");
    officer.post(&path, &body).await.status()
}

async fn case(officer: &Officer<'_>, id: CheckinId) -> wire::CheckinDetail {
    let answer = officer.get(&format!("/v1/console/checkins/{id}")).await;
    answer.json().await.expect("a case")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_needs_a_second_officer_who_knows_nothing_of_the_first() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let (id, [first, second, third]) = doubted(&house, &person, &phone, "1").await;
        assert_eq!(thinks(&first, id, "decline").await, StatusCode::OK);
        let told = phone.checkin(id).await.expect("the attempt");
        assert_eq!(told.state, State::Review, "nothing happened to the person");
        assert_eq!(thinks(&first, id, "decline").await, StatusCode::CONFLICT);
        assert_eq!(
            thinks(&first, id, "accept").await,
            StatusCode::CONFLICT,
            "nobody is his own second"
        );
        let queue: wire::Page<wire::ReviewItem> = first
            .get("/v1/console/reviews")
            .await
            .json()
            .await
            .expect("a queue");
        assert!(queue.items.is_empty(), "it waits for others");
        assert_eq!(case(&first, id).await.opinions.len(), 1);
        let blind = case(&second, id).await;
        assert!(blind.opinions.is_empty() && blind.decision.is_none());
        assert_eq!(thinks(&second, id, "decline").await, StatusCode::OK);
        let told = phone.checkin(id).await.expect("the attempt");
        assert_eq!(told.state, State::Declined);
        assert!(told.appeal_until.is_some());
        assert_eq!(
            case(&third, id).await.opinions.len(),
            2,
            "settled, it is open to all"
        );
        assert_eq!(house.events(person.id, "second_look_asked").await.len(), 1);
        assert_eq!(house.events(person.id, "checkin_decided").await.len(), 1);
        consistent(&house).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_two_officers_differ_the_person_has_the_benefit_of_the_doubt() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let (id, [first, second, _]) = doubted(&house, &person, &phone, "1").await;
        assert_eq!(thinks(&first, id, "decline").await, StatusCode::OK);
        assert_eq!(thinks(&second, id, "accept").await, StatusCode::OK);
        let told = phone.checkin(id).await.expect("the attempt");
        assert_eq!((told.state, told.appeal_until), (State::Accepted, None));
        consistent(&house).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_declined_is_contested_and_an_officer_without_a_part_in_it_decides() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let (id, [first, second, third]) = doubted(&house, &person, &phone, "1").await;
        let early = phone.appeal_checkin(id, "是我").await;
        assert_eq!(problem(&early), Some("appeal-nothing-taken"));
        for officer in [&first, &second] {
            assert_eq!(thinks(officer, id, "decline").await, StatusCode::OK);
        }
        let empty = phone.appeal_checkin(id, "  ").await;
        assert_eq!(problem(&empty), Some("invalid"));
        let filed = phone
            .appeal_checkin(id, "我刚理了发")
            .await
            .expect("it is filed");
        assert_eq!((filed.finding, filed.text.as_str()), (None, "我刚理了发"));
        let again = phone.appeal_checkin(id, "再说一次").await;
        assert_eq!(problem(&again), Some("appeal-filed"));
        let open: wire::Page<wire::CheckinAppeal> = third
            .get("/v1/console/checkin-appeals")
            .await
            .json()
            .await
            .expect("a list");
        assert_eq!(open.items.len(), 1);
        let path = format!("/v1/console/checkins/{id}/appeal");
        let body = serde_json::json!({ "finding": "granted", "reason": "复看是本人" });
        for own in [&first, &second] {
            let answer = own.post(&path, &body).await;
            assert_eq!(answer.status(), StatusCode::CONFLICT);
        }
        let answer = third.post(&path, &body).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let told = phone.checkin(id).await.expect("the attempt");
        assert_eq!(told.state, State::Accepted);
        let appeal = told.appeal.expect("an appeal");
        assert_eq!(appeal.reason, "复看是本人");
        let claims = phone
            .verify(&told.receipt.expect("a receipt"))
            .await
            .expect("signed");
        assert_eq!(
            claims.attendance,
            Attendance::OnTime,
            "it counts from when it was handed in"
        );
        assert_eq!(
            third.post(&path, &body).await.status(),
            StatusCode::CONFLICT
        );
        consistent(&house).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_asked_again_may_answer_after_the_window_and_was_there_in_time() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let (id, _) = doubted(&house, &person, &phone, "1").await;
        let duty = phone.checkin(id).await.expect("the attempt").duty;
        let opens_at = |duties: &wire::Duties| {
            let of = duties.duties.iter().find(|one| one.id == duty);
            of.map(|one| (one.phase, one.attendance))
        };
        // Two days later nobody has looked, and the window is long over.
        house.cx.clock.advance_ms(2 * 24 * 3_600_000);
        let role = domain::access::Role::StationOfficer;
        let officer = house.officer(person.unit, "sun", role).await;
        assert_eq!(thinks(&officer, id, "ask_again").await, StatusCode::OK);
        let told = phone.checkin(id).await.expect("the attempt");
        assert_eq!(told.state, State::AskedAgain);
        let duties = phone.duties().await.expect("duties");
        assert_eq!(
            opens_at(&duties),
            Some((domain::duty::Phase::Late, Attendance::Due))
        );
        let session = phone.open(duty).await.expect("a session");
        let parts = upload(&phone, &session, "again").await;
        let again = phone
            .submit(&session, parts, wire::Facts::default())
            .await
            .expect("acknowledged");
        let settled = phone.wait(again.id, WAIT).await.expect("a verdict");
        assert_eq!(settled.state, State::Verified);
        let claims = phone
            .verify(&settled.receipt.expect("a receipt"))
            .await
            .expect("signed");
        assert_eq!(claims.attendance, Attendance::OnTime);
        consistent(&house).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_at_the_console_sees_nothing_of_another_county() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let elsewhere = house.office().await;
        let stranger = house.officer(elsewhere.id, "stranger", domain::access::Role::CountyHead).await;
        for path in [format!("/v1/console/persons/{}", person.id), format!("/v1/console/persons/{}/plan", person.id)] {
            let answer = if path.ends_with("plan") {
                stranger.post(&path, &serde_json::json!({ "zone": "Asia/Shanghai", "rules": [{ "times": { "kind": "window", "opens": "08:00", "closes": "09:00" }, "factors": "voice" }] })).await
            } else {
                stranger.get(&path).await
            };
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
        let list: wire::Page<wire::PersonSummary> = stranger.get("/v1/console/persons").await.json().await.expect("a list");
        assert!(list.items.is_empty());
    })
    .await;
}
