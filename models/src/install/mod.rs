//! Gets a pack's files, the ONNX Runtime library and the sample faces into the home folder.
//!
//! `<home>/models/` the packs' files, `<home>/runtime/` the library, `<home>/samples/faces/` portraits for a demonstration,
//! `<home>/downloads/` package archives, `<home>/venv/` and `<home>/scripts/` the private Python, `<home>/install.log`.
//! What is there with the right SHA-256 is left alone, so a second run only hashes and an interrupted one goes on.

mod child;
mod disk;
mod error;
mod pinned;
mod python;
mod report;
#[cfg(test)]
mod tests;

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};

pub use error::Error;
pub use report::{Finding, Progress, Report, State};

use crate::{File, Origin, Pack};
use pinned::{CONVERSIONS, Package, Pinned, RUNTIME_GLIBC, RUNTIME_TAGS, RUNTIMES, SAMPLE_FACES};
use python::Python;

/// Folder of the packs' files below the home.
pub const MODELS: &str = "models";
/// ONNX Runtime's library below the home.
pub const RUNTIME: &str = "runtime/libonnxruntime.so";
/// Folder of the sample faces below the home.
pub const SAMPLES: &str = "samples/faces";

/// Names of the conversions that a pack's file can ask for.
pub fn conversions() -> impl Iterator<Item = &'static str> {
    CONVERSIONS.iter().map(|(name, _)| *name)
}

/// Installs into one home folder.
#[derive(Debug, Clone)]
pub struct Installer {
    /// Folder that holds everything, `.muster` as a rule.
    pub home: PathBuf,
    /// The Python 3 that makes the private environment: a path, or a name on the PATH.
    pub python: PathBuf,
}

/// One file to be made: where it comes from and where it goes.
struct Wanted<'a> {
    /// Path below the home.
    path: String,
    sha256: &'a str,
    origin: Start<'a>,
    convert: Option<&'a str>,
}

enum Start<'a> {
    Given {
        path: &'a str,
    },
    Member {
        package: Package<'a>,
        member: &'a str,
        tags: Vec<String>,
    },
}

impl Installer {
    /// An installer into `home` that uses the PATH's `python3`.
    pub fn new(home: impl Into<PathBuf>) -> Self {
        Self {
            home: home.into(),
            python: PathBuf::from("python3"),
        }
    }

    /// Installs the pack's files and the ONNX Runtime library. `from` is the folder of the files that the pack takes
    /// from `file:` sources.
    ///
    /// # Errors
    /// The first thing that failed, as a sentence with the way out; what was finished before stays.
    pub fn install(
        &self,
        pack: &Pack,
        from: Option<&Path>,
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        pack.check()?;
        let mut wanted = vec![runtime()?];
        wanted.extend(pack.files().map(wanted_file));
        self.install_all(&wanted, from, progress)
    }

    /// Installs the sample faces and gives their paths.
    ///
    /// # Errors
    /// As `install`.
    pub fn samples(&self, progress: &mut impl FnMut(Progress<'_>)) -> Result<Vec<PathBuf>, Error> {
        let wanted: Vec<_> = SAMPLE_FACES
            .iter()
            .map(|sample| wanted_pinned(sample, Vec::new()))
            .collect();
        self.install_all(&wanted, None, progress)?;
        Ok(wanted
            .iter()
            .map(|sample| self.home.join(&sample.path))
            .collect())
    }

    /// Looks at every file of the pack and at the library, and changes nothing.
    ///
    /// # Errors
    /// A file that cannot be read, or a machine for which no library is pinned.
    pub fn verify(&self, pack: &Pack) -> Result<Report, Error> {
        let mut wanted = vec![runtime()?];
        wanted.extend(pack.files().map(wanted_file));
        let findings = wanted.into_iter().map(|file| {
            let state = match disk::sha256(&self.home.join(&file.path))? {
                None => State::Missing,
                Some(found) if found == file.sha256 => State::Good,
                Some(found) => State::Changed { found },
            };
            Ok(Finding {
                path: file.path,
                state,
            })
        });
        Ok(Report {
            findings: findings.collect::<Result<_, Error>>()?,
        })
    }

    fn install_all(
        &self,
        wanted: &[Wanted<'_>],
        from: Option<&Path>,
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        let mut missing = Vec::new();
        for file in wanted {
            if disk::holds(&self.home.join(&file.path), file.sha256)? {
                progress(Progress::Present { path: &file.path });
            } else {
                given(file, from)?;
                missing.push(file);
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let _lock = self.lock()?;
        progress(Progress::Preparing);
        let python = Python::ready(&self.python, &self.home)?;
        for file in missing {
            self.install_one(&python, file, from, progress)?;
            progress(Progress::Installed { path: &file.path });
        }
        disk::remove_folder(&python.work())
    }

    fn install_one(
        &self,
        python: &Python<'_>,
        file: &Wanted<'_>,
        from: Option<&Path>,
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        let mut source = match &file.origin {
            Start::Given { .. } => {
                let source = given(file, from)?.ok_or_else(|| Error::FromMissing {
                    path: file.path.clone(),
                })?;
                let copy = python.work().join("given");
                fs::copy(&source, &copy).map_err(Error::io("copy", &source))?;
                copy
            }
            Start::Member {
                package,
                member,
                tags,
            } => {
                let mut watch = |bytes| {
                    progress(Progress::Fetching {
                        what: package.name,
                        bytes,
                    });
                };
                let archive = python.fetch(*package, tags, &mut watch)?;
                python.extract(&archive, member)?
            }
        };
        if let Some(script) = file.convert {
            let what = "numpy and onnx for the conversions";
            python
                .install_requirements(&mut |bytes| progress(Progress::Fetching { what, bytes }))?;
            progress(Progress::Converting { path: &file.path });
            source = python.convert(script, &source, &file.path)?;
        }
        disk::accept(
            &source,
            &self.home.join(&file.path),
            file.sha256,
            &file.path,
        )
    }

    /// Held while an installation runs; the system lets go of it when the process ends, however it ends.
    fn lock(&self) -> Result<fs::File, Error> {
        disk::create_folder(&self.home)?;
        let path = self.home.join("install.lock");
        let file = fs::File::create(&path).map_err(Error::io("write", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(fs::TryLockError::WouldBlock) => Err(Error::Busy {
                home: self.home.clone(),
            }),
            Err(fs::TryLockError::Error(source)) => Err(Error::Io {
                action: "lock",
                path,
                source,
            }),
        }
    }
}

/// Where a `file:` source lies; none for a package. Refuses before anything is fetched when it is not there.
fn given(file: &Wanted<'_>, from: Option<&Path>) -> Result<Option<PathBuf>, Error> {
    let Start::Given { path } = file.origin else {
        return Ok(None);
    };
    let from = from.ok_or_else(|| Error::FromMissing {
        path: file.path.clone(),
    })?;
    let path = from.join(path);
    if path.is_file() {
        Ok(Some(path))
    } else {
        Err(Error::FileMissing { path })
    }
}

fn wanted_file(file: &File) -> Wanted<'_> {
    let origin = match file.origin() {
        Some(Origin::Package { name, version }) => {
            let sha256 = file.source_sha256.as_deref().unwrap_or_default();
            let member = file.member.as_deref().unwrap_or_default();
            Start::Member {
                package: Package {
                    name,
                    version,
                    sha256,
                },
                member,
                tags: Vec::new(),
            }
        }
        Some(Origin::Given { path }) => Start::Given { path },
        None => Start::Given { path: &file.source },
    };
    Wanted {
        path: format!("{MODELS}/{}", file.path),
        sha256: &file.sha256,
        origin,
        convert: file.convert.as_deref(),
    }
}

fn wanted_pinned(pinned: &Pinned, tags: Vec<String>) -> Wanted<'_> {
    Wanted {
        path: pinned.path.to_owned(),
        sha256: pinned.sha256,
        origin: Start::Member {
            package: pinned.package,
            member: pinned.member,
            tags,
        },
        convert: None,
    }
}

/// The ONNX Runtime library of this machine.
fn runtime() -> Result<Wanted<'static>, Error> {
    let runtime = RUNTIMES
        .iter()
        .find(|runtime| runtime.os == OS && runtime.arch == ARCH);
    let runtime = runtime.ok_or(Error::Platform { os: OS, arch: ARCH })?;
    let platforms = RUNTIME_GLIBC
        .iter()
        .map(|glibc| format!("--platform={glibc}_{ARCH}"));
    let tags = RUNTIME_TAGS
        .iter()
        .map(|tag| (*tag).to_owned())
        .chain(platforms)
        .collect();
    Ok(wanted_pinned(&runtime.library, tags))
}
