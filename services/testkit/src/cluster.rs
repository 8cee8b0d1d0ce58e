//! A private PostgreSQL for one test run: loopback only, on a port of its own, thrown away afterwards.

use std::{
    env, fs,
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

/// Where Debian's packages put the servers, one directory a version.
const DEBIAN_ROOT: &str = "/usr/lib/postgresql";
/// The user of Debian's packages; the server refuses to run as root.
const SERVER_USER: &str = "postgres";
/// Somebody else may take the free port before the server does: so often we try another.
const START_TRIES: u32 = 5;
const START_TIMEOUT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);
/// Tests run side by side, each with a pool.
const CONNECTIONS_MAX: u32 = 300;

/// A running server. Dropped, it stops and its files are deleted.
pub struct Cluster {
    bin: PathBuf,
    dir: TempDir,
    port: u16,
    fsync: bool,
    server: Option<Child>,
}

impl Cluster {
    /// Makes and starts a server that does not wait for the disk: what it acknowledged survives its own end, not that of the machine.
    pub fn start() -> Result<Self> {
        Self::start_with(false)
    }

    /// One that writes through to the disk, for measurements.
    pub fn start_durable() -> Result<Self> {
        Self::start_with(true)
    }

    fn start_with(fsync: bool) -> Result<Self> {
        let bin = find_bin()?;
        let dir = TempDir::with_prefix("muster-postgres-")?;
        if is_root()? {
            let uid = user_id(SERVER_USER)?;
            chown(dir.path(), Some(uid), None)?;
        }
        let mut cluster = Self {
            bin,
            dir,
            port: 0,
            fsync,
            server: None,
        };
        let made = cluster
            .command("initdb")?
            .args(["--username", SERVER_USER, "--auth", "trust", "--no-sync"])
            .args(["--encoding", "UTF8", "--locale", "C"])
            .arg("--pgdata")
            .arg(cluster.data())
            .output()
            .context("initdb cannot be run")?;
        ensure!(
            made.status.success(),
            "initdb failed: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        let mut tries = 0;
        loop {
            tries += 1;
            cluster.port = free_port()?;
            match cluster.resume() {
                Ok(()) => return Ok(cluster),
                Err(_) if tries < START_TRIES => {}
                Err(why) => return Err(why),
            }
        }
    }

    /// The address of its maintenance database, for a user who may do everything.
    pub fn url(&self) -> String {
        format!("postgres://{SERVER_USER}@127.0.0.1:{}/postgres", self.port)
    }

    /// Ends the server at once, as in a crash; [`Cluster::resume`] brings it back on the same port.
    pub fn stop(&mut self) -> Result<()> {
        let Some(mut server) = self.server.take() else {
            return Ok(());
        };
        let stopped = self
            .command("pg_ctl")?
            .args(["stop", "--silent", "--mode", "immediate", "--pgdata"])
            .arg(self.data())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            server.kill()?;
        }
        server.wait()?;
        Ok(())
    }

    /// Starts the server and waits until it answers.
    pub fn resume(&mut self) -> Result<()> {
        let log_path = self.dir.path().join("log");
        let log = fs::File::create(&log_path)?;
        let durable = if self.fsync { "on" } else { "off" };
        let settings = [
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={}", self.port),
            format!("unix_socket_directories={}", self.dir.path().display()),
            format!("max_connections={CONNECTIONS_MAX}"),
            format!("fsync={durable}"),
            format!("full_page_writes={durable}"),
        ];
        let mut command = self.command("postgres")?;
        command.arg("-D").arg(self.data());
        for setting in settings {
            command.arg("-c").arg(setting);
        }
        let mut server = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("the PostgreSQL server cannot be run")?;
        let until = Instant::now() + START_TIMEOUT;
        loop {
            // Ended first: somebody else's server may answer on the port that ours did not get.
            let ended = server.try_wait()?.is_some();
            if !ended && self.answers()? {
                break;
            }
            if ended || Instant::now() > until {
                if !ended {
                    server.kill()?;
                    server.wait()?;
                }
                bail!(
                    "PostgreSQL did not start: {}",
                    fs::read_to_string(&log_path).unwrap_or_default()
                );
            }
            thread::sleep(POLL);
        }
        self.server = Some(server);
        Ok(())
    }

    fn answers(&self) -> Result<bool> {
        let status = Command::new(self.bin.join("pg_isready"))
            .args(["--quiet", "--host", "127.0.0.1", "--port"])
            .arg(self.port.to_string())
            .status()
            .context("pg_isready cannot be run")?;
        Ok(status.success())
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A program of PostgreSQL, as a user that it accepts.
    fn command(&self, program: &str) -> Result<Command> {
        let program = self.bin.join(program);
        let mut command = if is_root()? {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", SERVER_USER, "--regid", SERVER_USER]);
            command.args(["--clear-groups", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The caller's directory may be closed to that user.
        command.current_dir(self.dir.path());
        Ok(command)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let (Err(why), false) = (self.stop(), thread::panicking()) {
            eprintln!("the private PostgreSQL did not stop: {why:#}");
        }
    }
}

/// The newest of Debian's servers, else the one that `PATH` knows.
fn find_bin() -> Result<PathBuf> {
    let newest = fs::read_dir(DEBIAN_ROOT)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            is_server(&bin).then_some((version, bin))
        })
        .max();
    if let Some((_, bin)) = newest {
        return Ok(bin);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .find(|dir| is_server(dir))
        .with_context(|| {
            format!("no PostgreSQL server below {DEBIAN_ROOT} or in PATH; on Debian, `apt-get install postgresql` brings one")
        })
}

fn is_server(bin: &Path) -> bool {
    ["initdb", "postgres", "pg_ctl", "pg_isready"]
        .iter()
        .all(|program| bin.join(program).exists())
}

fn is_root() -> Result<bool> {
    let own = fs::metadata("/proc/self").context("/proc is not mounted")?;
    Ok(own.uid() == 0)
}

fn user_id(name: &str) -> Result<u32> {
    let found = Command::new("id").args(["-u", name]).output()?;
    ensure!(
        found.status.success(),
        "PostgreSQL does not run as root, and there is no user {name:?} to run it as"
    );
    Ok(String::from_utf8(found.stdout)?.trim().parse()?)
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
