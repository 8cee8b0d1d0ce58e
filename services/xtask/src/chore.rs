//! What all chores need: the workspace, and programs that are named before they run.

use std::{
    env,
    ffi::OsStr,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::MetadataCommand;
use serde_json::Value;

/// Where the project lies and where cargo builds it.
pub struct Workspace {
    pub root: PathBuf,
    pub target: PathBuf,
}

impl Workspace {
    pub fn find() -> Result<Self> {
        let found = MetadataCommand::new().no_deps().exec();
        let found = found.context("cargo does not find the workspace")?;
        Ok(Self {
            root: found.workspace_root.into(),
            target: found.target_directory.into(),
        })
    }

    /// cargo, in the workspace's root.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// The data that may lie beside the checkout: `MUSTER_SHARED`, or `../shared`.
    pub fn shared(&self) -> Option<PathBuf> {
        let shared = match env::var_os("MUSTER_SHARED") {
            Some(shared) => PathBuf::from(shared),
            None => self.root.parent()?.join("shared"),
        };
        shared.is_dir().then_some(shared)
    }
}

/// Runs a program in the foreground, after naming it.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    println!("$ {line}");
    let status = command
        .status()
        .with_context(|| format!("`{line}` cannot be started"))?;
    if status.success() {
        Ok(())
    } else {
        bail!("`{line}` failed ({status})")
    }
}

/// Runs a program to its end, quietly, and reads the line of JSON that it prints.
///
/// # Errors
/// When it does not succeed, with what it said; when it printed something else.
pub fn ask(command: &mut Command) -> Result<Value> {
    let line = line(command);
    let answer = command
        .output()
        .with_context(|| format!("`{line}` cannot be started"))?;
    let said = String::from_utf8_lossy(&answer.stderr);
    ensure!(answer.status.success(), "`{line}` failed: {}", said.trim());
    serde_json::from_slice(&answer.stdout).with_context(|| format!("`{line}` printed no JSON"))
}

/// Can this program be run at all?
pub fn exists(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// The time since 1970 by the machine's clock.
#[expect(
    clippy::disallowed_methods,
    reason = "chores stand outside the house and have no context"
)]
pub fn now() -> Duration {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

/// A command as one would type it; variables that it sets come first, secrets hidden.
fn line(command: &Command) -> String {
    let secret = |name: &str| name.ends_with("PASSWORD") || name.ends_with("SECRET");
    let mut words: Vec<String> = command
        .get_envs()
        .filter_map(|(name, value)| {
            let (name, value) = (name.to_string_lossy(), value?.to_string_lossy());
            let shown = if secret(&name) { "…" } else { &value };
            Some(format!("{name}={shown}"))
        })
        .collect();
    let program = PathBuf::from(command.get_program());
    let program = program.file_name().unwrap_or(OsStr::new("?"));
    words.push(program.to_string_lossy().into_owned());
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = Command::new("/usr/bin/cargo");
        command
            .args(["test", "--doc"])
            .env("A", "b")
            .env("A_SECRET", "c")
            .env_remove("C");
        assert_eq!(line(&command), "A=b A_SECRET=… cargo test --doc");
    }
}
