//! What an interrupted installation leaves and how the next one goes on, with a shell script in Python's place.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Error, Installer, Package, Progress, Start, Wanted, disk};

/// SHA-256 of the bytes `abc` (FIPS 180-4, example 1).
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const ARCHIVE: &str = "downloads/thing-1.0/thing.whl";

/// A home and a stand-in for Python and pip: it makes its own environment, `pip download` brings an archive that holds
/// `abc`, or fails with the text of the file `refusal`, and taking a member out copies the archive.
struct Bench {
    folder: TempDir,
    installer: Installer,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let python = folder.path().join("python3");
        let text = format!(
            r#"#!/bin/sh
cd "{}"
case "$*" in
  *version_info*) cat version ;;
  *"-m venv"*) for last; do :; done; mkdir -p "$last/bin"; cp python3 "$last/bin/python" ;;
  *find_spec*) ;;
  *"pip download"*)
    echo download >> calls
    if [ -e refusal ]; then cat refusal; exit 1; fi
    [ -e "$PYTHONPATH/setuptools/build_meta.py" ] || exit 1
    while [ "$1" != --dest ]; do shift; done
    mkdir -p "$2"; cat content > "$2/thing.whl" ;;
  *archive.py*) cp "$3" "$5" ;;
esac
"#,
            folder.path().display()
        );
        fs::write(&python, text).unwrap();
        fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.path().join("content"), "abc").unwrap();
        fs::write(folder.path().join("version"), "3.12\n").unwrap();
        let installer = Installer {
            home: folder.path().join("home"),
            python,
        };
        Self { folder, installer }
    }

    fn home(&self, path: &str) -> PathBuf {
        self.installer.home.join(path)
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.home(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn install(&self) -> Result<(), Error> {
        let package = Package {
            name: "thing",
            version: "1.0",
            sha256: ABC,
        };
        let origin = Start::Member {
            package,
            member: "x.onnx",
            tags: Vec::new(),
        };
        let wanted = Wanted {
            path: "models/x.onnx".to_owned(),
            sha256: ABC,
            origin,
            convert: None,
        };
        self.installer
            .install_all(&[wanted], None, &mut |_: Progress<'_>| ())
    }

    fn refused_with(&self, pip_says: &str) -> Error {
        fs::write(self.folder.path().join("refusal"), pip_says).unwrap();
        self.install().unwrap_err()
    }

    fn downloads(&self) -> usize {
        fs::read_to_string(self.folder.path().join("calls"))
            .unwrap_or_default()
            .lines()
            .count()
    }
}

#[test]
fn a_finished_download_is_not_fetched_again() {
    let bench = Bench::new();
    bench.write(ARCHIVE, "abc");
    bench.install().unwrap();
    assert_eq!(bench.downloads(), 0);
    assert_eq!(fs::read(bench.home("models/x.onnx")).unwrap(), b"abc");
}

#[test]
fn a_partial_download_is_replaced_by_a_whole_one() {
    let bench = Bench::new();
    bench.write(ARCHIVE, "a");
    bench.write("downloads/unfinished/pip-unpack-1/thing.whl", "ab");
    bench.install().unwrap();
    assert_eq!(bench.downloads(), 1);
    assert!(disk::holds(&bench.home(ARCHIVE), ABC).unwrap());
    assert!(!bench.home("downloads/unfinished").exists());
}

#[test]
fn a_relative_home_is_the_same_for_pips_children() {
    let mut bench = Bench::new();
    let here = std::env::current_dir().unwrap();
    let up = "../".repeat(here.components().count() - 1);
    bench.installer.home = Path::new(&up).join(bench.installer.home.strip_prefix("/").unwrap());
    bench.install().unwrap();
    assert_eq!(bench.downloads(), 1);
}

#[test]
fn a_broken_environment_is_made_anew() {
    let bench = Bench::new();
    bench.install().unwrap();
    fs::write(bench.home("venv/bin/python"), "").unwrap();
    fs::remove_file(bench.home("models/x.onnx")).unwrap();
    bench.install().unwrap();
    assert_ne!(fs::read(bench.home("venv/bin/python")).unwrap(), b"");
}

#[test]
fn a_second_run_starts_nothing() {
    let bench = Bench::new();
    bench.install().unwrap();
    fs::remove_file(bench.folder.path().join("python3")).unwrap();
    bench.install().unwrap();
    assert_eq!(bench.downloads(), 1);
}

#[test]
fn a_changed_file_is_made_anew() {
    let bench = Bench::new();
    bench.install().unwrap();
    bench.write("models/x.onnx", "other");
    bench.install().unwrap();
    assert_eq!(fs::read(bench.home("models/x.onnx")).unwrap(), b"abc");
}

#[test]
fn another_archive_than_the_pinned_one_is_not_used() {
    let bench = Bench::new();
    fs::write(bench.folder.path().join("content"), "other").unwrap();
    let error = bench.install().unwrap_err();
    assert!(
        matches!(&error, Error::Sha256 { path, .. } if path == "thing==1.0"),
        "{error}"
    );
    assert!(!bench.home("models/x.onnx").exists());
    assert!(!bench.home(ARCHIVE).exists());
}

#[test]
fn each_failure_of_pip_is_told_apart() {
    let bench = Bench::new();
    let error = bench.refused_with("WARNING: Retrying after connection broken by 'NewConnectionError'\nERROR: No matching distribution found");
    assert!(matches!(error, Error::Network { .. }), "{error}");
    let error = bench
        .refused_with("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.");
    assert!(matches!(error, Error::Archive { .. }), "{error}");
    let error = bench.refused_with("ERROR: No matching distribution found for thing==1.0");
    assert!(matches!(error, Error::NotOffered { .. }), "{error}");
    let error = bench.refused_with("ERROR: Could not install: [Errno 28] No space left on device");
    assert!(matches!(error, Error::DiskFull { .. }), "{error}");
    let error = bench.refused_with("something\nERROR: it broke\n");
    assert!(
        matches!(&error, Error::Pip { reason, .. } if reason == "it broke"),
        "{error}"
    );
    assert!(
        fs::read_to_string(bench.home("install.log"))
            .unwrap()
            .contains("it broke")
    );
}

#[test]
fn a_python_that_is_too_old_is_named() {
    let bench = Bench::new();
    fs::write(bench.folder.path().join("version"), "3.6\n").unwrap();
    let error = bench.install().unwrap_err();
    assert!(
        matches!(&error, Error::PythonOld { found, .. } if found == "3.6"),
        "{error}"
    );
}

#[test]
fn two_installations_do_not_run_at_once() {
    let bench = Bench::new();
    let _first = bench.installer.lock().unwrap();
    assert!(matches!(bench.install().unwrap_err(), Error::Busy { .. }));
}

#[test]
fn a_silent_child_is_stopped_at_its_limit() {
    let mut child = std::process::Command::new("sleep")
        .arg("60")
        .spawn()
        .unwrap();
    assert!(
        super::child::wait(&mut child, 0, &mut || ())
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_folder_in_a_files_place_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let error = disk::sha256(Path::new(folder.path())).unwrap_err();
    assert!(error.to_string().starts_with("could not read"), "{error}");
}
