//! Leave: asked for, decided at its level, laid over duties and places, ended by a return, told of when it is overdue.

use domain::{
    Micros,
    access::Role,
    area::Datum,
    org::{Level, OrgUnit},
    plan::Factors,
};
use phone::Phone;
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::for_each_database;
use wire::{Facts, Location, NewLeave};

use crate::support::{House, MORNING, Officer, due, upload};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A leave from the morning after tomorrow's tomorrow on, for so many days.
fn request(ahead_days: i64, days: i64) -> NewLeave {
    let body = json!({
        "kind": "ordinary", "from": time(MORNING.plus_ms(ahead_days * DAY_MS)), "until": time(MORNING.plus_ms((ahead_days + days) * DAY_MS)),
        "purpose": "medical", "reason": "手术", "destinations": [{ "province": "江苏省", "city": "南京市", "address": "某医院" }],
    });
    serde_json::from_value(body).expect("a request")
}

fn time(at: Micros) -> String {
    at.to_string()
}

async fn act(
    officer: &Officer<'_>,
    leave: &wire::Leave,
    body: &Value,
) -> Result<wire::Leave, String> {
    let answer = officer
        .post(&format!("/v1/console/leaves/{}", leave.id), body)
        .await;
    if answer.status() == StatusCode::OK {
        return Ok(answer.json().await.expect("a leave"));
    }
    let problem: wire::Problem = answer.json().await.expect("a problem");
    Err(problem.name().to_owned())
}

/// A county with an office, and the officers of both.
async fn county(house: &House) -> (OrgUnit, OrgUnit) {
    let city = house.unit(None, Level::City, "市").await;
    let county = house.unit(Some(&city), Level::County, "县").await;
    let office = house.unit(Some(&county), Level::Office, "所").await;
    (county, office)
}

/// The duties of the next two days as the phone sees them.
async fn duties(phone: &Phone) -> Vec<wire::Duty> {
    phone.duties().await.expect("duties").duties
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_leave_is_the_offices_and_a_long_one_the_countys() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let (county, office) = county(&house).await;
        let station = house
            .officer(office.id, "station", Role::StationOfficer)
            .await;
        let chief = house.officer(county.id, "chief", Role::CountyHead).await;
        let worker = house.officer(office.id, "worker", Role::SocialWorker).await;
        let (person, phone) = station.ready("L-1").await;
        let short = phone
            .ask_leave(&request(4, 5))
            .await
            .expect("it can be asked for");
        assert_eq!(
            (
                short.decided_at_level,
                short.collective,
                short.file_with_county
            ),
            (Level::Office, false, true)
        );
        let page: wire::Page<wire::Leave> = station
            .get("/v1/console/leaves")
            .await
            .json()
            .await
            .expect("a page");
        assert_eq!(page.items.len(), 1);
        assert_eq!(
            page.items[0].person.as_ref().map(|person| person.id),
            Some(person.id)
        );
        let approve = json!({ "move": "approve" });
        assert_eq!(
            act(&worker, &short, &approve)
                .await
                .expect_err("no enforcement"),
            "forbidden"
        );
        let approved = act(&station, &short, &approve).await.expect("it is short");
        assert_eq!(approved.state.as_str(), "approved");
        assert_eq!(
            act(&station, &short, &approve).await.expect_err("done"),
            "leave-state"
        );

        let long = phone
            .ask_leave(&request(20, 20))
            .await
            .expect("it can be asked for");
        assert_eq!(long.decided_at_level, Level::County);
        assert_eq!(
            act(&station, &long, &approve).await.expect_err("too long"),
            "leave-above"
        );
        assert_eq!(
            act(&chief, &long, &approve)
                .await
                .expect("the county may")
                .state
                .as_str(),
            "approved"
        );
        let longer = phone
            .ask_leave(&request(45, 31))
            .await
            .expect("it can be asked for");
        assert_eq!(
            (
                longer.decided_at_level,
                longer.collective,
                longer.tell_procurator
            ),
            (Level::City, true, true)
        );
        let gone = phone
            .withdraw_leave(longer.id)
            .await
            .expect("nobody decided");
        assert_eq!(gone.state.as_str(), "withdrawn");
        let steps = house.events(person.id, "leave_stepped").await;
        assert_eq!(steps.len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leave_that_cannot_be_names_its_field_and_leaves_nothing_behind() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let (_, office) = county(&house).await;
        let station = house
            .officer(office.id, "station", Role::StationOfficer)
            .await;
        let (person, _) = station.ready("L-1").await;
        let path = format!("/v1/console/persons/{}/leaves", person.id);
        let with = |change: &dyn Fn(&mut NewLeave)| {
            let mut new = request(4, 5);
            change(&mut new);
            serde_json::to_value(new).expect("JSON")
        };
        let day = |days: i64| wire::At::from(MORNING.plus_ms(days * DAY_MS));
        let refused = [
            (with(&|new| new.until = day(3)), "until"),
            (with(&|new| new.until = new.from), "until"),
            (with(&|new| new.from = day(1)), "from"),
            (with(&|new| new.reason = "  ".into()), "reason"),
            (with(&|new| new.destinations.clear()), "destinations"),
            (
                with(&|new| new.destinations[0].province = "香港".into()),
                "destinations[0].division.province",
            ),
            (with(&|new| new.until = day(900)), "until"),
        ];
        for (body, field) in refused {
            let answer = station.post(&path, &body).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            let problem: wire::Problem = answer.json().await.expect("a problem");
            assert_eq!(problem.facts["field"], field, "{body}");
        }
        let none: Vec<wire::Leave> = station.get(&path).await.json().await.expect("leaves");
        assert_eq!(none, []);
        assert!(house.events(person.id, "leave_asked").await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leave_lies_over_duties_and_what_it_did_is_undone_when_it_is_withdrawn() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let (_, office) = county(&house).await;
        let station = house
            .officer(office.id, "station", Role::StationOfficer)
            .await;
        let (person, phone) = station.ready("L-1").await;
        // To the end of the day after tomorrow: emergencies cannot wait for three days.
        let mut new = request(0, 3);
        new.kind = domain::leave::Kind::Emergency;
        new.from = MORNING.plus_ms(2 * HOUR_MS).into();
        let before = duties(&phone).await;
        assert!(before.iter().all(|duty| !duty.location_required));
        let leave = phone.ask_leave(&new).await.expect("it can be asked for");
        assert_eq!(duties(&phone).await, before, "nothing is decided");
        act(&station, &leave, &json!({ "move": "approve" }))
            .await
            .expect("it is short");
        let during = duties(&phone).await;
        assert_eq!(during.len(), before.len(), "he still checks in");
        for duty in &during {
            let away = duty.opens_at.0 > MORNING.plus_ms(2 * HOUR_MS);
            assert_eq!(duty.location_required, away, "{duty:?}");
        }
        phone
            .withdraw_leave(leave.id)
            .await
            .expect("it has not begun");
        let after = duties(&phone).await;
        let windows = |duties: &[wire::Duty]| -> Vec<(wire::At, bool)> {
            duties
                .iter()
                .map(|duty| (duty.opens_at, duty.location_required))
                .collect()
        };
        assert_eq!(windows(&after), windows(&before));
        assert_eq!(before[0].factors, Factors::FaceAndVoice);
        let report = app::recompute::check(&house.cx).await.expect("a report");
        assert_eq!(report.differences, 0, "{:?} of {}", report.told, person.id);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_says_so_by_a_check_in_at_home_and_who_does_not_is_looked_for() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let (_, office) = county(&house).await;
        let station = house.officer(office.id, "station", Role::StationOfficer).await;
        let (person, phone) = station.ready("L-1").await;
        let home = json!({ "kind": "allowed", "name": "家", "shape": { "kind": "circle", "datum": "wgs84",
                           "centre": { "lat_deg": 39.9, "lon_deg": 116.4 }, "radius_m": 500 } });
        let path = format!("/v1/console/persons/{}/areas", person.id);
        assert_eq!(station.post(&path, &home).await.status(), StatusCode::CREATED);
        // Away from ten o'clock today until tomorrow at noon.
        let mut new = request(0, 2);
        new.kind = domain::leave::Kind::Emergency;
        new.from = MORNING.plus_ms(HOUR_MS + HOUR_MS / 2).into();
        new.until = MORNING.plus_ms(27 * HOUR_MS + HOUR_MS / 2).into();
        let leave = phone.ask_leave(&new).await.expect("it can be asked for");
        act(&station, &leave, &json!({ "move": "approve" })).await.expect("it is short");

        // Tomorrow, 08:30, far from home: on the way, no allowed area binds him; and he is not back.
        house.cx.clock.advance_ms(DAY_MS);
        let place = |lat_deg: f64| Location {
            datum: Datum::Wgs84,
            latitude: lat_deg,
            longitude: 116.4,
            accuracy_m: 10.0,
            mock: None,
        };
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        let parts = upload(&phone, &session, "away").await;
        let facts = Facts { location: Some(place(32.0)), ..Facts::default() };
        phone.submit_return(&session, parts, facts, leave.id).await.expect("acknowledged");
        let settled = phone.wait(session.checkin, std::time::Duration::from_secs(20)).await.expect("a verdict");
        assert_eq!(settled.state.as_str(), "verified", "{settled:?}");
        let away = phone.leaves().await.expect("leaves").remove(0);
        assert_eq!(away.state.as_str(), "approved", "he was far from home");

        // 13:00: nobody came back.
        house.cx.clock.advance_ms(4 * HOUR_MS + HOUR_MS / 2);
        assert_eq!(app::leave::overdue_round(&house.cx).await.expect("a round"), 1);
        assert_eq!(app::leave::overdue_round(&house.cx).await.expect("a round"), 0, "told once");
        let again = house.officer(office.id, "second", Role::StationOfficer).await;
        let page: wire::Page<wire::Alert> =
            again.get("/v1/console/alerts?state=open").await.json().await.expect("a page");
        let overdue = page.items.iter().find(|alert| alert.kind.as_str() == "overdue_leave");
        let overdue = overdue.expect("an alert");
        assert!(overdue.message.zh.contains("南京市"), "{}", overdue.message.zh);

        // The day after, 08:30, at home.
        house.cx.clock.advance_ms(19 * HOUR_MS + HOUR_MS / 2);
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        let parts = upload(&phone, &session, "home").await;
        let facts = Facts { location: Some(place(39.9)), ..Facts::default() };
        phone.submit_return(&session, parts, facts, leave.id).await.expect("acknowledged");
        phone.wait(session.checkin, std::time::Duration::from_secs(20)).await.expect("a verdict");
        let back = phone.leaves().await.expect("leaves").remove(0);
        assert_eq!(back.state.as_str(), "returned");
        assert_eq!(back.steps.last().expect("a step").by, None);
        let report = app::recompute::check(&house.cx).await.expect("a report");
        assert_eq!(report.differences, 0, "{:?}", report.told);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_returns_from_another_persons_leave() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let (_, office) = county(&house).await;
        let station = house
            .officer(office.id, "station", Role::StationOfficer)
            .await;
        let (_, first) = station.ready("L-1").await;
        let (_, second) = station.ready("L-2").await;
        let leave = first
            .ask_leave(&request(4, 2))
            .await
            .expect("it can be asked for");
        assert!(second.withdraw_leave(leave.id).await.is_err());
        let session = second.open(due(&second).await.id).await.expect("a session");
        let parts = upload(&second, &session, "x").await;
        let refused = second
            .submit_return(&session, parts.clone(), Facts::default(), leave.id)
            .await;
        assert!(refused.is_err(), "{refused:?}");
        let honest = second.submit(&session, parts, Facts::default()).await;
        assert!(honest.is_ok(), "the session is still good: {honest:?}");
    })
    .await;
}
