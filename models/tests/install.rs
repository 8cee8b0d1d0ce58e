//! The installer: what it refuses, what it keeps, and (with `MUSTER_TEST_INSTALL=1`) the whole way over the network.

use std::fs;
use std::path::{Path, PathBuf};

use models::Pack;
use models::install::{Error, Installer, Progress, RUNTIME, State};
use tempfile::TempDir;

/// SHA-256 of the bytes `abc` (FIPS 180-4, example 1).
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// A home, a folder with all files that `pack` takes from files, and the pack: every file holds `abc`.
fn given_pack() -> (TempDir, TempDir, Pack) {
    let home = tempfile::tempdir().expect("a folder for the test");
    let from = tempfile::tempdir().expect("a folder for the test");
    let mut pack = models::load("standard", home.path()).expect("the built-in pack is sound");
    let files = [
        &mut pack.face_detector.file,
        &mut pack.face_recogniser.file,
        &mut pack.voice_activity.file,
        &mut pack.speaker.file,
        &mut pack.digits.as_mut().expect("standard has digits").file,
    ];
    let against_attacks = pack.presentation_attack.iter_mut();
    let against_attacks = against_attacks.flat_map(|part| &mut part.networks);
    let files = files
        .into_iter()
        .chain(against_attacks.map(|network| &mut network.file));
    for (index, file) in files.enumerate() {
        file.source = format!("file:{index}.onnx");
        ABC.clone_into(&mut file.sha256);
        file.convert = None;
        fs::write(from.path().join(format!("{index}.onnx")), "abc")
            .expect("the test folder is writable");
    }
    (home, from, pack)
}

/// Puts every file of the pack but the named one into the home.
fn place(home: &Path, pack: &Pack, but: &str) {
    for file in pack.files().filter(|file| file.path != but) {
        let path = home.join("models").join(&file.path);
        fs::create_dir_all(path.parent().expect("a file has a folder"))
            .expect("the test folder is writable");
        fs::write(path, "abc").expect("the test folder is writable");
    }
}

fn quiet(_: Progress<'_>) {}

#[test]
fn verify_tells_missing_and_changed_files_from_good_ones() {
    let (home, _from, pack) = given_pack();
    place(home.path(), &pack, "voice/silero-vad.onnx");
    fs::write(home.path().join("models/face/yunet.onnx"), "other").unwrap();
    let report = Installer::new(home.path()).verify(&pack).unwrap();
    assert!(!report.is_good());
    let state = |path: &str| {
        report
            .findings
            .iter()
            .find(|finding| finding.path == path)
            .unwrap()
            .state
            .clone()
    };
    assert_eq!(state(RUNTIME), State::Missing);
    assert_eq!(state("models/voice/silero-vad.onnx"), State::Missing);
    assert!(matches!(
        state("models/face/yunet.onnx"),
        State::Changed { .. }
    ));
    assert_eq!(state("models/voice/resemblyzer.onnx"), State::Good);
}

#[test]
fn a_missing_python_is_one_sentence() {
    let (home, from, pack) = given_pack();
    let installer = Installer {
        home: home.path().to_owned(),
        python: PathBuf::from("/nowhere/python3"),
    };
    let error = installer
        .install(&pack, Some(from.path()), &mut quiet)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "python 3 was not found as `/nowhere/python3`; install it (Debian: apt-get install python3 python3-venv) or put it on the PATH"
    );
}

#[test]
fn files_of_ones_own_need_the_folder_before_anything_is_fetched() {
    let (home, _from, pack) = given_pack();
    let error = Installer::new(home.path())
        .install(&pack, None, &mut quiet)
        .unwrap_err();
    assert!(matches!(error, Error::FromMissing { .. }));
    assert!(error.to_string().contains("--from"));
    assert!(!home.path().join("venv").exists());
}

#[test]
fn a_folder_without_the_file_is_named() {
    let (home, from, pack) = given_pack();
    fs::remove_file(from.path().join("3.onnx")).unwrap();
    let error = Installer::new(home.path())
        .install(&pack, Some(from.path()), &mut quiet)
        .unwrap_err();
    assert!(matches!(error, Error::FileMissing { path } if path.ends_with("3.onnx")));
}

#[test]
fn a_flawed_pack_is_not_installed() {
    let (home, from, mut pack) = given_pack();
    pack.speaker.file.path = "../../outside".to_owned();
    let error = Installer::new(home.path())
        .install(&pack, Some(from.path()), &mut quiet)
        .unwrap_err();
    assert!(matches!(error, Error::Flaw(_)));
}

/// The whole way over the network; takes minutes and 500 MB, so only on request.
#[test]
fn the_default_pack_installs_and_a_second_run_does_nothing() {
    if std::env::var_os("MUSTER_TEST_INSTALL").is_none() {
        println!("skipped: set MUSTER_TEST_INSTALL=1 to install the default pack over the network");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let installer = Installer::new(home.path());
    let pack = models::load("default", home.path()).unwrap();
    installer
        .install(&pack, None, &mut |step| println!("{step}"))
        .unwrap();
    assert!(installer.verify(&pack).unwrap().is_good());
    assert!(!home.path().join("downloads/unfinished").exists());

    let mut steps = Vec::new();
    installer
        .install(&pack, None, &mut |step| steps.push(step.to_string()))
        .unwrap();
    assert!(
        steps.iter().all(|step| step.ends_with("is there")),
        "{steps:?}"
    );

    let faces = installer.samples(&mut quiet).unwrap();
    assert_eq!(faces.len(), 4);
    assert!(faces.iter().all(|face| face.is_file()));
}
