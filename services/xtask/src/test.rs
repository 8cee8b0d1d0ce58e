//! `cargo xtask test`: everything that can be checked on this machine, one after the other, and what could not.

use std::{
    env,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{
    browser, check,
    chore::{self, Workspace},
    demo,
    muster::{Muster, Profile},
    postgres,
};

/// Names the PostgreSQL of the tests.
const POSTGRES_ENV: &str = "MUSTER_TEST_POSTGRES";

/// What was done, how long it took, what failed, what was left out.
#[derive(Default)]
struct Tally {
    done: Vec<(String, Duration, bool)>,
    skipped: Vec<String>,
}

impl Tally {
    /// Does one step; a failure is printed and does not stop the others.
    fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        println!("\n== {name}");
        let begun = Instant::now();
        let outcome = work();
        self.done
            .push((name.to_owned(), begun.elapsed(), outcome.is_ok()));
        match outcome {
            Ok(value) => Some(value),
            Err(why) => {
                println!("failed: {why:#}");
                None
            }
        }
    }

    /// The same for what not every machine has: without it, `lost` is skipped.
    fn attempt<T>(
        &mut self,
        name: &str,
        lost: &str,
        work: impl FnOnce() -> Result<T>,
    ) -> Option<T> {
        println!("\n== {name}");
        let begun = Instant::now();
        match work() {
            Ok(value) => {
                self.done.push((name.to_owned(), begun.elapsed(), true));
                Some(value)
            }
            Err(why) => {
                self.skip(format!("{lost}: {why:#}"));
                None
            }
        }
    }

    fn skip(&mut self, what: String) {
        println!("skipped: {what}");
        self.skipped.push(what);
    }

    fn close(self, took: Duration) -> Result<()> {
        println!("\n== summary");
        for (name, took, good) in &self.done {
            println!(
                "{:>7.1} s  {}  {name}",
                took.as_secs_f64(),
                if *good { "ok    " } else { "FAILED" }
            );
        }
        println!("{:>7.1} s  in all", took.as_secs_f64());
        for what in &self.skipped {
            println!("skipped: {what}");
        }
        let failed: Vec<_> = self
            .done
            .iter()
            .filter(|(.., good)| !good)
            .map(|(name, ..)| name.as_str())
            .collect();
        if failed.is_empty() {
            Ok(())
        } else {
            bail!("failed: {}", failed.join(", "))
        }
    }
}

/// Installs what the tests need, runs all of them, then the demonstration.
///
/// # Errors
/// Names the steps that failed.
pub fn run(workspace: &Workspace) -> Result<()> {
    let begun = Instant::now();
    let mut tally = Tally::default();
    tally.step("check", || check::run(workspace));
    tally.step("format", || chore::run(&mut fmt(workspace)));
    let mut variables = Vec::new();
    let cluster = match env::var_os(POSTGRES_ENV) {
        Some(_) => None,
        None => tally.attempt("postgres", "all tests on PostgreSQL", postgres::start),
    };
    if let Some(cluster) = &cluster {
        variables.push((POSTGRES_ENV, cluster.url()));
    }
    match workspace.shared() {
        Some(shared) => {
            println!("tests use the real people of {}", shared.display());
            variables.push(("MUSTER_SHARED", shared.display().to_string()));
        }
        None => tally.skip("tests on real people: there is no ../shared".to_owned()),
    }
    let muster = tally.step("build", || Muster::build(workspace, Profile::Dev));
    let weights = muster
        .as_ref()
        .is_some_and(|muster| install(&mut tally, workspace, muster));
    if let (true, Some(muster)) = (weights, &muster) {
        variables.push(("MUSTER_HOME", muster.shelf.display().to_string()));
    }
    tally.step("clippy", || chore::run(&mut clippy(workspace)));
    let mut nextest = nextest(workspace, &mut tally);
    tally.step("tests", || chore::run(nextest.envs(variables.clone())));
    let mut doc = workspace.cargo(&["test", "--workspace", "--doc", "--quiet"]);
    tally.step("doc tests", || chore::run(doc.envs(variables)));
    drop(cluster);
    match (weights, &muster) {
        (true, Some(muster)) => {
            tally.step("demo --once", || {
                demo::once(workspace, muster, demo::DEFAULT_PACK, false)
            });
        }
        _ => tally.skip("demo --once: no models are installed".to_owned()),
    }
    pages(&mut tally, workspace, muster.as_ref().filter(|_| weights));
    tally.close(begun.elapsed())
}

/// The phones' protocol, then all pages in a browser.
fn pages(tally: &mut Tally, workspace: &Workspace, muster: Option<&Muster>) {
    let lost = "tests of the protocol's scripts and in the browser";
    if tally.attempt("node", lost, browser::node).is_none() {
        return;
    }
    tally.step("protocol", || browser::protocol(workspace));
    tally.step("mini-program", || browser::mini_program(workspace));
    let Some(muster) = muster else {
        tally.skip("tests in the browser: no models are installed".to_owned());
        return;
    };
    let tools = tally.attempt("browser", "tests in the browser", || {
        browser::provide(workspace)
    });
    if tools.is_some() {
        tally.step("browser tests", || browser::run(workspace, muster));
    }
}

/// Installs the packs that this machine can have; is the default one there now?
fn install(tally: &mut Tally, workspace: &Workspace, muster: &Muster) -> bool {
    let pack = demo::DEFAULT_PACK;
    let default = tally.attempt("default pack", "all tests on real models", || {
        muster.install(pack, None)
    });
    let given = workspace
        .shared()
        .map(|shared| shared.join("models"))
        .filter(|models| models.is_dir());
    match given {
        Some(models) => {
            tally.attempt("standard pack", "tests on the standard pack", || {
                muster.install("standard", Some(&models))
            });
        }
        None => tally.skip("tests on the standard pack: there is no ../shared/models".to_owned()),
    }
    default.is_some()
}

/// nextest where it is installed, else cargo's own runner.
fn nextest(workspace: &Workspace, tally: &mut Tally) -> Command {
    if chore::exists(&mut workspace.cargo(&["nextest", "--version"])) {
        workspace.cargo(&["nextest", "run", "--workspace", "--no-fail-fast"])
    } else {
        tally.skip("nextest, which is not installed: `cargo test` runs the tests".to_owned());
        workspace.cargo(&[
            "test",
            "--workspace",
            "--no-fail-fast",
            "--lib",
            "--bins",
            "--tests",
        ])
    }
}

pub fn fmt(workspace: &Workspace) -> Command {
    workspace.cargo(&["fmt", "--all", "--check"])
}

pub fn clippy(workspace: &Workspace) -> Command {
    workspace.cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_fails_the_whole_but_stops_no_other() {
        let mut tally = Tally::default();
        assert_eq!(tally.step("one", || Ok(1)), Some(1));
        assert_eq!(tally.step::<()>("two", || bail!("broken")), None);
        assert_eq!(tally.step("three", || Ok(3)), Some(3));
        let why = tally.close(Duration::ZERO).unwrap_err();
        assert_eq!(why.to_string(), "failed: two");
    }

    #[test]
    fn what_a_machine_cannot_have_is_skipped_aloud() {
        let mut tally = Tally::default();
        assert_eq!(
            tally.attempt::<()>("models", "tests on models", || bail!("no network")),
            None
        );
        assert_eq!(tally.skipped, ["tests on models: no network"]);
        assert!(tally.close(Duration::ZERO).is_ok());
    }
}
