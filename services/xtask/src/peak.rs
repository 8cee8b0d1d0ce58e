//! The morning peak against a house of its own: an optimised server with real models, a fresh database, sample portraits
//! and voices.

use std::{path::PathBuf, process::Command};

use anyhow::Result;
use clap::ValueEnum;
use tempfile::TempDir;
use testkit::cluster::Cluster;

use crate::{
    chore::{self, Workspace},
    house::{BOTH, House, Site},
    muster::{Muster, Profile},
    postgres,
    samples::{self, Samples},
};

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, default_value_t = 500)]
    phones: u32,
    #[arg(long, default_value_t = 2)]
    minutes: u32,
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// A pack that the shelf can have without ../shared, or with it.
    #[arg(long, default_value = crate::demo::DEFAULT_PACK)]
    pack: String,
    /// Where the page with the plots goes.
    #[arg(long, default_value = "report/morning-peak.html")]
    report: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    /// A private server that writes through to the disk.
    Postgres,
}

/// # Errors
/// When something cannot be built or started, or an acknowledged check-in did not get exactly one verdict.
pub fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let report = std::path::absolute(&args.report)?;
    let muster = Muster::build(workspace, Profile::Release)?;
    chore::run(&mut workspace.cargo(&["build", "--workspace", "--bin", "loadtests", "--release"]))?;
    let models = workspace.shared().map(|shared| shared.join("models"));
    muster.install(&args.pack, models.as_deref())?;
    // Dropped after the house: the server ends first.
    let cluster = match args.database {
        Database::Sqlite => None,
        Database::Postgres => Some(postgres::start_durable()?),
    };
    let folder = TempDir::with_prefix("muster-peak-")?;
    let pictures = folder.path().join("pictures");
    let samples = Samples::prepare(&muster.faces(), &samples::voices(workspace), &pictures)?;
    let site = Site {
        database: cluster.as_ref().map(Cluster::url),
        ..Site::new(folder.path().join("home"))
    };
    let mut house = House::make(&muster, &args.pack, site)?;
    let accounts = house.found()?;
    house.start(&args.pack, BOTH)?;
    let (person, officer) = (&samples.people[0], &accounts.seeder);
    let mut load = Command::new(workspace.target.join("release/loadtests"));
    load.arg("morning-peak")
        .args(["--phones", &args.phones.to_string()])
        .args(["--minutes", &args.minutes.to_string()])
        .args(["--server", &house.url()])
        .args(["--officer-login", &officer.login])
        .args(["--unit", &accounts.unit])
        .arg("--speak")
        .arg(&person.speak)
        .arg("--report")
        .arg(report)
        .arg("--selfie")
        .args(&person.pictures)
        .env("MUSTER_OFFICER_PASSWORD", &officer.password)
        .env("MUSTER_OFFICER_TOTP_SECRET", &officer.totp_uri);
    chore::run(&mut load)?;
    anyhow::ensure!(!house.panicked(), "a thread of the server panicked");
    house.stop()
}
