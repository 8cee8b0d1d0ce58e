use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use domain::{CheckinId, DutyId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::{Activated, PartDigest, Session};

use super::outcome::Failure;

/// Attempts that a phone remembers; the oldest is forgotten first.
const HANDED_MAX: usize = 1_000;

/// The phone's folder.
#[derive(Debug)]
pub struct Kept {
    dir: PathBuf,
    pub memory: Memory,
}

/// What the folder holds besides the key.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    pub server: String,
    pub device: Option<Activated>,
    /// Begun, and not known to have ended.
    pub activation: Option<Pending>,
    pub open: Option<Open>,
    pub handed: BTreeMap<CheckinId, HandedIn>,
}

/// An activation on its way.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pending {
    /// SHA-256 of what was asked: never the code itself.
    pub request: String,
    pub action: Uuid,
}

/// The capture session that was opened last.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Open {
    pub duty: DutyId,
    pub session: Session,
    /// The submission's idempotency key.
    pub submit: Uuid,
}

/// An attempt that was handed in, or is about to be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HandedIn {
    pub duty: DutyId,
    pub parts: BTreeMap<String, PartDigest>,
    /// The newest one that was checked.
    pub receipt: Option<String>,
}

impl Kept {
    pub fn load(dir: PathBuf) -> Result<Self, Failure> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&dir).map_err(|e| unusable(&dir, &e))?;
        let path = dir.join("phone.json");
        let memory = match fs::read(&path) {
            Ok(json) => serde_json::from_slice(&json).map_err(|e| unusable(&path, &e))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Memory::default(),
            Err(e) => return Err(unusable(&path, &e)),
        };
        Ok(Self { dir, memory })
    }

    /// Whole or not at all: a crash leaves the former file.
    pub fn save(&mut self) -> Result<(), Failure> {
        while self.memory.handed.len() > HANDED_MAX {
            self.memory.handed.pop_first();
        }
        let (path, half) = (self.dir.join("phone.json"), self.dir.join("phone.json.new"));
        let json = serde_json::to_vec_pretty(&self.memory).expect("a phone's memory is plain JSON");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(&half)
            .and_then(|mut file| {
                file.write_all(&json)?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&half, &path))
            .map_err(|e| unusable(&path, &e))
    }

    pub fn key_path(&self) -> PathBuf {
        self.dir.join("key.pem")
    }
}

fn unusable(path: &Path, cause: &dyn std::fmt::Display) -> Failure {
    Failure::said(
        format!("不能使用 {}", path.display()),
        format!("cannot use {}: {cause}", path.display()),
    )
}
