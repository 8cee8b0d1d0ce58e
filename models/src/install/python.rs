//! The installer's private Python: made once, driven as a child process with a time limit and a log.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::child::{Ended, Log};
use super::pinned::{BACKEND, CONVERSIONS, CONVERT_REQUIREMENTS, Package, SUPPORT};
use super::{Error, disk};

/// Oldest Python 3 minor version for which the pinned requirements have wheels.
pub(super) const MINOR_MIN: u32 = 9;
/// Asking Python for its version, seconds.
const PROBE_LIMIT_S: u64 = 60;
/// Making the environment, seconds.
const VENV_LIMIT_S: u64 = 900;
/// One download, seconds; the largest has 100 MB.
const DOWNLOAD_LIMIT_S: u64 = 1800;
/// Taking a member out of an archive, or one conversion, seconds.
const SCRIPT_LIMIT_S: u64 = 600;
/// Whether an environment is whole: pip is there and setuptools, which could run a package's code, is not.
const PROBE_VENV: &str =
    "import importlib.util, pip, sys; sys.exit(importlib.util.find_spec('setuptools') is not None)";
/// Silence on a connection after which pip gives up, seconds.
const PIP_SILENCE_S: &str = "60";
const PIP_RETRIES: &str = "2";

/// What pip writes when it gets no connection.
const NETWORK_SIGNS: [&str; 7] = [
    "connection broken by",
    "Connection to ",
    "Temporary failure in name resolution",
    "Could not fetch URL",
    "Read timed out",
    "ProxyError",
    "Failed to establish a new connection",
];

/// Folders of the private environment below the home.
#[derive(Debug)]
pub(super) struct Python<'a> {
    /// The Python that makes the environment.
    base: &'a Path,
    venv: PathBuf,
    scripts: PathBuf,
    pub(super) downloads: PathBuf,
    log: Log,
}

impl<'a> Python<'a> {
    /// Makes the environment, or finds the one of an earlier run, and writes the scripts.
    pub(super) fn ready(base: &'a Path, home: &Path) -> Result<Self, Error> {
        // pip starts children in folders of its own: a relative path would lead them elsewhere.
        let home = std::path::absolute(home).map_err(Error::io("resolve", home))?;
        let python = Self {
            base,
            venv: home.join("venv"),
            scripts: home.join("scripts"),
            downloads: home.join("downloads"),
            log: Log {
                path: home.join("install.log"),
            },
        };
        disk::empty_folder(&python.work())?;
        python.write_scripts()?;
        if !python.works()? {
            python.make_venv()?;
        }
        Ok(python)
    }

    /// Folder for unfinished things, emptied at each start.
    pub(super) fn work(&self) -> PathBuf {
        self.downloads.join("unfinished")
    }

    /// The package's archive in the downloads folder, fetched when it is not there yet.
    /// `watch` hears now and then how many bytes have come: the largest file in the work folder.
    pub(super) fn fetch(
        &self,
        package: Package<'_>,
        tags: &[String],
        watch: &mut impl FnMut(u64),
    ) -> Result<PathBuf, Error> {
        let what = format!("{}=={}", package.name, package.version);
        let folder = self
            .downloads
            .join(format!("{}-{}", package.name, package.version));
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if disk::holds(&entry.path(), package.sha256)? {
                return Ok(entry.path());
            }
        }
        disk::empty_folder(&folder)?;
        let work = self.work();
        disk::empty_folder(&work)?;
        let requirement = work.join("requirement.txt");
        let text = format!("{what} --hash=sha256:{}\n", package.sha256);
        fs::write(&requirement, text).map_err(Error::io("write", &requirement))?;
        let arrived = work.join("arrived");
        let mut pip = self.pip("download");
        pip.args([
            "--no-deps",
            "--require-hashes",
            "--no-build-isolation",
            "--ignore-requires-python",
        ])
        .args(tags)
        .arg("--dest")
        .arg(&arrived)
        .arg("-r")
        .arg(&requirement)
        // Our own backend answers for a source distribution, so that its setup.py is never run.
        .env("PYTHONPATH", self.scripts.join(BACKEND))
        .env("PIP_USE_PEP517", "1")
        .env("TMPDIR", &work);
        let ended = self.log.run(&mut pip, &what, DOWNLOAD_LIMIT_S, &mut || {
            watch(disk::largest(&work));
        })?;
        self.pip_answer(&ended, &what)?;
        let archive = fs::read_dir(&arrived)
            .into_iter()
            .flatten()
            .flatten()
            .next();
        let archive = archive.ok_or_else(|| Error::Pip {
            what: what.clone(),
            reason: "nothing was saved".to_owned(),
            log: self.log.path.clone(),
        })?;
        let path = folder.join(archive.file_name());
        disk::accept(&archive.path(), &path, package.sha256, &what)?;
        Ok(path)
    }

    /// Takes one member out of an archive into a file of the work folder.
    pub(super) fn extract(&self, archive: &Path, member: &str) -> Result<PathBuf, Error> {
        let output = self.work().join("member");
        let mut command = self.script("archive");
        command.arg(archive).arg(member).arg(&output);
        let ended = self
            .log
            .run(&mut command, member, SCRIPT_LIMIT_S, &mut || ())?;
        self.script_answer(&ended, member)?;
        Ok(output)
    }

    /// Runs a conversion on a file; gives the result, in the work folder. `shown` names it in an error.
    pub(super) fn convert(
        &self,
        script: &str,
        source: &Path,
        shown: &str,
    ) -> Result<PathBuf, Error> {
        let output = self.work().join("converted");
        let mut command = self.script(script);
        command.arg(source).arg(&output);
        let ended = self
            .log
            .run(&mut command, shown, SCRIPT_LIMIT_S, &mut || ())?;
        self.script_answer(&ended, shown)?;
        Ok(output)
    }

    /// Installs what the conversions import, once. `watch` hears now and then how many bytes have come.
    pub(super) fn install_requirements(&self, watch: &mut impl FnMut(u64)) -> Result<(), Error> {
        let stamp = self.venv.join("requirements.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == CONVERT_REQUIREMENTS) {
            return Ok(());
        }
        let work = self.work();
        let what = "the conversions' requirements";
        let requirements = work.join("requirements.txt");
        fs::write(&requirements, CONVERT_REQUIREMENTS)
            .map_err(Error::io("write", &requirements))?;
        let mut pip = self.pip("install");
        pip.args(["--no-deps", "--require-hashes", "--only-binary=:all:", "-r"])
            .arg(&requirements)
            .env("TMPDIR", &work);
        let before = disk::size(&self.venv);
        let mut watched =
            || watch((disk::size(&work) + disk::size(&self.venv)).saturating_sub(before));
        let ended = self
            .log
            .run(&mut pip, what, DOWNLOAD_LIMIT_S, &mut watched)?;
        self.pip_answer(&ended, what)?;
        fs::rename(&requirements, &stamp).map_err(Error::io("write", &stamp))
    }

    fn interpreter(&self) -> PathBuf {
        self.venv.join("bin/python")
    }

    fn write_scripts(&self) -> Result<(), Error> {
        let conversions = CONVERSIONS
            .iter()
            .map(|(name, text)| (format!("{name}.py"), *text));
        let support = SUPPORT
            .iter()
            .map(|(path, text)| ((*path).to_owned(), *text));
        for (path, text) in conversions.chain(support) {
            let path = self.scripts.join(path);
            disk::create_folder(path.parent().unwrap_or(&self.scripts))?;
            fs::write(&path, text).map_err(Error::io("write", &path))?;
        }
        Ok(())
    }

    /// Whether the environment of an earlier run is whole.
    fn works(&self) -> Result<bool, Error> {
        if !self.interpreter().exists() {
            return Ok(false);
        }
        let mut command = Command::new(self.interpreter());
        command.args(["-c", PROBE_VENV]);
        match self.log.run(&mut command, "pip", PROBE_LIMIT_S, &mut || ()) {
            Ok(ended) => Ok(ended.status.success()),
            Err(
                Error::PythonMissing { .. }
                | Error::Io {
                    action: "start", ..
                },
            ) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn make_venv(&self) -> Result<(), Error> {
        let mut probe = Command::new(self.base);
        probe.args(["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]);
        let ended = self
            .log
            .run(&mut probe, "python", PROBE_LIMIT_S, &mut || ())?;
        let found = ended.output.trim().to_owned();
        let minor = found
            .strip_prefix("3.")
            .and_then(|minor| minor.parse::<u32>().ok());
        if !ended.status.success() || minor.is_none_or(|minor| minor < MINOR_MIN) {
            return Err(Error::PythonOld {
                python: self.base.to_owned(),
                found,
            });
        }
        let mut command = Command::new(self.base);
        command.args(["-m", "venv", "--clear"]).arg(&self.venv);
        let ended = self.log.run(
            &mut command,
            "the python environment",
            VENV_LIMIT_S,
            &mut || (),
        )?;
        if ended.status.success() {
            return self.remove_setuptools();
        }
        disk::remove_folder(&self.venv)?;
        if ended.mentions(&["No space left on device"]) {
            return Err(Error::disk_full(&self.venv));
        }
        Err(Error::Venv {
            reason: ended.reason(),
        })
    }

    /// Older Pythons put setuptools into an environment. It could run a package's `setup.py`, so it goes.
    fn remove_setuptools(&self) -> Result<(), Error> {
        let what = "setuptools";
        let mut pip = self.pip("uninstall");
        pip.args(["--yes", what]);
        let ended = self.log.run(&mut pip, what, VENV_LIMIT_S, &mut || ())?;
        self.pip_answer(&ended, what)
    }

    fn pip(&self, verb: &str) -> Command {
        let mut command = Command::new(self.interpreter());
        command
            .args([
                "-m",
                "pip",
                verb,
                "--no-input",
                "--disable-pip-version-check",
            ])
            .args(["--timeout", PIP_SILENCE_S, "--retries", PIP_RETRIES])
            .env("PIP_PROGRESS_BAR", "off");
        command
    }

    fn script(&self, name: &str) -> Command {
        let mut command = Command::new(self.interpreter());
        // The compiled form would be left beside the scripts.
        command
            .arg("-B")
            .arg(self.scripts.join(format!("{name}.py")));
        command
    }

    fn pip_answer(&self, ended: &Ended, what: &str) -> Result<(), Error> {
        if ended.status.success() {
            return Ok(());
        }
        let (what, reason, log) = (what.to_owned(), ended.reason(), self.log.path.clone());
        Err(if ended.mentions(&["No space left on device"]) {
            Error::disk_full(&self.downloads)
        } else if ended.mentions(&["DO NOT MATCH THE HASHES"]) {
            Error::Archive { what }
        } else if ended.mentions(&NETWORK_SIGNS) {
            Error::Network { what }
        } else if ended.mentions(&["No matching distribution found"]) {
            Error::NotOffered { what, reason, log }
        } else {
            Error::Pip { what, reason, log }
        })
    }

    fn script_answer(&self, ended: &Ended, path: &str) -> Result<(), Error> {
        if ended.status.success() {
            return Ok(());
        }
        if ended.mentions(&["No space left on device"]) {
            return Err(Error::disk_full(&self.downloads));
        }
        Err(Error::Convert {
            path: path.to_owned(),
            reason: ended.reason(),
            log: self.log.path.clone(),
        })
    }
}
