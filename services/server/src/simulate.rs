//! `muster simulate`: a county's year on a database of its own.

use std::{io::Write, path::PathBuf, time::Instant};

use ::simulate::{Setting, Weather};
use anyhow::ensure;
use jiff::civil::Date;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, default_value_t = 1_000)]
    persons: usize,
    #[arg(long, default_value_t = 365)]
    days: i64,
    /// The same seed gives the same year, bit by bit.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Keep the first county's database in this new file, those of others beside it; in a temporary folder when absent.
    #[arg(long)]
    database: Option<PathBuf>,
}

/// Prints what the year came to; fails when something did not hold that must.
pub async fn run(args: Args) -> anyhow::Result<()> {
    ensure!(
        args.persons >= 1 && args.days >= 1,
        "至少一人一天 / at least one person and one day"
    );
    let begun = Instant::now();
    let setting = Setting {
        persons: args.persons,
        seed: args.seed,
        database: args.database,
        weather: Weather::default(),
    };
    let month_over = move |day: Date| {
        // Nobody may be reading.
        let _ = writeln!(
            std::io::stderr(),
            "{day} ({:.0} s)",
            begun.elapsed().as_secs_f64()
        );
    };
    let year = move || ::simulate::play(&setting, args.days, month_over);
    let report = tokio::task::spawn_blocking(year).await??;
    let seconds = begun.elapsed().as_secs_f64();
    writeln!(
        std::io::stdout().lock(),
        "seconds      {seconds:.1}\n{report}"
    )?;
    Ok(())
}
