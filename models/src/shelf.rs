//! Where packs are found: those built in, and an operator's below `<home>/packs/`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{Flaw, Pack};

const BUILT_IN: [(&str, &str); 2] = [
    ("default", include_str!("../packs/default.toml")),
    ("standard", include_str!("../packs/standard.toml")),
];
/// Folder of an operator's own packs, below the home.
const FOLDER: &str = "packs";

/// Why a pack could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no pack `{name}`: known are {known}; an operator's own lies in {}", folder.display())]
    Unknown {
        name: String,
        known: String,
        folder: PathBuf,
    },
    #[error("{} has the name of a built-in pack; give it another one", path.display())]
    Shadow { path: PathBuf },
    #[error("{name}.toml holds the pack `{found}`; file and pack must have the same name")]
    Misnamed { name: String, found: String },
    #[error("could not read {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("pack `{name}` is not a pack file: {message} (line {line})")]
    Parse {
        name: String,
        message: String,
        line: usize,
    },
    #[error(transparent)]
    Flaw(#[from] Flaw),
}

/// Names of the packs that are part of the program.
pub fn built_in() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// Names of all packs: the built-in ones, then the operator's in alphabetical order.
pub fn names(home: &Path) -> Vec<String> {
    let mut own: Vec<String> = fs::read_dir(home.join(FOLDER))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .filter_map(|path| {
            path.file_stem()
                .and_then(|stem| stem.to_str())
                .map(str::to_owned)
        })
        .filter(|name| built_in().all(|built| built != name))
        .collect();
    own.sort();
    built_in().map(str::to_owned).chain(own).collect()
}

/// The pack of this name, parsed and checked: built in, or `<home>/packs/<name>.toml`.
pub fn load(name: &str, home: &Path) -> Result<Pack, Error> {
    read(name, &source(name, home)?)
}

/// The text of the pack of this name: built in, or `<home>/packs/<name>.toml`.
pub fn source(name: &str, home: &Path) -> Result<String, Error> {
    let folder = home.join(FOLDER);
    let path = folder.join(format!("{name}.toml"));
    if let Some((_, text)) = BUILT_IN.iter().find(|(built, _)| *built == name) {
        return if path.exists() {
            Err(Error::Shadow { path })
        } else {
            Ok((*text).to_owned())
        };
    }
    let known = names(home);
    if !known.iter().any(|known| known == name) {
        let known = known.join(", ");
        return Err(Error::Unknown {
            name: name.to_owned(),
            known,
            folder,
        });
    }
    fs::read_to_string(&path).map_err(|source| Error::Read { path, source })
}

/// A pack from its text, parsed and checked; it must have this name.
pub fn read(name: &str, text: &str) -> Result<Pack, Error> {
    let pack: Pack = toml::from_str(text).map_err(|error| Error::Parse {
        name: name.to_owned(),
        message: error.message().replace('\n', " "),
        line: error
            .span()
            .map_or(1, |span| text[..span.start].matches('\n').count() + 1),
    })?;
    pack.check()?;
    if pack.name == name {
        Ok(pack)
    } else {
        Err(Error::Misnamed {
            name: name.to_owned(),
            found: pack.name,
        })
    }
}
