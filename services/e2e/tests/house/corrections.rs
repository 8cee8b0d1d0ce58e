//! Procurators write to a unit, the county answers in writing, and nobody else has a part in it.

use domain::{access::Role, correction::State, org::Level};
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::for_each_database;

use crate::support::{House, Officer};

const DAY_MS: i64 = 24 * 3_600_000;

async fn refused(officer: &Officer<'_>, path: &str, body: &Value) -> (StatusCode, wire::Problem) {
    let answer = officer.post(path, body).await;
    let status = answer.status();
    (status, answer.json().await.expect("a problem"))
}

async fn moved(officer: &Officer<'_>, path: &str, body: &Value) -> wire::Correction {
    let answer = officer.post(path, body).await;
    assert_eq!(answer.status(), StatusCode::OK, "{body}");
    answer.json().await.expect("a correction")
}

async fn listed(officer: &Officer<'_>, query: &str) -> Vec<wire::Correction> {
    let path = format!("/v1/console/corrections{query}");
    let answer = officer.get(&path).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page: wire::Page<wire::Correction> = answer.json().await.expect("a page");
    page.items
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_answered_in_writing_by_the_county_and_closed_by_the_procurator() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let county = house.unit(None, Level::County, "县").await;
        let office = house.unit(Some(&county), Level::Office, "所").await;
        let officer = house.officer(office.id, "one", Role::StationOfficer).await;
        let head = house.officer(county.id, "head", Role::CountyHead).await;
        let procurator = house.officer(county.id, "proc", Role::Procurator).await;
        let person = officer.register("C-1").await;
        let file = format!("/v1/console/units/{}/corrections", office.id);
        let body = json!({ "kind": "opinion", "person": person.id, "found": "未按方案签到", "asked": "限期改正" });
        let (status, _) = refused(&head, &file, &body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "only procurators write");
        let written = procurator.post(&file, &body).await;
        assert_eq!(written.status(), StatusCode::CREATED);
        let written: wire::Correction = written.json().await.expect("a correction");
        assert_eq!((written.state, written.unit_name.as_str()), (State::Filed, "所"));
        assert_eq!(written.person.as_ref().map(|one| one.id), Some(person.id));
        let path = format!("/v1/console/corrections/{}", written.id);
        // The office reads it; it acts for its county, which answers.
        assert_eq!(listed(&officer, "").await.len(), 1);
        let reply = json!({ "move": "reply", "adoption": "part", "text": "已补签两次" });
        let (status, _) = refused(&officer, &path, &reply).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, problem) = refused(&head, &path, &reply).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(problem.kind.ends_with("correction-reasons"), "{problem:?}");
        let reasoned = json!({ "move": "reply", "adoption": "part", "text": "已补签两次", "why_not": "第三次本人住院" });
        let replied = moved(&head, &path, &reasoned).await;
        assert_eq!(replied.state, State::Replied);
        let (status, problem) = refused(&head, &path, &reasoned).await;
        assert_eq!(status, StatusCode::CONFLICT, "it was answered");
        assert_eq!(problem.facts["state"], "replied");
        let insisted = json!({ "move": "insist", "text": "请附住院证明", "reply_days": 5 });
        let insisted = moved(&procurator, &path, &insisted).await;
        let days_ms = insisted.due_at.0.since_ms(house.cx.now());
        assert!((4 * DAY_MS..=5 * DAY_MS).contains(&days_ms), "{days_ms}");
        moved(&head, &path, &json!({ "move": "reply", "adoption": "whole", "text": "已附" })).await;
        let closed = moved(&procurator, &path, &json!({ "move": "accept" })).await;
        assert_eq!((closed.state, closed.steps.len()), (State::Accepted, 4));
        assert_eq!(listed(&head, "").await, []);
        assert_eq!(listed(&head, "?closed=true").await, [closed]);
        assert_eq!(house.events(person.id, "correction_filed").await.len(), 1);
        assert_eq!(house.events(person.id, "correction_stepped").await.len(), 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stands_aside_or_has_no_part_learns_nothing_of_a_correction() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let county = house.unit(None, Level::County, "县").await;
        let office = house.unit(Some(&county), Level::Office, "所").await;
        let officer = house.officer(office.id, "one", Role::StationOfficer).await;
        let second = house.officer(office.id, "two", Role::StationOfficer).await;
        let head = house.officer(county.id, "head", Role::CountyHead).await;
        let procurator = house.officer(county.id, "proc", Role::Procurator).await;
        let worker = house.officer(office.id, "worker", Role::SocialWorker).await;
        let person = officer.register("C-1").await;
        let body = json!({ "officer": second.id, "reason": "亲属" });
        let recusals = format!("/v1/console/persons/{}/recusals", person.id);
        assert_eq!(
            head.post(&recusals, &body).await.status(),
            StatusCode::CREATED
        );
        let file = format!("/v1/console/units/{}/corrections", office.id);
        let body =
            json!({ "kind": "suggestion", "person": person.id, "found": "情况", "asked": "建议" });
        let written = procurator.post(&file, &body).await;
        let written: wire::Correction = written.json().await.expect("a correction");
        let whole = json!({ "kind": "suggestion", "found": "档案不齐", "asked": "补齐" });
        assert_eq!(
            procurator.post(&file, &whole).await.status(),
            StatusCode::CREATED
        );
        assert_eq!(listed(&officer, "").await.len(), 2);
        assert_eq!(
            listed(&second, "").await.len(),
            1,
            "he stands aside from the person"
        );
        let path = format!("/v1/console/corrections/{}", written.id);
        assert_eq!(second.get(&path).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(worker.get(&path).await.status(), StatusCode::FORBIDDEN);
        // About a person it goes to who supervises him, or stands above.
        let other = house.unit(Some(&county), Level::Office, "别所").await;
        let elsewhere = format!("/v1/console/units/{}/corrections", other.id);
        let (_, problem) = refused(&procurator, &elsewhere, &body).await;
        assert_eq!(problem.facts["field"], "unit");
        for days in [0, 91] {
            let mut late = whole.clone();
            late["reply_days"] = days.into();
            let (_, problem) = refused(&procurator, &file, &late).await;
            assert_eq!(problem.facts["field"], "reply_days");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owed_reply_stands_on_the_pages_until_it_is_given() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let county = house.unit(None, Level::County, "县").await;
        let head = house.officer(county.id, "head", Role::CountyHead).await;
        let procurator = house.officer(county.id, "proc", Role::Procurator).await;
        let fields = [
            ("unit", county.id.to_string()),
            ("kind", "opinion".into()),
            ("found", "文书未签字".into()),
            ("asked", "补签".into()),
            ("reply_days", String::new()),
        ];
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let sent = procurator.form("/console/corrections", &fields).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        let path = sent.headers()["location"]
            .to_str()
            .expect("text")
            .to_owned();
        assert!(
            head.read("/console")
                .await
                .contains("检察监督文书 1 件待处理")
        );
        assert!(!procurator.read("/console").await.contains("件待处理"));
        assert!(
            !head
                .read("/console/corrections")
                .await
                .contains("逾期未回复")
        );
        house.cx.clock.advance_ms(16 * DAY_MS);
        let head = house.officer(county.id, "head2", Role::CountyHead).await;
        let procurator = house.officer(county.id, "proc2", Role::Procurator).await;
        assert!(
            head.read("/console/corrections")
                .await
                .contains("逾期未回复")
        );
        let page = head.read(&path).await;
        assert!(
            page.contains("文书未签字") && page.contains("书面回复"),
            "{page}"
        );
        let reply = [
            ("deed", "reply"),
            ("adoption", "whole"),
            ("text", "已补签"),
            ("why_not", ""),
        ];
        assert_eq!(
            head.form(&path, &reply).await.status(),
            StatusCode::SEE_OTHER
        );
        assert!(
            procurator
                .read("/console")
                .await
                .contains("检察监督文书 1 件待处理")
        );
        let accepted = procurator.form(&path, &[("deed", "accept")]).await;
        assert_eq!(accepted.status(), StatusCode::SEE_OTHER);
        assert!(procurator.read(&path).await.contains("已办结"));
        assert!(!procurator.read("/console").await.contains("件待处理"));
    })
    .await;
}
