//! Media in a folder of this machine.
//!
//! A body is written to a temporary file in the folder `.incoming`, synced, moved to its name, and the folders are synced: an
//! acknowledged object survives a power cut. The folder and all below it must be one file system, or the move fails.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_blocking;

use crate::intake::Intake;
use crate::reader::Source;
use crate::{BoxError, Error, ObjectKey, Stored};

/// Files of interrupted puts that are older than this are removed when the folder is opened; no put takes so long.
pub const LEFTOVER_AGE: Duration = Duration::from_hours(1);

/// Bodies up to this length, in sealed bytes, cross over to the disk's own threads once, and not with each step.
const AT_ONCE_LEN: usize = 256 << 10;

/// Where bodies are received; a name that no [`ObjectKey`] can have.
const INCOMING: &str = ".incoming";

/// How a folder for media is used.
#[derive(Debug, Clone)]
pub struct DiskConfig {
    /// The folder; made if it is not there.
    pub root: PathBuf,
    /// New media are refused with [`Error::Full`] when the file system has less free than this, in bytes; what it keeps free is
    /// for the database and the logs.
    pub free_bytes_min: u64,
}

/// A folder for media. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Disk {
    root: Arc<Path>,
    free_bytes_min: u64,
}

impl Disk {
    /// Make or open the folder and remove what crashed puts left there. Blocks; meant for the start of the program.
    ///
    /// `now` is the wall clock's time, against which the age of leftovers is taken. Errors: [`Error::Disk`] when the folder
    /// cannot be made or written.
    pub fn open(config: &DiskConfig, now: SystemTime) -> Result<Self, Error> {
        let incoming = config.root.join(INCOMING);
        std::fs::create_dir_all(&incoming)?;
        remove_leftovers(&incoming, now)?;
        sync_folder(&config.root)?;
        Ok(Self {
            root: config.root.as_path().into(),
            free_bytes_min: config.free_bytes_min,
        })
    }

    pub(crate) async fn put<S, E>(
        &self,
        key: &ObjectKey,
        mut intake: Intake,
        body: S,
    ) -> Result<Stored, Error>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<BoxError>,
    {
        let disk = self.clone();
        let mut sealed = Vec::new();
        let mut body = pin!(body);
        while sealed.len() < AT_ONCE_LEN {
            let Some(piece) = body.next().await else {
                let stored = intake.finish(&mut sealed)?;
                let key = key.clone();
                blocking(move || disk.put_whole(&key, &sealed)).await?;
                return Ok(stored);
            };
            intake.push(
                &piece.map_err(|error| Error::Body(error.into()))?,
                &mut sealed,
            )?;
        }
        // Dropped on any way out before the move, the path takes the file with it.
        let (file, incoming) = blocking(move || disk.begin()).await?.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        file.write_all(&sealed).await?;
        sealed.clear();
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(|error| Error::Body(error.into()))?;
            intake.push(&piece, &mut sealed)?;
            file.write_all(&sealed).await?;
            sealed.clear();
        }
        let stored = intake.finish(&mut sealed)?;
        file.write_all(&sealed).await?;
        file.flush().await?;
        file.sync_all().await?;
        let (root, key) = (Arc::clone(&self.root), key.clone());
        blocking(move || Ok(keep(incoming, &root, &key)?)).await?;
        Ok(stored)
    }

    pub(crate) async fn get(&self, key: &ObjectKey) -> Result<Source, Error> {
        let path = self.root.join(key.as_str());
        blocking(move || match open(&path) {
            Ok(source) => Ok(source),
            Err(error) if is_missing(&error) => Err(Error::Missing),
            Err(error) => Err(error.into()),
        })
        .await
    }

    pub(crate) async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        let path = self.root.join(key.as_str());
        blocking(move || match std::fs::remove_file(&path) {
            Ok(()) => Ok(path.parent().map_or(Ok(()), sync_folder)?),
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(error.into()),
        })
        .await
    }

    pub(crate) async fn check(&self) -> Result<(), Error> {
        let disk = self.clone();
        blocking(move || Ok(disk.begin()?.close()?)).await
    }

    /// Store what is sealed and complete. Blocks.
    fn put_whole(&self, key: &ObjectKey, sealed: &[u8]) -> Result<(), Error> {
        let mut file = self.begin()?;
        file.write_all(sealed)?;
        file.as_file().sync_all()?;
        Ok(keep(file.into_temp_path(), &self.root, key)?)
    }

    /// Make sure of the reserve and make a file to receive a body.
    fn begin(&self) -> Result<NamedTempFile, Error> {
        let system = rustix::fs::statvfs(&*self.root).map_err(io::Error::from)?;
        if system.f_bavail.saturating_mul(system.f_frsize) < self.free_bytes_min {
            return Err(Error::Full);
        }
        Ok(NamedTempFile::new_in(self.root.join(INCOMING))?)
    }
}

/// A file, with all that is in it when that is little. Blocks.
fn open(path: &Path) -> io::Result<Source> {
    let mut file = std::fs::File::open(path)?;
    let len = file.metadata()?.len();
    if len > AT_ONCE_LEN as u64 {
        return Ok(Source::File(file.into()));
    }
    let mut whole = Vec::with_capacity(len as usize);
    file.read_to_end(&mut whole)?;
    Ok(Source::Whole(whole.into()))
}

/// Run what blocks on the disk beside the runtime's own threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    spawn_blocking(work)
        .await
        .map_err(|stopped| Error::Disk(io::Error::other(stopped)))?
}

/// Move a complete, synced file to its name and make the name durable, with every folder made on the way.
fn keep(incoming: TempPath, root: &Path, key: &ObjectKey) -> io::Result<()> {
    let mut folder = root.to_path_buf();
    let mut parts = key.as_str().split('/');
    let name = parts.next_back().expect("split gives at least one part");
    for part in parts {
        let parent = folder.clone();
        folder.push(part);
        match std::fs::create_dir(&folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        // Also when it was there: another put may have made it a moment ago and not have synced yet.
        sync_folder(&parent)?;
    }
    incoming.persist(folder.join(name)).map_err(|e| e.error)?;
    sync_folder(&folder)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

fn remove_leftovers(incoming: &Path, now: SystemTime) -> io::Result<()> {
    for entry in std::fs::read_dir(incoming)? {
        let entry = entry?;
        let modified = entry.metadata()?.modified()?;
        if now.duration_since(modified).unwrap_or_default() > LEFTOVER_AGE {
            std::fs::remove_file(entry.path())?;
            tracing::info!(age_min = ?LEFTOVER_AGE, "Removed the leftover of an interrupted upload");
        }
    }
    Ok(())
}

/// Not there, also where a name on the way is a file.
fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(root: &Path, now: SystemTime) -> Disk {
        let config = DiskConfig {
            root: root.into(),
            free_bytes_min: 0,
        };
        Disk::open(&config, now).unwrap()
    }

    #[test]
    fn leftovers_of_crashed_puts_are_removed_when_old() {
        let root = tempfile::tempdir().unwrap();
        let incoming = root.path().join(INCOMING);
        std::fs::create_dir_all(&incoming).unwrap();
        let leftover = incoming.join(".tmpA");
        std::fs::write(&leftover, b"half").unwrap();
        let written = leftover.metadata().unwrap().modified().unwrap();
        open(root.path(), written + LEFTOVER_AGE);
        assert!(leftover.exists(), "a put of another process may run");
        open(root.path(), written + LEFTOVER_AGE + Duration::from_secs(1));
        assert!(!leftover.exists());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn no_space_left_is_full_and_no_other_failure_is() {
        let error = std::fs::write("/dev/full", b"one byte too many").unwrap_err();
        assert!(matches!(Error::from(error), Error::Full));
        let error = std::fs::write("/dev/null/file", b"").unwrap_err();
        assert!(matches!(Error::from(error), Error::Disk(_)));
    }

    #[tokio::test]
    async fn less_than_the_reserve_is_full_and_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let mut disk = open(root.path(), SystemTime::UNIX_EPOCH);
        assert!(disk.check().await.is_ok());
        disk.free_bytes_min = u64::MAX;
        assert!(matches!(disk.check().await, Err(Error::Full)));
        let incoming = std::fs::read_dir(root.path().join(INCOMING)).unwrap();
        assert_eq!(incoming.count(), 0);
    }
}
