//! Where a check-in was made: allowed areas, prohibitions and curfews, and phones that count in other datums.

use std::time::Duration;

use domain::{access::Role, area::Datum, checkin::State, verdict::ReasonKind};
use phone::Phone;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use testkit::for_each_database;
use wire::{CheckinDetail, Facts, Location};

use crate::support::{House, Officer, due, upload, with_phone};

const HOME: (f64, f64) = (39.9, 116.4);
/// A hundredth of a degree to the north: some 1,110 m.
const STEP: f64 = 0.01;

fn circle(kind: &str, (lat, lon): (f64, f64), radius_m: f64) -> Value {
    let centre = json!({ "lat_deg": lat, "lon_deg": lon });
    let shape =
        json!({ "kind": "circle", "datum": "wgs84", "centre": centre, "radius_m": radius_m });
    json!({ "kind": kind, "name": "某地", "shape": shape })
}

fn location((latitude, longitude): (f64, f64), accuracy_m: f64) -> Location {
    Location {
        latitude,
        longitude,
        accuracy_m,
        datum: Datum::Wgs84,
        mock: None,
    }
}

async fn problem(answer: Response) -> (StatusCode, wire::Problem) {
    let status = answer.status();
    (status, answer.json().await.expect("a problem"))
}

/// A house with a person who has these areas, his phone and his officer.
async fn with_areas<'a>(
    house: &'a House,
    person: &wire::Person,
    areas: &[Value],
) -> (Officer<'a>, Vec<wire::Area>) {
    let officer = house
        .officer(person.unit, "station", Role::StationOfficer)
        .await;
    let path = format!("/v1/console/persons/{}/areas", person.id);
    let mut drawn = Vec::new();
    for area in areas {
        let answer = officer.post(&path, area).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        drawn.push(answer.json().await.expect("an area"));
    }
    (officer, drawn)
}

/// One whole check-in, and what the officer sees of it.
async fn check_in(officer: &Officer<'_>, phone: &Phone, place: Option<Location>) -> CheckinDetail {
    let session = phone.open(due(phone).await.id).await.expect("a session");
    let salt = session.checkin.to_string();
    let parts = upload(phone, &session, &salt).await;
    let facts = Facts {
        location: place,
        ..Facts::default()
    };
    let handed = phone.submit(&session, parts, facts).await;
    let handed = handed.expect("acknowledged");
    let settled = phone.wait(handed.id, Duration::from_secs(20)).await;
    let id = settled.expect("a verdict").id;
    let detail = officer.get(&format!("/v1/console/checkins/{id}")).await;
    detail.json().await.expect("a check-in")
}

fn reasons(detail: &CheckinDetail) -> Vec<&str> {
    let codes = detail.reasons.iter();
    codes.map(|reason| reason.code.as_str()).collect()
}

async fn end(officer: &Officer<'_>, area: &wire::Area) {
    let path = format!("/v1/console/areas/{}/end", area.id);
    let ended = officer.post(&path, &json!({ "reason": "变更" })).await;
    assert_eq!(ended.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_the_allowed_area_an_officer_looks_and_is_told_why() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let home = circle("allowed", HOME, 500.0);
        let (officer, areas) = with_areas(&house, &person, &[home]).await;
        let away = (HOME.0 + STEP, HOME.1);
        let detail = check_in(&officer, &phone, Some(location(away, 20.0))).await;
        assert_eq!(detail.state, State::Review);
        assert_eq!(reasons(&detail), ["out_of_area"]);
        assert_eq!(detail.reasons[0].kind, ReasonKind::Place);
        let found = &detail.place[0];
        assert_eq!(found.area, areas[0].id);
        assert!((-615.0..-605.0).contains(&found.distance_m), "{found:?}");
        assert!(
            found.message.zh.contains("允许活动区域“某地”之外"),
            "{found:?}"
        );
        assert!(
            found.message.en.contains("outside the allowed area"),
            "{found:?}"
        );
        let silent = check_in(&officer, &phone, None).await;
        assert_eq!(
            reasons(&silent),
            ["location_missing"],
            "silence is no way out"
        );
        let mut made_up = location(HOME, 20.0);
        made_up.mock = Some(true);
        let made_up = check_in(&officer, &phone, Some(made_up)).await;
        assert_eq!(reasons(&made_up), ["mock_location"]);
        end(&officer, &areas[0]).await;
        let free = check_in(&officer, &phone, Some(location(away, 20.0))).await;
        assert_eq!((free.state, free.place.len()), (State::Verified, 0));
        let path = format!("/v1/console/persons/{}/areas", person.id);
        let kept: Vec<wire::Area> = officer.get(&path).await.json().await.expect("areas");
        assert!(kept[0].ended_at.is_some(), "ended, and in the file");
        let path = format!("/v1/console/areas/{}/end", areas[0].id);
        let again = officer.post(&path, &json!({ "reason": "再来" })).await;
        assert_eq!(problem(again).await.1.name(), "area-ended");
        assert_eq!(house.events(person.id, "area_drawn").await.len(), 1);
        assert_eq!(house.events(person.id, "area_ended").await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_boundary_with_a_poor_accuracy_nobody_is_doubted() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let away = (HOME.0 + STEP, HOME.1);
        let areas = [
            circle("allowed", HOME, 500.0),
            circle("exclusion", away, 500.0),
        ];
        let (officer, _) = with_areas(&house, &person, &areas).await;
        let detail = check_in(&officer, &phone, Some(location(away, 800.0))).await;
        assert_eq!(detail.state, State::Verified, "{:?}", detail.reasons);
        let kinds: Vec<&str> = detail.place.iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(
            kinds,
            ["cannot_tell", "cannot_tell"],
            "but it is written down"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prohibition_and_a_curfew_count_in_their_hours_only() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let hours = |from: &str, until: &str| json!({ "kind": "weekly", "days": days, "from": from, "until": until });
        let mut bar = circle("exclusion", HOME, 500.0);
        bar["hours"] = hours("08:45", "20:00");
        let mut curfew = circle("allowed", (HOME.0 + STEP, HOME.1), 500.0);
        curfew["hours"] = hours("22:00", "08:40");
        // A night belongs to the day on which it begins.
        curfew["from"] = json!("2026-03-01");
        let (officer, areas) = with_areas(&house, &person, &[bar, curfew]).await;
        // Monday, 08:30 in Shanghai: the night's hours hold, the day's do not.
        let night = check_in(&officer, &phone, Some(location(HOME, 20.0))).await;
        assert_eq!(reasons(&night), ["out_of_area"]);
        assert_eq!(night.place[0].area, areas[1].id);
        house.cx.clock.advance_ms(20 * 60_000);
        let day = check_in(&officer, &phone, Some(location(HOME, 20.0))).await;
        assert_eq!(reasons(&day), ["in_exclusion"]);
        assert_eq!(day.place[0].area, areas[0].id);
        assert!(day.place[0].message.zh.contains("禁止进入区域"), "{day:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_the_same_in_every_datum() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let home = circle("allowed", HOME, 100.0);
        let (officer, _) = with_areas(&house, &person, &[home]).await;
        let on_ground = domain::area::Position::new(HOME.0, HOME.1).expect("a position");
        let shifted = on_ground.to_datum(Datum::Bd09);
        // The numbers of Baidu's map, taken for WGS-84, lie more than a kilometre away.
        let wrong = check_in(&officer, &phone, Some(location(shifted, 10.0))).await;
        assert_eq!(reasons(&wrong), ["out_of_area"]);
        for datum in [Datum::Bd09, Datum::Gcj02] {
            // Another officer each day: a session ends after ten hours.
            let login = format!("station-{datum}");
            let officer = house
                .officer(person.unit, &login, Role::StationOfficer)
                .await;
            let mut here = location(on_ground.to_datum(datum), 10.0);
            here.datum = datum;
            let phones = check_in(&officer, &phone, Some(here)).await;
            assert_eq!(phones.state, State::Verified, "{datum}");
            house.cx.clock.advance_ms(24 * 3_600_000);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_drawn_names_its_field_and_nothing_is_kept() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let (officer, _) = with_areas(&house, &person, &[]).await;
        let path = format!("/v1/console/persons/{}/areas", person.id);
        let at = |lat: f64, lon: f64| json!({ "lat_deg": lat, "lon_deg": lon });
        let tie = [
            at(39.0, 116.0),
            at(39.1, 116.1),
            at(39.0, 116.1),
            at(39.1, 116.0),
        ];
        let mut bow_tie = circle("allowed", HOME, 500.0);
        bow_tie["shape"] = json!({ "kind": "polygon", "datum": "gcj02", "ring": tie });
        let mut backwards = circle("allowed", HOME, 500.0);
        backwards["from"] = json!("2026-03-05");
        backwards["until"] = json!("2026-03-04");
        let mut unnamed = circle("allowed", HOME, 500.0);
        unnamed["name"] = json!(" ");
        let hours = |days: &[&str], until: &str| {
            let mut area = circle("allowed", HOME, 500.0);
            area["hours"] =
                json!({ "kind": "weekly", "days": days, "from": "22:00", "until": until });
            area
        };
        let mut nowhere = circle("allowed", HOME, 500.0);
        nowhere["shape"]["datum"] = json!("mars");
        for (area, field) in [
            (bow_tie, "shape.ring[2]"),
            (
                circle("allowed", (91.0, 0.0), 500.0),
                "shape.centre.lat_deg",
            ),
            (circle("allowed", HOME, 1.0), "shape.radius_m"),
            (backwards, "until"),
            (unnamed, "name"),
            (hours(&["someday"], "06:00"), "hours.days"),
            (hours(&[], "06:00"), "hours.days"),
            (hours(&["monday"], "22:00"), "hours.until"),
            (circle("forbidden", HOME, 500.0), "kind"),
            (nowhere, "shape"),
        ] {
            let (status, refused) = problem(officer.post(&path, &area).await).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert_eq!(refused.facts["field"], field, "{refused:?}");
        }
        let none: Vec<wire::Area> = officer.get(&path).await.json().await.expect("areas");
        assert!(none.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_that_cannot_be_names_its_field_and_the_session_goes_on() {
    for_each_database(|url| async move {
        let (_house, _, phone) = with_phone(&url).await;
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        let parts = upload(&phone, &session, "place").await;
        for (place, field) in [
            (location((91.0, 0.0), 5.0), "facts.location.latitude"),
            (location((0.0, 181.0), 5.0), "facts.location.longitude"),
            (location(HOME, -5.0), "facts.location.accuracy_m"),
        ] {
            let facts = Facts {
                location: Some(place),
                ..Facts::default()
            };
            let refused = phone.submit(&session, parts.clone(), facts).await;
            let refused = refused.expect_err("it cannot be");
            let told = refused.problem().expect("a problem");
            assert_eq!((told.status, &told.facts["field"]), (422, &json!(field)));
        }
        let facts = Facts {
            location: Some(location(HOME, 5.0)),
            ..Facts::default()
        };
        let handed = phone.submit(&session, parts, facts).await;
        assert!(handed.is_ok(), "nothing was lost");
    })
    .await;
}
