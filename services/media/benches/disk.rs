//! What it costs to store one upload's part on this disk, sealed and durable, and to read it back.

use bytes::Bytes;
use divan::Bencher;
use divan::counter::BytesCount;
use futures::stream;
use media::{Disk, DiskConfig, Media, ObjectKey};
use seal::{PersonKey, STREAM_NONCE_LEN};

/// One part of an upload, in bytes.
const PART_LEN: usize = 256 << 10;

fn main() {
    divan::main();
}

struct Bench {
    runtime: tokio::runtime::Runtime,
    media: Media,
    key: ObjectKey,
    person: PersonKey,
    part: Bytes,
    _root: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder for temporary files");
        let config = DiskConfig {
            root: root.path().into(),
            free_bytes_min: 0,
        };
        let disk = Disk::open(&config, std::time::UNIX_EPOCH).expect("an empty folder opens");
        Self {
            runtime: tokio::runtime::Runtime::new().expect("threads for the runtime"),
            media: Media::Disk(disk),
            key: "bench/part".parse().expect("a valid key"),
            person: PersonKey::from_bytes([1; 32]),
            part: Bytes::from(vec![3; PART_LEN]),
            _root: root,
        }
    }

    fn put(&self) {
        let body = stream::iter([Ok::<_, std::io::Error>(self.part.clone())]);
        let nonce = [2; STREAM_NONCE_LEN];
        self.runtime
            .block_on(
                self.media
                    .put(&self.key, &self.person, nonce, body, PART_LEN as u64),
            )
            .expect("the disk takes it");
    }
}

#[divan::bench]
fn disk_put_256_kib(bencher: Bencher) {
    let bench = Bench::new();
    bencher
        .counter(BytesCount::new(PART_LEN))
        .bench_local(|| bench.put());
}

#[divan::bench]
fn disk_read_256_kib(bencher: Bencher) {
    let bench = Bench::new();
    bench.put();
    bencher.counter(BytesCount::new(PART_LEN)).bench_local(|| {
        bench
            .runtime
            .block_on(bench.media.read(&bench.key, &bench.person, PART_LEN as u64))
            .expect("it opens")
    });
}
