use domain::{access::Role, event::EventKind, plan::Factors};
use jiff::civil::{Date, date};
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::for_each_database;

use crate::support::{House, MORNING, Officer, with_phone};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

fn window(opens: &str, closes: &str) -> Value {
    json!({ "times": { "kind": "window", "opens": opens, "closes": closes }, "factors": "face_and_voice" })
}

fn random(count: u32) -> Value {
    let times = json!({ "kind": "random", "from": "10:00", "until": "18:00", "count": count, "every": "day", "answer_min": 30, "gap_min": 60 });
    json!({ "times": times, "factors": "face" })
}

fn plan(rules: &[Value]) -> Value {
    json!({ "zone": "Asia/Shanghai", "rules": rules })
}

/// An officer of the person's office.
async fn planner<'a>(house: &'a House, person: &wire::Person) -> Officer<'a> {
    house
        .officer(person.unit, "planner", Role::StationOfficer)
        .await
}

async fn write(officer: &Officer<'_>, person: domain::PersonId, plan: &Value) -> wire::Plan {
    let answer = officer
        .post(&format!("/v1/console/persons/{person}/plan"), plan)
        .await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json().await.expect("a plan")
}

/// The duties that the day view tells of from now on for so many days.
async fn told(officer: &Officer<'_>, days: i64) -> Vec<wire::Duty> {
    let now = officer.house.cx.now();
    let path = format!(
        "/v1/console/duties?from={}&until={}",
        now.plus_ms(-DAY_MS),
        now.plus_ms(days * DAY_MS)
    );
    let answer = officer.get(&path).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page: wire::Page<wire::DutyOfDay> = answer.json().await.expect("a page");
    page.items.into_iter().map(|item| item.duty).collect()
}

async fn outlook(
    officer: &Officer<'_>,
    person: domain::PersonId,
    first: Date,
    last: Date,
) -> Vec<wire::Outlook> {
    let path = format!("/v1/console/persons/{person}/outlook?first={first}&last={last}");
    let answer = officer.get(&path).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let seen: wire::Outlooks = answer.json().await.expect("an outlook");
    seen.entries
}

/// The local day of the tests' morning.
fn today() -> Date {
    let at = MORNING.timestamp().expect("in the calendar");
    at.in_tz("Asia/Shanghai").expect("known").date()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_a_random_check_before_it_opens() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = planner(&house, &person).await;
        let written = write(&officer, person.id, &plan(&[random(2)])).await;
        assert_eq!(written.version, 2);
        let seen = |duties: Vec<wire::Duty>| {
            duties
                .iter()
                .filter(|duty| duty.factors == Factors::Face)
                .count()
        };
        let of_phone = || async { phone.duties().await.expect("duties").duties };
        assert_eq!(seen(of_phone().await), 0);
        assert_eq!(seen(told(&officer, 3).await), 0);
        let outlook = outlook(&officer, person.id, today(), today()).await;
        let random: Vec<_> = outlook.iter().filter(|one| one.unannounced).collect();
        assert_eq!((random.len(), random[0].count), (1, 2));
        assert_eq!(random[0].version, Some(2));

        // 18:30: both of today have opened, none of tomorrow.
        house.cx.clock.advance_ms(10 * HOUR_MS);
        let officer = house
            .officer(person.unit, "later", Role::StationOfficer)
            .await;
        let duties = of_phone().await;
        assert_eq!(seen(duties.clone()), 2);
        assert_eq!(seen(told(&officer, 3).await), 2);
        for duty in duties.iter().filter(|duty| duty.factors == Factors::Face) {
            assert_eq!(
                duty.closes_at.0.since_ms(duty.opens_at.0),
                30 * 60_000,
                "half an hour to answer"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_replaces_what_has_not_opened_and_leaves_the_rest() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = planner(&house, &person).await;
        // It is half past eight: the first version's window of today, 08:00 to 09:00, is open.
        let before = told(&officer, 30).await;
        assert!(before.len() > 3);
        let in_three_days = today().saturating_add(jiff::Span::new().days(3));
        let mut later = plan(&[window("10:00", "11:00"), window("15:00", "16:00")]);
        later["effective_from"] = json!(in_three_days);
        let written = write(&officer, person.id, &later).await;
        assert_eq!(written.effective_from, in_three_days);
        let after = told(&officer, 30).await;
        assert_eq!(
            after.iter().filter(|duty| before.contains(duty)).count(),
            3,
            "today and two more days belong to the first version"
        );
        assert_eq!(after.len(), 3 + 2 * (before.len() - 3));
        assert_eq!(app::plan::extend(&house.cx).await.expect("it extends"), 0);

        write(&officer, person.id, &plan(&[window("12:00", "13:00")])).await;
        let now = told(&officer, 30).await;
        assert_eq!(
            now.iter().filter(|duty| before.contains(duty)).count(),
            1,
            "what has opened stays"
        );
        assert_eq!(now.len(), 1 + before.len());
        assert!(phone.open(now[0].id).await.is_ok());
        assert_eq!(app::plan::extend(&house.cx).await.expect("it extends"), 0);
        let answer = officer
            .get(&format!("/v1/console/persons/{}/plan", person.id))
            .await;
        let plans: wire::Plans = answer.json().await.expect("plans");
        let versions: Vec<i32> = plans.plans.iter().map(|plan| plan.version).collect();
        assert_eq!(versions, [3, 2, 1]);
        house.cx.clock.advance_ms(DAY_MS);
        assert_eq!(app::plan::extend(&house.cx).await.expect("it extends"), 1);

        let events = house.events(person.id, "plan_written").await;
        let mut counts: Vec<(u64, u64)> = events
            .iter()
            .filter_map(|event| {
                let EventKind::PlanWritten {
                    withdrawn, made, ..
                } = event
                else {
                    return None;
                };
                Some((*withdrawn, *made))
            })
            .collect();
        // All at one moment of the tests' clock.
        counts.sort_unstable();
        let days = before.len() as u64;
        assert_eq!(
            counts,
            [
                (0, days),
                (days - 3, 2 * (days - 3)),
                (2 + 2 * (days - 3), days)
            ]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_shows_the_days_and_writes_nothing() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let officer = planner(&house, &person).await;
        let before = told(&officer, 30).await;
        let answer = officer.get("/v1/console/plan-templates").await;
        let templates: wire::PlanTemplates = answer.json().await.expect("templates");
        assert_eq!(templates.templates.len(), 3);
        let path = format!("/v1/console/persons/{}/plan/preview", person.id);
        for template in &templates.templates {
            let mut plan = plan(&[]);
            plan["rules"] = json!(template.rules);
            let (first, last) = (date(2027, 3, 1), date(2027, 3, 28));
            let body = json!({ "plan": plan, "first": first, "last": last });
            let answer = officer.post(&path, &body).await;
            assert_eq!(answer.status(), StatusCode::OK, "{}", template.level);
            let seen: wire::Outlooks = answer.json().await.expect("an outlook");
            let reports = seen
                .entries
                .iter()
                .filter(|entry| entry.factors == Factors::Voice)
                .count();
            assert_eq!(reports, 4, "a voice report every Monday");
            assert!(seen.entries.iter().all(|entry| entry.version.is_none()));
        }
        let body =
            json!({ "plan": plan(&[random(1)]), "first": "2026-01-01", "last": "2030-01-01" });
        let refused: wire::Problem = officer.post(&path, &body).await.json().await.expect("why");
        assert_eq!(refused.facts["field"], "last");
        assert_eq!(told(&officer, 30).await, before);
        assert_eq!(house.events(person.id, "plan_written").await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_cannot_be_kept_is_refused_with_its_field_and_changes_nothing() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let officer = planner(&house, &person).await;
        let before = told(&officer, 30).await;
        let path = format!("/v1/console/persons/{}/plan", person.id);
        let on = |days: &str| {
            let mut rule = window("08:00", "09:00");
            rule["days"] = json!(days);
            rule
        };
        let crowded = json!({ "kind": "random", "from": "08:00", "until": "10:00", "count": 3, "every": "day", "answer_min": 60 });
        let mut past = plan(&[window("08:00", "09:00")]);
        past["effective_from"] = json!("2020-01-01");
        let table = [
            (plan(&[]), "rules"),
            (plan(&[window("09:00", "08:00")]), "rules[0].times.closes"),
            (plan(&[window("08:00", "10:00"), window("09:00", "11:00")]), "rules[1].times"),
            (plan(&[window("05:00", "07:00")]), "rules[0].times"),
            (plan(&[on("every day")]), "rules[0].days"),
            (plan(&[on("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30")]), "rules[0].days"),
            (plan(&[json!({ "times": crowded, "factors": "voice" })]), "rules[0].times.count"),
            (json!({ "zone": "Mars/Olympus", "rules": [window("08:00", "09:00")] }), "zone"),
            (past, "effective_from"),
        ];
        for (body, field) in table {
            let answer = officer.post(&path, &body).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            let problem: wire::Problem = answer.json().await.expect("a problem");
            assert_eq!(problem.facts["field"], field);
        }
        assert_eq!(told(&officer, 30).await, before);
        assert_eq!(house.events(person.id, "plan_written").await.len(), 1);
    })
    .await;
}
