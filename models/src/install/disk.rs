//! Files that appear whole or not at all.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Error;

const READ_LEN: usize = 1 << 16;

/// SHA-256 of a file, hex; none when there is no file.
pub(super) fn sha256(path: &Path) -> Result<Option<String>, Error> {
    let mut file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io("read", path)(error)),
    };
    let mut hash = Sha256::new();
    let mut buffer = vec![0; READ_LEN];
    loop {
        let read = file.read(&mut buffer).map_err(Error::io("read", path))?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    Ok(Some(hex(&hash.finalize())))
}

/// Whether the file is there with this content.
pub(super) fn holds(path: &Path, expected: &str) -> Result<bool, Error> {
    Ok(sha256(path)?.is_some_and(|found| found == expected))
}

/// Gives a finished file its final name, if its content is the expected one. `shown` names it in the refusal.
pub(super) fn accept(made: &Path, path: &Path, expected: &str, shown: &str) -> Result<(), Error> {
    let found = sha256(made)?.unwrap_or_default();
    if found != expected {
        return Err(Error::Sha256 {
            path: shown.to_owned(),
            expected: expected.to_owned(),
            found,
        });
    }
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    let file = fs::File::open(made).map_err(Error::io("read", made))?;
    file.sync_all().map_err(Error::io("write", made))?;
    fs::rename(made, path).map_err(Error::io("write", path))
}

pub(super) fn create_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(Error::io("create", path))
}

/// An empty folder: what an interrupted run left in it is removed.
pub(super) fn empty_folder(path: &Path) -> Result<(), Error> {
    remove_folder(path)?;
    create_folder(path)
}

pub(super) fn remove_folder(path: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// Bytes of all files below a folder; what vanishes meanwhile counts nothing.
pub(super) fn size(folder: &Path) -> u64 {
    sizes(folder).iter().sum()
}

/// Bytes of the largest file below a folder.
pub(super) fn largest(folder: &Path) -> u64 {
    sizes(folder).into_iter().max().unwrap_or(0)
}

fn sizes(folder: &Path) -> Vec<u64> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.metadata() {
            Ok(facts) if facts.is_dir() => found.extend(sizes(&entry.path())),
            Ok(facts) => found.push(facts.len()),
            Err(_) => {}
        }
    }
    found
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            for nibble in [byte >> 4, byte & 0xf] {
                text.push(
                    char::from_digit(u32::from(nibble), 16).expect("a nibble is a hex digit"),
                );
            }
            text
        })
}
