//! Streams: round trips at any split, and every way of tampering with one.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use proptest::prelude::*;
use seal::{
    Error, Opener, PersonKey, Purpose, SEALED_SEGMENT_LEN, SEGMENT_LEN, STREAM_HEADER_LEN,
    STREAM_NONCE_LEN, Sealer, TAG_LEN, plain_len, sealed_len, segment_of, segment_start,
};

const AAD: &[u8] = b"checkin/1/selfie";

fn key() -> PersonKey {
    PersonKey::from_bytes([1; 32])
}

/// Bytes that differ from segment to segment, so that a swap shows.
fn plain(len: usize) -> Vec<u8> {
    (0..len)
        .map(|i| (i % 251) as u8 ^ (i / SEGMENT_LEN) as u8)
        .collect()
}

fn seal(plain: &[u8], pieces: &[usize]) -> Vec<u8> {
    let mut sealer = Sealer::new(&key(), AAD, [2; STREAM_NONCE_LEN]);
    let mut out = Vec::new();
    for piece in split(plain, pieces) {
        sealer.push(piece, &mut out).unwrap();
    }
    sealer.finish(&mut out).unwrap();
    out
}

fn open(key: &PersonKey, aad: &[u8], sealed: &[u8], pieces: &[usize]) -> Result<Vec<u8>, Error> {
    let mut opener = Opener::new(key, aad);
    let mut out = Vec::new();
    for piece in split(sealed, pieces) {
        opener.push(piece, &mut out)?;
    }
    opener.finish(&mut out)?;
    Ok(out)
}

/// Cut `all` into pieces of the given lengths, again and again.
fn split<'a>(mut all: &'a [u8], pieces: &[usize]) -> Vec<&'a [u8]> {
    let mut cut = Vec::new();
    for len in pieces.iter().cycle() {
        let (piece, rest) = all.split_at(all.len().min(*len));
        cut.push(piece);
        all = rest;
        if all.is_empty() {
            break;
        }
    }
    cut
}

fn refuses(sealed: &[u8], what: &str) {
    let opened = open(&key(), AAD, sealed, &[7777]);
    assert!(
        matches!(opened, Err(Error::Refused | Error::Format)),
        "{what}"
    );
}

/// A sealed stream of three full segments and a short one, and its segments.
fn segments() -> (Vec<u8>, Vec<Vec<u8>>) {
    let sealed = seal(&plain(3 * SEGMENT_LEN + 100), &[usize::MAX]);
    let (header, body) = sealed.split_at(STREAM_HEADER_LEN);
    let segments = body.chunks(SEALED_SEGMENT_LEN).map(<[u8]>::to_vec);
    (header.to_vec(), segments.collect())
}

fn join(header: &[u8], segments: &[&Vec<u8>]) -> Vec<u8> {
    let mut all = header.to_vec();
    for segment in segments {
        all.extend_from_slice(segment);
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn stream_survives_any_split(
        len in prop_oneof![0..300usize, (2 * SEGMENT_LEN - 3)..(2 * SEGMENT_LEN + 3), 0..(4 * SEGMENT_LEN)],
        seal_pieces in prop::collection::vec(1..150_000usize, 1..5),
        open_pieces in prop::collection::vec(1..150_000usize, 1..5),
    ) {
        let plain = plain(len);
        let sealed = seal(&plain, &seal_pieces);
        prop_assert_eq!(sealed.len() as u64, sealed_len(len as u64));
        prop_assert_eq!(plain_len(sealed.len() as u64), Some(len as u64));
        prop_assert_eq!(&sealed, &seal(&plain, &[usize::MAX]));
        prop_assert_eq!(open(&key(), AAD, &sealed, &open_pieces).unwrap(), plain);
    }

    #[test]
    fn any_changed_bit_is_refused(len in 0..(2 * SEGMENT_LEN), at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut sealed = seal(&plain(len), &[usize::MAX]);
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(open(&key(), AAD, &sealed, &[usize::MAX]).is_err());
    }

    #[test]
    fn any_cut_is_refused(len in 0..(2 * SEGMENT_LEN + 2), at in any::<prop::sample::Index>()) {
        let sealed = seal(&plain(len), &[usize::MAX]);
        let at = at.index(sealed.len());
        prop_assert!(open(&key(), AAD, &sealed[..at], &[usize::MAX]).is_err());
    }

    #[test]
    fn any_range_opens(from in 0..(3 * SEGMENT_LEN), len in 1..(2 * SEGMENT_LEN)) {
        let plain = plain(3 * SEGMENT_LEN + 100);
        let sealed = seal(&plain, &[usize::MAX]);
        let to = (from + len).min(plain.len());
        let first = segment_of(from as u64).unwrap();
        let last = segment_of(to as u64 - 1).unwrap();
        let header = &sealed[..STREAM_HEADER_LEN];
        let mut opener = Opener::at_segment(&key(), AAD, header, first).unwrap();
        let mut out = Vec::new();
        let end = (segment_start(last + 1) as usize).min(sealed.len());
        opener.push(&sealed[segment_start(first) as usize..end], &mut out).unwrap();
        if end == sealed.len() {
            opener.finish(&mut out).unwrap();
        } else {
            opener.stop(&mut out).unwrap();
        }
        let skip = from - first as usize * SEGMENT_LEN;
        prop_assert_eq!(&out[skip..skip + to - from], &plain[from..to]);
    }
}

#[test]
fn cut_between_segments_is_refused() {
    let (header, s) = segments();
    refuses(&join(&header, &[]), "no segment");
    refuses(&join(&header, &[&s[0]]), "first only");
    refuses(&join(&header, &[&s[0], &s[1], &s[2]]), "without the last");
    refuses(&[], "nothing");
}

#[test]
fn reordered_repeated_missing_and_appended_segments_are_refused() {
    let (header, s) = segments();
    assert!(
        open(
            &key(),
            AAD,
            &join(&header, &[&s[0], &s[1], &s[2], &s[3]]),
            &[usize::MAX]
        )
        .is_ok()
    );
    refuses(&join(&header, &[&s[1], &s[0], &s[2], &s[3]]), "swapped");
    refuses(
        &join(&header, &[&s[0], &s[1], &s[1], &s[2], &s[3]]),
        "repeated",
    );
    refuses(&join(&header, &[&s[0], &s[2], &s[3]]), "missing");
    refuses(
        &join(&header, &[&s[0], &s[1], &s[2], &s[3], &s[3]]),
        "last twice",
    );
    refuses(
        &join(&header, &[&s[0], &s[1], &s[2], &s[3], &vec![0]]),
        "one more byte",
    );
    refuses(
        &join(&header, &[&s[0], &s[1], &s[2], &s[3], &vec![0; TAG_LEN]]),
        "an empty segment more",
    );
}

#[test]
fn segments_of_two_streams_do_not_mix() {
    let (header, mut s) = segments();
    let mut sealer = Sealer::new(&key(), AAD, [3; STREAM_NONCE_LEN]);
    let mut other = Vec::new();
    sealer
        .push(&plain(3 * SEGMENT_LEN + 100), &mut other)
        .unwrap();
    sealer.finish(&mut other).unwrap();
    s[1] = other[segment_start(1) as usize..segment_start(2) as usize].to_vec();
    refuses(&join(&header, &[&s[0], &s[1], &s[2], &s[3]]), "mixed");
}

#[test]
fn wrong_person_or_context_is_refused() {
    let sealed = seal(&plain(1000), &[usize::MAX]);
    let other = PersonKey::from_bytes([9; 32]);
    for opened in [
        open(&other, AAD, &sealed, &[usize::MAX]),
        open(&key(), b"checkin/2/selfie", &sealed, &[usize::MAX]),
    ] {
        assert_eq!(opened.unwrap_err(), Error::Refused);
    }
}

#[test]
fn stream_and_message_do_not_pass_for_each_other() {
    let message = key().seal(Purpose::Media, AAD, [2; 24], &plain(1000));
    assert_eq!(
        open(&key(), AAD, &message, &[usize::MAX]).unwrap_err(),
        Error::Format
    );
    let stream = seal(&plain(1000), &[usize::MAX]);
    assert_eq!(
        key().open(Purpose::Media, AAD, &stream).unwrap_err(),
        Error::Format
    );
}

#[test]
fn nothing_opens_after_a_refusal() {
    let (header, s) = segments();
    let mut opener = Opener::new(&key(), AAD);
    let mut out = Vec::new();
    let bad = join(&header, &[&s[1], &s[0]]);
    assert_eq!(opener.push(&bad, &mut out), Err(Error::Refused));
    assert_eq!(opener.push(&s[0], &mut out), Err(Error::Refused));
    assert_eq!(opener.finish(&mut out), Err(Error::Refused));
    assert!(out.is_empty());
}

#[test]
fn range_may_not_stop_inside_a_segment_or_at_the_end() {
    let (header, s) = segments();
    let stop = |segment: u32, bytes: &[u8]| {
        let mut opener = Opener::at_segment(&key(), AAD, &header, segment).unwrap();
        let mut out = Vec::new();
        opener
            .push(bytes, &mut out)
            .and_then(|()| opener.stop(&mut out))
    };
    assert_eq!(stop(1, &s[1]), Ok(()));
    assert_eq!(stop(1, &s[1][..1000]), Err(Error::Refused));
    assert_eq!(stop(1, &s[2]), Err(Error::Refused));
    assert_eq!(stop(3, &s[3]), Err(Error::Refused));
    let sealed = seal(&plain(SEGMENT_LEN), &[usize::MAX]);
    let mut opener = Opener::at_segment(&key(), AAD, &sealed[..STREAM_HEADER_LEN], 0).unwrap();
    let mut out = Vec::new();
    opener.push(&sealed[STREAM_HEADER_LEN..], &mut out).unwrap();
    assert_eq!(
        opener.stop(&mut out),
        Err(Error::Refused),
        "a full last segment"
    );
}

#[test]
fn impossible_lengths_have_no_plain_length() {
    let header = STREAM_HEADER_LEN as u64;
    let segment = SEALED_SEGMENT_LEN as u64;
    assert_eq!(plain_len(header + 16), Some(0));
    assert_eq!(plain_len(header + segment), Some(SEGMENT_LEN as u64));
    for len in [
        0,
        header,
        header + 15,
        header + segment + 1,
        header + segment + 16,
    ] {
        assert_eq!(plain_len(len), None, "{len}");
    }
}
