//! One house: its folder, its first accounts, and the server process.

use std::{
    fs::{self, File, OpenOptions},
    io::Read,
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::{OpenOptionsExt, symlink},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use totp_rs::{Builder, Secret};

use crate::{chore, muster::Muster};

/// Loading models takes seconds; on a busy machine, more.
const READY_LIMIT: Duration = Duration::from_mins(2);
const STOP_LIMIT: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(100);
/// 20 letters: 94 bits.
const PASSWORD_LEN: usize = 20;
/// What an authenticator counts with, seconds (RFC 6238).
const TOTP_STEP_S: u64 = 30;
/// Bytes of the log that a failure shows.
const LOG_SHOWN: usize = 3_000;

/// Roles of a whole server, and of one that judges nothing.
pub const BOTH: &str = r#"["api", "worker"]"#;
pub const API_ONLY: &str = r#"["api"]"#;

/// A house in a folder of its own. Dropped, its server is killed.
pub struct House<'a> {
    pub muster: &'a Muster,
    site: Site,
    server: Option<Child>,
}

/// Where a house stands.
pub struct Site {
    pub home: PathBuf,
    /// This port when it is free, else another.
    pub port: u16,
    /// SQLite in its folder when absent.
    pub database: Option<String>,
}

impl Site {
    /// On any port, with SQLite.
    pub const fn new(home: PathBuf) -> Self {
        Self {
            home,
            port: 0,
            database: None,
        }
    }
}

/// The first users, with all that is needed to sign in.
#[derive(Serialize, Deserialize)]
pub struct Accounts {
    pub unit: String,
    /// Registers and enrols for the demonstration.
    pub seeder: Account,
    /// For whoever looks at it.
    pub officer: Account,
    /// Looks where that one would refuse, and answers appeals.
    pub county: Account,
    pub administrator: Account,
}

#[derive(Serialize, Deserialize)]
pub struct Account {
    pub login: String,
    pub password: String,
    pub totp_uri: String,
}

impl Account {
    /// The authenticator's code at this second of Unix time.
    pub fn code(&self, unix_s: u64) -> Result<String> {
        let secret = self
            .totp_uri
            .split_once("secret=")
            .map(|(_, rest)| rest.split('&').next().unwrap_or(rest));
        let secret = Secret::try_from_base32(secret.context("the otpauth URI holds no secret")?);
        let secret = secret
            .ok()
            .context("the authenticator's secret is no base32")?;
        Ok(Builder::new()
            .with_secret(secret)
            .build_noncompliant()
            .generate(unix_s)
            .to_string())
    }

    pub fn code_line(&self) -> String {
        let now = chore::now().as_secs();
        let left = TOTP_STEP_S - now % TOTP_STEP_S;
        let code = self.code(now).unwrap_or_default();
        format!("验证码 code           {code} （还有 {left} 秒 {left} s left)")
    }
}

impl<'a> House<'a> {
    /// A folder that shares models and runtime with the shelf, and a database that is up to date.
    pub fn make(muster: &'a Muster, pack: &str, mut site: Site) -> Result<Self> {
        let home = &site.home;
        fs::create_dir_all(home)?;
        for shared in ["models", "runtime", "packs"] {
            let (there, here) = (muster.shelf.join(shared), home.join(shared));
            if there.exists() && here.symlink_metadata().is_err() {
                symlink(there, &here)
                    .with_context(|| format!("{} cannot be made", here.display()))?;
            }
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, site.port))
            .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        site.port = listener.local_addr()?.port();
        drop(listener);
        let house = Self {
            muster,
            site,
            server: None,
        };
        chore::run(house.command(pack).arg("migrate"))?;
        Ok(house)
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.site.port)
    }

    pub fn database(&self) -> PathBuf {
        self.site.home.join("muster.db")
    }

    /// The county, its office and four users; those of an earlier time when the folder has them.
    pub fn found(&self) -> Result<Accounts> {
        let file = self.site.home.join("accounts.json");
        if let Ok(json) = fs::read(&file) {
            return serde_json::from_slice(&json).context("accounts.json cannot be read");
        }
        let county = self.unit("演示县社区矫正机构", "county", None)?;
        let office = self.unit("演示司法所", "office", Some(&county))?;
        let accounts = Accounts {
            seeder: self.officer("demo.seeder", "演示采集员", "station_officer", &office)?,
            officer: self.officer("demo.officer", "演示工作人员", "station_officer", &office)?,
            county: self.officer("demo.county", "演示县工作人员", "county_officer", &county)?,
            administrator: self.officer("demo.admin", "演示管理员", "administrator", &county)?,
            unit: office,
        };
        let mut options = OpenOptions::new();
        let kept = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&file)?;
        serde_json::to_writer_pretty(kept, &accounts)?;
        Ok(accounts)
    }

    fn unit(&self, name: &str, level: &str, parent: Option<&str>) -> Result<String> {
        let mut create = self.command("none");
        create.args(["unit", "create", "--name", name, "--level", level]);
        if let Some(parent) = parent {
            create.args(["--parent", parent]);
        }
        let made = chore::ask(&mut create)?;
        text(&made, "/id")
    }

    fn officer(&self, login: &str, name: &str, role: &str, unit: &str) -> Result<Account> {
        let password = password()?;
        let file = self.site.home.join("password");
        fs::write(&file, &password)?;
        let mut create = self.command("none");
        create.args([
            "officer", "create", "--login", login, "--name", name, "--role", role, "--unit", unit,
        ]);
        let made = chore::ask(create.arg("--password-file").arg(&file));
        fs::remove_file(&file)?;
        Ok(Account {
            login: login.to_owned(),
            password,
            totp_uri: text(&made?, "/totp_uri")?,
        })
    }

    /// muster in this house.
    fn command(&self, pack: &str) -> Command {
        let mut command = self.muster.command();
        // Away from any muster.toml of the caller's folder.
        command.current_dir(&self.site.home);
        command
            .env("MUSTER_HOME", &self.site.home)
            .env("MUSTER_PACK", pack)
            // A few portraits stand for all captures.
            .env("MUSTER_POLICY__HISTORY", "false");
        if let Some(database) = &self.site.database {
            command.env("MUSTER_DATABASE", database);
        }
        command
    }

    /// Starts the server on its port and waits until it is ready.
    pub fn start(&mut self, pack: &str, roles: &str) -> Result<()> {
        ensure!(self.server.is_none(), "the server runs already");
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut serve = self.command(pack);
        serve
            .arg("serve")
            .env("MUSTER_LISTEN", format!("127.0.0.1:{}", self.site.port))
            .env("MUSTER_ROLES", roles);
        let server = serve
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("muster serve cannot be started")?;
        self.server = Some(server);
        let ready = format!("{}/health/ready", self.url());
        let until = Instant::now() + READY_LIMIT;
        loop {
            if ureq::get(&ready).call().is_ok() {
                return Ok(());
            }
            let ended = self
                .server
                .as_mut()
                .map(Child::try_wait)
                .transpose()?
                .flatten();
            if let Some(status) = ended {
                self.server = None;
                bail!("the server ended ({status}): {}", self.log_end());
            }
            ensure!(
                Instant::now() < until,
                "the server was not ready in time: {}",
                self.log_end()
            );
            thread::sleep(POLL);
        }
    }

    /// Asks the server to end, and waits until it did.
    pub fn stop(&mut self) -> Result<()> {
        let Some(mut server) = self.server.take() else {
            return Ok(());
        };
        let asked = Command::new("sh")
            .arg("-c")
            .arg(format!("kill -TERM {}", server.id()))
            .status();
        let until = Instant::now() + STOP_LIMIT;
        while server.try_wait()?.is_none() {
            if !matches!(&asked, Ok(status) if status.success()) || Instant::now() > until {
                server.kill()?;
                server.wait()?;
                bail!("the server did not end when asked: {}", self.log_end());
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// Ends the server as a crash would, with SIGKILL.
    pub fn kill(&mut self) -> Result<()> {
        let mut server = self.server.take().context("no server runs")?;
        server.kill()?;
        server.wait()?;
        Ok(())
    }

    /// Waits until the server ends by itself.
    pub fn wait(&mut self) -> Result<()> {
        let mut server = self.server.take().context("no server runs")?;
        let status = server.wait()?;
        ensure!(
            status.success(),
            "the server ended ({status}): {}",
            self.log_end()
        );
        Ok(())
    }

    /// Did any thread of the server ever panic?
    pub fn panicked(&self) -> bool {
        fs::read(self.log()).is_ok_and(|log| String::from_utf8_lossy(&log).contains("panicked at"))
    }

    fn log(&self) -> PathBuf {
        self.site.home.join("serve.log")
    }

    fn log_end(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let end = &log[log.len().saturating_sub(LOG_SHOWN)..];
        String::from_utf8_lossy(end).into_owned()
    }
}

impl Drop for House<'_> {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take()
            && (server.kill().is_err() || server.wait().is_err())
        {
            println!("the server {} may still run", server.id());
        }
    }
}

/// The text at a JSON pointer.
pub fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .with_context(|| format!("{value} holds no text at {pointer}"))
}

fn password() -> Result<String> {
    let mut bytes = [0; PASSWORD_LEN];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(b'a' + byte % 26))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // The RFC's secret `12345678901234567890`; its table has eight digits, of which we show the last six.
        let account = Account {
            login: String::new(),
            password: String::new(),
            totp_uri:
                "otpauth://totp/muster:a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=muster"
                    .to_owned(),
        };
        assert_eq!(account.code(59).unwrap(), "287082");
        assert_eq!(account.code(1_111_111_109).unwrap(), "081804");
    }
}
