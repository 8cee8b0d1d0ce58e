//! The one binary: serve, migrate, models, templates, phone, eval, bench, simulate, and the first users.
//!
//! It only reads the configuration, builds `app::Cx` and hands over; no rule lives here.

mod attendance;
mod bench;
mod config;
mod eval;
mod house;
mod models_command;
mod output;
mod people;
mod phone;
mod serve;
mod simulate;
mod templates;

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Check-ins of supervised persons, their verdicts, and the officers who look at them.
#[derive(Parser)]
#[command(name = "muster", version, about)]
struct Cli {
    /// Configuration file (TOML); `MUSTER_…` variables count above it, `MUSTER_LIMITS__LEASE_MS` reaches into a table.
    #[arg(
        long,
        global = true,
        env = "MUSTER_CONFIG",
        default_value = "muster.toml"
    )]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer phones and officers, and judge what they hand in.
    Serve,
    /// Bring the database up to this version.
    Migrate,
    /// Install and check recognition models.
    Models(models_command::Args),
    /// Templates of faces and voices, by model pack.
    Templates(templates::Args),
    /// Create units.
    Unit(people::UnitArgs),
    /// Create users of the console.
    Officer(people::OfficerArgs),
    /// Attendance, worked out anew from the log.
    Attendance(attendance::Args),
    /// A phone in the terminal.
    Phone(phone::Args),
    /// Measure a pack's error rates on a data set.
    Eval(eval::Args),
    /// Measure speed.
    Bench(bench::Args),
    /// Let a county's year go by under a clock of its own, and check that nothing breaks.
    Simulate(simulate::Args),
    /// Write the OpenAPI document.
    Openapi,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // A simulated year would fill the log with half a million check-ins.
    let simulated = matches!(cli.command, Command::Simulate(_));
    log_to_stderr(if simulated { "warn" } else { "info" });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = runtime
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One sentence with its causes, never a backtrace.
            let _ = writeln!(std::io::stderr(), "出错了 Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    let config = || config::load(&cli.config);
    match cli.command {
        Command::Serve => serve::run(config()?).await,
        Command::Migrate => house::migrate(&config()?).await,
        Command::Models(args) => models_command::run(&args, &config()?),
        Command::Templates(args) => templates::run(args, config()?).await,
        Command::Unit(args) => people::unit(args, &config()?).await,
        Command::Officer(args) => people::officer(args, &config()?).await,
        Command::Attendance(args) => attendance::run(args, &config()?).await,
        Command::Phone(args) => phone::run(args).await,
        Command::Eval(args) => eval::run(&args, &config()?),
        Command::Bench(args) => bench::run(&args, &config()?).await,
        Command::Simulate(args) => simulate::run(args).await,
        Command::Openapi => serve::print_openapi(),
    }
}

/// Logs go to standard error, one JSON object a line when that is no terminal; answers go to standard output.
fn log_to_stderr(level: &str) {
    let filter = EnvFilter::try_from_env("MUSTER_LOG")
        .unwrap_or_else(|_| EnvFilter::new(format!("{level},sqlx=warn,ort=warn,tower_http=warn")));
    let registry = tracing_subscriber::registry().with(filter);
    if std::io::IsTerminal::is_terminal(&std::io::stderr()) {
        registry
            .with(fmt::layer().with_writer(std::io::stderr))
            .init();
    } else {
        registry
            .with(fmt::layer().json().with_writer(std::io::stderr))
            .init();
    }
}
