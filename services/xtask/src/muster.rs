//! The product as others see it: a binary.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use crate::chore::{self, Workspace};

/// Below the home folder: models, runtime and sample faces, shared by all demonstrations and tests.
const SHELF: &str = ".cache/muster/home";

/// How the binary is built. Dependencies are optimised in both, and the networks' own library is always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Dev,
    Release,
}

/// The built binary.
pub struct Muster {
    pub binary: PathBuf,
    /// Folder with what was installed.
    pub shelf: PathBuf,
}

impl Muster {
    /// Builds it with the features of the whole workspace, so that tests and demonstrations share one build.
    pub fn build(workspace: &Workspace, profile: Profile) -> Result<Self> {
        let mut build = workspace.cargo(&["build", "--workspace"]);
        let folder = match profile {
            // Together with the tests: alone it would have its dependencies built with fewer features, and so a second time.
            Profile::Dev => {
                build.args(["--bins", "--tests"]);
                "debug"
            }
            Profile::Release => {
                build.args(["--release", "--bin", "muster"]);
                "release"
            }
        };
        chore::run(&mut build)?;
        Self::at(workspace.target.join(folder).join("muster"))
    }

    /// One that is built already.
    pub fn at(binary: PathBuf) -> Result<Self> {
        Ok(Self {
            binary,
            shelf: shelf()?,
        })
    }

    /// The binary without any `MUSTER_…` variable of ours: what counts is what the caller sets.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("MUSTER_") {
                command.env_remove(name);
            }
        }
        command.stdin(Stdio::null());
        command
    }

    /// Installs a pack and the sample faces onto the shelf; `from` is the folder of files that come from no registry.
    pub fn install(&self, pack: &str, from: Option<&Path>) -> Result<()> {
        let mut install = self.command();
        install.env("MUSTER_HOME", &self.shelf);
        install.args(["models", "install", "--samples", "--pack", pack]);
        if let Some(from) = from {
            install.arg("--from").arg(from);
        }
        chore::run(&mut install)
    }

    /// The folder of the sample faces.
    pub fn faces(&self) -> PathBuf {
        self.shelf.join("samples/faces")
    }
}

/// `MUSTER_HOME`, or a folder of the user's cache.
fn shelf() -> Result<PathBuf> {
    if let Some(home) = env::var_os("MUSTER_HOME") {
        return std::path::absolute(PathBuf::from(home)).context("MUSTER_HOME is no path");
    }
    let home = env::var_os("HOME").context("HOME is not set")?;
    Ok(PathBuf::from(home).join(SHELF))
}
