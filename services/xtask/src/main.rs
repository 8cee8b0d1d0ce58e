//! Every chore of the project: `cargo xtask check | test | demo | …`.
//!
//! It may use no crate of the house but `testkit`, whose database it starts; what the product does, it sees from outside,
//! through the `muster` binary and HTTP.

#![expect(clippy::print_stdout, reason = "a chore speaks to whoever called it")]

mod browser;
mod check;
mod chore;
mod debian;
mod demo;
mod deny;
mod house;
mod muster;
mod peak;
mod postgres;
mod samples;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use chore::Workspace;

/// The project's chores.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Floors, rooms and files: who may depend on whom, and what no file may hold.
    Check,
    /// Is everything formatted?
    FmtCheck,
    /// Lints of all targets; warnings are errors.
    Clippy,
    /// Licences, sources and advisories of all dependencies.
    Deny,
    /// Install what the tests need, then run everything.
    Test,
    /// Show the house at work on real pictures and voices.
    Demo(demo::Args),
    /// Many phones in a few minutes against a server of its own, with real models.
    Peak(peak::Args),
}

fn main() -> ExitCode {
    match run(Cli::parse().chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Chore) -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    match chore {
        Chore::Check => check::run(&workspace),
        Chore::FmtCheck => chore::run(&mut test::fmt(&workspace)),
        Chore::Clippy => chore::run(&mut test::clippy(&workspace)),
        Chore::Deny => deny::run(&workspace),
        Chore::Test => test::run(&workspace),
        Chore::Demo(args) => demo::run(&workspace, &args),
        Chore::Peak(args) => peak::run(&workspace, &args),
    }
}
