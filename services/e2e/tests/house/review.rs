use std::time::Duration;

use domain::{
    Llr, attendance::Attendance, checkin::State, coaching::Coaching, evidence::Comparison,
};
use engine::{Probe, Scripted};
use reqwest::StatusCode;
use testkit::for_each_database;

use crate::support::{House, check_in, with_phone};

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
