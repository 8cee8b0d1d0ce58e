//! Persons come as tables, change their order and their office, and leave.

use domain::{access::Role, event::EventKind, org::Level};
use phone::Phone;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use testkit::for_each_database;

use crate::support::{House, Officer, check_in, person, with_phone};

const DAY_MS: i64 = 24 * 3_600_000;
const HEADER: &str = "姓名,案号,单位,类别,管理等级,矫正起始日,矫正终止日,未成年";

async fn hand_in(officer: &Officer<'_>, query: &str, media_type: &str, table: Vec<u8>) -> Response {
    let house = officer.house;
    let request = house
        .http
        .post(format!("{}/v1/console/roster{query}", house.url))
        .bearer_auth(&officer.token)
        .header(wire::IDEMPOTENCY_KEY, house.cx.id().to_string())
        .header("content-type", media_type);
    request.body(table).send().await.expect("an answer")
}

async fn csv(officer: &Officer<'_>, query: &str, rows: &[String]) -> Response {
    let table = format!("{HEADER}\n{}\n", rows.join("\n"));
    hand_in(officer, query, "text/csv; charset=utf-8", table.into()).await
}

async fn persons(officer: &Officer<'_>, query: &str) -> Vec<String> {
    let answer = officer.get(&format!("/v1/console/persons{query}")).await;
    let page: wire::Page<wire::PersonSummary> = answer.json().await.expect("a page");
    let numbers = page.items.into_iter().map(|person| person.case_number);
    numbers.collect()
}

async fn problem(answer: Response) -> (StatusCode, wire::Problem) {
    let status = answer.status();
    (status, answer.json().await.expect("a problem"))
}

#[tokio::test(flavor = "multi_thread")]
async fn three_bad_rows_in_a_thousand_are_named_and_nothing_is_imported() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let officer = house
            .officer(unit.id, "officer", Role::StationOfficer)
            .await;
        let row =
            |number: usize| format!("张{number},R-{number},所,缓刑,普管,2026-01-01,2027-12-31,否");
        let mut rows: Vec<String> = (2..1_002).map(row).collect();
        rows[10] = "张,R-12,别的所,缓刑,普管,2026-01-01,2027-12-31,否".into();
        rows[500] = "张,R-2,所,缓刑,普管,2026-01-01,2027-12-31,否".into();
        rows[999] = "张,R-1001,所,徒刑,普管,2026-13-01,2025-12-31,也许".into();
        let (status, problem) = problem(csv(&officer, "", &rows).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem.name(), "rows");
        let faults: Vec<wire::RowFault> =
            serde_json::from_value(problem.facts["errors"].clone()).expect("faults");
        let seen: Vec<(u32, &str)> = faults
            .iter()
            .map(|fault| (fault.row, fault.column.as_str()))
            .collect();
        let expected = [
            (12, "单位"),
            (502, "案号"),
            (1_001, "类别"),
            (1_001, "矫正起始日"),
            (1_001, "未成年"),
        ];
        assert_eq!(seen, expected);
        assert_eq!(problem.facts["count"], 5);
        assert!(faults.iter().all(|fault| !fault.message.zh.is_empty()));
        assert_eq!(persons(&officer, "").await, [""; 0], "nothing half done");

        rows.retain(|row| row.starts_with("张") && !row.starts_with("张,"));
        let tried = csv(&officer, "?dry_run=true", &rows).await;
        let tried: wire::Imported = tried.json().await.expect("a count");
        assert_eq!((tried.persons, tried.dry_run), (997, true));
        assert_eq!(
            persons(&officer, "").await,
            [""; 0],
            "a dry run stores nothing"
        );
        let done: wire::Imported = csv(&officer, "", &rows)
            .await
            .json()
            .await
            .expect("a count");
        assert_eq!(done.persons, 997);
        assert_eq!(persons(&officer, "").await.len(), 100, "a page of them");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_table_can_be_imported_elsewhere_in_both_formats() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let officer = house
            .officer(unit.id, "officer", Role::StationOfficer)
            .await;
        let rows = [
            "=危险,A-1,所,假释,严管,2026/2/1,2027年1月31日,是".to_owned(),
            "李四,000123456789012345,所,outside_prison,lenient,2026-01-01,2026-12-31,".to_owned(),
        ];
        assert_eq!(csv(&officer, "", &rows).await.status(), StatusCode::OK);
        for format in ["csv", "xlsx"] {
            let path = format!("/v1/console/roster?format={format}");
            let answer = officer.get(&path).await;
            assert_eq!(answer.status(), StatusCode::OK);
            let media_type = answer.headers()["content-type"]
                .to_str()
                .expect("a text")
                .to_owned();
            let table = answer.bytes().await.expect("a table").to_vec();
            let (status, again) =
                problem(hand_in(&officer, "", &media_type, table.clone()).await).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            let faults: Vec<wire::RowFault> =
                serde_json::from_value(again.facts["errors"].clone()).expect("faults");
            assert_eq!(faults.len(), 2, "both case numbers are known: {faults:?}");
            assert!(
                faults.iter().all(|fault| fault.column == "案号"),
                "{faults:?}"
            );
        }
        let wrong = hand_in(&officer, "", "text/csv", b"\xff\xfe\x00\x01".to_vec()).await;
        assert_eq!(problem(wrong).await.1.name(), "table");
        let wrong = hand_in(&officer, "", "application/pdf", b"%PDF".to_vec()).await;
        assert_eq!(problem(wrong).await.1.name(), "table-format");
        let header = hand_in(&officer, "", "text/csv", "姓名,案号\n张,1\n".into()).await;
        let (_, header) = problem(header).await;
        assert_eq!(header.facts["count"], 5, "five columns are missing");
    })
    .await;
}

/// Opens, uploads and hands in, and waits for the verdict.
async fn verified(phone: &Phone, salt: &str) {
    let checkin = check_in(phone, salt).await;
    let wait = std::time::Duration::from_secs(20);
    let settled = phone.wait(checkin.id, wait).await.expect("a verdict");
    assert!(settled.state.settled());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_moves_when_the_other_unit_agrees_and_the_file_moves_along() {
    for_each_database(|url| async move {
        let (house, moved, phone) = with_phone(&url).await;
        verified(&phone, "before").await;
        let sender = house
            .officer(moved.unit, "sender", Role::StationOfficer)
            .await;
        let far = house.unit(None, Level::County, "远县").await;
        let receiver = house.officer(far.id, "receiver", Role::CountyOfficer).await;
        let found = sender.get("/v1/console/directory?name=远").await;
        let found: Vec<wire::Unit> = found.json().await.expect("units");
        assert_eq!(found[0].id, far.id);
        let path = format!("/v1/console/persons/{}", moved.id);
        let body = json!({ "to": far.id, "reason": "搬家" });
        let proposed = sender.post(&format!("{path}/transfer"), &body).await;
        assert_eq!(proposed.status(), StatusCode::CREATED);
        let transfer: wire::Transfer = proposed.json().await.expect("a transfer");
        let twice = sender.post(&format!("{path}/transfer"), &body).await;
        assert_eq!(problem(twice).await.1.name(), "transfer-pending");
        assert_eq!(
            receiver.get(&path).await.status(),
            StatusCode::NOT_FOUND,
            "not his yet"
        );
        let decide = |made: &str| json!({ "move": made, "reason": "同意" });
        let decision = format!("/v1/console/transfers/{}/decision", transfer.id);
        let own = sender.post(&decision, &decide("accept")).await;
        assert_eq!(
            own.status(),
            StatusCode::FORBIDDEN,
            "the other side answers"
        );
        let taken = receiver.post(&decision, &decide("withdraw")).await;
        assert_eq!(taken.status(), StatusCode::FORBIDDEN);
        let waiting = receiver.get("/v1/console/transfers?state=proposed").await;
        let waiting: wire::Page<wire::Transfer> = waiting.json().await.expect("a page");
        assert_eq!(waiting.items.len(), 1);
        let accepted = receiver.post(&decision, &decide("accept")).await;
        assert_eq!(accepted.status(), StatusCode::OK);
        let again = receiver.post(&decision, &decide("decline")).await;
        assert_eq!(problem(again).await.1.name(), "transfer-decided");

        assert_eq!(sender.get(&path).await.status(), StatusCode::NOT_FOUND);
        let file: wire::Person = receiver.get(&path).await.json().await.expect("a person");
        assert!(file.enrolled && file.device_active && file.unit == far.id);
        let from = house.cx.now().plus_ms(-DAY_MS);
        let days = format!(
            "/v1/console/duties?from={from}&until={}",
            house.cx.now().plus_ms(DAY_MS)
        );
        let duties: wire::Page<wire::DutyOfDay> =
            receiver.get(&days).await.json().await.expect("duties");
        assert!(!duties.items.is_empty());
        assert_eq!(phone.duties().await.expect("duties").duties.len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn duties_follow_the_order_and_a_plan_stays_within_it() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let officer = house
            .officer(unit.id, "officer", Role::StationOfficer)
            .await;
        let mut new = person(unit.id, "O-1");
        new["order"]["starts_on"] = "2026-03-10".into();
        let registered = officer.post("/v1/console/persons", &new).await;
        let registered: wire::Person = registered.json().await.expect("a person");
        let path = format!("/v1/console/persons/{}", registered.id);
        let times = json!({ "kind": "window", "opens": "08:00", "closes": "09:00" });
        let mut plan = json!({ "zone": "Asia/Shanghai", "rules": [{ "times": times, "factors": "face" }], "effective_from": "2026-03-09" });
        let early = officer.post(&format!("{path}/plan"), &plan).await;
        let (status, early) = problem(early).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(early.facts["field"], "effective_from");
        plan.as_object_mut().expect("an object").remove("effective_from");
        let written = officer.post(&format!("{path}/plan"), &plan).await;
        let written: wire::Plan = written.json().await.expect("a plan");
        assert_eq!(written.effective_from.to_string(), "2026-03-10");
        assert_eq!(written.duties, Some(7), "10 to 16 March of fourteen days ahead");

        let mut order = new["order"].clone();
        order["ends_on"] = "2026-03-12".into();
        order["level"] = "strict".into();
        let changed = officer.post(&format!("{path}/order"), &order).await;
        let changed: wire::Person = changed.json().await.expect("a person");
        assert_eq!(changed.order.ends_on.to_string(), "2026-03-12");
        let kinds = house.events(registered.id, "order_changed").await;
        assert!(
            matches!(kinds[0], EventKind::OrderChanged { withdrawn: 4, made: 0, .. }),
            "{kinds:?}"
        );
        order["ends_on"] = "2026-03-09".into();
        let backwards = officer.post(&format!("{path}/order"), &order).await;
        assert_eq!(problem(backwards).await.1.facts["field"], "order.ends_on");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_supervision_asks_for_nothing_more_and_erases_after_its_time() {
    for_each_database(|url| async move {
        let (house, ended, phone) = with_phone(&url).await;
        verified(&phone, "last").await;
        let head = house.officer(ended.unit, "head", Role::CountyHead).await;
        let officer = house
            .officer(ended.unit, "station", Role::StationOfficer)
            .await;
        let path = format!("/v1/console/persons/{}", ended.id);
        let body = json!({ "reason": "term_served", "note": "期满" });
        let not_his = officer.post(&format!("{path}/end"), &body).await;
        assert_eq!(not_his.status(), StatusCode::FORBIDDEN);
        let done = head.post(&format!("{path}/end"), &body).await;
        assert_eq!(done.status(), StatusCode::OK);
        let done: wire::Person = done.json().await.expect("a person");
        let end = done.ended.expect("it ended");
        assert_eq!(end.erase_at.0.since_ms(end.at.0), 180 * DAY_MS);
        assert!(phone.duties().await.is_err(), "the phone is no longer his");
        assert_eq!(persons(&officer, "").await, [""; 0]);
        assert_eq!(persons(&officer, "?ended=true").await, ["C-1"]);
        for (route, body) in [
            ("activation", json!({})),
            ("enrolments", json!({})),
            ("end", body.clone()),
            ("order", order_of(&done)),
        ] {
            let refused = head.post(&format!("{path}/{route}"), &body).await;
            assert_eq!(
                problem(refused).await.1.name(),
                "supervision-ended",
                "{route}"
            );
        }
        let kinds = house.events(ended.id, "supervision_ended").await;
        assert!(
            matches!(kinds[0], EventKind::SupervisionEnded { withdrawn, .. } if withdrawn > 5),
            "{kinds:?}"
        );

        house.cx.clock.advance_ms(179 * DAY_MS);
        assert_eq!(app::erasure::run(&house.cx).await.expect("a round"), 0);
        house.cx.clock.advance_ms(DAY_MS);
        assert_eq!(app::erasure::run(&house.cx).await.expect("a round"), 1);
        assert_eq!(app::erasure::run(&house.cx).await.expect("a round"), 0);
        let mut tx = house.cx.store.read().await.expect("a transaction");
        let key = store::person_key::get(&mut tx, ended.id)
            .await
            .expect("a look");
        assert!(key.is_none(), "nothing sealed can be read again");
        let objects = store::media::objects_of_person(&mut tx, ended.id, 10).await;
        assert!(objects.expect("a look").is_empty());
        drop(tx);
        let left = house.events(ended.id, "person_erased").await;
        assert!(
            matches!(left[..], [EventKind::PersonErased { objects }] if objects >= 8),
            "{left:?}"
        );
    })
    .await;
}

fn order_of(person: &wire::Person) -> Value {
    serde_json::to_value(person.order).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_when_supervision_ends_is_excused() {
    for_each_database(|url| async move {
        let (house, ended, _phone) = with_phone(&url).await;
        let head = house.officer(ended.unit, "head", Role::CountyHead).await;
        let path = format!("/v1/console/persons/{}/end", ended.id);
        let body = json!({ "reason": "died", "note": "病故" });
        assert_eq!(head.post(&path, &body).await.status(), StatusCode::OK);
        house.cx.clock.advance_ms(8 * 3_600_000);
        app::lapse::run(&house.cx).await.expect("a round");
        let marked = house.events(ended.id, "duty_marked").await;
        let to: Vec<_> = marked
            .iter()
            .map(|kind| serde_json::to_value(kind).expect("JSON")["to"].clone())
            .collect();
        assert_eq!(to, ["excused"], "and never missed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minors_file_is_not_for_everybody() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let officer = house
            .officer(unit.id, "officer", Role::StationOfficer)
            .await;
        let mut minor = person(unit.id, "M-1");
        minor["minor"] = true.into();
        let created = officer.post("/v1/console/persons", &minor).await;
        let created: wire::Person = created.json().await.expect("a person");
        let path = format!("/v1/console/persons/{}", created.id);
        for (role, sees) in [
            (Role::CountyHead, true),
            (Role::Procurator, true),
            (Role::Operator, false),
            (Role::SocialWorker, false),
            (Role::Auditor, false),
        ] {
            let user = house.officer(unit.id, role.as_str(), role).await;
            let status = user.get(&path).await.status();
            assert_eq!(status == StatusCode::OK, sees, "{role}");
            assert_eq!(!persons(&user, "").await.is_empty(), sees, "{role}");
        }
        let worker = house.officer(unit.id, "worker", Role::SocialWorker).await;
        let refused = worker.post("/v1/console/persons", &minor).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    })
    .await;
}
