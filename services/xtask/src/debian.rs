//! Debian's packages, for what the tests need and a machine does not have.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::chore;

/// Installs a package where that is possible.
///
/// # Errors
/// A sentence with the way out.
pub fn install(package: &str) -> Result<()> {
    let root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !root || !Path::new("/usr/bin/apt-get").is_file() {
        bail!(
            "{package} is missing, and only root can install it: `sudo apt-get install {package}`"
        );
    }
    // An outdated list of packages may still do.
    if let Err(why) = apt(&["update", "--quiet"]) {
        println!("{why:#}");
    }
    let arguments = [
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
        package,
    ];
    apt(&arguments).with_context(|| {
        format!("Debian's package `{package}` cannot be installed: is there a network?")
    })
}

fn apt(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    chore::run(&mut command)
}
