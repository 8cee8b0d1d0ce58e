//! What the engine says when it cannot start. Alone in its process, where the library is loaded once.

mod support;

use std::fs;

use engine::{Engine, Error, PoolConfig, runtime};
use models::Pack;

const SMALL: PoolConfig = PoolConfig {
    threads: 2,
    queue_len_max: 6,
    batch_max: 4,
};

#[test]
fn a_home_that_is_not_whole_is_refused_with_its_reason() {
    let Some(home) = support::home() else { return };
    let Some(pack) = support::pack(&home, "default") else {
        return;
    };
    let broken = tempfile::tempdir().unwrap();
    let start = |pack: &Pack| Engine::start(pack, broken.path(), SMALL).err().unwrap();
    let library = broken.path().join(runtime::LIBRARY);
    assert!(matches!(start(&pack), Error::Runtime { path, .. } if path == library));

    fs::create_dir_all(library.parent().unwrap()).unwrap();
    fs::write(&library, "not a library").unwrap();
    assert!(matches!(start(&pack), Error::Runtime { .. }));

    fs::remove_file(&library).unwrap();
    fs::copy(home.join(runtime::LIBRARY), &library).unwrap();
    assert!(matches!(start(&pack), Error::File { .. }));

    let network = broken
        .path()
        .join(runtime::MODELS)
        .join(&pack.face_detector.file.path);
    fs::create_dir_all(network.parent().unwrap()).unwrap();
    fs::write(&network, "not a network").unwrap();
    let Error::Hash {
        found, expected, ..
    } = start(&pack)
    else {
        panic!("another error")
    };
    assert_eq!(expected, pack.face_detector.file.sha256);

    let mut trusting = pack;
    trusting.face_detector.file.sha256 = found;
    assert!(matches!(start(&trusting), Error::Network { .. }));
}
