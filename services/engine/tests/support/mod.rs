//! Where the installed models are, and other folders that need not be there: then it is said what was skipped.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use models::Pack;

/// The home with `models/` and `runtime/`: `MUSTER_HOME`, or the nearest `.muster` above this crate.
pub fn home() -> Option<PathBuf> {
    nearest("MUSTER_HOME", ".muster", engine::runtime::LIBRARY)
}

/// The folder that a variable names, else the nearest `name` above this crate; it counts when it holds `proof`.
pub fn nearest(variable: &str, name: &str, proof: &str) -> Option<PathBuf> {
    let above = || {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|up| up.join(name))
            .find(|path| path.is_dir())
    };
    let found = env::var_os(variable)
        .map(PathBuf::from)
        .or_else(above)
        .filter(|folder| folder.join(proof).exists());
    if found.is_none() {
        eprintln!("skipped: {proof} is not in {name} above this crate, nor where {variable} says");
    }
    found
}

/// A pack of this repository, if all its files are installed.
pub fn pack(home: &Path, name: &str) -> Option<Pack> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../models/packs")
        .join(name)
        .with_extension("toml");
    let pack: Pack =
        toml::from_str(&fs::read_to_string(path).expect("it is there")).expect("it is there");
    for file in pack.files() {
        if !home.join(engine::runtime::MODELS).join(&file.path).exists() {
            eprintln!("skipped: {} of the pack {name} is not installed", file.path);
            return None;
        }
    }
    Some(pack)
}
