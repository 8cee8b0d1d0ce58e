//! The first units and users, from the command line.

use std::{io::Write, path::PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;
use domain::{OrgUnitId, access::Role, event::Actor, org::Level};

use crate::{config::Config, house};

#[derive(clap::Args)]
pub struct UnitArgs {
    #[command(subcommand)]
    what: UnitCommand,
}

#[derive(Subcommand)]
enum UnitCommand {
    /// Create a unit; prints it as a line of JSON.
    Create {
        #[arg(long)]
        name: String,
        /// ministry, province, city, county or office.
        #[arg(long)]
        level: Level,
        /// The unit right above; none at the top.
        #[arg(long)]
        parent: Option<OrgUnitId>,
    },
}

#[derive(clap::Args)]
pub struct OfficerArgs {
    #[command(subcommand)]
    what: OfficerCommand,
}

#[derive(Subcommand)]
enum OfficerCommand {
    /// Create a user; prints him and the secret of his authenticator, once, as a line of JSON.
    Create {
        #[arg(long)]
        login: String,
        #[arg(long)]
        name: String,
        /// Such as `station_officer`, `county_head` or `administrator`.
        #[arg(long)]
        role: Role,
        #[arg(long)]
        unit: OrgUnitId,
        /// File that holds the password; standard input when absent.
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
}

pub async fn unit(args: UnitArgs, config: &Config) -> anyhow::Result<()> {
    let UnitCommand::Create {
        name,
        level,
        parent,
    } = args.what;
    let cx = house::open(config, false).await?;
    let parent = match parent {
        None => None,
        Some(id) => {
            let mut tx = cx.store.read().await?;
            Some(
                store::unit::get(&mut tx, id)
                    .await?
                    .with_context(|| format!("there is no unit {id}"))?,
            )
        }
    };
    if parent.as_ref().is_some_and(|parent| level <= parent.level) {
        bail!("a unit's level must be below its parent's");
    }
    let unit = app::unit::create_by(&cx, Actor::System, parent.as_ref(), level, name).await?;
    print_line(&wire::Unit {
        id: unit.id,
        parent: unit.parent,
        level: unit.level,
        name: unit.name,
    })
}

pub async fn officer(args: OfficerArgs, config: &Config) -> anyhow::Result<()> {
    let OfficerCommand::Create {
        login,
        name,
        role,
        unit,
        password_file,
    } = args.what;
    let password = match password_file {
        Some(file) => std::fs::read_to_string(&file)
            .with_context(|| format!("{} cannot be read", file.display()))?,
        None => std::io::read_to_string(std::io::stdin())?,
    };
    let cx = house::open(config, false).await?;
    let mut tx = cx.store.read().await?;
    store::unit::get(&mut tx, unit)
        .await?
        .with_context(|| format!("there is no unit {unit}"))?;
    drop(tx);
    let new = app::officer::NewOfficer {
        unit,
        login,
        name,
        role,
        password: password.trim_end_matches(['\r', '\n']).to_owned(),
    };
    let created = app::officer::create_by(&cx, Actor::System, new).await?;
    let officer = created.officer;
    let officer = wire::Officer {
        id: officer.id,
        unit: officer.unit,
        login: officer.login,
        name: officer.name,
        role: officer.role,
    };
    print_line(&wire::OfficerCreated {
        officer,
        totp_uri: created.totp_uri,
    })
}

fn print_line(answer: &impl serde::Serialize) -> anyhow::Result<()> {
    let line = serde_json::to_string(answer)?;
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(())
}
