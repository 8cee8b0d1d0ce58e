//! An archive opens, says truly what is in it, and is never half there.

use std::io::{Cursor, Read};

use data_encoding::HEXLOWER;
use jiff::civil::date;
use proptest::{collection::vec, prelude::*};
use report::{
    Archive, Error,
    archive::{Cover, INDEX, Limits, MANIFEST, Manifest},
};
use sha2::{Digest, Sha256};
use zip::ZipArchive;

fn cover(name: &str) -> Cover {
    Cover {
        name: name.into(),
        case_number: "(2026)测矫0001号".into(),
        unit: "测试司法所".into(),
        made_by: "测试工作人员".into(),
        made_at: date(2026, 3, 25).at(17, 30, 0, 0),
    }
}

type Entries = Vec<(String, Vec<u8>)>;

fn entries() -> impl Strategy<Value = Entries> {
    vec((any::<bool>(), vec(any::<u8>(), 0..3_000)), 0..12).prop_map(|all| {
        let path =
            |number: usize, text| format!("part{number}/{}", if text { "a.json" } else { "b.jpg" });
        let named = |(number, (text, bytes))| (path(number, text), bytes);
        all.into_iter().enumerate().map(named).collect()
    })
}

fn archive(entries: &Entries) -> Vec<u8> {
    let mut archive =
        Archive::new(Vec::new(), cover("测试对象 1"), Limits::default()).expect("a year");
    for (path, bytes) in entries {
        archive = archive
            .add(path, ("内容", "content"), &mut bytes.as_slice())
            .expect("it fits");
    }
    archive.finish().expect("it is whole")
}

fn read(zip: &mut ZipArchive<Cursor<Vec<u8>>>, path: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut entry = zip.by_name(path).expect("it is there");
    entry.read_to_end(&mut bytes).expect("its checksum is true");
    bytes
}

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

proptest! {
    #[test]
    fn the_manifest_is_true_of_every_entry_and_the_bytes_are_the_same_again(entries in entries()) {
        let bytes = archive(&entries);
        prop_assert_eq!(&archive(&entries), &bytes);
        let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a zip");
        prop_assert_eq!(zip.len(), entries.len() + 2);
        let manifest: Manifest = serde_json::from_slice(&read(&mut zip, MANIFEST)).expect("a manifest");
        prop_assert_eq!(manifest.entries.len(), entries.len());
        for (listed, (path, content)) in manifest.entries.iter().zip(&entries) {
            prop_assert_eq!(&listed.path, path);
            prop_assert_eq!(&read(&mut zip, path), content);
            prop_assert_eq!(listed.bytes, content.len() as u64);
            prop_assert_eq!(&listed.sha256, &sha256(content));
        }
        let index = read(&mut zip, INDEX);
        prop_assert_eq!(&manifest.index.sha256, &sha256(&index));
        let index = String::from_utf8(index).expect("a page");
        for (path, content) in &entries {
            let link = format!("<a href=\"{path}\">");
            prop_assert!(index.contains(&link) && index.contains(&sha256(content)));
        }
    }
}

#[test]
fn a_hostile_name_or_title_is_no_markup_in_the_index() {
    let hostile = "<script>alert(1)</script>";
    let archive = Archive::new(Vec::new(), cover(hostile), Limits::default()).expect("a year");
    let archive = archive
        .add("a.txt", (hostile, hostile), &mut "x".as_bytes())
        .expect("it fits");
    let mut zip = ZipArchive::new(Cursor::new(archive.finish().expect("whole"))).expect("a zip");
    let index = String::from_utf8(read(&mut zip, INDEX)).expect("a page");
    assert!(!index.contains("<script") && index.contains("&#60;script"));
}

#[test]
fn what_goes_over_a_limit_or_has_a_wrong_name_leaves_nothing_that_opens() {
    let limits = Limits {
        entries_max: 2,
        entry_bytes_max: 10,
        bytes_max: 15,
    };
    let refused = |entries: &[(&str, usize)]| {
        let mut written = Vec::new();
        let archive = Archive::new(&mut written, cover("测试对象 1"), limits).expect("a year");
        let full = entries.iter().try_fold(archive, |archive, (path, len)| {
            archive.add(path, ("内容", "content"), &mut vec![7; *len].as_slice())
        });
        let error = full.map(drop).expect_err("not all of it fits");
        assert!(ZipArchive::new(Cursor::new(written)).is_err(), "{error}");
        error
    };
    assert!(matches!(refused(&[("a", 11)]), Error::EntryLong { .. }));
    assert!(matches!(
        refused(&[("a", 10), ("b", 6)]),
        Error::TooLarge { bytes_max: 15 }
    ));
    assert!(matches!(
        refused(&[("a", 1), ("b", 1), ("c", 1)]),
        Error::Entries { entries_max: 2 }
    ));
    assert!(matches!(
        refused(&[("a.txt", 1), ("A.TXT", 1)]),
        Error::Twice { .. }
    ));
    assert!(matches!(refused(&[("Index.HTML", 1)]), Error::Twice { .. }));
    assert!(matches!(
        refused(&[("a", 1), ("../b", 1)]),
        Error::Path { .. }
    ));
}

#[test]
fn an_archive_that_was_not_finished_does_not_open() {
    let mut written = Vec::new();
    let archive =
        Archive::new(&mut written, cover("测试对象 1"), Limits::default()).expect("a year");
    drop(
        archive
            .add("a", ("内容", "content"), &mut "x".as_bytes())
            .expect("it fits"),
    );
    assert!(!written.is_empty() && ZipArchive::new(Cursor::new(written)).is_err());
}

#[test]
fn a_year_that_zip_does_not_know_is_refused() {
    for year in [1979, 2108, -1] {
        let mut cover = cover("测试对象 1");
        cover.made_at = date(year, 1, 1).at(0, 0, 0, 0);
        let made = Archive::new(Vec::new(), cover, Limits::default());
        assert!(matches!(made.map(drop), Err(Error::Year { year: told }) if told == year));
    }
}
