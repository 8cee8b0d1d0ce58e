//! What is held against the procurators' lists on the 25th, and the measures that it counts.

use domain::{OrgUnitId, PersonId, access::Role, org::Level};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use testkit::for_each_database;

use crate::support::{House, Officer};

const DAY_MS: i64 = 24 * 3_600_000;

async fn report(officer: &Officer<'_>, unit: OrgUnitId, month: &str) -> Value {
    let path = format!("/v1/console/units/{unit}/reconciliation/{month}");
    let answer = officer.get(&path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.json().await.expect("JSON")
}

/// A county with two offices, and three persons of the first one who were there when March's list was taken.
struct Setting {
    county: OrgUnitId,
    home: OrgUnitId,
    other: OrgUnitId,
    persons: Vec<PersonId>,
}

impl Setting {
    async fn new(house: &House) -> Self {
        let county = house.unit(None, Level::County, "县").await;
        let home = house.unit(Some(&county), Level::Office, "甲所").await;
        let other = house.unit(Some(&county), Level::Office, "乙所").await;
        next_list(house).await;
        let officer = house.officer(home.id, "first", Role::StationOfficer).await;
        let mut persons = Vec::new();
        for case in ["C-1", "C-2", "C-3"] {
            persons.push(officer.register(case).await.id);
        }
        let march = report(&officer, home.id, "2026-03").await;
        let total = &march["total"];
        assert_eq!(
            (&total["begin"], &total["registered"], &total["end"]),
            (&0.into(), &3.into(), &3.into()),
            "while it is not over, the list at the end is of now"
        );
        house.cx.clock.advance_ms(25 * DAY_MS);
        next_list(house).await;
        Self {
            county: county.id,
            home: home.id,
            other: other.id,
            persons,
        }
    }

    async fn act(&self, officer: &Officer<'_>, person: usize, deed: &str, body: Value) -> Response {
        let path = format!("/v1/console/persons/{}/{deed}", self.persons[person]);
        let answer = officer.post(&path, &body).await;
        assert!(answer.status().is_success(), "{path}");
        answer
    }
}

async fn next_list(house: &House) {
    for _ in 0..2 {
        app::report::take_census(&house.cx).await.expect("a list");
    }
    house.cx.clock.advance_ms(1_000);
}

fn strict() -> Value {
    json!({ "category": "probation", "level": "strict", "starts_on": "2026-01-01", "ends_on": "2027-12-31" })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_log_tells_leads_from_one_list_of_persons_to_the_next() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let all = Setting::new(&house).await;
        let head = house.officer(all.county, "head", Role::CountyHead).await;
        let officer = house.officer(all.home, "home", Role::StationOfficer).await;
        let receiver = house
            .officer(all.other, "other", Role::StationOfficer)
            .await;
        officer.register("C-4").await;
        let over = json!({ "reason": "term_served", "note": "期满" });
        all.act(&head, 0, "end", over).await;
        let moved = json!({ "to": all.other, "reason": "搬家" });
        let transfer = all.act(&officer, 1, "transfer", moved).await;
        let transfer: wire::Transfer = transfer.json().await.expect("a transfer");
        let decision = format!("/v1/console/transfers/{}/decision", transfer.id);
        let accepted = json!({ "move": "accept", "reason": "同意" });
        assert_eq!(
            receiver.post(&decision, &accepted).await.status(),
            StatusCode::OK
        );
        all.act(&officer, 2, "order", strict()).await;

        let april = report(&officer, all.home, "2026-04").await;
        let total = &april["total"];
        let flow = [
            "begin",
            "registered",
            "transferred_in",
            "transferred_out",
            "changed_in",
            "changed_out",
            "end",
        ];
        let flow = flow.map(|field| total[field].as_i64().expect("a count"));
        assert_eq!(flow, [3, 1, 0, 1, 1, 1, 2], "{april}");
        assert_eq!(total["ended"]["term_served"], 1);
        assert_eq!(april["mismatches"], json!([]));
        assert_eq!(april["movements"].as_array().expect("movements").len(), 4);
        let of_county = report(&head, all.county, "2026-04").await;
        assert_eq!(
            (
                &of_county["total"]["transferred_out"],
                &of_county["total"]["end"],
                &of_county["mismatches"]
            ),
            (&0.into(), &3.into(), &json!([])),
            "within the county nobody went"
        );
        let of_other = report(&receiver, all.other, "2026-04").await;
        assert_eq!(
            (
                &of_other["total"]["transferred_in"],
                &of_other["mismatches"]
            ),
            (&1.into(), &json!([]))
        );
        let closed = report(&officer, all.home, "2026-03").await;
        assert_eq!(closed["total"]["end"], 3, "what is over stays as it was");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_no_entry_tells_of_is_named_by_person() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let all = Setting::new(&house).await;
        let officer = house.officer(all.home, "home", Role::StationOfficer).await;
        let mut tx = house.cx.store.write().await.expect("a transaction");
        let behind = serde_json::from_value(strict()).expect("an order");
        store::person::set_order(&mut tx, all.persons[2], &behind)
            .await
            .expect("it is stored");
        tx.commit().await.expect("it lasts");
        let april = report(&officer, all.home, "2026-04").await;
        let named = april["mismatches"].as_array().expect("a list");
        assert_eq!(named.len(), 1, "{april}");
        assert_eq!(named[0]["who"]["case_number"], "C-3");
        let path = format!("/v1/console/units/{}/reconciliation", all.home);
        let page = officer.get(&format!("{path}/2026-04?format=html")).await;
        let page = page.text().await.expect("a page");
        assert!(
            page.contains("检察核对表") && page.contains("不符"),
            "{page}"
        );
        let early = officer.get(&format!("{path}/2026-01")).await;
        assert_eq!(
            early.status(),
            StatusCode::NOT_FOUND,
            "no list was taken then"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn measures_are_entered_by_the_county_and_count_until_they_are_withdrawn() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        next_list(&house).await;
        let officer = house.officer(unit.id, "one", Role::StationOfficer).await;
        let head = house.officer(unit.id, "head", Role::CountyOfficer).await;
        let person = officer.register("C-1").await;
        let path = format!("/v1/console/persons/{}/measures", person.id);
        let body = |day: &str| json!({ "kind": "warning", "day": day, "reason": "两次无故缺席" });
        let refused = officer.post(&path, &body("2026-03-01")).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        for day in ["2026-03-03", "2025-12-31"] {
            let refused = head.post(&path, &body(day)).await;
            let problem: wire::Problem = refused.json().await.expect("a problem");
            assert_eq!(problem.facts["field"], "day");
        }
        let entered = head.post(&path, &body("2026-03-01")).await;
        assert_eq!(entered.status(), StatusCode::CREATED);
        let entered: wire::Measure = entered.json().await.expect("a measure");
        let warnings = |report: &Value| {
            let matters = report["matters"].as_array().expect("matters").clone();
            let warnings = matters.into_iter().find(|one| one["matter"] == "warning");
            warnings.expect("every matter")["entries"].as_i64()
        };
        assert_eq!(
            warnings(&report(&officer, unit.id, "2026-03").await),
            Some(1)
        );
        let withdraw = format!("/v1/console/measures/{}/withdraw", entered.id);
        let because = json!({ "reason": "录入有误" });
        assert_eq!(
            head.post(&withdraw, &because).await.status(),
            StatusCode::OK
        );
        assert_eq!(
            head.post(&withdraw, &because).await.status(),
            StatusCode::CONFLICT
        );
        assert_eq!(
            warnings(&report(&officer, unit.id, "2026-03").await),
            Some(0)
        );
        let shown: Vec<wire::Measure> = officer.get(&path).await.json().await.expect("measures");
        assert_eq!(shown[0].withdrawn_reason.as_deref(), Some("录入有误"));
        assert_eq!(house.events(person.id, "measure_withdrawn").await.len(), 1);
    })
    .await;
}
