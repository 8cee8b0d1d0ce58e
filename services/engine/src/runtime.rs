//! The ONNX Runtime library of this process, and sessions from verified files.

use std::{
    fmt::Write,
    fs,
    path::Path,
    sync::{Mutex, PoisonError},
};

use models::File;
use ort::{environment::Environment, session::Session};
use sha2::{Digest, Sha256};

use crate::Error;

/// The library's path below the home directory.
pub const LIBRARY: &str = "runtime/libonnxruntime.so";
/// The models' directory below the home directory.
pub const MODELS: &str = "models";

/// One library and one environment for the whole process, as ONNX Runtime wants it.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// Loads the library, once for the process: later calls succeed at once, whatever their path. A failed call may be repeated.
pub fn start(library: &Path) -> Result<(), Error> {
    let mut environment = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if environment.is_some() {
        return Ok(());
    }
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| Error::Runtime {
        path: library.to_path_buf(),
        source,
    };
    // The loader would search the system's directories for a name that is not there.
    let path = fs::canonicalize(library).map_err(|error| failed(error.into()))?;
    let builder = ort::init_from(&path).map_err(|error| failed(error.to_string().into()))?;
    let built = builder
        .with_name("muster")
        .with_telemetry(false)
        .build()
        .map_err(|error| failed(error.into()))?;
    *environment = Some(built);
    Ok(())
}

/// A session of one thread (it neither starts nor uses others) from a file whose hash is checked first.
pub(crate) fn session(models_dir: &Path, file: &File) -> Result<Session, Error> {
    let environment = ENVIRONMENT
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let environment = environment.ok_or(Error::RuntimeNotStarted)?;
    let path = models_dir.join(&file.path);
    let bytes = fs::read(&path).map_err(|source| Error::File {
        path: path.clone(),
        source,
    })?;
    let found = hex(&Sha256::digest(&bytes));
    if !found.eq_ignore_ascii_case(&file.sha256) {
        return Err(Error::Hash {
            path,
            found,
            expected: file.sha256.clone(),
        });
    }
    open(&environment, &bytes).map_err(|source| Error::Network { path, source })
}

fn open(environment: &Environment, bytes: &[u8]) -> ort::Result<Session> {
    Session::builder(environment)?
        .with_intra_threads(1)?
        .with_inter_threads(1)?
        .commit_from_memory(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes all that is written");
            text
        })
}
