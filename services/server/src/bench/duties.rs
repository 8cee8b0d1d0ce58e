//! How long the duties of the days ahead take for many persons, on a database of its own.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use anyhow::ensure;
use app::{Cx, plan};
use domain::{
    OrgUnitId,
    org::{Level, OrgUnit, UnitPath},
};
use serde_json::json;

use super::people;
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
    let id = OrgUnitId(cx.id());
    let unit = OrgUnit {
        id,
        parent: None,
        level: Level::Province,
        name: "bench".into(),
        path: UnitPath::root(id),
    };
    let mut tx = cx.store.write().await?;
    store::unit::insert(&mut tx, &unit, cx.now()).await?;
    tx.commit().await?;
    for from in (0..persons).step_by(PAGE_LEN) {
        let mut tx = cx.store.write().await?;
        people::insert(cx, &mut tx, unit.id, from, PAGE_LEN.min(persons - from)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The most that this process ever held, mebibytes, where the system tells.
fn memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1_024)
}
