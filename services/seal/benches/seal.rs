//! Throughput of sealing and opening, per core.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use seal::{NONCE_LEN, Opener, PersonKey, Purpose, STREAM_NONCE_LEN, Sealer};

/// A template, an upload's part, a picture.
const LENS: [usize; 3] = [2 << 10, 256 << 10, 1 << 20];

fn main() {
    divan::main();
}

fn key() -> PersonKey {
    PersonKey::from_bytes([1; 32])
}

fn seal_stream(plain: &[u8], out: &mut Vec<u8>) {
    let mut sealer = Sealer::new(&key(), b"bench", [2; STREAM_NONCE_LEN]);
    sealer.push(plain, out).expect("short enough");
    sealer.finish(out).expect("short enough");
}

#[divan::bench(args = LENS)]
fn stream_seal(bencher: Bencher, len: usize) {
    let plain = vec![3; len];
    let mut out = Vec::with_capacity(2 * len);
    bencher.counter(BytesCount::new(len)).bench_local(|| {
        out.clear();
        seal_stream(black_box(&plain), &mut out);
    });
}

#[divan::bench(args = LENS)]
fn stream_open(bencher: Bencher, len: usize) {
    let mut sealed = Vec::new();
    seal_stream(&vec![3; len], &mut sealed);
    let mut out = Vec::with_capacity(2 * len);
    bencher.counter(BytesCount::new(len)).bench_local(|| {
        out.clear();
        let mut opener = Opener::new(&key(), b"bench");
        opener.push(black_box(&sealed), &mut out).expect("genuine");
        opener.finish(&mut out).expect("genuine");
    });
}

#[divan::bench(args = LENS)]
fn message_seal(bencher: Bencher, len: usize) {
    let plain = vec![3; len];
    bencher.counter(BytesCount::new(len)).bench(|| {
        key().seal(
            Purpose::Template,
            b"bench",
            [2; NONCE_LEN],
            black_box(&plain),
        )
    });
}
