use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use jiff::civil::Date;

use crate::{Fault, Report, Setting, Simulation, chance::Chance};

/// Persons of one county; real ones have 300 to 1,700.
const COUNTY_LEN: usize = 500;
/// Days after which the first county tells how far it is.
const MONTH_DAYS: i64 = 30;

/// Lets so many days go by in counties of at most [`COUNTY_LEN`] persons, each in a house and on a thread of its own, and checks them. Blocks.
/// `month_over` hears of the first county's months.
///
/// # Errors
/// The first fault of the counties in their order.
pub fn play(
    setting: &Setting,
    days: i64,
    month_over: impl Fn(Date) + Sync,
) -> Result<Report, Fault> {
    let counties = counties(setting);
    let broken = AtomicBool::new(false);
    let (month_over, broken) = (&month_over, &broken);
    let reports = thread::scope(|scope| {
        let threads = counties.into_iter().enumerate().map(|(number, setting)| {
            scope.spawn(move || {
                keep_to_core(number);
                let played = county(&setting, days, broken, &|date| {
                    if number == 0 {
                        month_over(date);
                    }
                });
                broken.fetch_or(played.is_err(), Ordering::Relaxed);
                played
            })
        });
        let threads: Vec<_> = threads.collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or(Err(Fault::Thread)));
        joined.collect::<Vec<_>>()
    });
    let mut together: Option<Report> = None;
    for report in reports {
        let Some(report) = report? else { continue };
        together = Some(match together {
            None => report,
            Some(before) => before.join(report),
        });
    }
    together.ok_or(Fault::Thread)
}

/// Evenly many persons each.
fn counties(setting: &Setting) -> Vec<Setting> {
    let count = setting.persons.div_ceil(COUNTY_LEN).max(1);
    let mut seeds = Chance::seeded(setting.seed);
    let county = |number: usize| Setting {
        persons: (setting.persons + number) / count,
        seed: seeds.word(),
        database: setting.database.clone().map(|file| beside(file, number)),
        weather: setting.weather,
    };
    (0..count).map(county).collect()
}

/// `file`, `file-2`, `file-3`, …
fn beside(file: PathBuf, number: usize) -> PathBuf {
    if number == 0 {
        return file;
    }
    let mut name = file.into_os_string();
    name.push(format!("-{}", number + 1));
    name.into()
}

/// Binds this thread, and those that it will start, to one core: nearly all they do is to hand over to each other, which is twice as quick
/// there. Where the system does not allow it, it takes longer.
fn keep_to_core(number: usize) {
    let Ok(allowed) = rustix::thread::sched_getaffinity(None) else {
        return;
    };
    let cores: Vec<usize> = (0..rustix::thread::CpuSet::MAX_CPU)
        .filter(|core| allowed.is_set(*core))
        .collect();
    if let Some(core) = cores.get(number % cores.len().max(1)) {
        let mut one = rustix::thread::CpuSet::new();
        one.set(*core);
        // Only the time that it takes depends on it.
        let _ = rustix::thread::sched_setaffinity(None, &one);
    }
}

/// Nothing when another county broke meanwhile.
fn county(
    setting: &Setting,
    days: i64,
    broken: &AtomicBool,
    month_over: &dyn Fn(Date),
) -> Result<Option<Report>, Fault> {
    // There is no line to anywhere: to wait for one would only make each step dearer.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    runtime.block_on(async {
        let mut simulation = Simulation::build(setting).await?;
        let mut day = 0;
        while day < days {
            if broken.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let some = MONTH_DAYS.min(days - day);
            simulation.play(some).await?;
            day += some;
            month_over(simulation.date(day));
        }
        simulation.report().await.map(Some)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Weather;

    #[test]
    fn all_persons_are_in_some_county_and_each_has_a_database_of_its_own() {
        let setting = Setting {
            persons: 1_201,
            seed: 1,
            database: Some("year.db".into()),
            weather: Weather::CALM,
        };
        let counties = counties(&setting);
        let persons: Vec<usize> = counties.iter().map(|county| county.persons).collect();
        assert_eq!(persons, [400, 400, 401]);
        let files: Vec<PathBuf> = counties
            .into_iter()
            .filter_map(|county| county.database)
            .collect();
        assert_eq!(
            files,
            ["year.db", "year.db-2", "year.db-3"].map(PathBuf::from)
        );
    }
}
