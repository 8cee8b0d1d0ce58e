//! Built-in packs are sound, an operator's pack is found, and a bad one is refused with a sentence.

use std::fs;
use std::path::Path;

use models::{Pack, Problem};

fn standard() -> Pack {
    models::load("standard", Path::new("/nowhere")).expect("the built-in pack is sound")
}

#[test]
fn built_in_packs_parse_and_are_sound() {
    for name in models::built_in() {
        let pack = models::load(name, Path::new("/nowhere")).unwrap();
        assert_eq!(pack.id(), format!("{name}@{}", pack.version));
    }
}

#[test]
fn the_default_pack_comes_from_a_registry_alone() {
    let pack = models::load("default", Path::new("/nowhere")).unwrap();
    assert!(pack.files().all(|file| file.source.starts_with("pypi:")));
    assert_eq!(pack.files().count(), 4);
}

#[test]
fn the_standard_pack_has_the_digit_network_too() {
    assert!(
        standard()
            .files()
            .any(|file| file.path == "voice/digits-ctc-en.onnx")
    );
    assert_eq!(standard().calibrations().count(), 5);
}

#[test]
fn the_standard_pack_looks_for_presentation_attacks_and_an_own_pack_need_not() {
    assert_eq!(standard().presentation_networks().count(), 2);
    let mut own = standard();
    own.presentation_attack = None;
    assert_eq!(own.check(), Ok(()));
    assert_eq!(own.files().count(), standard().files().count() - 2);
}

#[test]
fn a_calibration_promises_no_more_than_its_trials_support() {
    for name in models::built_in() {
        for (table, calibration) in models::load(name, Path::new("/nowhere"))
            .unwrap()
            .calibrations()
        {
            if calibration.genuine == 0 {
                continue;
            }
            assert!(
                calibration.llr_max <= (calibration.impostor as f64).ln(),
                "{name}: {table}"
            );
            assert!(
                calibration.llr_min >= -(calibration.genuine as f64).ln(),
                "{name}: {table}"
            );
        }
    }
}

#[test]
fn an_operators_pack_is_found_by_its_file_name() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("packs")).unwrap();
    let mut pack = standard();
    pack.name = "campus".to_owned();
    fs::write(
        home.path().join("packs/campus.toml"),
        toml::to_string(&pack).unwrap(),
    )
    .unwrap();
    assert_eq!(
        models::names(home.path()),
        ["default", "standard", "campus"]
    );
    assert_eq!(models::load("campus", home.path()).unwrap(), pack);
}

#[test]
fn an_unknown_name_is_answered_with_the_known_ones() {
    let error = models::load("best", Path::new("home")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no pack `best`: known are default, standard; an operator's own lies in home/packs"
    );
}

#[test]
fn a_name_that_is_a_path_is_not_followed() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("packs")).unwrap();
    fs::write(
        home.path().join("secret.toml"),
        toml::to_string(&standard()).unwrap(),
    )
    .unwrap();
    assert!(matches!(
        models::load("../secret", home.path()),
        Err(models::Error::Unknown { .. })
    ));
}

#[test]
fn a_file_named_like_a_built_in_pack_is_refused() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("packs")).unwrap();
    fs::write(home.path().join("packs/default.toml"), "").unwrap();
    assert!(matches!(
        models::load("default", home.path()),
        Err(models::Error::Shadow { .. })
    ));
}

#[test]
fn a_pack_in_a_file_of_another_name_is_refused() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("packs")).unwrap();
    fs::write(
        home.path().join("packs/own.toml"),
        toml::to_string(&standard()).unwrap(),
    )
    .unwrap();
    assert!(matches!(
        models::load("own", home.path()),
        Err(models::Error::Misnamed { .. })
    ));
}

#[test]
fn a_mistyped_field_is_named_with_its_line() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("packs")).unwrap();
    fs::write(
        home.path().join("packs/own.toml"),
        "name = \"own\"\ncolour = 3\n",
    )
    .unwrap();
    let sentence = models::load("own", home.path()).unwrap_err().to_string();
    assert!(
        sentence.starts_with("pack `own` is not a pack file: unknown field `colour`"),
        "{sentence}"
    );
    assert!(sentence.ends_with("(line 2)"), "{sentence}");
}

type Case = (fn(&mut Pack), &'static str);

fn refused(cases: &[Case]) {
    for (spoil, sentence) in cases {
        let mut pack = standard();
        spoil(&mut pack);
        let flaw = pack.check().expect_err(sentence);
        assert!(flaw.to_string().contains(sentence), "{flaw}");
    }
}

#[test]
fn each_flaw_is_refused_with_its_sentence() {
    let cases: [Case; 24] = [
        (|p| p.name = "Best Pack".into(), "the name may hold"),
        (|p| p.version.clear(), "the version may hold"),
        (
            |p| p.speaker.file.path = "/etc/passwd".into(),
            "path `/etc/passwd` must be relative",
        ),
        (
            |p| p.speaker.file.path = "../up.onnx".into(),
            "path `../up.onnx` must be relative",
        ),
        (
            |p| p.speaker.file.path = "voice\\x.onnx".into(),
            "must be relative",
        ),
        (
            |p| p.speaker.file.sha256 = "ABC".into(),
            "needs sha256 as 64 lower case",
        ),
        (
            |p| p.speaker.file.source_sha256 = None,
            "needs source_sha256 as 64 lower case",
        ),
        (|p| p.speaker.file.member = None, "needs `member`"),
        (
            |p| p.speaker.file.member = Some("../x".into()),
            "path `../x` must be relative",
        ),
        (
            |p| p.speaker.file.source = "ftp:x".into(),
            "is neither `pypi:NAME==VERSION` nor `file:PATH`",
        ),
        (
            |p| p.speaker.file.source = "pypi:x --pre==1".into(),
            "is neither",
        ),
        (
            |p| p.speaker.file.source = "file:../../x".into(),
            "must be relative",
        ),
        (
            |p| p.speaker.file.convert = Some("magic".into()),
            "asks for the conversion `magic`",
        ),
        (|p| p.speaker.file.licence.clear(), "needs a licence"),
        (
            |p| p.speaker.file.path.clone_from(&p.voice_activity.file.path),
            "stands for two different files",
        ),
        (
            |p| p.face_detector.side = 300,
            "face_detector.side must be a multiple of 32",
        ),
        (
            |p| p.face_detector.score_min = 1.5,
            "face_detector.score_min must lie between 0 and 1",
        ),
        (
            |p| p.face_recogniser.std[1] = 0.0,
            "face_recogniser.std must hold finite numbers",
        ),
        (
            |p| p.face_recogniser.template[2][0] = 500.0,
            "face_recogniser.template must lie inside the crop",
        ),
        (
            |p| p.speaker.dimension = 0,
            "speaker.dimension must lie in 1..=4096",
        ),
        (
            |p| p.speaker.level_min_dbfs = Some(3.0),
            "speaker.level_min_dbfs must be finite and at most 0",
        ),
        (
            |p| p.speaker.calibration.scale = -1.0,
            "speaker.calibration needs finite numbers",
        ),
        (
            |p| p.face_recogniser.calibration.llr_max = f64::NAN,
            "face_recogniser.calibration needs finite numbers",
        ),
        (
            |p| p.content.calibration.data.clear(),
            "content.calibration must say on what data",
        ),
    ];
    refused(&cases);
}

#[test]
fn each_flaw_of_the_networks_against_presentation_attacks_is_refused() {
    let cases: [Case; 6] = [
        (
            |p| {
                let part = p.presentation_attack.as_mut().unwrap();
                part.networks.clear();
                part.traces = None;
            },
            "presentation_attack needs at least one network, or traces",
        ),
        (
            |p| {
                let part = p.presentation_attack.as_mut().unwrap();
                part.traces.as_mut().unwrap().square.pop();
            },
            "presentation_attack.traces needs finite numbers",
        ),
        (
            |p| p.presentation_attack.as_mut().unwrap().room_min = 0.5,
            "presentation_attack: room_min must lie in 1..=100",
        ),
        (
            |p| p.presentation_attack.as_mut().unwrap().luma_min = Some(300.0),
            "presentation_attack: luma_min must lie in 0..=255",
        ),
        (
            |p| p.presentation_attack.as_mut().unwrap().networks[1].scale = f32::NAN,
            "presentation_attack: scale must lie in 1..=100",
        ),
        (
            |p| p.presentation_attack.as_mut().unwrap().networks[0].std[2] = 0.0,
            "presentation_attack must hold finite numbers",
        ),
    ];
    refused(&cases);
}

#[test]
fn the_flaw_can_be_told_apart_by_a_program() {
    let mut pack = standard();
    pack.face_detector.side = 33;
    assert_eq!(pack.check().unwrap_err().problem, Problem::DetectorSide(33));
}

#[test]
fn a_score_that_is_not_a_number_tells_nothing() {
    let calibration = standard().speaker.calibration;
    assert!(calibration.llr(f64::NAN).abs() < f64::EPSILON);
    assert!((calibration.llr(1e9) - calibration.llr_max).abs() < f64::EPSILON);
}
