//! Templates follow the model pack, and an officer can revoke them.

use domain::{access::Role, checkin::State, event::EventKind};
use engine::{Engine, Scripted};
use reqwest::StatusCode;
use serde_json::json;
use std::time::Duration;
use testkit::for_each_database;

use crate::support::{House, check_in, due, with_phone};

const WAIT: Duration = Duration::from_secs(20);
const NEXT: &str = "scripted@2";

/// The same house as a process with the next pack sees it.
async fn next_house(house: &House) -> app::Cx {
    house
        .beside(Engine::Scripted(Scripted::of_pack(NEXT, 2)))
        .await
}

async fn packs(cx: &app::Cx) -> Vec<(String, u64)> {
    let packs = app::template::packs(cx).await.expect("the packs");
    packs
        .into_iter()
        .map(|one| (one.pack, one.persons))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_pack_gets_templates_of_everybody_beside_the_old_ones() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let next = next_house(&house).await;
        let renewed = app::template::renew(&next).await.expect("renewed");
        assert_eq!((renewed.made, renewed.unusable.as_slice()), (1, &[][..]));
        let both = [(Scripted::PACK.to_owned(), 1), (NEXT.to_owned(), 1)];
        assert_eq!(packs(&house.cx).await, both);
        let again = app::template::renew(&next).await.expect("renewed");
        assert_eq!(again.made, 0, "nothing is missing any more");
        let events = house.events(person.id, "templates_renewed").await;
        assert!(
            matches!(&events[..], [EventKind::TemplatesRenewed { pack, .. }] if pack == NEXT),
            "{events:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_enrolled_anew_meanwhile_is_renewed_from_the_new_captures() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let next = next_house(&house).await;
        app::template::renew(&next).await.expect("renewed");
        house.cx.clock.advance_ms(60_000);
        let enrolment = officer.enrol(person.id).await;
        let renewed = app::template::renew(&next).await.expect("renewed");
        assert_eq!(renewed.made, 1);
        let events = house.events(person.id, "templates_renewed").await;
        let of_new = |event: &EventKind| matches!(event, EventKind::TemplatesRenewed { enrolment: of, .. } if *of == enrolment.id);
        assert_eq!(events.iter().filter(|event| of_new(event)).count(), 1);
        assert_eq!(app::template::renew(&next).await.expect("renewed").made, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pack_in_use_is_never_retired_and_another_one_goes_whole() {
    for_each_database(|url| async move {
        let (house, _, _) = with_phone(&url).await;
        let next = next_house(&house).await;
        app::template::renew(&next).await.expect("renewed");
        let refused = app::template::retire(&next, NEXT, Some(NEXT)).await;
        assert!(
            matches!(refused, Err(app::Error::Invalid { field: "pack", .. })),
            "{refused:?}"
        );
        let retired = app::template::retire(&next, Scripted::PACK, Some(NEXT)).await;
        assert_eq!(retired.expect("retired"), 2, "a face and a voice");
        assert_eq!(packs(&house.cx).await, [(NEXT.to_owned(), 1)]);
        let again = app::template::retire(&next, Scripted::PACK, Some(NEXT)).await;
        assert!(matches!(again, Err(app::Error::NotFound(_))), "{again:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn revoked_templates_are_gone_in_every_pack_until_the_person_is_enrolled_anew() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let next = next_house(&house).await;
        app::template::renew(&next).await.expect("renewed");
        let path = format!("/v1/console/persons/{}/templates/revoke", person.id);
        let unsaid = officer.post(&path, &json!({ "reason": " " })).await;
        assert_eq!(unsaid.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let answer = officer
            .post(&path, &json!({ "reason": "采集对象有误" }))
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        let revoked: wire::TemplatesRevoked = answer.json().await.expect("a number");
        assert_eq!(revoked.templates, 4);
        assert_eq!(packs(&house.cx).await, []);
        let renewed = app::template::renew(&next).await.expect("renewed");
        assert_eq!(renewed.made, 0, "what was revoked does not come back");
        let refused = phone.open(due(&phone).await.id).await;
        let Err(phone::Error::Problem(problem)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(problem.kind, "urn:muster:problem:not-enrolled");
        officer.enrol(person.id).await;
        let id = check_in(&phone, "1").await.id;
        let settled = phone.wait(id, WAIT).await.expect("a verdict");
        assert_eq!(settled.state, State::Verified);
    })
    .await;
}
