//! Reports: the same figures as data, page and file; each look is written down.

use domain::access::Role;
use reqwest::StatusCode;
use serde_json::Value;
use testkit::for_each_database;

use crate::support::{House, check_in, with_phone};

const HOUR_MS: i64 = 3_600_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_month_says_the_same_as_data_page_and_file() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let second = officer.register("C-2").await;
        let checkin = check_in(&phone, "1").await;
        phone
            .wait(checkin.id, std::time::Duration::from_secs(20))
            .await
            .expect("a verdict");
        // The second person misses his window.
        house.cx.clock.advance_ms(HOUR_MS + 1);
        app::lapse::run(&house.cx).await.expect("a round");
        let of_unit = format!("/v1/console/units/{}/month/2026-03", person.unit);
        let month: Value = officer.get(&of_unit).await.json().await.expect("JSON");
        assert_eq!(month["persons"].as_array().expect("persons").len(), 2);
        assert_eq!(
            (&month["tally"]["on_time"], &month["tally"]["missed"]),
            (&1.into(), &1.into())
        );
        // The weeks, drawn, with their numbers beside them.
        let weeks = officer.read("/console/reports?day=2026-03-02").await;
        assert_eq!(weeks.matches("<svg").count(), 3, "{weeks}");
        let row = "<td class=\"num\">2026-03-02</td><td class=\"num\">1</td><td class=\"num\">0</td><td class=\"num\">1</td>";
        assert!(weeks.contains(row), "{weeks}");
        let page = officer.get(&format!("{of_unit}?format=html")).await;
        assert_eq!(page.status(), StatusCode::OK);
        let policy = page.headers()["content-security-policy"]
            .to_str()
            .expect("ASCII");
        assert!(policy.contains("default-src 'none'"), "{policy}");
        let page = page.text().await.expect("a page");
        assert!(
            page.contains("C-2") && page.contains("签到考勤月表"),
            "{page}"
        );
        let csv = officer
            .get(&format!("{of_unit}?format=csv"))
            .await
            .text()
            .await
            .expect("a table");
        assert!(csv.lines().count() >= 3, "{csv}");
        let xlsx = officer
            .get(&format!("{of_unit}?format=xlsx"))
            .await
            .bytes()
            .await
            .expect("a file");
        assert_eq!(&xlsx[..2], b"PK");

        let of_person = format!("/v1/console/persons/{}/month/2026-03", second.id);
        let month: Value = officer.get(&of_person).await.json().await.expect("JSON");
        assert_eq!(month["tally"]["missed"], 1);
        let day: Value = officer
            .get(&format!("/v1/console/units/{}/day/2026-03-02", person.unit))
            .await
            .json()
            .await
            .expect("JSON");
        assert_eq!(
            day["rows"][0]["who"]["case_number"], "C-2",
            "the worst first"
        );
        let lists = format!(
            "/v1/console/units/{}/exceptions?first=2026-03-01&last=2026-03-31",
            person.unit
        );
        let found: Value = officer.get(&lists).await.json().await.expect("JSON");
        assert_eq!(found["missed"].as_array().expect("a list").len(), 1);
        let refused = officer.get(&format!("{lists}&format=csv")).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let long = lists.replace("2026-03-31", "2026-04-01");
        assert_eq!(
            officer.get(&long).await.status(),
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(house.events(second.id, "report_made").await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minors_file_is_in_nobodys_report_who_has_no_part_in_it() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let officer = house.officer(unit.id, "one", Role::StationOfficer).await;
        let mut body = crate::support::person(unit.id, "M-1");
        body["minor"] = true.into();
        let made = officer.post("/v1/console/persons", &body).await;
        assert_eq!(made.status(), StatusCode::CREATED);
        let operator = house.officer(unit.id, "operator", Role::Operator).await;
        let path = format!("/v1/console/units/{}/month/2026-03", unit.id);
        let count = |month: Value| month["persons"].as_array().expect("persons").len();
        let seen: Value = officer.get(&path).await.json().await.expect("JSON");
        let hidden: Value = operator.get(&path).await.json().await.expect("JSON");
        assert_eq!((count(seen), count(hidden)), (1, 0));
    })
    .await;
}
