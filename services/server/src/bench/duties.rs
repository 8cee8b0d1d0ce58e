//! How long the duties of the days ahead take for many persons, on a database of its own.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use app::{Cx, plan};
use domain::{
    Micros, OrgUnitId, PersonId, PlanId,
    order::{Category, SupervisionOrder},
    org::{Level, OrgUnit, UnitPath},
    person::Person,
    plan::{QuietHours, Seed, SupervisionLevel, SupervisionPlan, template},
};
use jiff::{ToSpan, tz::TimeZone};
use serde_json::json;

use crate::{config::Config, house};

/// Persons that one transaction stores.
const PAGE_LEN: usize = 1_000;

#[derive(clap::Args)]
pub struct Args {
    /// Persons with a plan of the template that has about one duty a day.
    #[arg(long, default_value_t = 100_000)]
    persons: usize,
    /// One line of JSON instead of sentences.
    #[arg(long)]
    json: bool,
}

/// Fills an empty database with persons and plans, then makes the duties ahead, twice.
pub async fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let cx = house::open(config, false).await?;
    let mut tx = cx.store.read().await?;
    let none = store::person::page(&mut tx, None, 1).await?.is_empty();
    drop(tx);
    ensure!(
        none,
        "此数据库已有对象，请用空数据库 / this database has persons: use an empty one"
    );
    fill(&cx, args.persons).await?;
    let (made, first) = timed(plan::extend(&cx)).await?;
    let (again, second) = timed(plan::extend(&cx)).await?;
    let memory_mib = memory_mib().unwrap_or_default();
    let backend = cx.store.backend();
    let mut out = std::io::stdout().lock();
    if args.json {
        let line = json!({ "database": backend, "persons": args.persons, "duties": made, "seconds": first.as_secs_f64(),
                           "again": again, "again_seconds": second.as_secs_f64(), "memory_mib": memory_mib });
        writeln!(out, "{line}")?;
    } else {
        writeln!(
            out,
            "{backend}: {made} duties for {} persons in {:.1} s; again {again} in {:.1} s; at most {memory_mib} MiB",
            args.persons,
            first.as_secs_f64(),
            second.as_secs_f64(),
        )?;
    }
    Ok(())
}

async fn timed(work: impl Future<Output = app::Result<u64>>) -> anyhow::Result<(u64, Duration)> {
    let begun = Instant::now();
    let made = work.await?;
    Ok((made, begun.elapsed()))
}

async fn fill(cx: &Cx, persons: usize) -> anyhow::Result<()> {
    let now = cx.now();
    let today = now
        .timestamp()
        .context("the clock is outside the calendar")?
        .to_zoned(TimeZone::UTC)
        .date();
    let id = OrgUnitId(cx.id());
    let unit = OrgUnit {
        id,
        parent: None,
        level: Level::Province,
        name: "bench".into(),
        path: UnitPath::root(id),
    };
    let mut tx = cx.store.write().await?;
    store::unit::insert(&mut tx, &unit, now).await?;
    tx.commit().await?;
    for page in 0..persons.div_ceil(PAGE_LEN) {
        let mut tx = cx.store.write().await?;
        for number in page * PAGE_LEN..persons.min((page + 1) * PAGE_LEN) {
            let person = Person {
                id: PersonId(cx.id()),
                unit: unit.id,
                name: format!("bench {number}"),
                case_number: format!("B-{number}"),
                order: SupervisionOrder {
                    category: Category::Probation,
                    level: SupervisionLevel::Lenient,
                    starts_on: today.saturating_sub(100.days()),
                    ends_on: today.saturating_add(1.year()),
                },
                minor: false,
                registered_at: now,
                ended: None,
            };
            store::person::insert(&mut tx, &person).await?;
            store::plan::insert(&mut tx, &daily(cx, &person, now, today)).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// A window every day: fourteen duties in fourteen days.
fn daily(cx: &Cx, person: &Person, now: Micros, today: jiff::civil::Date) -> SupervisionPlan {
    SupervisionPlan {
        id: PlanId(cx.id()),
        person: person.id,
        version: 1,
        zone: "Asia/Shanghai".into(),
        quiet: QuietHours::default(),
        rules: template(SupervisionLevel::General)
            .into_iter()
            .take(1)
            .collect(),
        seed: Seed(cx.entropy.bytes()),
        effective_from: today,
        written_at: now,
    }
}

/// The most that this process ever held, mebibytes, where the system tells.
fn memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1_024)
}
