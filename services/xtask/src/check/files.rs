//! What no file of the project may hold.

use super::graph::ROOMS;

/// Above this, a file is listed.
pub const LINES_WANTED: usize = 300;
/// Above this, it is refused.
const LINES_MAX: usize = 500;
/// Bytes of one file that we commit, at most.
const FILE_LEN_MAX: usize = 1 << 20;

/// Weights and archives: installed, never committed.
const WEIGHTS: [&str; 15] = [
    "onnx",
    "ort",
    "pt",
    "pth",
    "ckpt",
    "safetensors",
    "tflite",
    "gguf",
    "npz",
    "dat",
    "so",
    "whl",
    "gz",
    "zip",
    "tar",
];
/// Pictures and recordings.
const MEDIA: [&str; 15] = [
    "jpg", "jpeg", "png", "webp", "gif", "bmp", "heic", "wav", "mp3", "m4a", "aac", "ogg", "opus",
    "flac", "webm",
];
/// Where our own small recordings and drawings lie.
const MEDIA_FOLDERS: [&str; 2] = ["services/engine/tests/media/", "services/xtask/samples/"];

/// Words of unfinished work, put together so that this file does not hold them.
const UNFINISHED: [&str; 4] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
];
const UNWRAP: &str = concat!(".unw", "rap()");

/// A file of the project.
pub struct File {
    /// Below the root, with `/`.
    pub path: String,
    /// Bytes.
    pub len: usize,
    /// Absent when it is no text.
    pub text: Option<String>,
}

impl File {
    fn is_rust(&self) -> bool {
        self.extension() == "rs"
    }

    fn extension(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    fn is_test(&self) -> bool {
        let path = format!("/{}", self.path);
        ["/tests/", "/benches/", "/tests.rs", "/e2e/"]
            .iter()
            .any(|part| path.contains(part))
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let text = self.text.as_deref().unwrap_or_default();
        text.lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }
}

/// Rust files that ask for a split, with their lines.
pub fn long(files: &[File]) -> Vec<(&str, usize)> {
    let sizes = files.iter().filter(|file| file.is_rust());
    let sizes = sizes.map(|file| (file.path.as_str(), file.lines().count()));
    sizes
        .filter(|(_, lines)| (LINES_WANTED + 1..=LINES_MAX).contains(lines))
        .collect()
}

/// One sentence for each broken rule.
pub fn faults(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        let path = &file.path;
        let lines = file.lines().count();
        if file.is_rust() && lines > LINES_MAX {
            faults.push(format!(
                "{path} has {lines} lines: {LINES_MAX} are the most"
            ));
        }
        faults.extend(foreign(file));
        faults.extend(unwraps(file));
        for (number, line) in file.lines() {
            if let Some(word) = UNFINISHED.iter().find(|word| has_word(line, word)) {
                faults.push(format!(
                    "{path}:{number} says {word}: finish it, or write it down as work"
                ));
            }
        }
    }
    faults
}

/// Uses of a library outside its rooms in the text itself, for what reaches a crate by a re-export. `folders` holds each crate's
/// name and folder.
pub fn rooms(files: &[File], folders: &[(String, String)]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let home = folders
            .iter()
            .filter(|(_, folder)| file.path.starts_with(&format!("{folder}/")));
        let Some((name, _)) = home.max_by_key(|(_, folder)| folder.len()) else {
            continue;
        };
        for room in ROOMS.iter().filter(|room| !room.admits(name)) {
            let root = format!("{}::", room.library.replace('-', "_"));
            let used = file.lines().find(|(_, line)| has_word(code(line), &root));
            if let Some((number, _)) = used {
                faults.push(format!(
                    "{}:{number} uses {}: it is not in a room of {name}",
                    file.path, room.library
                ));
            }
        }
    }
    faults
}

fn foreign(file: &File) -> Option<String> {
    let path = &file.path;
    let extension = file.extension().to_ascii_lowercase();
    let ours = MEDIA_FOLDERS.iter().any(|folder| path.starts_with(folder));
    if WEIGHTS.contains(&extension.as_str()) {
        Some(format!(
            "{path} looks like weights or an archive: they are installed, never committed"
        ))
    } else if MEDIA.contains(&extension.as_str()) && !ours {
        Some(format!(
            "{path} is a picture or a recording: ours lie in {}",
            MEDIA_FOLDERS.join(" and ")
        ))
    } else if file.len > FILE_LEN_MAX {
        Some(format!(
            "{path} has {} bytes: {FILE_LEN_MAX} are the most",
            file.len
        ))
    } else {
        None
    }
}

/// `unwrap` outside tests; the tests of a file are its last module.
fn unwraps(file: &File) -> Vec<String> {
    if !file.is_rust() || file.is_test() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let mut testing = false;
    for (number, line) in file.lines() {
        let code = code(line);
        if testing && code.trim_start().starts_with("mod ") && code.trim_end().ends_with('{') {
            break;
        }
        testing = code.contains("#[cfg(test)]") || (testing && code.trim_start().starts_with("#["));
        if code.contains(UNWRAP) {
            faults.push(format!(
                "{}:{number} unwraps outside tests: say with `expect` why it cannot fail",
                file.path
            ));
        }
    }
    faults
}

/// A line without its comment.
fn code(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

/// Does `word` stand there on its own, not as the end of a longer one?
fn has_word(line: &str, word: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let ends = !word.ends_with(part_of_word) || !after.is_some_and(part_of_word);
        ends && !before.is_some_and(part_of_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            len: text.len(),
            text: Some(text.to_owned()),
        }
    }

    #[test]
    fn files_of_more_than_500_lines_are_refused_and_of_more_than_300_listed() {
        let of = |lines: usize| [file("a/src/b.rs", &"x\n".repeat(lines))];
        assert_eq!(faults(&of(500)), Vec::<String>::new());
        assert_eq!(
            faults(&of(501)),
            ["a/src/b.rs has 501 lines: 500 are the most"]
        );
        assert!(long(&of(300)).is_empty());
        assert_eq!(long(&of(301)), [("a/src/b.rs", 301)]);
        assert!(faults(&[file("a/long.md", &"x\n".repeat(900))]).is_empty());
    }

    #[test]
    fn unwraps_are_for_tests() {
        let bad = format!("fn a() {{\n    b(){UNWRAP};\n}}\n");
        assert_eq!(faults(&[file("a/src/lib.rs", &bad)]).len(), 1);
        assert!(faults(&[file("a/tests/b.rs", &bad)]).is_empty());
        assert!(faults(&[file("a/src/install/tests.rs", &bad)]).is_empty());
        let tested = format!("fn a() {{}}\n#[cfg(test)]\n#[expect(x)]\nmod tests {{\n{bad}}}\n");
        assert!(faults(&[file("a/src/lib.rs", &tested)]).is_empty());
        let elsewhere = format!("#[cfg(test)]\nmod tests;\n{bad}");
        assert_eq!(faults(&[file("a/src/lib.rs", &elsewhere)]).len(), 1);
        assert!(faults(&[file("a/src/lib.rs", &format!("// x{UNWRAP}\n"))]).is_empty());
    }

    #[test]
    fn unfinished_work_is_not_committed() {
        for word in UNFINISHED {
            let fault = faults(&[file("notes.md", &format!("\n{word}: later\n"))]);
            assert!(fault[0].starts_with("notes.md:2 says "), "{fault:?}");
        }
        assert!(faults(&[file("a.md", "AUTODOCK and todos")]).is_empty());
    }

    #[test]
    fn weights_and_foreign_media_are_not_committed() {
        for path in [
            "models/a.onnx",
            "b.PT",
            "c/d.jpg",
            "loadtests/e.wav",
            "f.tar.gz",
        ] {
            assert_eq!(faults(&[file(path, "")]).len(), 1, "{path}");
        }
        assert!(faults(&[file("services/xtask/samples/voices/a/take1/0.wav", "")]).is_empty());
        let heavy = File {
            path: "data.csv".to_owned(),
            len: FILE_LEN_MAX + 1,
            text: None,
        };
        assert_eq!(faults(&[heavy]).len(), 1);
    }

    #[test]
    fn a_library_is_not_used_through_somebody_else() {
        let folders = [
            ("app".to_owned(), "services/app".to_owned()),
            ("store".to_owned(), "services/store".to_owned()),
        ];
        let library = "sqlx";
        let text = format!("//! not {library}::a\nuse store::{library}::query;\n");
        let used = |path: &str, text: &str| rooms(&[file(path, text)], &folders);
        assert_eq!(
            used("services/app/src/a.rs", &text),
            ["services/app/src/a.rs:2 uses sqlx: it is not in a room of app"]
        );
        assert!(used("services/store/src/a.rs", &text).is_empty());
        assert!(
            used(
                "services/app/src/a.rs",
                "use crate::report::b; support::c()"
            )
            .is_empty()
        );
    }
}
