//! What is stored is what the log says, whatever happened.

use app::recompute::{self, Difference};
use domain::{access::Role, attendance::Attendance, org::Level};
use reqwest::StatusCode;
use serde_json::json;
use testkit::for_each_database;

use crate::support::{House, check_in, impatient};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A little time passes, so that no two things happen at one instant.
fn tick(house: &House) {
    house.cx.clock.advance_ms(1_000);
}

async fn upkeep(house: &House) {
    app::calendar::apply(&house.cx).await.expect("a round");
    app::plan::extend(&house.cx).await.expect("a round");
    app::lapse::run(&house.cx).await.expect("a round");
    app::alert::escalate(&house.cx).await.expect("a round");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_of_all_duties_and_attendances_and_nothing_differs() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let top = house.unit(None, Level::County, "县").await;
        let login = |number: usize| format!("officer-{number}");
        let officer = house.officer(top.id, &login(0), Role::CountyHead).await;
        let person = officer.register("R-1").await;
        let other = officer.register("R-2").await;
        officer.enrol(person.id).await;
        let phone = officer.activate(person.id, impatient()).await;
        tick(&house);
        let checkin = check_in(&phone, "first").await;
        let wait = std::time::Duration::from_secs(20);
        phone.wait(checkin.id, wait).await.expect("a verdict");
        let path = format!("/v1/console/persons/{}", person.id);

        // Day by day: another plan, a declared holiday, a shorter order, an excuse, an end; and the house sleeps for a while.
        for day in 1_usize..=6 {
            house.cx.clock.advance_ms(DAY_MS);
            upkeep(&house).await;
            let officer = house.officer(top.id, &login(day), Role::CountyHead).await;
            tick(&house);
            match day {
                1 => {
                    let times = json!({ "kind": "random", "from": "10:00", "until": "18:00", "count": 2, "every": "day",
                                        "answer_min": 30, "gap_min": 60 });
                    let plan = json!({ "zone": "Asia/Urumqi", "rules": [{ "times": times, "factors": "face", "on": "workdays" }] });
                    let written = officer.post(&format!("{path}/plan"), &plan).await;
                    assert_eq!(written.status(), StatusCode::CREATED);
                }
                2 => {
                    let admin = house.officer(top.id, "admin", Role::Administrator).await;
                    let body = json!({ "days": { "2026-03-07": "workday", "2026-03-09": "day_off" } });
                    let declared = admin.post("/v1/console/calendar/2026", &body).await;
                    assert_eq!(declared.status(), StatusCode::CREATED);
                    tick(&house);
                    let other = app::calendar::apply(&house.cx).await.expect("a round");
                    assert!(other.0 > 0 && other.1 > 0, "{other:?}");
                }
                3 => {
                    let order = json!({ "category": "probation", "level": "strict", "starts_on": "2026-01-01", "ends_on": "2026-03-12" });
                    let changed = officer.post(&format!("{path}/order"), &order).await;
                    assert_eq!(changed.status(), StatusCode::OK);
                }
                4 => {
                    let page = officer.get("/v1/console/alerts?state=open").await;
                    assert_eq!(page.status(), StatusCode::OK);
                    let from = house.cx.now().plus_ms(-4 * DAY_MS);
                    let until = house.cx.now();
                    let list = officer.get(&format!("/v1/console/duties?from={from}&until={until}")).await;
                    let list: wire::Page<wire::DutyOfDay> = list.json().await.expect("a page");
                    let missed = list.items.iter().find(|item| item.duty.attendance == Attendance::Missed);
                    let missed = missed.expect("one was missed");
                    let ruling = json!({ "kind": "excused", "reason": "住院" });
                    let ruled = officer.post(&format!("/v1/console/duties/{}/ruling", missed.duty.id), &ruling).await;
                    assert_eq!(ruled.status(), StatusCode::CREATED);
                }
                5 => {
                    let body = json!({ "reason": "revoked", "note": "收监" });
                    let ended = officer.post(&format!("/v1/console/persons/{}/end", other.id), &body).await;
                    assert_eq!(ended.status(), StatusCode::OK);
                }
                // Longer than duties are made ahead: some days nobody made any.
                _ => house.cx.clock.advance_ms(20 * DAY_MS),
            }
            tick(&house);
            let report = recompute::check(&house.cx).await.expect("a report");
            assert_eq!(report.told, [], "day {day}");
        }
        upkeep(&house).await;
        let report = recompute::check(&house.cx).await.expect("a report");
        assert_eq!(report.told, []);
        assert_eq!((report.persons, report.checkins, report.pending), (2, 1, 0));
        assert!(report.duties > 20, "{report:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_changed_behind_the_logs_back_is_found() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let officer = house
            .officer(unit.id, "officer", Role::StationOfficer)
            .await;
        let person = officer.register("R-1").await;
        tick(&house);
        let clean = recompute::check(&house.cx).await.expect("a report");
        assert_eq!(clean.differences, 0);
        let mut tx = house.cx.store.write().await.expect("a transaction");
        let duties = store::duty::all_of_person(&mut tx, person.id).await;
        let duties = duties.expect("duties");
        let (due, to) = (Attendance::Due, Attendance::OnTime);
        store::duty::set_attendance(&mut tx, duties[0].duty.id, due, to, house.cx.now())
            .await
            .expect("it was due");
        let gone = store::duty::withdraw(&mut tx, duties[3].duty.id, house.cx.now()).await;
        assert!(gone.expect("a row"));
        let invented = domain::duty::Duty {
            id: domain::DutyId(house.cx.id()),
            rule: 7,
            ..duties[2].duty.clone()
        };
        store::duty::insert_missing(&mut tx, std::slice::from_ref(&invented))
            .await
            .expect("a row");
        tx.commit().await.expect("it lasts");
        let report = recompute::check(&house.cx).await.expect("a report");
        let told: Vec<Difference> = report.told.into_iter().map(|(_, told)| told).collect();
        assert_eq!(told.len(), 3, "{told:?}");
        let attendance = Difference::Attendance {
            duty: duties[0].duty.id,
            stored: Attendance::OnTime,
            computed: Attendance::Due,
        };
        assert!(told.contains(&attendance), "{told:?}");
        let unasked = Difference::DutyUnasked {
            duty: invented.id,
            opens_at: invented.opens_at,
        };
        assert!(told.contains(&unasked), "{told:?}");
        let gone = Difference::DutyGone {
            plan: duties[3].duty.plan,
            rule: duties[3].duty.rule,
            opens_at: duties[3].duty.opens_at,
        };
        assert!(told.contains(&gone), "{told:?}");
    })
    .await;
}
