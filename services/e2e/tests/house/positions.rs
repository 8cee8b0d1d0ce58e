//! Positions between check-ins: only under a live approval of the county's head, and never without a trace of who looked.

use domain::{Micros, access::Role, area::Datum};
use phone::Phone;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use testkit::for_each_database;
use wire::{Facts, Fix, Location};

use crate::support::{House, MORNING, Officer, due, upload, with_phone};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 3_600_000;

async fn problem(answer: Response) -> (StatusCode, wire::Problem) {
    let status = answer.status();
    (status, answer.json().await.expect("a problem"))
}

fn place() -> Location {
    Location {
        latitude: 39.9,
        longitude: 116.4,
        accuracy_m: 12.0,
        datum: Datum::Gcj02,
        mock: Some(false),
    }
}

fn fix(at: Micros) -> Fix {
    Fix {
        at: at.into(),
        location: place(),
    }
}

fn asked(from: Option<Micros>, until: Micros) -> Value {
    let from = from.map(|from| from.to_string());
    json!({ "ground": "left_without_permission", "reason": "未经批准离开", "from": from, "until": until.to_string() })
}

/// The head of the county to which this person's office belongs.
async fn head<'a>(house: &'a House, person: &wire::Person, login: &str) -> Officer<'a> {
    let mut tx = house.cx.store.read().await.expect("a transaction");
    let office = store::unit::get(&mut tx, person.unit).await.expect("units");
    drop(tx);
    let county = office.and_then(|unit| unit.parent).expect("a county");
    house.officer(county, login, Role::CountyHead).await
}

async fn refused(phone: &Phone, now: Micros) -> String {
    let refused = phone.positions(vec![fix(now)]).await;
    refused.expect_err("nobody approved it").name().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_followed_without_an_approval_nor_a_moment_after_it() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let clock = || house.cx.now();
        assert_eq!(refused(&phone, clock()).await, "positioning-not-approved");
        assert!(!phone.positioning().await.expect("a policy").approved);

        let head = head(&house, &person, "head").await;
        let path = format!("/v1/console/persons/{}/positioning", person.id);
        let from = MORNING.plus_ms(10 * MINUTE_MS);
        let until = MORNING.plus_ms(60 * MINUTE_MS);
        let approved = head.post(&path, &asked(Some(from), until)).await;
        assert_eq!(approved.status(), StatusCode::CREATED);
        assert_eq!(
            refused(&phone, clock()).await,
            "positioning-not-approved",
            "not yet"
        );
        house.cx.clock.advance_ms(10 * MINUTE_MS);
        let policy = phone.positioning().await.expect("a policy");
        assert_eq!((policy.approved, policy.until), (true, Some(until.into())));
        assert!(policy.every_s.is_some_and(|every_s| every_s > 0));
        let fixes = [clock(), MORNING, until, until.plus_ms(-1)].map(fix);
        let taken = phone.positions(fixes.to_vec()).await.expect("approved");
        assert_eq!((taken.stored, taken.left_out), (2, 2));

        // Another approval before this one is over, and one that begins as it ends.
        let overlap = asked(Some(until.plus_ms(-1)), until.plus_ms(DAY_MS));
        let (status, told) = problem(head.post(&path, &overlap).await).await;
        assert_eq!(
            (status, &told.facts["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("from"))
        );
        house.cx.clock.advance_ms(50 * MINUTE_MS - 1);
        assert!(
            phone.positions(vec![fix(clock())]).await.is_ok(),
            "the last moment"
        );
        house.cx.clock.advance_ms(1);
        assert_eq!(
            refused(&phone, clock()).await,
            "positioning-not-approved",
            "on the minute"
        );
        assert_eq!(
            refused(&phone, until.plus_ms(-1)).await,
            "positioning-not-approved",
            "whatever the phone's clock says"
        );

        let renewed = head
            .post(&path, &asked(None, clock().plus_ms(DAY_MS)))
            .await;
        let renewed: wire::Positioning = renewed.json().await.expect("an approval");
        assert!(renewed.live && phone.positions(vec![fix(clock())]).await.is_ok());
        let end = format!("/v1/console/positioning/{}/end", renewed.id);
        let silent = head.post(&end, &json!({ "reason": " " })).await;
        assert_eq!(problem(silent).await.1.facts["field"], "reason");
        let ended = head.post(&end, &json!({ "reason": "不再需要" })).await;
        assert_eq!(ended.status(), StatusCode::OK);
        assert_eq!(refused(&phone, clock()).await, "positioning-not-approved");
        let again = head.post(&end, &json!({ "reason": "再来" })).await;
        assert_eq!(problem(again).await.1.name(), "positioning-ended");
        for (kind, count) in [
            ("positioning_approved", 2),
            ("positioning_ended", 1),
            ("positions_received", 3),
        ] {
            assert_eq!(house.events(person.id, kind).await.len(), count, "{kind}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_head_approves_for_three_months_at_most_within_the_order() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let path = format!("/v1/console/persons/{}/positioning", person.id);
        let month = MORNING.plus_ms(30 * DAY_MS);
        let station = house.officer(person.unit, "station", Role::StationOfficer).await;
        let his = station.post(&path, &asked(None, month)).await;
        assert_eq!(his.status(), StatusCode::FORBIDDEN);
        let head = head(&house, &person, "head").await;
        let mut groundless = asked(None, month);
        groundless["ground"] = json!("curiosity");
        let mut silent = asked(None, month);
        silent["reason"] = json!("");
        for (body, field) in [
            (asked(None, MORNING.plus_ms(120 * DAY_MS)), "until"),
            (asked(None, MORNING), "until"),
            (asked(Some(MORNING.plus_ms(-DAY_MS)), month), "from"),
            (asked(Some(MORNING.plus_ms(31 * DAY_MS)), MORNING.plus_ms(40 * DAY_MS)), "from"),
            (groundless, "ground"),
            (silent, "reason"),
        ] {
            let (status, told) = problem(head.post(&path, &body).await).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            assert_eq!(told.facts["field"], field, "{body}");
        }
        let order = json!({ "category": "probation", "level": "general", "starts_on": "2026-01-01", "ends_on": "2026-03-20" });
        let shorter = station.post(&format!("/v1/console/persons/{}/order", person.id), &order).await;
        assert_eq!(shorter.status(), StatusCode::OK);
        let (_, told) = problem(head.post(&path, &asked(None, month)).await).await;
        assert_eq!(told.facts["field"], "until", "beyond the order");
        let none: Vec<wire::Positioning> = head.get(&path).await.json().await.expect("approvals");
        assert!(none.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_ends_with_the_order_and_with_supervision() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let head = head(&house, &person, "head").await;
        let of = format!("/v1/console/persons/{}", person.id);
        let path = format!("{of}/positioning");
        let approved = head.post(&path, &asked(None, MORNING.plus_ms(60 * DAY_MS))).await;
        assert_eq!(approved.status(), StatusCode::CREATED);
        let order = json!({ "category": "probation", "level": "general", "starts_on": "2026-01-01", "ends_on": "2026-03-02" });
        let shorter = head.post(&format!("{of}/order"), &order).await;
        assert_eq!(shorter.status(), StatusCode::OK);
        assert!(phone.positions(vec![fix(MORNING)]).await.is_ok(), "the last day");
        // 2026-03-03 00:00 in Shanghai.
        let over: jiff::Timestamp = "2026-03-02T16:00:00Z".parse().expect("an instant");
        let policy = phone.positioning().await.expect("a policy");
        assert_eq!(policy.until, Some(Micros::from(over).into()));
        house.cx.clock.advance_ms(Micros::from(over).since_ms(MORNING));
        assert_eq!(refused(&phone, MORNING).await, "positioning-not-approved");
        let head = self::head(&house, &person, "later").await;
        let ended = head.post(&format!("{of}/end"), &json!({ "reason": "term_served", "note": "期满" })).await;
        assert_eq!(ended.status(), StatusCode::OK);
        let all: Vec<wire::Positioning> = head.get(&path).await.json().await.expect("approvals");
        assert!(all[0].ended_at.is_some() && !all[0].live);
        assert_eq!(house.events(person.id, "positioning_ended").await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_track_is_read_with_a_trace_and_says_where_each_position_came_from() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let head = head(&house, &person, "head").await;
        let of = format!("/v1/console/persons/{}", person.id);
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        let parts = upload(&phone, &session, "track").await;
        let facts = Facts {
            location: Some(place()),
            captured_at: Some(MORNING.plus_ms(-1_000).into()),
            ..Facts::default()
        };
        phone
            .submit(&session, parts, facts)
            .await
            .expect("acknowledged");
        house.cx.clock.advance_ms(1);
        let approved = head
            .post(
                &format!("{of}/positioning"),
                &asked(None, MORNING.plus_ms(DAY_MS)),
            )
            .await;
        let approved: wire::Positioning = approved.json().await.expect("an approval");
        phone
            .positions(vec![fix(house.cx.now())])
            .await
            .expect("approved");
        let span = "from=2026-03-02T00:00:00Z&until=2026-03-03T00:00:00Z";
        let track = head.get(&format!("{of}/positions?{span}")).await;
        let track: wire::Page<wire::TrackPoint> = track.json().await.expect("a track");
        assert_eq!((track.items.len(), track.next), (2, None));
        let (first, second) = (&track.items[0], &track.items[1]);
        assert_eq!(
            (first.checkin, first.approval),
            (Some(session.checkin), None)
        );
        assert_eq!(first.said_at, Some(MORNING.plus_ms(-1_000).into()));
        assert_eq!((second.checkin, second.approval), (None, Some(approved.id)));
        assert_eq!(second.location, place(), "as the phone gave it");
        assert!(
            (second.wgs84.lat_deg - 39.8986).abs() < 0.0005,
            "{second:?}"
        );
        assert_eq!(house.events(person.id, "positions_read").await.len(), 1);
        let long = head
            .get(&format!(
                "{of}/positions?from=2026-01-01T00:00:00Z&until=2026-03-03T00:00:00Z"
            ))
            .await;
        let (status, told) = problem(long).await;
        assert_eq!(
            (status, &told.facts["field"]),
            (StatusCode::BAD_REQUEST, &json!("until"))
        );
        let social = house
            .officer(person.unit, "social", Role::SocialWorker)
            .await;
        let denied = social.get(&format!("{of}/positions?{span}")).await;
        assert_eq!(denied.status(), StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_cannot_be_names_its_field_and_nothing_of_it_is_kept() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let head = head(&house, &person, "head").await;
        let path = format!("/v1/console/persons/{}/positioning", person.id);
        let approved = head
            .post(&path, &asked(None, MORNING.plus_ms(DAY_MS)))
            .await;
        assert_eq!(approved.status(), StatusCode::CREATED);
        let mut bad = vec![fix(MORNING), fix(MORNING)];
        bad[1].location.latitude = 90.5;
        for (fixes, field) in [
            (bad, "fixes[1].location.latitude"),
            (Vec::new(), "fixes"),
            (vec![fix(MORNING); 101], "fixes"),
        ] {
            let refused = phone.positions(fixes).await.expect_err("it cannot be");
            let told = refused.problem().expect("a problem");
            assert_eq!((told.status, &told.facts["field"]), (422, &json!(field)));
        }
        let taken = phone.positions(vec![fix(MORNING); 100]).await;
        assert_eq!(taken.expect("a hundred").stored, 100);
    })
    .await;
}
