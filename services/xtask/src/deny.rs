//! `cargo deny`: licences and sources of all dependencies, and the rooms of four libraries once more.

use std::{env, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::chore::{self, Workspace};

/// The version that `deny.toml` was written for.
const VERSION: &str = "0.20.2";
/// Where cargo-deny is installed when the machine has none, below the home folder.
const TOOLS: &str = ".cache/muster-tools";

/// Runs what the network allows. Advisories need the database on GitHub; without it they are left out, aloud.
///
/// # Errors
/// When something is denied, or cargo-deny cannot be installed.
pub fn run(workspace: &Workspace) -> Result<()> {
    let deny = tool(workspace)?;
    let command = |what: &[&str]| {
        let mut command = Command::new(&deny);
        command.current_dir(&workspace.root).arg("check").args(what);
        command
    };
    let fetched = Command::new(&deny)
        .current_dir(&workspace.root)
        .args(["fetch", "db"])
        .status();
    if fetched.is_ok_and(|status| status.success()) {
        chore::run(&mut command(&["advisories"]))?;
    } else {
        println!("skipped: advisories, since their database on GitHub cannot be fetched");
    }
    chore::run(&mut command(&["bans", "licenses", "sources"]))
}

fn tool(workspace: &Workspace) -> Result<PathBuf> {
    if chore::exists(Command::new("cargo-deny").arg("--version")) {
        return Ok("cargo-deny".into());
    }
    let home = env::var_os("HOME").context("HOME is not set")?;
    let root = PathBuf::from(home).join(TOOLS);
    let deny = root.join("bin/cargo-deny");
    if !deny.is_file() {
        println!(
            "installing cargo-deny into {}: this takes some minutes, once",
            root.display()
        );
        let mut install = workspace.cargo(&[
            "install",
            "--locked",
            "cargo-deny",
            "--version",
            VERSION,
            "--root",
        ]);
        chore::run(install.arg(&root))?;
    }
    Ok(deny)
}
