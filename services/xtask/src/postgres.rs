//! A PostgreSQL for the tests: installed from Debian's packages where it is missing, private, gone afterwards.

use std::{env, fs};

use anyhow::Result;
use testkit::cluster::Cluster;

use crate::debian;

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
    if installed() {
        Ok(())
    } else {
        debian::install("postgresql")
    }
}

fn installed() -> bool {
    let packaged = fs::read_dir(DEBIAN_ROOT).is_ok_and(|mut versions| versions.next().is_some());
    let path = env::var_os("PATH").unwrap_or_default();
    packaged || env::split_paths(&path).any(|folder| folder.join("initdb").is_file())
}
