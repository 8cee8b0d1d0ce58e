//! 一人一档: the file of one person as a zip, written while it is read.
//!
//! The caller gives entries one after the other; at the end come `index.html`, which lists them for people, and `manifest.json`, which
//! lists them with length and SHA-256 for whoever checks. Nothing but the entry that is being copied is held in memory.

mod gate;
mod manifest;
mod path;

use std::{
    collections::HashSet,
    io::{Read, Write},
};

use askama::Template;
use data_encoding::HEXLOWER;
use jiff::civil::DateTime;
use sha2::{Digest, Sha256};
use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use crate::{Error, table::printable, words};
use gate::{Gate, Latch};
pub use manifest::{Listed, Manifest};

/// Lists the entries for people.
pub const INDEX: &str = "index.html";
/// Lists them with length and hash.
pub const MANIFEST: &str = "manifest.json";

/// Bytes that are copied at once.
const PIECE_LEN: usize = 64 << 10;
/// Files that shrink; pictures and recordings do not.
const SHRINKS: [&str; 5] = ["csv", "html", "json", "svg", "txt"];
/// Of a file that its owner may write and everybody read.
const MODE: u32 = 0o644;

/// What an archive may hold at most, its own two files not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub entries_max: u32,
    /// Length of one entry, in bytes.
    pub entry_bytes_max: u32,
    /// Length of all entries together, in bytes.
    pub bytes_max: u64,
}

impl Default for Limits {
    /// 50 000 entries, 64 MiB each, 3 GiB together: what every unpacker can open.
    fn default() -> Self {
        Self {
            entries_max: 50_000,
            entry_bytes_max: 64 << 20,
            bytes_max: 3 << 30,
        }
    }
}

/// What the archive says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    pub name: String,
    pub case_number: String,
    /// Name of the unit that hands it out.
    pub unit: String,
    pub made_by: String,
    /// On the unit's clock, years 1980 to 2107; every entry is dated so.
    pub made_at: DateTime,
}

/// An archive that is being written. Only [`Archive::finish`] makes one that can be opened: whoever fails or stops leaves a torso.
pub struct Archive<W: Write> {
    cover: Cover,
    limits: Limits,
    options: SimpleFileOptions,
    listed: Vec<Listed>,
    /// Paths in small letters.
    taken: HashSet<String>,
    bytes: u64,
    // Dropped before the writer, which would else end the file as if it were whole.
    latch: Latch,
    zip: ZipWriter<StreamWriter<Gate<W>>>,
}

impl<W: Write> Archive<W> {
    /// # Errors
    /// [`Error::Year`].
    pub fn new(to: W, cover: Cover, limits: Limits) -> Result<Self, Error> {
        let made_at = zip::DateTime::from_date_and_time(
            u16::try_from(cover.made_at.year()).unwrap_or_default(),
            cover.made_at.month() as u8,
            cover.made_at.day() as u8,
            cover.made_at.hour() as u8,
            cover.made_at.minute() as u8,
            cover.made_at.second() as u8,
        );
        let year = cover.made_at.year();
        let made_at = made_at.map_err(|_| Error::Year { year })?;
        let options = SimpleFileOptions::default()
            .last_modified_time(made_at)
            .unix_permissions(MODE);
        let (gate, latch) = gate::gate(to);
        Ok(Self {
            cover,
            limits,
            options,
            listed: Vec::new(),
            taken: [INDEX, MANIFEST].map(str::to_owned).into(),
            bytes: 0,
            latch,
            zip: ZipWriter::new_stream(gate),
        })
    }

    /// Copies an entry in. `path` is made of parts of ASCII letters, digits, `-`, `_` and `.` between `/`, with 200 characters at most;
    /// `title` says in Chinese and English what it is.
    ///
    /// # Errors
    /// [`Error::Path`], [`Error::Twice`], [`Error::Entries`], [`Error::EntryLong`], [`Error::TooLarge`], [`Error::Read`],
    /// [`Error::Write`], [`Error::Zip`]. The archive is lost then.
    pub fn add(
        mut self,
        path: &str,
        title: (&str, &str),
        content: &mut impl Read,
    ) -> Result<Self, Error> {
        path::check(path)?;
        if !self.taken.insert(path.to_ascii_lowercase()) {
            let path = path.to_owned();
            return Err(Error::Twice { path });
        }
        if self.listed.len() >= self.limits.entries_max as usize {
            let entries_max = self.limits.entries_max;
            return Err(Error::Entries { entries_max });
        }
        let left = self.limits.bytes_max - self.bytes;
        let (bytes, sha256) = self.copy(path, content, left)?;
        self.bytes += bytes;
        let (zh, en) = (printable(title.0), printable(title.1));
        self.listed.push(Listed {
            path: path.to_owned(),
            zh,
            en,
            bytes,
            sha256,
        });
        Ok(self)
    }

    /// Writes the index and the manifest, and ends the archive.
    ///
    /// # Errors
    /// [`Error::Page`], [`Error::Write`], [`Error::Zip`].
    pub fn finish(mut self) -> Result<W, Error> {
        let index = Index {
            name: printable(&self.cover.name),
            case_number: printable(&self.cover.case_number),
            unit: printable(&self.cover.unit),
            made_by: printable(&self.cover.made_by),
            made_at: words::minute(self.cover.made_at),
            entries: &self.listed,
            bytes: self.bytes,
        };
        let index = index.render()?;
        let (bytes, sha256) = self.copy(INDEX, &mut index.as_bytes(), u64::MAX)?;
        let manifest = Manifest {
            form: manifest::FORM.to_owned(),
            case_number: self.cover.case_number.clone(),
            made_at: self.cover.made_at,
            index: Listed {
                path: INDEX.to_owned(),
                zh: "目录".to_owned(),
                en: "Index".to_owned(),
                bytes,
                sha256,
            },
            entries: std::mem::take(&mut self.listed),
        };
        let json = manifest.json();
        self.copy(MANIFEST, &mut json.as_slice(), u64::MAX)?;
        let Self { zip, latch, .. } = self;
        let gate = zip.finish()?.into_inner();
        drop(latch);
        gate.into_inner()
    }

    /// Length and hash of what was copied. The archive's own files are not limited.
    fn copy(
        &mut self,
        path: &str,
        content: &mut impl Read,
        left: u64,
    ) -> Result<(u64, String), Error> {
        let ending = path
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_ascii_lowercase());
        let shrinks = ending.is_some_and(|ending| SHRINKS.contains(&ending.as_str()));
        let method = if shrinks {
            CompressionMethod::Deflated
        } else {
            CompressionMethod::Stored
        };
        self.zip
            .start_file(path, self.options.compression_method(method))?;
        let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0_u64, vec![0; PIECE_LEN]);
        loop {
            let len = match content.read(&mut piece) {
                Ok(0) => break,
                Ok(len) => len,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Error::Read(error)),
            };
            bytes += len as u64;
            self.fits(path, bytes, left)?;
            hash.update(&piece[..len]);
            self.zip.write_all(&piece[..len]).map_err(Error::Write)?;
        }
        Ok((bytes, HEXLOWER.encode(&hash.finalize())))
    }

    fn fits(&self, path: &str, bytes: u64, left: u64) -> Result<(), Error> {
        let Limits {
            entry_bytes_max,
            bytes_max,
            ..
        } = self.limits;
        if [INDEX, MANIFEST].contains(&path) {
            return Ok(());
        }
        if bytes > u64::from(entry_bytes_max) {
            let path = path.to_owned();
            return Err(Error::EntryLong {
                path,
                entry_bytes_max,
            });
        }
        if bytes > left {
            return Err(Error::TooLarge { bytes_max });
        }
        Ok(())
    }
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    name: String,
    case_number: String,
    unit: String,
    made_by: String,
    made_at: String,
    entries: &'a [Listed],
    bytes: u64,
}
