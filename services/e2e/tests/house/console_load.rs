//! How long the officers' pages take with many open cases. By hand, on a quiet machine:
//!
//! `cargo nextest run --workspace --test house --run-ignored only --no-capture -E 'test(ten_thousand_open_cases)'`

use std::time::{Duration, Instant};

use domain::access::Role;
use sqlx::{Connection, SqliteConnection};
use testkit::Database;

use crate::{console::review, support::House};

/// Cases that wait.
const CASES: i64 = 10_000;
const ROUNDS: usize = 25;
/// A page is answered within this time.
const LIMIT: Duration = Duration::from_millis(200);

/// As many persons, plans, duties and cases as there is one of, each a second later than the one before.
const COPY: [&str; 4] = [
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO person (id, unit_id, name, case_number, registered_at, category, level, starts_on, ends_on, minor)
     SELECT randomblob(16), unit_id, name || i, case_number || '-' || i, registered_at, category, level, starts_on, ends_on, minor FROM person, n",
    "INSERT INTO plan (id, person_id, version, zone, terms, seed, effective_from, written_at)
     SELECT p.id, p.id, l.version, l.zone, l.terms, l.seed, l.effective_from, l.written_at
     FROM person p, (SELECT * FROM plan WHERE id = (SELECT plan_id FROM duty WHERE id = (SELECT duty_id FROM checkin LIMIT 1))) l
     WHERE p.id <> l.person_id",
    "INSERT INTO duty (id, person_id, plan_id, rule, opens_at, closes_at, late_until, factors, unannounced, attendance, channels, location_required)
     SELECT p.id, p.id, p.id, d.rule, d.opens_at + p.rowid, d.closes_at + p.rowid, d.late_until + p.rowid, d.factors, d.unannounced,
            'under_review', d.channels, d.location_required
     FROM person p, (SELECT * FROM duty WHERE id = (SELECT duty_id FROM checkin LIMIT 1)) d WHERE p.id <> d.person_id",
    "INSERT INTO checkin (id, duty_id, person_id, device_id, state, claim, prompt, nonce, opened_at, expires_at, submitted_at, facts, measurement,
                          verdict, failed_match, concluded_at)
     SELECT randomblob(16), d.id, d.person_id, k.device_id, 'review', k.claim, k.prompt, k.nonce, k.opened_at, k.expires_at,
            k.submitted_at + d.rowid * 1000, k.facts, k.measurement, k.verdict, k.failed_match, k.concluded_at
     FROM duty d, (SELECT * FROM checkin LIMIT 1) k WHERE d.id = d.person_id",
];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures; it wants a quiet machine"]
async fn ten_thousand_open_cases_slow_no_page() {
    let database = Database::sqlite();
    let house = House::start(&database.url).await;
    let unit = house.office().await;
    let officer = house.officer(unit.id, "li", Role::StationOfficer).await;
    let (_, phone) = officer.ready("C-1").await;
    let id = review(&house, &phone, "1").await;
    let path = database.url.trim_start_matches("sqlite:");
    let mut direct = SqliteConnection::connect(&format!("sqlite:{path}"))
        .await
        .expect("the file opens");
    for text in COPY {
        let query = sqlx::query(text);
        let query = if text.contains('?') {
            query.bind(CASES - 1)
        } else {
            query
        };
        query.execute(&mut direct).await.expect("it is copied");
    }
    sqlx::query("ANALYZE")
        .execute(&mut direct)
        .await
        .expect("statistics");
    for (name, path) in [
        ("queue", "/console/reviews".to_owned()),
        ("case", format!("/console/reviews/{id}")),
        ("today", "/console".to_owned()),
    ] {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let page = officer.read(&path).await;
            times.push(begun.elapsed());
            if name != "case" {
                assert!(page.contains(&CASES.to_string()), "{name}");
            }
        }
        times.sort_unstable();
        let (p50, p95) = (times[ROUNDS / 2], times[ROUNDS * 95 / 100]);
        println!("{name}: p50 {p50:.1?}, p95 {p95:.1?}, {CASES} open cases, SQLite");
        assert!(p50 < LIMIT, "{name}: {p50:?}");
    }
}
