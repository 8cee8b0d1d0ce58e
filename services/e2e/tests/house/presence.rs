//! What a session asks to be shown besides a frontal face: from the phone's offer to the verdict.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    Llr,
    access::Role,
    checkin::State,
    coaching::Coaching,
    evidence::{Comparison, Measurement},
};
use engine::{Probe, Scripted, Showing};
use phone::Phone;
use reqwest::StatusCode;
use testkit::for_each_database;
use wire::{Ability, Facts, PartDigest, Session};

use crate::support::{House, Officer, due, impatient, person, upload, with_phone};

const WAIT: Duration = Duration::from_secs(20);
const BOTH: [Ability; 2] = [Ability::Turn, Ability::Flash];

/// Makes a good measurement one that contradicts what was asked.
type Spoil = fn(&mut Measurement);

/// Uploads what is asked of every attempt, and so many of the answers to what this session asks, in the order of the parts.
async fn answer(
    phone: &Phone,
    session: &Session,
    salt: &str,
    count: usize,
) -> BTreeMap<String, PartDigest> {
    let mut parts = upload(phone, session, salt).await;
    let asked = session.parts.iter().map(|part| part.name.as_str());
    let shown = asked.filter(|name| *name == "turn" || name.starts_with("flash-"));
    for name in shown.take(count) {
        let bytes = format!("{name} {salt}");
        let digest = phone.upload(session, name, bytes.as_bytes()).await;
        parts.insert(name.to_owned(), digest.expect("the part is stored"));
    }
    parts
}

async fn settled(
    phone: &Phone,
    session: &Session,
    parts: BTreeMap<String, PartDigest>,
) -> wire::Checkin {
    let submitted = phone.submit(session, parts, Facts::default()).await;
    let id = submitted.expect("an acknowledgement").id;
    phone.wait(id, WAIT).await.expect("a verdict")
}

/// A genuine measurement of a session in which everything asked was answered.
fn genuine(session: &Session) -> Measurement {
    let asked = session.presence.clone().expect("something is asked");
    let flash = asked.flash.map(|flash| domain::challenge::Flash {
        colours: flash.colours,
        each_ms: flash.each_ms,
    });
    let face = Scripted::likeness(b"picture").values().to_vec();
    let face = engine::Embedding::normalise(face).expect("a direction");
    let mut seen = Scripted::genuine(&Probe {
        pictures: vec!["x".into()],
        voice: Some("x".into()),
        face_template: engine::FaceTemplate::new(Scripted::PACK, vec![face]),
        voice_template: None,
        prompt: Some("1".into()),
        presence: Some(Showing {
            turn: Some("x".into()),
            flash: vec![Some("x".into()); flash.as_ref().map_or(0, |flash| flash.colours.len())],
            asked: domain::challenge::Presence {
                turn: asked.turn,
                flash,
            },
        }),
    });
    let heard = seen.voice.as_mut().expect("a voice");
    heard.speaker = heard.content.map(|(_, own)| own);
    seen
}

fn nats(score: f64, llr: f64) -> Option<Comparison> {
    Llr::new(llr).map(|llr| Comparison { score, llr })
}

async fn reasons(officer: &Officer<'_>, id: domain::CheckinId) -> Vec<String> {
    let path = format!("/v1/console/checkins/{id}");
    let case: wire::CheckinDetail = officer.get(&path).await.json().await.expect("a case");
    let codes = case.reasons.iter().map(|reason| reason.code.to_string());
    codes.collect()
}

/// A person of the strict level with a window by face and voice, and his phone.
async fn strict(house: &House) -> (Officer<'_>, Phone) {
    let unit = house.office().await;
    let officer = house.officer(unit.id, "strict", Role::StationOfficer).await;
    let mut body = person(unit.id, "C-9");
    body["order"]["level"] = "strict".into();
    let answer = officer.post("/v1/console/persons", &body).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let person: wire::Person = answer.json().await.expect("a person");
    let plan = serde_json::json!({ "zone": "Asia/Shanghai", "rules": [{
        "times": { "kind": "window", "opens": "08:00", "closes": "09:00" }, "grace_min": 30, "factors": "face_and_voice",
    }] });
    let path = format!("/v1/console/persons/{}/plan", person.id);
    assert_eq!(
        officer.post(&path, &plan).await.status(),
        StatusCode::CREATED
    );
    officer.enrol(person.id).await;
    let phone = officer.activate(person.id, impatient()).await;
    (officer, phone)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_can_is_asked_and_whoever_answers_is_verified() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let duty = due(&phone).await.id;
        let session = phone.open_as_able(duty, &BOTH).await.expect("a session");
        let presence = session.presence.clone().expect("both are asked");
        assert!(presence.turn.is_some());
        let flash = presence.flash.expect("colours");
        assert_eq!((flash.colours.len(), flash.each_ms), (4, 600));
        let optional: Vec<_> = session
            .parts
            .iter()
            .filter(|part| part.name == "turn" || part.name.starts_with("flash-"))
            .map(|part| (part.name.as_str(), part.required))
            .collect();
        let expected = ["turn", "flash-0", "flash-1", "flash-2", "flash-3"];
        assert_eq!(optional, expected.map(|name| (name, false)));

        let parts = answer(&phone, &session, "1", 5).await;
        let checkin = settled(&phone, &session, parts).await;
        assert_eq!(checkin.state, State::Verified);
        let told = serde_json::to_string(&checkin).expect("what the phone got");
        for secret in ["llr", "score", "gain", "turn_not", "flash_not"] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
        let probe = house.scripted.probes().pop().expect("it was measured");
        assert_eq!(
            probe.pictures,
            ["selfie-0 1"],
            "answers are no frontal pictures"
        );
        let shown = probe.presence.expect("what was asked");
        assert_eq!(shown.turn.as_deref(), Some(&b"turn 1"[..]));
        let frames: Vec<_> = shown.flash.into_iter().flatten().collect();
        assert_eq!(frames, ["flash-0 1", "flash-1 1", "flash-2 1", "flash-3 1"]);

        let officer = house
            .officer(person.unit, "reader", Role::StationOfficer)
            .await;
        let path = format!("/v1/console/checkins/{}", checkin.id);
        let case: wire::CheckinDetail = officer.get(&path).await.json().await.expect("a case");
        assert_eq!(case.captured.len(), 7, "the officer sees all of it");
        let weighed = case.evidence.measurement.expect("it was measured");
        let kinds: Vec<_> = weighed["fused"]["contributions"]
            .as_array()
            .expect("contributions")
            .iter()
            .map(|one| one["kind"].as_str().expect("a kind").to_owned())
            .collect();
        assert!(kinds.contains(&"turn".to_owned()) && kinds.contains(&"flash".to_owned()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_contradicts_the_question_goes_to_an_officer_with_its_reason_and_the_phone_hears_nothing_of_it()
 {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "reviewer", Role::StationOfficer)
            .await;
        let cases: [(&str, Spoil); 2] = [
            ("turn_not_followed", |seen| {
                let shown = seen.presence.as_mut().expect("asked");
                shown.turn.as_mut().expect("answered").followed = nats(-24.0, -2.3);
            }),
            ("flash_not_followed", |seen| {
                let shown = seen.presence.as_mut().expect("asked");
                shown.flash.as_mut().expect("answered").followed = nats(-9.0, -3.5);
            }),
        ];
        for (number, (reason, spoil)) in cases.into_iter().enumerate() {
            let duty = due(&phone).await.id;
            let session = phone.open_as_able(duty, &BOTH).await.expect("a session");
            let mut seen = genuine(&session);
            spoil(&mut seen);
            house.scripted.play(Ok(seen));
            let parts = answer(&phone, &session, &number.to_string(), 5).await;
            let checkin = settled(&phone, &session, parts).await;
            assert_eq!(checkin.state, State::Review);
            assert_eq!(reasons(&officer, checkin.id).await, [reason]);
            let told = serde_json::to_string(&checkin).expect("what the phone got");
            assert!(!told.contains(reason) && !told.contains("llr"), "{told}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_says_nothing_of_itself_is_asked_for_nothing() {
    for_each_database(|url| async move {
        let (house, _, phone) = with_phone(&url).await;
        let duty = due(&phone).await.id;
        let later = phone.open_as_able(duty, &[Ability::Other]).await;
        assert_eq!(later.expect("a session").presence, None);
        let session = phone.open(duty).await.expect("a session");
        assert_eq!(session.presence, None);
        let refused = phone.upload(&session, "turn", b"turned").await;
        assert_eq!(refused.expect_err("not asked for").name(), "part-unknown");
        let parts = upload(&phone, &session, "1").await;
        let checkin = settled(&phone, &session, parts).await;
        assert_eq!(checkin.state, State::Verified);
        let probe = house.scripted.probes().pop().expect("it was measured");
        assert!(probe.presence.is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_strict_level_misses_an_answer() {
    for_each_database(|url| async move {
        let (house, _, phone) = with_phone(&url).await;
        let duty = due(&phone).await.id;
        let session = phone.open_as_able(duty, &BOTH).await.expect("a session");
        let parts = answer(&phone, &session, "general", 0).await;
        assert_eq!(
            settled(&phone, &session, parts).await.state,
            State::Verified
        );

        let (officer, phone) = strict(&house).await;
        let duty = due(&phone).await.id;
        let session = phone.open_as_able(duty, &BOTH).await.expect("a session");
        let parts = answer(&phone, &session, "strict", 4).await;
        let checkin = settled(&phone, &session, parts).await;
        assert_eq!(checkin.state, State::Review);
        assert_eq!(reasons(&officer, checkin.id).await, ["presence_missing"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_hardly_turned_is_asked_twice_more_and_then_an_officer_looks() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let (officer, phone) = strict(&house).await;
        for number in 0..3 {
            let duty = due(&phone).await.id;
            let session = phone.open_as_able(duty, &BOTH).await.expect("a session");
            let mut seen = genuine(&session);
            let shown = seen.presence.as_mut().expect("asked");
            shown.turn.as_mut().expect("answered").followed = nats(5.0, -1.2);
            house.scripted.play(Ok(seen));
            let parts = answer(&phone, &session, &number.to_string(), 5).await;
            let checkin = settled(&phone, &session, parts).await;
            if number < 2 {
                assert_eq!(checkin.state, State::Retry);
                let verdict = checkin.verdict.expect("a verdict");
                let coached: Vec<_> = verdict.coaching.iter().map(|one| one.code).collect();
                assert_eq!(coached, [Coaching::TurnHead]);
            } else {
                assert_eq!(checkin.state, State::Review);
                assert_eq!(reasons(&officer, checkin.id).await, ["presence_missing"]);
            }
        }
    })
    .await;
}
