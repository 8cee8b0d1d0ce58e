//! One face among many: who stands in for another, and who is enrolled twice.

use std::time::Duration;

use domain::{
    Llr, PersonId,
    access::Role,
    alert::{Cause, Rule},
    checkin::State,
    enrolment,
    event::EventKind,
    evidence::{Comparison, Measurement},
    org::Level,
};
use engine::{Probe, Scripted};
use phone::Phone;
use reqwest::StatusCode;
use serde_json::json;
use testkit::for_each_database;

use crate::support::{House, Officer, check_in, with_phone};

const WAIT: Duration = Duration::from_secs(20);

/// An attempt that shows the face of `shown`, which is not its person's.
fn of_another(shown: &str) -> Measurement {
    let face = Scripted::likeness(b"picture").values().to_vec();
    let face = engine::Embedding::normalise(face).expect("a direction");
    let probe = Probe {
        pictures: vec!["x".into()],
        voice: Some("x".into()),
        face_template: engine::FaceTemplate::new(Scripted::PACK, vec![face]),
        voice_template: None,
        prompt: Some("1".into()),
        presence: None,
    };
    let mut seen = Scripted::genuine(&probe);
    let against = Llr::new(-6.0).map(|llr| Comparison { score: 0.1, llr });
    seen.pictures[0].comparison = against;
    let shown = format!("selfie of {shown}");
    seen.pictures[0].likeness = Some(Scripted::likeness(shown.as_bytes()));
    let heard = seen.voice.as_mut().expect("a voice");
    heard.speaker = heard.content.map(|(_, own)| own);
    seen
}

async fn shows(house: &House, phone: &Phone, salt: &str, shown: &str) -> wire::Checkin {
    house.scripted.play(Ok(of_another(shown)));
    let id = check_in(phone, salt).await.id;
    phone.wait(id, WAIT).await.expect("a verdict")
}

async fn kinds(officer: &Officer<'_>) -> Vec<Rule> {
    let page = officer.get("/v1/console/alerts?state=open").await;
    let page: wire::Page<wire::Alert> = page.json().await.expect("a page");
    page.items.into_iter().map(|alert| alert.kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_supervised_persons_face_is_told_to_the_officer_and_never_to_the_phone() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let (helper, _) = officer.ready("C-2").await;
        let settled = shows(&house, &phone, "1", &helper.id.to_string()).await;
        assert_eq!(settled.state, State::Review);
        let told = serde_json::to_string(&settled).expect("json");
        assert!(!told.contains(&helper.id.to_string()) && !told.contains("stand_in"));

        assert_eq!(kinds(&officer).await, [Rule::StandIn]);
        let events = house.events(person.id, "alert_raised").await;
        let Some(EventKind::AlertRaised {
            cause: Cause::StandIn(found),
            ..
        }) = events.first()
        else {
            panic!("{events:?}");
        };
        assert_eq!(
            (found.checkin, found.resembles, found.searched),
            (settled.id, helper.id, 1)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_face_and_one_of_another_county_name_nobody() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        officer.ready("C-2").await;
        let elsewhere = house.unit(None, Level::County, "邻县").await;
        let far = house
            .officer(elsewhere.id, "far", Role::CountyOfficer)
            .await;
        let (neighbour, _) = far.ready("C-3").await;
        for (salt, shown) in [("1", "nobody"), ("2", &neighbour.id.to_string())] {
            let settled = shows(&house, &phone, salt, shown).await;
            assert_eq!(settled.state, State::Review);
        }
        assert!(!kinds(&officer).await.contains(&Rule::StandIn));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_no_longer_supervised_is_not_named() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house.officer(person.unit, "one", Role::CountyOfficer).await;
        let (helper, _) = officer.ready("C-2").await;
        end(&officer, helper.id).await;
        shows(&house, &phone, "1", &helper.id.to_string()).await;
        assert!(!kinds(&officer).await.contains(&Rule::StandIn));
        // He may come back under another file: the same face is enrolled again.
        let again = officer.register("C-3").await;
        let enrolled = officer
            .enrol_as(again.id, &helper.id.to_string(), None)
            .await;
        assert_eq!(enrolled.state, enrolment::State::Complete);
    })
    .await;
}

async fn end(officer: &Officer<'_>, person: PersonId) {
    let body = json!({ "reason": "term_served", "note": "期满" });
    let path = format!("/v1/console/persons/{person}/end");
    assert_eq!(officer.post(&path, &body).await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_face_is_enrolled_under_one_name_unless_the_county_says_why() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let face = person.id.to_string();
        let twin = officer.register("C-2").await;
        let refused = officer.enrol_as(twin.id, &face, None).await;
        assert_eq!(refused.state, enrolment::State::Refused);
        assert!(refused.flaws.is_empty());
        let problem = refused.problem.expect("a problem");
        assert_eq!(problem.kind, "urn:muster:problem:face-enrolled");
        assert_eq!(problem.facts["person"], json!(person.id));
        assert!(house.events(twin.id, "device_activated").await.is_empty());

        // Somebody of another subtree is told that it is so, not who it is.
        let elsewhere = house.unit(None, Level::County, "邻县").await;
        let far = house
            .officer(elsewhere.id, "far", Role::CountyOfficer)
            .await;
        let stranger = far.register("C-3").await;
        let refused = far.enrol_as(stranger.id, &face, None).await;
        let problem = refused.problem.expect("a problem");
        assert_eq!(problem.facts.get("person"), None);
        let told = serde_json::to_string(&problem).expect("json");
        assert!(!told.contains(&face));

        let despite = Some("双胞胎，已核对身份证");
        let denied = officer.hand_in(twin.id, &face, despite).await;
        assert_eq!(denied.1.status(), StatusCode::FORBIDDEN);
        let county = house
            .officer(person.unit, "county", Role::CountyOfficer)
            .await;
        let enrolled = county.enrol_as(twin.id, &face, despite).await;
        assert_eq!(enrolled.state, enrolment::State::Complete);
        let handed_in = house.events(twin.id, "enrolment_submitted").await;
        let reasons: Vec<_> = handed_in
            .iter()
            .filter_map(|event| {
                let EventKind::EnrolmentSubmitted { despite, .. } = event else {
                    return None;
                };
                despite.as_deref()
            })
            .collect();
        assert_eq!(reasons, ["双胞胎，已核对身份证"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_enrolled_again_as_himself() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let again = officer.enrol(person.id).await;
        assert_eq!(again.state, enrolment::State::Complete);
        assert_eq!(again.problem, None);
    })
    .await;
}
