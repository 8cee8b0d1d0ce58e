use std::fmt;

/// What the installer is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// The file is already there.
    Present { path: &'a str },
    /// The private Python environment is being made.
    Preparing,
    /// A package is on its way; comes many times.
    Fetching { what: &'a str, bytes: u64 },
    /// A conversion runs.
    Converting { path: &'a str },
    /// The file is now there.
    Installed { path: &'a str },
}

impl fmt::Display for Progress<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Present { path } => write!(out, "{path} is there"),
            Self::Preparing => write!(out, "preparing a python environment"),
            Self::Fetching { what, bytes } => {
                write!(out, "fetching {what}, {} MB", bytes / 1_000_000)
            }
            Self::Converting { path } => write!(out, "converting {path}"),
            Self::Installed { path } => write!(out, "{path} installed"),
        }
    }
}

/// One file as `verify` found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Path below the home.
    pub path: String,
    pub state: State,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Good,
    Missing,
    /// Other content than the pack says.
    Changed {
        /// SHA-256 of what is there, hex.
        found: String,
    },
}

/// Every file of a pack and the library, as they are on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether every file is there and unchanged.
    pub fn is_good(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.state == State::Good)
    }
}
