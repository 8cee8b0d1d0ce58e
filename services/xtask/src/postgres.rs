//! A PostgreSQL for the tests: installed from Debian's packages where it is missing, private, gone afterwards.

use std::{
    env, fs,
    os::unix::fs::MetadataExt,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use testkit::cluster::Cluster;

use crate::chore;

/// Where Debian's packages put the servers.
const DEBIAN_ROOT: &str = "/usr/lib/postgresql";

/// Starts a server, after installing one if need be.
///
/// # Errors
/// A sentence with the way out.
pub fn start() -> Result<Cluster> {
    provide()?;
    Cluster::start()
}

/// The same, writing through to the disk, for measurements.
///
/// # Errors
/// As [`start`].
pub fn start_durable() -> Result<Cluster> {
    provide()?;
    Cluster::start_durable()
}

fn provide() -> Result<()> {
    if installed() { Ok(()) } else { install() }
}

fn installed() -> bool {
    let packaged = fs::read_dir(DEBIAN_ROOT).is_ok_and(|mut versions| versions.next().is_some());
    let path = env::var_os("PATH").unwrap_or_default();
    packaged || env::split_paths(&path).any(|folder| folder.join("initdb").is_file())
}

fn install() -> Result<()> {
    let root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !root || !Path::new("/usr/bin/apt-get").is_file() {
        bail!(
            "there is no PostgreSQL, and only root can install it: `sudo apt-get install postgresql`"
        );
    }
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        chore::run(&mut command)
    };
    // An outdated list of packages may still do.
    if let Err(why) = apt(&["update", "--quiet"]) {
        println!("{why:#}");
    }
    apt(&[
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
        "postgresql",
    ])
    .context("Debian's package `postgresql` cannot be installed: is there a network?")
}
