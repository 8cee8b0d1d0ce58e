//! Tests of the pages in Debian's Chromium, against the real binary with real models.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{
    chore::{self, Workspace},
    debian,
    muster::Muster,
};

const CHROMIUM: &str = "/usr/bin/chromium";
/// Without Chinese letters the manual's pictures show boxes.
const FONT: &str = "fonts-wqy-microhei";
/// What Playwright asks for.
const NODE_MIN: u32 = 20;
/// Below the root.
const TESTS: &str = "services/e2e/browser";
const MINI_PROGRAM: &str = "mobile-api/clients/mini-program";
const PROTOCOL_TESTS: &str = "mobile-api/clients/protocol/tests/";
/// The manual with pictures of all pages, below cargo's target folder: real people may be on them, so they are never committed.
const MANUAL: &str = "manual";

/// Can scripts be run at all?
///
/// # Errors
/// A sentence with what is missing.
pub fn node() -> Result<()> {
    let said = Command::new("node")
        .arg("--version")
        .stderr(Stdio::null())
        .output();
    let said = said.context("there is no node")?;
    let version = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    let major = version.trim_start_matches('v').split('.').next();
    let major: u32 = major.and_then(|major| major.parse().ok()).unwrap_or(0);
    ensure!(
        major >= NODE_MIN,
        "node {version} is too old: {NODE_MIN} or newer is needed"
    );
    Ok(())
}

/// The mini-program on simulated components, with what it is built of.
///
/// # Errors
/// When a package cannot be had, or a test fails.
pub fn mini_program(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join(MINI_PROGRAM);
    packages(&folder)?;
    chore::run(Command::new("npm").arg("test").current_dir(folder))
}

/// The packages of a folder's lock file, without running anything of theirs.
fn packages(folder: &Path) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    chore::run(npm.current_dir(folder))
}

/// The phones' protocol, without a browser.
pub fn protocol(workspace: &Workspace) -> Result<()> {
    chore::run(&mut tests(&workspace.root, PROTOCOL_TESTS))
}

/// Installs Chromium, a font, and what drives it.
///
/// # Errors
/// A sentence with what cannot be had.
pub fn provide(workspace: &Workspace) -> Result<()> {
    if !Path::new(CHROMIUM).is_file() {
        debian::install("chromium")?;
    }
    if !reads_chinese() {
        debian::install(FONT)?;
    }
    packages(&workspace.root.join(TESTS))
}

/// Is there a font with Chinese letters?
fn reads_chinese() -> bool {
    let fonts = Command::new("fc-list")
        .args([":lang=zh", "file"])
        .stderr(Stdio::null())
        .output();
    fonts.is_ok_and(|fonts| !fonts.stdout.is_empty())
}

/// All tests in the browser; they leave pictures of every page, of which the manual is made.
pub fn run(workspace: &Workspace, muster: &Muster) -> Result<()> {
    let mut tests = tests(&workspace.root.join(TESTS), "tests/");
    tests
        .env("MUSTER_E2E_BINARY", &muster.binary)
        .env("MUSTER_E2E_SHELF", &muster.shelf)
        .env("MUSTER_E2E_CHROMIUM", CHROMIUM)
        .env("MUSTER_E2E_MANUAL", manual(workspace));
    if let Some(shared) = workspace.shared() {
        tests.env("MUSTER_SHARED", shared);
    }
    chore::run(&mut tests)?;
    let mut write = Command::new("node");
    write.arg("manual.js").arg(manual(workspace));
    chore::run(write.current_dir(workspace.root.join(TESTS)))
}

fn manual(workspace: &Workspace) -> PathBuf {
    workspace.target.join(MANUAL)
}

/// One file of tests after the other: each has a browser and a server of its own.
fn tests(folder: &Path, of: &str) -> Command {
    let mut node = Command::new("node");
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec", of])
        .current_dir(folder);
    node
}
