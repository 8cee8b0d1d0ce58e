//! What officers write down about duties, and what the plan says beside its times: channels, positions, the calendar.

use domain::{access::Role, org::Level};
use reqwest::{Response, StatusCode};
use serde_json::json;
use testkit::for_each_database;
use wire::Facts;

use crate::support::{House, due, upload, with_phone};

const DAY_MS: i64 = 24 * 3_600_000;

async fn problem(answer: Response) -> (StatusCode, wire::Problem) {
    let status = answer.status();
    (status, answer.json().await.expect("a problem"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_writes_down_who_reported_before_him_and_excuses_with_a_reason() {
    for_each_database(|url| async move {
        let (house, reporter, phone) = with_phone(&url).await;
        let officer = house
            .officer(reporter.unit, "station", Role::StationOfficer)
            .await;
        let duty = due(&phone).await;
        let path = format!("/v1/console/duties/{}/ruling", duty.id);
        let silent = officer
            .post(&path, &json!({ "kind": "attended", "reason": " " }))
            .await;
        assert_eq!(problem(silent).await.1.facts["field"], "reason");
        let ahead = json!({ "kind": "attended", "at": house.cx.now().plus_ms(60_000).to_string(), "reason": "到所" });
        let ahead = officer.post(&path, &ahead).await;
        assert_eq!(problem(ahead).await.1.facts["field"], "at");
        let done = officer
            .post(&path, &json!({ "kind": "attended", "reason": "到所报告" }))
            .await;
        assert_eq!(done.status(), StatusCode::CREATED);
        let done: wire::DutyOfDay = done.json().await.expect("a duty");
        assert_eq!(done.duty.attendance.as_str(), "on_time");
        let again = officer
            .post(&path, &json!({ "kind": "excused", "reason": "再来" }))
            .await;
        assert_eq!(problem(again).await.1.name(), "duty-met");
        assert!(
            phone.open(duty.id).await.is_err(),
            "nothing more is asked of him"
        );

        house.cx.clock.advance_ms(DAY_MS + 4 * 3_600_000);
        app::lapse::run(&house.cx).await.expect("a round");
        let missed = phone.duties().await.expect("duties").duties;
        let missed = missed
            .iter()
            .find(|duty| duty.attendance.as_str() == "missed")
            .expect("one was missed");
        let officer = house
            .officer(reporter.unit, "second", Role::StationOfficer)
            .await;
        let path = format!("/v1/console/duties/{}/ruling", missed.id);
        let excused = officer
            .post(&path, &json!({ "kind": "excused", "reason": "住院" }))
            .await;
        let excused: wire::DutyOfDay = excused.json().await.expect("a duty");
        assert_eq!(excused.duty.attendance.as_str(), "excused");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duty_is_met_only_on_its_channels_and_a_missing_position_goes_to_an_officer() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "station", Role::StationOfficer)
            .await;
        let times = |opens: &str, closes: &str| json!({ "kind": "window", "opens": opens, "closes": closes });
        let plan = json!({ "zone": "Asia/Shanghai", "rules": [
            { "times": times("09:00", "10:00"), "factors": "face_and_voice", "channels": ["in_person"] },
            { "times": times("10:00", "11:00"), "factors": "face_and_voice", "channels": ["app"], "location_required": true },
        ] });
        let path = format!("/v1/console/persons/{}/plan", person.id);
        assert_eq!(officer.post(&path, &plan).await.status(), StatusCode::CREATED);
        let none = json!({ "zone": "Asia/Shanghai", "rules": [{ "times": times("12:00", "13:00"), "factors": "face", "channels": [] }] });
        let (_, none) = problem(officer.post(&path, &none).await).await;
        assert_eq!(none.facts["field"], "rules[0].channels");
        house.cx.clock.advance_ms(40 * 60_000);
        let duties = phone.duties().await.expect("duties").duties;
        let at_office = duties
            .iter()
            .find(|duty| duty.channels == [domain::channel::Channel::InPerson])
            .expect("a duty at the office");
        let refused = phone.open(at_office.id).await.expect_err("not on a phone");
        assert_eq!(refused.name(), "channel-not-allowed");

        house.cx.clock.advance_ms(60 * 60_000);
        let by_phone = |duties: Vec<wire::Duty>| {
            let mut duties = duties.into_iter();
            duties
                .find(|duty| duty.location_required && duty.phase == domain::duty::Phase::Open)
                .expect("a duty by phone")
        };
        let duty = by_phone(phone.duties().await.expect("duties").duties);
        let session = phone.open(duty.id).await.expect("a session");
        let parts = upload(&phone, &session, "no place").await;
        let handed = phone.submit(&session, parts, Facts::default()).await;
        let wait = std::time::Duration::from_secs(20);
        let settled = phone
            .wait(handed.expect("acknowledged").id, wait)
            .await
            .expect("a verdict");
        assert_eq!(settled.state.as_str(), "review");
        let detail = officer
            .get(&format!("/v1/console/checkins/{}", settled.id))
            .await;
        let detail: wire::CheckinDetail = detail.json().await.expect("a check-in");
        assert_eq!(detail.reasons[0].code.as_str(), "location_missing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declared_holiday_moves_the_duties_that_follow_the_calendar() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let top = house.unit(None, Level::County, "县").await;
        let officer = house.officer(top.id, "officer", Role::CountyOfficer).await;
        let admin = house.officer(top.id, "admin", Role::Administrator).await;
        let person = officer.register("H-1").await;
        let times = json!({ "kind": "window", "opens": "10:00", "closes": "11:00" });
        let plan = json!({ "zone": "Asia/Shanghai", "rules": [{ "times": times, "factors": "face", "on": "workdays" }] });
        let path = format!("/v1/console/persons/{}/plan", person.id);
        let written = officer.post(&path, &plan).await;
        let written: wire::Plan = written.json().await.expect("a plan");
        assert_eq!(written.duties, Some(11), "workdays from 2 to 16 March");
        let known = officer.get("/v1/console/calendar/2026").await;
        let known: wire::CalendarYear = known.json().await.expect("a year");
        assert_eq!((known.version, known.days.len()), (1, 39));
        let mut days = known.days.clone();
        days.insert(jiff::civil::date(2026, 3, 4), domain::calendar::DayKind::DayOff);
        days.insert(jiff::civil::date(2026, 3, 7), domain::calendar::DayKind::Workday);
        days.insert(jiff::civil::date(2026, 3, 8), domain::calendar::DayKind::Workday);
        let body = json!({ "days": days });
        let not_his = officer.post("/v1/console/calendar/2026", &body).await;
        assert_eq!(not_his.status(), StatusCode::FORBIDDEN);
        let wrong = json!({ "days": { "2027-01-01": "day_off" } });
        let wrong = admin.post("/v1/console/calendar/2026", &wrong).await;
        assert_eq!(problem(wrong).await.1.facts["field"], "days");
        let declared = admin.post("/v1/console/calendar/2026", &body).await;
        assert_eq!(declared.status(), StatusCode::CREATED);
        assert_eq!(app::calendar::apply(&house.cx).await.expect("a round"), (1, 2));
        assert_eq!(app::calendar::apply(&house.cx).await.expect("a round"), (0, 0));
        assert_eq!(app::plan::extend(&house.cx).await.expect("a round"), 0);
        let ended = admin.get("/v1/console/calendar/2019").await;
        assert_eq!(ended.status(), StatusCode::NOT_FOUND);
    })
    .await;
}
