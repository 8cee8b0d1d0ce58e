//! 计分考核: proposed from facts, decided by officers, contested by the person, decided by another officer.

use domain::access::Role;
use phone::Phone;
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::for_each_database;

use crate::support::{Officer, with_phone};

const HOUR_MS: i64 = 3_600_000;

async fn month(officer: &Officer<'_>, path: &str) -> wire::PointsMonth {
    let answer = officer.get(path).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.expect("a month")
}

async fn name(answer: reqwest::Response) -> String {
    let problem: wire::Problem = answer.json().await.expect("a problem");
    problem.name().to_owned()
}

async fn own(phone: &Phone) -> wire::PointsMonth {
    phone.points("2026-03").await.expect("a month")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_without_an_officer_and_another_one_hears_the_appeal() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let second = house
            .officer(person.unit, "two", Role::StationOfficer)
            .await;
        house.cx.clock.advance_ms(HOUR_MS + 1);
        app::lapse::run(&house.cx).await.expect("a round");
        let path = format!("/v1/console/persons/{}/points/2026-03", person.id);
        let proposed = month(&officer, &path).await;
        assert_eq!(
            (proposed.total, proposed.proposals.len()),
            (100, 1),
            "{proposed:?}"
        );
        let missed = &proposed.proposals[0];
        assert_eq!((missed.item.as_str(), missed.points), ("missed", -5));
        assert_eq!(own(&phone).await.total, 100, "a proposal takes nothing");
        assert_eq!(own(&phone).await.proposals, []);

        let decision = format!("{path}/decision");
        let accept = json!({ "key": missed.key, "answer": "accept", "reason": "无故未签到" });
        let silent = json!({ "key": missed.key, "answer": "accept", "reason": " " });
        assert_eq!(
            officer.post(&decision, &silent).await.status(),
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let taken: wire::PointsMonth = officer
            .post(&decision, &accept)
            .await
            .json()
            .await
            .expect("a month");
        assert_eq!((taken.total, taken.proposals.len()), (95, 0));
        assert_eq!(
            officer.post(&decision, &accept).await.status(),
            StatusCode::NOT_FOUND,
            "settled"
        );

        let entry = own(&phone).await.lines[0].entry;
        let appealed = phone
            .appeal(entry, "当天住院")
            .await
            .expect("it takes points");
        assert_eq!(appealed.finding, None);
        assert!(phone.appeal(entry, "再来").await.is_err(), "once");
        let waiting: wire::Page<wire::PointsAppeal> = second
            .get("/v1/console/appeals")
            .await
            .json()
            .await
            .expect("a page");
        assert_eq!(waiting.items.len(), 1);
        let decide = format!("/v1/console/appeals/{entry}");
        let grant = json!({ "finding": "granted", "reason": "有住院证明" });
        assert_eq!(
            name(officer.post(&decide, &grant).await).await,
            "appeal-own-decision"
        );
        assert_eq!(second.post(&decide, &grant).await.status(), StatusCode::OK);
        assert_eq!(own(&phone).await.total, 100, "it is given back");
        assert_eq!(house.events(person.id, "points_entered").await.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_officer_enters_counts_up_to_the_cap_and_is_reversed_by_another_entry() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let path = format!("/v1/console/persons/{}/points/2026-03/entry", person.id);
        let hours =
            |hours: u32| json!({ "kind": "education", "hours": hours, "reason": "集中学习" });
        let enter = async |body: Value| officer.post(&path, &body).await;
        let first: wire::PointsMonth = enter(hours(5)).await.json().await.expect("a month");
        let second: wire::PointsMonth = enter(hours(5)).await.json().await.expect("a month");
        assert_eq!(
            (first.total, second.total),
            (105, 108),
            "eight in a month at most"
        );
        for (body, field) in [
            (hours(0), "hours"),
            (
                json!({ "kind": "observed", "item": "late", "reason": "x" }),
                "item",
            ),
            (
                json!({ "kind": "observed", "item": "merit", "reason": "" }),
                "reason",
            ),
        ] {
            let refused = enter(body).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
            let problem: wire::Problem = refused.json().await.expect("a problem");
            assert_eq!(problem.facts["field"], field);
        }
        let entry = first.lines[0].entry;
        let reversal = format!("/v1/console/points/{entry}/reversal");
        let back = officer
            .post(&reversal, &json!({ "reason": "登记错误" }))
            .await;
        let back: wire::PointsMonth = back.json().await.expect("a month");
        assert_eq!(back.total, 105, "the second one has room now");
        let again = officer.post(&reversal, &json!({ "reason": "再来" })).await;
        assert_eq!(name(again).await, "points-final");
        assert!(phone.points("2030-01").await.is_err(), "not yet");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_decide_enter_and_reverse_points_on_the_person_s_page() {
    for_each_database(|url| async move {
        let (house, person, _) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let worker = house
            .officer(person.unit, "worker", Role::SocialWorker)
            .await;
        house.cx.clock.advance_ms(HOUR_MS + 1);
        app::lapse::run(&house.cx).await.expect("a round");
        let base = format!("/console/persons/{}/points", person.id);
        let page = format!("{base}?month=2026-03");
        let shown = officer.read(&page).await;
        assert!(shown.contains("待确认") && shown.contains("-5"), "{shown}");
        assert!(!worker.read(&page).await.contains("name=\"answer\""));
        let path = format!("/v1/console/persons/{}/points/2026-03", person.id);
        let key = month(&officer, &path).await.proposals[0].key.clone();
        let decision = format!("{base}/2026-03/decision");
        let fields = [
            ("key", key.as_str()),
            ("answer", "accept"),
            ("reason", "无故未签到"),
        ];
        let decided = officer.form(&decision, &fields).await;
        assert_eq!(decided.status(), StatusCode::SEE_OTHER);
        let entry = format!("{base}/2026-03/entry");
        let fields = [
            ("what", "education"),
            ("hours", "2"),
            ("reason", "参加学习"),
        ];
        assert_eq!(
            officer.form(&entry, &fields).await.status(),
            StatusCode::SEE_OTHER
        );
        let none = [("what", "education"), ("hours", ""), ("reason", "参加学习")];
        assert_eq!(
            officer.form(&entry, &none).await.status(),
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let now = month(&officer, &path).await;
        assert_eq!((now.lines.len(), now.proposals.len()), (2, 0));
        let reversal = format!("/console/points/{}/reversal", now.lines[0].entry);
        let id = person.id.to_string();
        let fields = [
            ("person", id.as_str()),
            ("month", "2026-03"),
            ("reason", "录入有误"),
        ];
        assert_eq!(
            officer.form(&reversal, &fields).await.status(),
            StatusCode::SEE_OTHER
        );
        assert!(officer.read(&page).await.contains("已冲正"));
    })
    .await;
}
