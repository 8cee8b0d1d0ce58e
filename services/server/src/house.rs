//! Builds `app::Cx` from the configuration.

use std::{
    fs,
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::{Duration, SystemTime},
};

use anyhow::{Context, bail};
use app::{Clock, Cx, Entropy, House, Outside};
use engine::{Engine, PoolConfig};
use media::{Disk, DiskConfig, Media, S3, S3Config};
use models::{Pack, install::Installer};
use notify::Notify;
use seal::MasterKey;
use store::{Store, StoreConfig};

use crate::config::{Config, MediaConfig};

/// Packs that `auto` tries, in this order.
const AUTO_PACKS: [&str; 2] = ["standard", "default"];

/// Brings the database up to this version.
pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    store
        .migrate()
        .await
        .context("the database could not be brought up to this version")?;
    tracing::info!("The database is up to date");
    Ok(())
}

/// The whole house. `with_engine` is off for commands that judge nothing.
pub async fn open(config: &Config, with_engine: bool) -> anyhow::Result<Cx> {
    let store = open_store(config).await?;
    store
        .migrate()
        .await
        .context("the database could not be brought up to this version")?;
    let (clock, entropy) = (Clock::System, Entropy::system());
    let master = master_key(config, &entropy)?;
    let house = House::open(&store, master, &entropy, clock.now())
        .await
        .context("the house's keys cannot be opened: is it the right master key?")?;
    let engine = if with_engine {
        open_engine(config)?
    } else {
        Engine::Absent
    };
    let media = open_media(config)?;
    let notify =
        Notify::new(&config.notify).context("the ways of telling (notify) cannot be set up")?;
    Ok(Cx::new(Outside {
        store,
        media,
        engine,
        notify,
        clock,
        entropy,
        house,
        policy: config.policy.clone(),
        limits: config.limits.clone(),
    }))
}

/// The configured pack; `None` for `none`, or for `auto` when no pack is installed.
pub fn pack(config: &Config, name: &str) -> anyhow::Result<Option<Pack>> {
    match name {
        "none" => Ok(None),
        "auto" => {
            for name in AUTO_PACKS {
                let pack = models::load(name, &config.home)?;
                if Installer::new(&config.home)
                    .verify(&pack)
                    .is_ok_and(|report| report.is_good())
                {
                    return Ok(Some(pack));
                }
            }
            Ok(None)
        }
        name => Ok(Some(models::load(name, &config.home)?)),
    }
}

/// As [`pack`], where there must be one.
pub fn installed(config: &Config, name: &str) -> anyhow::Result<Pack> {
    pack(config, name)?.context("没有安装模型包：请先运行 muster models install / no pack is installed: run `muster models install` first")
}

async fn open_store(config: &Config) -> anyhow::Result<Store> {
    fs::create_dir_all(&config.home)
        .with_context(|| format!("the folder {} cannot be made", config.home.display()))?;
    let limits = &config.store;
    let store_config = StoreConfig {
        connections_max: limits.connections_max,
        acquire_timeout_ms: limits.acquire_timeout_ms,
        busy_timeout_ms: limits.busy_timeout_ms,
        statement_timeout_ms: limits.statement_timeout_ms,
    };
    Store::open(&config.database(), &store_config)
        .await
        .context("the database cannot be opened")
}

fn open_engine(config: &Config) -> anyhow::Result<Engine> {
    let Some(pack) = pack(config, &config.pack)? else {
        tracing::warn!(
            "No models are installed: every check-in goes to review. `muster models install` installs them"
        );
        return Ok(Engine::Absent);
    };
    let default = PoolConfig::default();
    let threads = config.engine.threads.unwrap_or(default.threads);
    let pool = PoolConfig {
        threads,
        queue_len_max: config.engine.queue_len_max.unwrap_or(threads * 8),
        batch_max: config.engine.batch_max.unwrap_or(default.batch_max),
    };
    let engine = Engine::start(&pack, &config.home, pool);
    engine.with_context(|| format!("the models of pack {} cannot be started; `muster models verify --pack {}` looks at the files", pack.name, pack.name))
}

fn open_media(config: &Config) -> anyhow::Result<Media> {
    match &config.media {
        MediaConfig::Disk {
            root,
            free_bytes_min,
        } => {
            let root = root.clone().unwrap_or_else(|| config.home.join("media"));
            let disk = DiskConfig {
                root: root.clone(),
                free_bytes_min: *free_bytes_min,
            };
            let disk = Disk::open(&disk, now())
                .with_context(|| format!("the media folder {} cannot be opened", root.display()))?;
            Ok(Media::Disk(disk))
        }
        MediaConfig::S3 {
            endpoint,
            region,
            bucket,
            access_key_id,
            secret_access_key,
            path_style,
            timeout_ms,
        } => {
            let s3 = S3Config {
                endpoint: endpoint.clone(),
                region: region.clone(),
                bucket: bucket.clone(),
                access_key_id: access_key_id.clone(),
                secret_access_key: secret_access_key.clone(),
                path_style: *path_style,
                timeout: Duration::from_millis(*timeout_ms),
            };
            Ok(Media::S3(S3::new(&s3)))
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the age of left-over files is taken against the file system's clock"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

/// The key that wraps all others: configured, or kept in `HOME/master.key`, which only its owner may read.
fn master_key(config: &Config, entropy: &Entropy) -> anyhow::Result<MasterKey> {
    if let Some(text) = &config.master_key {
        return text
            .trim()
            .parse()
            .context("the configured master key is not 32 bytes of hex or base64");
    }
    let file = config.home.join("master.key");
    match fs::read_to_string(&file) {
        Ok(text) => text
            .trim()
            .parse()
            .with_context(|| format!("{} does not hold a master key", file.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => make_master_key(&file, entropy),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
    }
}

fn make_master_key(file: &Path, entropy: &Entropy) -> anyhow::Result<MasterKey> {
    let bytes: [u8; 32] = entropy.bytes();
    let text = data_encoding::HEXLOWER.encode(&bytes);
    let made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file);
    let mut made = match made {
        Ok(made) => made,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!(
            "{} was just made by another process; start again",
            file.display()
        ),
        Err(error) => {
            return Err(error).with_context(|| format!("{} cannot be written", file.display()));
        }
    };
    made.write_all(text.as_bytes())?;
    made.sync_all()?;
    tracing::warn!(
        "A master key was made in {}: keep a copy, without it nothing stored can be read",
        file.display()
    );
    Ok(MasterKey::from_bytes(bytes))
}
