use std::io;
use std::path::PathBuf;

/// Why an installation stopped. Each message is one sentence with the way out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "python 3 was not found as `{}`; install it (Debian: apt-get install python3 python3-venv) or put it on the PATH",
        python.display()
    )]
    PythonMissing { python: PathBuf },
    #[error("`{}` is python {found}, but 3.{} or newer is needed; install a newer one", python.display(), super::python::MINOR_MIN)]
    PythonOld { python: PathBuf, found: String },
    #[error(
        "python could not make its own environment ({reason}); install the venv module (Debian: apt-get install python3-venv)"
    )]
    Venv { reason: String },
    #[error(
        "the package index could not be reached for {what}; check the network or pip's index and proxy settings and run the same command again, what is already there is kept"
    )]
    Network { what: String },
    #[error("the package index has no {what} for this machine ({reason}); check pip's index settings, details are in {}", log.display())]
    NotOffered {
        what: String,
        reason: String,
        log: PathBuf,
    },
    #[error(
        "the package index sent a {what} that is not the pinned one, so nothing of it was used; check pip's index settings or use another mirror"
    )]
    Archive { what: String },
    #[error("pip failed on {what} ({reason}); details are in {}", log.display())]
    Pip {
        what: String,
        reason: String,
        log: PathBuf,
    },
    #[error(
        "{what} took longer than {limit_s} s and was stopped; run the same command again, what is already there is kept"
    )]
    Slow { what: String, limit_s: u64 },
    #[error("making {path} failed ({reason}); details are in {}", log.display())]
    Convert {
        path: String,
        reason: String,
        log: PathBuf,
    },
    #[error(
        "{path} has SHA-256 {found} where the pack says {expected}; it was not installed, get the file that the pack names or correct the pack"
    )]
    Sha256 {
        path: String,
        expected: String,
        found: String,
    },
    #[error("{path} comes from a file of yours; name its folder with --from")]
    FromMissing { path: String },
    #[error("{} does not exist; check the folder given with --from", path.display())]
    FileMissing { path: PathBuf },
    #[error(
        "there is no pinned ONNX Runtime library for {os} on {arch}; Linux on x86_64 and aarch64 is supported"
    )]
    Platform {
        os: &'static str,
        arch: &'static str,
    },
    #[error("another installation into {} is running; wait until it has ended", home.display())]
    Busy { home: PathBuf },
    #[error("the disk that holds {} is full; free about {needed_mib} MiB and run the same command again", path.display())]
    DiskFull { path: PathBuf, needed_mib: u64 },
    #[error("could not {action} {}", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Flaw(#[from] crate::Flaw),
}

/// What a whole installation takes on disk: 380 MiB at the end, and while the largest package is unpacked 330 more.
const NEEDED_MIB: u64 = 750;

impl Error {
    /// For `map_err`: an I/O failure while doing `action` to `path`; a full disk is told apart.
    pub(super) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| {
            if matches!(
                source.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            ) {
                Self::disk_full(path)
            } else {
                Self::Io {
                    action,
                    path,
                    source,
                }
            }
        }
    }

    pub(super) fn disk_full(path: impl Into<PathBuf>) -> Self {
        Self::DiskFull {
            path: path.into(),
            needed_mib: NEEDED_MIB,
        }
    }
}
