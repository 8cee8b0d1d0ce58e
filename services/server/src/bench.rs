//! `muster bench`: whole check-ins beside the same networks run bare, in one run; attacks on them; duties of many persons.

mod attack;
mod day;
mod duties;
mod material;
mod people;
mod pipeline;
mod report;

use std::path::PathBuf;

use anyhow::bail;
use clap::Subcommand;

use crate::{config::Config, house};

/// Longest recording that a check-in is measured with, seconds.
const SECONDS_MAX: f64 = 60.0;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Check-ins per core-second: decode, detect, align, embed, listen, compare, decide; and the networks alone.
    Pipeline(Pipeline),
    /// Species of presentation attack, and genuine people under bad conditions: how many are verified.
    Attack(attack::Args),
    /// The duties of the days ahead for many persons, made twice, in an empty database.
    Duties(duties::Args),
    /// The day view of an office and of a county on a year of data.
    Day(day::Args),
}

#[derive(clap::Args)]
struct Pipeline {
    /// Name of a pack, or `auto`: the first that is installed, `standard` before `default`.
    #[arg(long, default_value = "auto")]
    pack: String,
    /// Folder with `face/index.csv` and `voice/manifest.csv` to take a person's pictures and recordings from.
    #[arg(long, required_unless_present_all = ["selfie", "voice"])]
    data: Option<PathBuf>,
    /// Pictures of the check-in, instead of those in the data.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    selfie: Vec<PathBuf>,
    /// Recording of the check-in, instead of those in the data.
    #[arg(long, value_name = "FILE")]
    voice: Option<PathBuf>,
    /// Digits spoken in the recording of `--voice`.
    #[arg(long)]
    text: Option<String>,
    /// Repeat or cut the recording to this length (then it is a wav); `--voice` keeps its own when absent, the data's become 6.
    #[arg(long)]
    seconds: Option<f64>,
    /// Pictures of one check-in.
    #[arg(long, default_value_t = 3)]
    pictures: usize,
    /// Threads, each with its own networks.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Rounds; in each, check-ins and bare networks take turns.
    #[arg(long, default_value_t = 30)]
    rounds: usize,
    /// One line of JSON instead of a table.
    #[arg(long)]
    json: bool,
}

pub async fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    match &args.what {
        What::Pipeline(wanted) => pipeline(wanted, config),
        What::Attack(wanted) => attack::run(wanted, config),
        What::Duties(wanted) => duties::run(wanted, config).await,
        What::Day(wanted) => day::run(wanted, config).await,
    }
}

fn pipeline(wanted: &Pipeline, config: &Config) -> anyhow::Result<()> {
    if wanted.rounds == 0 || wanted.threads == 0 || wanted.pictures == 0 {
        bail!("--rounds, --threads and --pictures must be at least 1");
    }
    if wanted
        .seconds
        .is_some_and(|seconds| !(seconds > 0.0 && seconds <= SECONDS_MAX))
    {
        bail!("--seconds must lie between 0 and {SECONDS_MAX}");
    }
    let pack = house::installed(config, &wanted.pack)?;
    let material = material::gather(wanted)?;
    let report = pipeline::measure(&pack, config, &material, (wanted.threads, wanted.rounds))?;
    report.print(wanted.json)
}
