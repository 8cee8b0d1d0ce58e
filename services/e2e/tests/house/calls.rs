//! Officers call a person: his number is shown to whoever decides, each look is written down, and what came of the call stays in his file.

use domain::access::Role;
use reqwest::StatusCode;
use serde_json::json;
use testkit::for_each_database;

use crate::support::with_phone;

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_shown_to_who_decides_and_each_look_is_told_to_the_person() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let worker = house
            .officer(person.unit, "worker", Role::SocialWorker)
            .await;
        let path = format!("/v1/console/persons/{}", person.id);
        let telephone = format!("{path}/telephone");
        let none: wire::Telephone = officer.get(&telephone).await.json().await.expect("JSON");
        assert_eq!(none.number, None);
        assert_eq!(
            house.events(person.id, "contact_read").await.len(),
            0,
            "nothing was shown"
        );
        let form = format!("/console/persons/{}/contacts", person.id);
        let fields = [("means", "sms"), ("address", "13900001234")];
        assert_eq!(
            worker.form(&form, &fields).await.status(),
            StatusCode::SEE_OTHER
        );
        let file = worker
            .read(&format!("/console/persons/{}", person.id))
            .await;
        assert!(!file.contains("13900001234"), "shown in part only");
        let refused = worker.get(&telephone).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let shown: wire::Telephone = officer.get(&telephone).await.json().await.expect("JSON");
        assert_eq!(shown.number.as_deref(), Some("13900001234"));
        let page = officer
            .read(&format!("/console/persons/{}/call", person.id))
            .await;
        assert!(page.contains("tel:13900001234"), "{page}");
        assert_eq!(house.events(person.id, "contact_read").await.len(), 2);
        let looks = phone.holdings().await.expect("what is stored").looks;
        assert!(looks[0].what.zh.contains("电话"), "{looks:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_a_call_stays_in_the_file() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let calls = format!("/v1/console/persons/{}/calls", person.id);
        let said = json!({ "outcome": "no_answer", "note": "两次无人接听" });
        let entered = officer.post(&calls, &said).await;
        assert_eq!(entered.status(), StatusCode::CREATED);
        let silent = json!({ "outcome": "reached", "note": " " });
        assert_eq!(
            officer.post(&calls, &silent).await.status(),
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let strange = json!({ "outcome": "reached", "note": "好", "checkin": person.id });
        assert_eq!(
            officer.post(&calls, &strange).await.status(),
            StatusCode::NOT_FOUND
        );
        house.cx.clock.advance_ms(1);
        let form = format!("/console/persons/{}/call", person.id);
        let fields = [("outcome", "reached"), ("note", "本人在家，声音一致")];
        assert_eq!(
            officer.form(&form, &fields).await.status(),
            StatusCode::SEE_OTHER
        );
        let listed: Vec<wire::Call> = officer.get(&calls).await.json().await.expect("calls");
        let notes: Vec<&str> = listed.iter().map(|call| call.note.as_str()).collect();
        assert_eq!(notes, ["本人在家，声音一致", "两次无人接听"]);
        assert!(listed[0].by.is_some());
        let file = officer
            .read(&format!("/console/persons/{}", person.id))
            .await;
        assert!(file.contains("本人在家，声音一致") && file.contains("无人接听"));
        assert_eq!(house.events(person.id, "call_made").await.len(), 2);
    })
    .await;
}
