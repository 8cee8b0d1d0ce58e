//! `muster templates`: which packs' templates there are, those of a new pack made ahead, those of an old one erased.

use std::io::Write;

use anyhow::bail;
use app::template;
use clap::Subcommand;

use crate::{config::Config, house};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// List the packs with the number of persons who have templates of them.
    List,
    /// Make templates of a pack from what was captured at enrolment, beside those that are there; the house may go on meanwhile. Repeat it just before
    /// the configuration names the new pack.
    Renew {
        /// The pack that is going to be used.
        #[arg(long)]
        pack: String,
    },
    /// Erase all templates of a pack that the configuration does not name any more.
    Retire {
        /// As `list` shows it, such as default@2.
        #[arg(long)]
        pack: String,
    },
}

/// Prints what was done; fails when somebody has to be enrolled anew.
pub async fn run(args: Args, config: Config) -> anyhow::Result<()> {
    match args.what {
        What::List => list(&config).await,
        What::Renew { pack } => renew(Config { pack, ..config }).await,
        What::Retire { pack } => retire(&config, &pack).await,
    }
}

async fn list(config: &Config) -> anyhow::Result<()> {
    let cx = house::open(config, false).await?;
    let in_use = house::pack(config, &config.pack)?.map(|pack| pack.id());
    for one in template::packs(&cx).await? {
        let used = if in_use.as_ref() == Some(&one.pack) {
            "  使用中 in use"
        } else {
            ""
        };
        print(&format!("{}: {} 人 persons{used}\n", one.pack, one.persons))?;
    }
    Ok(())
}

async fn renew(config: Config) -> anyhow::Result<()> {
    house::installed(&config, &config.pack)?;
    let cx = house::open(&config, true).await?;
    let renewed = template::renew(&cx).await?;
    print(&format!(
        "已为 {made} 人生成新模板。\nTemplates were made for {made} persons.\n",
        made = renewed.made
    ))?;
    for person in &renewed.unusable {
        print(&format!("{person}\n"))?;
    }
    if !renewed.unusable.is_empty() {
        bail!(
            "以上 {0} 人的建档素材不能用于此模型包，启用前须重新采集 / the captures of these {0} persons are of no use to this pack; enrol them anew before it is used",
            renewed.unusable.len()
        );
    }
    Ok(())
}

async fn retire(config: &Config, pack: &str) -> anyhow::Result<()> {
    let in_use = house::pack(config, &config.pack)?.map(|pack| pack.id());
    let cx = house::open(config, false).await?;
    let templates = template::retire(&cx, pack, in_use.as_deref()).await?;
    print(&format!(
        "已销毁 {pack} 的 {templates} 个模板。\n{templates} templates of {pack} were erased.\n"
    ))
}

fn print(text: &str) -> anyhow::Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}
