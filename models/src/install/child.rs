//! Child processes with a time limit; what they write is kept in a log.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Error;

const POLL: Duration = Duration::from_millis(100);
/// Bytes of a child's output that are looked through for its reason.
const OUTPUT_READ_MAX: usize = 1 << 20;
/// Characters of a child's reason that an error quotes.
const REASON_LEN_MAX: usize = 300;

/// A child process that ended: how, and what it wrote.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) output: String,
}

impl Ended {
    /// The last line that says something, preferring error lines.
    pub(super) fn reason(&self) -> String {
        let lines = || {
            self.output
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
        };
        let reason = lines()
            .rfind(|line| is_error(line))
            .or_else(|| lines().next_back());
        reason
            .unwrap_or("no output")
            .trim_start_matches("ERROR: ")
            .trim_start_matches("error: ")
            .chars()
            .take(REASON_LEN_MAX)
            .collect()
    }

    pub(super) fn mentions(&self, signs: &[&str]) -> bool {
        signs.iter().any(|sign| self.output.contains(sign))
    }
}

fn is_error(line: &str) -> bool {
    line.starts_with("ERROR:") || line.starts_with("error:")
}

/// The log of all children of all installations into one home.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) path: PathBuf,
}

impl Log {
    /// Runs a child to its end or to its limit; its output goes to a file of its own and then to the log.
    pub(super) fn run(
        &self,
        command: &mut Command,
        what: &str,
        limit_s: u64,
        watch: &mut impl FnMut(),
    ) -> Result<Ended, Error> {
        let path = self.path.with_extension("output");
        let file = fs::File::create(&path).map_err(Error::io("write", &path))?;
        let both = file.try_clone().map_err(Error::io("write", &path))?;
        command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(both)
            .env("PYTHONUNBUFFERED", "1");
        let mut child = command.spawn().map_err(|source| {
            let program = PathBuf::from(command.get_program());
            if matches!(
                source.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied
            ) {
                Error::PythonMissing { python: program }
            } else {
                Error::Io {
                    action: "start",
                    path: program,
                    source,
                }
            }
        })?;
        let status = wait(&mut child, limit_s, watch)
            .map_err(Error::io("wait for", command.get_program()))?;
        let written = fs::read(&path).map_err(Error::io("read", &path))?;
        let output =
            String::from_utf8_lossy(&written[written.len().saturating_sub(OUTPUT_READ_MAX)..])
                .into_owned();
        fs::remove_file(&path).map_err(Error::io("remove", &path))?;
        self.note(command, &output)?;
        match status {
            Some(status) => Ok(Ended { status, output }),
            None => Err(Error::Slow {
                what: what.to_owned(),
                limit_s,
            }),
        }
    }

    fn note(&self, command: &Command, output: &str) -> Result<(), Error> {
        let words: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
        let entry = format!(
            "$ {} {}\n{output}\n",
            command.get_program().to_string_lossy(),
            words.join(" ")
        );
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path);
        log.and_then(|mut log| log.write_all(entry.as_bytes()))
            .map_err(Error::io("write", &self.path))
    }
}

/// The child's status; none when it was stopped at the limit.
pub(super) fn wait(
    child: &mut Child,
    limit_s: u64,
    watch: &mut impl FnMut(),
) -> io::Result<Option<ExitStatus>> {
    let limit = Duration::from_secs(limit_s);
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() >= limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        watch();
        thread::sleep(POLL);
    }
}
