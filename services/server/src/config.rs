use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context;
use app::Limits;
use domain::verdict::Policy;
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

/// How the house is run. Everything has a default: with no configuration it runs on SQLite and disk below `.muster`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Folder for models, keys, and, unless set otherwise, database and media.
    pub home: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; `sqlite:HOME/muster.db` when absent.
    pub database: Option<String>,
    /// Scheme and authority under which phones reach the house; needed behind a proxy.
    pub public_url: Option<String>,
    /// Name of a pack, `none`, or `auto`: the first that is installed, `standard` before `default`.
    pub pack: String,
    /// The master key as hex or base64. Better: leave it out and keep the file `HOME/master.key`, which is made at the first start.
    pub master_key: Option<String>,
    /// Answer requests (`api`), judge what was handed in and keep time (`worker`), or both.
    pub roles: Vec<Role>,
    pub media: MediaConfig,
    pub engine: EngineConfig,
    pub store: StoreLimits,
    pub limits: Limits,
    pub policy: Policy,
    /// How persons and officers are told: webhook, mail, SMS, WeChat. Nobody is told anything without it.
    #[serde(skip_serializing)]
    pub notify: notify::Config,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Api,
    Worker,
}

/// Where pictures and recordings rest.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MediaConfig {
    Disk {
        /// `HOME/media` when absent.
        #[serde(default)]
        root: Option<PathBuf>,
        /// New media are refused when the file system has less free than this, bytes.
        #[serde(default = "free_bytes_min")]
        free_bytes_min: u64,
    },
    S3 {
        #[serde(default)]
        endpoint: Option<String>,
        region: String,
        bucket: String,
        access_key_id: String,
        secret_access_key: String,
        #[serde(default)]
        path_style: bool,
        /// Longest time for one operation, milliseconds.
        #[serde(default = "s3_timeout_ms")]
        timeout_ms: u64,
    },
}

/// Threads that measure.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EngineConfig {
    /// One for each core when absent.
    pub threads: Option<usize>,
    /// Requests inside, waiting or at work.
    pub queue_len_max: Option<usize>,
    /// Requests that one thread takes at once.
    pub batch_max: Option<usize>,
}

/// The database's connections and times.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreLimits {
    pub connections_max: u32,
    pub acquire_timeout_ms: u64,
    pub busy_timeout_ms: u64,
    pub statement_timeout_ms: u64,
}

impl Default for StoreLimits {
    fn default() -> Self {
        let store::StoreConfig {
            connections_max,
            acquire_timeout_ms,
            busy_timeout_ms,
            statement_timeout_ms,
        } = store::StoreConfig::default();
        Self {
            connections_max,
            acquire_timeout_ms,
            busy_timeout_ms,
            statement_timeout_ms,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            home: PathBuf::from(".muster"),
            database: None,
            public_url: None,
            pack: "auto".to_owned(),
            master_key: None,
            roles: vec![Role::Api, Role::Worker],
            media: MediaConfig::Disk {
                root: None,
                free_bytes_min: free_bytes_min(),
            },
            engine: EngineConfig::default(),
            store: StoreLimits::default(),
            limits: Limits::default(),
            policy: Policy::default(),
            notify: notify::Config::default(),
        }
    }
}

/// Defaults, then the file if it is there, then `MUSTER_…` variables.
pub fn load(file: &Path) -> anyhow::Result<Config> {
    let not_ours = ["config", "log", "shared", "test_postgres", "test_install"];
    Figment::from(Serialized::defaults(Config::default()))
        .merge(Toml::file(file))
        .merge(Env::prefixed("MUSTER_").ignore(&not_ours).split("__"))
        .extract()
        .with_context(|| {
            format!(
                "the configuration cannot be read (file {}, variables MUSTER_…)",
                file.display()
            )
        })
}

impl Config {
    pub fn database(&self) -> String {
        self.database
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", self.home.join("muster.db").display()))
    }
}

/// 256 MiB.
fn free_bytes_min() -> u64 {
    256 << 20
}

fn s3_timeout_ms() -> u64 {
    10_000
}
