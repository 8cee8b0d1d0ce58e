//! A missed duty becomes an officer's task, and rises when nobody looks.

use domain::{access::Role, org::Level};
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::for_each_database;

use crate::support::{House, Officer};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

async fn alerts(officer: &Officer<'_>, state: &str) -> Vec<wire::Alert> {
    let answer = officer
        .get(&format!("/v1/console/alerts?state={state}"))
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page: wire::Page<wire::Alert> = answer.json().await.expect("a page");
    page.items
}

async fn act(
    officer: &Officer<'_>,
    alert: &wire::Alert,
    body: &Value,
) -> Result<wire::Alert, (String, Value)> {
    let path = format!("/v1/console/alerts/{}", alert.id);
    let answer = officer.post(&path, body).await;
    if answer.status() == StatusCode::OK {
        return Ok(answer.json().await.expect("an alert"));
    }
    let problem: wire::Problem = answer.json().await.expect("a problem");
    let field = problem.facts.get("field").cloned().unwrap_or_default();
    Err((problem.name().to_owned(), field))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missed_duty_is_told_once_and_rises_until_somebody_looks() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let city = house.unit(None, Level::City, "市").await;
        let county = house.unit(Some(&city), Level::County, "县").await;
        let unit = house.unit(Some(&county), Level::Office, "所").await;
        let station = house
            .officer(unit.id, "station", Role::StationOfficer)
            .await;
        let person = station.register("A-1").await;
        assert_eq!(alerts(&station, "open").await, []);
        // The window of 08:00 to 09:00 and its half hour of grace are over.
        house.cx.clock.advance_ms(HOUR_MS + 1);
        for _ in 0..2 {
            app::lapse::run(&house.cx).await.expect("a round");
        }
        let open = alerts(&station, "open").await;
        assert_eq!(open.len(), 1);
        let missed = &open[0];
        assert_eq!(
            (missed.kind.as_str(), missed.reached),
            ("missed_duty", Some(unit.id))
        );
        assert_eq!(
            missed.message.zh,
            "未在 2026-03-02 08:00 至 2026-03-02 09:30 内签到。"
        );
        assert_eq!(missed.person.id, person.id);

        for (after, reached, due) in [
            (0, unit.id, true),
            (1, county.id, true),
            (1, city.id, false),
        ] {
            house.cx.clock.advance_ms(after * DAY_MS);
            app::alert::escalate(&house.cx).await.expect("a round");
            let head = house
                .officer(city.id, &format!("head-{reached}"), Role::CountyHead)
                .await;
            let open = alerts(&head, "open").await;
            assert_eq!(open[0].reached, Some(reached));
            assert_eq!(open[0].due_at.is_some(), due, "nobody is above the top");
        }
        house.cx.clock.advance_ms(10 * DAY_MS);
        assert_eq!(app::alert::escalate(&house.cx).await.expect("a round"), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_acknowledged_taken_and_closed_with_a_reason_by_whoever_may_decide() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let station = house
            .officer(unit.id, "station", Role::StationOfficer)
            .await;
        station.register("A-1").await;
        house.cx.clock.advance_ms(HOUR_MS + 1);
        app::lapse::run(&house.cx).await.expect("a round");
        let alert = alerts(&station, "open").await.remove(0);
        let worker = house.officer(unit.id, "worker", Role::SocialWorker).await;
        let refused = act(&worker, &alert, &json!({ "move": "acknowledge" })).await;
        assert_eq!(refused.expect_err("no enforcement").0, "forbidden");

        let seen = act(&station, &alert, &json!({ "move": "acknowledge" })).await;
        let seen = seen.expect("it was open");
        assert_eq!(
            (seen.state.as_str(), seen.officer),
            ("acknowledged", Some(station.id))
        );
        let again = act(&station, &alert, &json!({ "move": "acknowledge" })).await;
        assert_eq!(again.expect_err("done before").0, "alert-state");
        let late = house.cx.now().plus_ms(31 * DAY_MS).to_string();
        let far = act(&station, &alert, &json!({ "move": "take", "due_at": late })).await;
        assert_eq!(far.expect_err("too far").1, "due_at");
        let due_at = house.cx.now().plus_ms(2 * DAY_MS).to_string();
        let taken = act(
            &station,
            &alert,
            &json!({ "move": "take", "due_at": due_at }),
        )
        .await;
        let taken = taken.expect("it was acknowledged");
        assert_eq!(taken.state.as_str(), "task");
        assert_eq!(taken.due_at.map(|at| at.0.to_string()), Some(due_at));
        let silent = act(&station, &alert, &json!({ "move": "close" })).await;
        assert_eq!(silent.expect_err("no reason").1, "reason");
        let closed = act(
            &station,
            &alert,
            &json!({ "move": "close", "reason": "电话核实，手机故障", "outcome": "unfounded" }),
        )
        .await;
        let closed = closed.expect("it was a task").closed.expect("an end");
        assert_eq!(closed.by, Some(station.id));
        assert_eq!(alerts(&station, "closed").await.len(), 1);
        house.cx.clock.advance_ms(9 * HOUR_MS);
        assert_eq!(app::alert::escalate(&house.cx).await.expect("a round"), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_missed_in_a_row_start_the_search_and_an_excuse_ends_the_alert() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let station = house
            .officer(unit.id, "station", Role::StationOfficer)
            .await;
        let person = station.register("A-1").await;
        house.cx.clock.advance_ms(HOUR_MS + 1);
        app::lapse::run(&house.cx).await.expect("a round");
        house.cx.clock.advance_ms(DAY_MS);
        app::lapse::run(&house.cx).await.expect("a round");
        let station = house.officer(unit.id, "next", Role::StationOfficer).await;
        let open = alerts(&station, "open").await;
        let mut kinds: Vec<&str> = open.iter().map(|alert| alert.kind.as_str()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["lost_contact", "missed_duty", "missed_duty"]);

        let (from, until) = (house.cx.now().plus_ms(-3 * DAY_MS), house.cx.now());
        let day = station
            .get(&format!("/v1/console/duties?from={from}&until={until}"))
            .await;
        let day: wire::Page<wire::DutyOfDay> = day.json().await.expect("a page");
        let first = &day.items[0];
        assert_eq!(first.person.id, person.id);
        let path = format!("/v1/console/duties/{}/ruling", first.duty.id);
        let excuse = json!({ "kind": "excused", "reason": "住院" });
        let excused = station.post(&path, &excuse).await;
        assert_eq!(excused.status(), StatusCode::CREATED);
        let closed = alerts(&station, "closed").await;
        assert_eq!(closed.len(), 1);
        let end = closed[0].closed.as_ref().expect("an end");
        assert_eq!((end.by, end.reason.as_str()), (None, "no longer so"));
    })
    .await;
}
