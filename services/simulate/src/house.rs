use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use app::{Clock, Cx, Entropy, House as Keys, Limits, Outside};
use domain::{Micros, verdict::Policy};
use engine::{Engine, Scripted};
use media::{Disk, DiskConfig, Media};
use notify::Notify;
use seal::MasterKey;
use store::{Fate, Store, StoreConfig};
use tempfile::TempDir;

use crate::{Fault, capture};

const MASTER: [u8; 32] = [7; 32];
/// Where files live in memory, if there is such a place: nothing of a simulation needs to outlive it.
const MEMORY: &str = "/dev/shm";
/// Requests inside the engine; work is done one after the other.
const ENGINE_LEN_MAX: usize = 1;
/// Pictures and recordings are thrown away after so many days, since nobody in the simulation looks at them again.
const MEDIA_DAYS: i64 = 7;
const DAY_MS: i64 = 86_400_000;
/// Longest wait for the database, milliseconds: ten minutes.
const PATIENCE_MS: u64 = 600_000;

/// The real house on a database of its own. Its process may die at any commit, and is started again on the same store, clock and randomness.
pub struct House {
    pub cx: Cx,
    pub fate: Fate,
    media: PathBuf,
    _folder: TempDir,
}

impl House {
    /// A new one that stands at `now`; its database is made at `database`, or where everything else goes that is thrown away at the end.
    pub async fn build(database: Option<&Path>, seed: u64, now: Micros) -> Result<Self, Fault> {
        let folder = tempfile::Builder::new();
        let folder = if Path::new(MEMORY).is_dir() {
            folder.tempdir_in(MEMORY)?
        } else {
            folder.tempdir()?
        };
        let file = database.map_or_else(|| folder.path().join("muster.db"), Path::to_path_buf);
        if file.exists() {
            return Err(Fault::Exists(file));
        }
        let fate = Fate::default();
        // The simulated clock waits for nobody, and a busy machine is no fault of the house.
        let patient = StoreConfig {
            acquire_timeout_ms: PATIENCE_MS,
            busy_timeout_ms: PATIENCE_MS,
            statement_timeout_ms: PATIENCE_MS,
            ..StoreConfig::default()
        };
        let store = Store::simulated(&file, &patient, fate.clone()).await?;
        store.migrate().await?;
        let media = folder.path().join("media");
        let config = DiskConfig {
            root: media.clone(),
            free_bytes_min: 0,
        };
        let disk = Media::Disk(Disk::open(&config, wall_clock())?);
        let clock = Clock::manual(now);
        let cx = open(store, disk, clock, Entropy::seeded(seed)).await?;
        Ok(Self {
            cx,
            fate,
            media,
            _folder: folder,
        })
    }

    /// Another process in the place of a dead one: what was only in memory is gone.
    pub async fn restart(&mut self) -> Result<(), Fault> {
        self.fate.revive();
        let (store, media) = (self.cx.store.clone(), self.cx.media.clone());
        let (clock, entropy) = (self.cx.clock.clone(), self.cx.entropy.clone());
        self.cx = open(store, media, clock, entropy).await?;
        Ok(())
    }

    /// Moves the clock to this instant, never back.
    pub fn pass_to(&self, at: Micros) {
        let ms = at.since_ms(self.cx.now());
        self.cx.clock.advance_ms(ms.max(0));
    }

    /// Throws old media away; their names tell their age.
    pub fn sweep_media(&self) -> Result<(), Fault> {
        let oldest = self.cx.now().plus_ms(-MEDIA_DAYS * DAY_MS).0 / 1_000;
        for person in std::fs::read_dir(&self.media)? {
            let person = person?;
            if person.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            for object in std::fs::read_dir(person.path())? {
                let object = object?;
                let name = object.file_name().to_string_lossy().replace('-', "");
                let made_ms = name.get(..12).map(|time| i64::from_str_radix(time, 16));
                if matches!(made_ms, Some(Ok(made_ms)) if made_ms < oldest) {
                    std::fs::remove_dir_all(object.path())?;
                }
            }
        }
        Ok(())
    }
}

async fn open(store: Store, media: Media, clock: Clock, entropy: Entropy) -> Result<Cx, Fault> {
    let house = Keys::open(&store, MasterKey::from_bytes(MASTER), &entropy, clock.now()).await?;
    let everything_arrives = notify::Config {
        log: true,
        ..notify::Config::default()
    };
    let notify = Notify::new(&everything_arrives).map_err(|_| Fault::Thread)?;
    Ok(Cx::new(Outside {
        store,
        media,
        engine: Engine::Scripted(Scripted::reading(ENGINE_LEN_MAX, capture::measure)),
        notify,
        clock,
        entropy,
        house,
        policy: Policy::default(),
        limits: Limits::default(),
    }))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the age of left-over files is taken against the file system's clock"
)]
fn wall_clock() -> SystemTime {
    SystemTime::now()
}
