//! How long the day view takes on a year of data, on a database of its own.

use std::{io::Write, time::Instant};

use anyhow::ensure;
use app::{Cx, Viewer, duty};
use domain::{
    DutyId, Micros, OfficerId, OrgUnitId, SessionId,
    access::{Officer, Role, Scope},
    channel::Channels,
    duty::Duty,
    org::{Level, OrgUnit, UnitPath},
    plan::Factors,
};
use serde_json::json;

use super::people;
use crate::{config::Config, house};

const DAY_MS: i64 = 24 * 3_600_000;
/// Days of duties that one transaction stores for the persons of one page.
const BATCH_DAYS: usize = 73;

#[derive(clap::Args)]
pub struct Args {
    /// Persons of the province.
    #[arg(long, default_value_t = 27_400)]
    persons: usize,
    /// Days that have passed, one duty on each.
    #[arg(long, default_value_t = 365)]
    days: usize,
    /// Persons of one office.
    #[arg(long, default_value_t = 50)]
    office: usize,
    /// Offices of one county.
    #[arg(long, default_value_t = 34)]
    offices: usize,
    /// Days that are looked at.
    #[arg(long, default_value_t = 100)]
    rounds: usize,
    /// One line of JSON instead of sentences.
    #[arg(long)]
    json: bool,
}

/// Fills an empty database, or takes one that an earlier run filled, and looks at whole days of one office and of one county.
pub async fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    ensure!(
        args.persons > 0 && args.days > 0 && args.office > 0 && args.offices > 0 && args.rounds > 0,
        "数目都须大于零 / every number must be above zero"
    );
    let cx = house::open(config, false).await?;
    let mut tx = cx.store.read().await?;
    let empty = store::person::page(&mut tx, None, 1).await?.is_empty();
    drop(tx);
    if empty {
        fill(&cx, args).await?;
    }
    let mut tx = cx.store.read().await?;
    let units = store::unit::list_below(&mut tx, &UnitPath(String::new())).await?;
    drop(tx);
    let backend = cx.store.backend();
    let mut out = std::io::stdout().lock();
    for (level, name) in [(Level::Office, "office"), (Level::County, "county")] {
        let units: Vec<&OrgUnit> = units.iter().filter(|unit| unit.level == level).collect();
        ensure!(
            !units.is_empty(),
            "此数据库不是本命令填充的 / this database was not filled by this command"
        );
        let (mut times, mut duties) = (Vec::new(), 0);
        for round in 0..args.rounds {
            let unit = units[round * 7 % units.len()];
            let day = i64::try_from(round * 13 % args.days)?;
            let begun = Instant::now();
            duties += look(&cx, unit, cx.now().plus_ms(-(day + 1) * DAY_MS)).await?;
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
        let (p50, p99) = (at(0.5), at(0.99));
        let each = duties / args.rounds;
        if args.json {
            let line = json!({ "database": backend, "of": name, "duties_a_day": each, "p50_ms": p50, "p99_ms": p99 });
            writeln!(out, "{line}")?;
        } else {
            writeln!(
                out,
                "{backend}: a day of one {name}, {each} duties: p50 {p50:.1} ms, p99 {p99:.1} ms"
            )?;
        }
    }
    Ok(())
}

/// All pages of one day; returns how many duties.
async fn look(cx: &Cx, unit: &OrgUnit, from: Micros) -> anyhow::Result<usize> {
    let officer = Officer {
        id: OfficerId(cx.id()),
        unit: unit.id,
        login: "bench".into(),
        name: "bench".into(),
        role: Role::CountyOfficer,
    };
    let viewer = Viewer {
        session: SessionId(cx.id()),
        scope: Scope::new(&officer, unit.path.clone()),
        officer,
        expires_at: cx.now(),
    };
    let until = from.plus_ms(DAY_MS);
    let (mut after, mut count) = (None, 0);
    loop {
        let page = duty::within(cx, &viewer, from, until, after).await?;
        count += page.len();
        match page.last() {
            Some(last) if page.len() == duty::PAGE_LEN as usize => {
                after = Some((last.marked.duty.opens_at, last.marked.duty.id));
            }
            _ => return Ok(count),
        }
    }
}

async fn fill(cx: &Cx, args: &Args) -> anyhow::Result<()> {
    let begun = Instant::now();
    let now = cx.now();
    let province = unit(cx, None, Level::Province).await?;
    let mut county = None;
    for number in 0..args.persons.div_ceil(args.office) {
        if number % args.offices == 0 {
            county = Some(unit(cx, Some(&province), Level::County).await?);
        }
        let office = unit(cx, county.as_ref(), Level::Office).await?;
        let persons = args.office.min(args.persons - number * args.office);
        let mut tx = cx.store.write().await?;
        let plans = people::insert(cx, &mut tx, office.id, number * args.office, persons).await?;
        tx.commit().await?;
        let days: Vec<usize> = (0..args.days).collect();
        for days in days.chunks(BATCH_DAYS) {
            let mut duties = Vec::with_capacity(days.len() * persons);
            for day in days {
                for (index, (person, plan)) in plans.iter().enumerate() {
                    // Spread over the day, as windows and random checks are.
                    let minute = (index * 37 + day * 11) % 720;
                    let back = i64::try_from(day + 1)? * DAY_MS;
                    let opens_at = now.plus_ms(-back + i64::try_from(minute)? * 60_000);
                    duties.push(Duty {
                        id: DutyId(cx.id()),
                        person: *person,
                        plan: *plan,
                        rule: 0,
                        opens_at,
                        closes_at: opens_at.plus_ms(3_600_000),
                        late_until: opens_at.plus_ms(5_400_000),
                        factors: Factors::FaceAndVoice,
                        channels: Channels::ALL,
                        location_required: false,
                        unannounced: false,
                    });
                }
            }
            let mut tx = cx.store.write().await?;
            store::duty::insert_missing(&mut tx, &duties).await?;
            tx.commit().await?;
        }
        if number % 50 == 0 {
            let done = (number + 1) * args.office * args.days;
            let mut err = std::io::stderr().lock();
            writeln!(
                err,
                "{done} duties after {:.0} s",
                begun.elapsed().as_secs_f64()
            )?;
        }
    }
    Ok(())
}

async fn unit(cx: &Cx, parent: Option<&OrgUnit>, level: Level) -> anyhow::Result<OrgUnit> {
    let id = OrgUnitId(cx.id());
    let unit = OrgUnit {
        id,
        parent: parent.map(|parent| parent.id),
        level,
        name: "bench".into(),
        path: parent.map_or_else(|| UnitPath::root(id), |parent| parent.path.child(id)),
    };
    let mut tx = cx.store.write().await?;
    store::unit::insert(&mut tx, &unit, cx.now()).await?;
    tx.commit().await?;
    Ok(unit)
}
