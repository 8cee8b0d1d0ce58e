//! What comes in is watched: each rule raises what an officer must look at, once, and can be switched and tuned by the unit.

use domain::{access::Role, alert::Rule, area::Datum};
use phone::Phone;
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::for_each_database;
use wire::{Facts, Location};

use crate::support::{Officer, due, impatient, upload, with_phone};

const DAY_MS: i64 = 24 * 3_600_000;

/// The kinds of all open alerts, sorted.
async fn kinds(officer: &Officer<'_>) -> Vec<Rule> {
    let page = officer.get("/v1/console/alerts?state=open").await;
    let page: wire::Page<wire::Alert> = page.json().await.expect("a page");
    let mut kinds: Vec<Rule> = page.items.into_iter().map(|alert| alert.kind).collect();
    kinds.sort();
    kinds
}

/// A check-in from this place, until its verdict.
async fn from(phone: &Phone, salt: &str, location: Location) -> wire::Checkin {
    let session = phone.open(due(phone).await.id).await.expect("a session");
    let parts = upload(phone, &session, salt).await;
    let facts = Facts {
        location: Some(location),
        ..Facts::default()
    };
    phone
        .submit(&session, parts, facts)
        .await
        .expect("acknowledged");
    let limit = std::time::Duration::from_secs(20);
    phone.wait(session.checkin, limit).await.expect("a verdict")
}

fn place(lat_deg: f64, mock: Option<bool>) -> Location {
    Location {
        datum: Datum::Wgs84,
        latitude: lat_deg,
        longitude: 116.4,
        accuracy_m: 10.0,
        mock,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_position_raises_one_alert_a_week_and_a_travelled_one_another() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        from(&phone, "1", place(39.9, Some(true))).await;
        assert_eq!(kinds(&officer).await, [Rule::MockLocation]);
        house.cx.clock.advance_ms(DAY_MS);
        from(&phone, "2", place(39.9, Some(true))).await;
        let officer = house
            .officer(person.unit, "two", Role::StationOfficer)
            .await;
        assert_eq!(kinds(&officer).await, [Rule::MockLocation], "the same week");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn media_that_came_before_are_refused_and_told_of() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let (other, second) = officer.ready("C-2").await;
        from(&phone, "first", place(39.9, None)).await;
        assert_eq!(kinds(&officer).await, []);
        // Somebody else hands in the same bytes.
        let session = second.open(due(&second).await.id).await.expect("a session");
        let parts = upload(&second, &session, "first").await;
        let refused = second.submit(&session, parts, Facts::default()).await;
        assert!(refused.is_err());
        let page = officer.get("/v1/console/alerts?state=open").await;
        let page: wire::Page<wire::Alert> = page.json().await.expect("a page");
        assert_eq!(page.items.len(), 1);
        assert_eq!(
            (page.items[0].kind, page.items[0].person.id),
            (Rule::RepeatedMedia, other.id)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_taken_for_another_or_by_another_is_told_of() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        house.cx.clock.advance_ms(60_000);
        officer.activate(person.id, impatient()).await;
        assert_eq!(
            kinds(&officer).await,
            [Rule::DeviceChange],
            "the second phone of one day"
        );
        let other = officer.register("C-2").await;
        let marked = |id| officer.activate_handset(id, "handset-0001");
        let third = officer.register("C-3").await;
        marked(other.id).await;
        house.cx.clock.advance_ms(60_000);
        marked(third.id).await;
        assert_eq!(
            kinds(&officer).await,
            [Rule::DeviceChange, Rule::SharedDevice]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_switches_and_tunes_its_rules_but_never_the_search_for_who_is_lost() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let units: Vec<wire::Unit> = {
            let officer = house
                .officer(person.unit, "one", Role::StationOfficer)
                .await;
            officer
                .get("/v1/console/units")
                .await
                .json()
                .await
                .expect("units")
        };
        let parent = units[0].parent.expect("a county");
        let head = house.officer(parent, "head", Role::CountyHead).await;
        let path = format!("/v1/console/units/{parent}/alert-settings");
        let off = json!({ "settings": { "mock_location": { "on": false } } });
        let set = head.post(&path, &off).await;
        assert_eq!(set.status(), StatusCode::OK);
        let set: wire::AlertSettings = set.json().await.expect("settings");
        assert_eq!(set.version, 1);
        from(&phone, "1", place(39.9, Some(true))).await;
        assert_eq!(
            kinds(&head).await,
            [],
            "switched off for the county and below"
        );
        let below = format!("/v1/console/units/{}/alert-settings", person.unit);
        let holds: wire::AlertSettings = head.get(&below).await.json().await.expect("settings");
        assert_eq!(
            (holds.version, holds.holds.mock_location.map(|one| one.on)),
            (0, Some(false))
        );
        for (settings, field) in [
            (
                json!({ "lost_contact": { "on": false } }),
                "lost_contact.on",
            ),
            (
                json!({ "lost_contact": { "look_within_h": 100 } }),
                "lost_contact.look_within_h",
            ),
            (json!({ "budget": { "a_day": 0 } }), "budget.a_day"),
        ] {
            let refused = head.post(&path, &json!({ "settings": settings })).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
            let problem: wire::Problem = refused.json().await.expect("a problem");
            assert_eq!(problem.facts["field"], field);
        }
        let station = house
            .officer(person.unit, "two", Role::StationOfficer)
            .await;
        let denied = station.post(&below, &off).await;
        assert_eq!(denied.status(), StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_officers_write_down_is_ranked_within_the_budget_and_measured_when_it_is_closed() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let path = format!("/v1/console/persons/{}/breaches", person.id);
        for minute in 0..12 {
            let at = house.cx.now().plus_ms(-60_000 * minute).to_string();
            let body = json!({ "at": at, "text": format!("第{minute}次") });
            house.cx.clock.advance_ms(1);
            assert_eq!(
                officer.post(&path, &body).await.status(),
                StatusCode::CREATED
            );
        }
        let ahead = json!({ "at": house.cx.now().plus_ms(DAY_MS).to_string(), "text": "x" });
        let refused = officer.post(&path, &ahead).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let today: wire::AlertsToday = officer
            .get("/v1/console/alerts/today")
            .await
            .json()
            .await
            .expect("a day");
        assert_eq!((today.today.len(), today.later), (10, 2));
        for (index, outcome) in ["confirmed", "confirmed", "unfounded", "unclear"]
            .iter()
            .enumerate()
        {
            let path = format!("/v1/console/alerts/{}", today.today[index].id);
            let body = json!({ "move": "close", "reason": "已核实", "outcome": outcome });
            assert_eq!(officer.post(&path, &body).await.status(), StatusCode::OK);
        }
        let none = json!({ "move": "close", "reason": "已核实" });
        let silent = officer
            .post(&format!("/v1/console/alerts/{}", today.today[5].id), &none)
            .await;
        let problem: wire::Problem = silent.json().await.expect("a problem");
        assert_eq!(problem.facts["field"], Value::from("outcome"));
        let span = "from=2026-03-01T00:00:00Z&until=2026-03-09T00:00:00Z";
        let figures = officer
            .get(&format!("/v1/console/alerts/precision?{span}"))
            .await;
        let figures: Vec<wire::RulePrecision> = figures.json().await.expect("figures");
        assert_eq!(figures.len(), 1);
        let one = &figures[0];
        assert_eq!(
            (one.rule, one.confirmed, one.unfounded, one.unclear),
            (Rule::RuleBreach, 2, 1, 1)
        );
        assert!((one.share.expect("three were found out") - 2.0 / 3.0).abs() < 1e-9);
        let again: wire::AlertsToday = officer
            .get("/v1/console/alerts/today")
            .await
            .json()
            .await
            .expect("a day");
        assert_eq!(
            (again.today.len(), again.later),
            (6, 2),
            "four were looked at"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn companions_of_one_case_at_one_place_are_told_of_from_both_sides() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let (other, second) = officer.ready("C-2").await;
        for id in [person.id, other.id] {
            let path = format!("/v1/console/persons/{id}/case-group");
            let set = officer
                .post(&path, &json!({ "case_group": "(2025)刑初12号" }))
                .await;
            assert_eq!(set.status(), StatusCode::OK);
        }
        from(&phone, "1", place(39.9, None)).await;
        assert_eq!(kinds(&officer).await, []);
        house.cx.clock.advance_ms(60_000);
        from(&second, "2", place(39.9, None)).await;
        assert_eq!(kinds(&officer).await, [Rule::Gathering, Rule::Gathering]);
    })
    .await;
}
