//! Load tests against a running server, over the wire types and the reference phone only.
//!
//! Bounded in phones and minutes, and on this machine only unless it is allowed otherwise.

mod arrival;
mod console;
mod figures;
mod media;
mod page;
mod peak;
mod prepare;
mod record;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Load tests for a running `muster serve`.
#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Debug, Subcommand)]
enum Scenario {
    /// N enrolled phones open, upload and submit within M minutes, half of them in the first quarter.
    MorningPeak(Box<peak::Args>),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Scenario::MorningPeak(args) = Args::parse().scenario;
    match peak::run(*args).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("loadtests: {error:#}");
            ExitCode::FAILURE
        }
    }
}
