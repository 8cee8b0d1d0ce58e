//! The same rules on disk and on S3 servers.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod house;

use std::collections::HashSet;
use std::future::pending;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};
use house::{House, body, nonce, person, plain};
use media::Error;
use seal::{PersonKey, SEGMENT_LEN, sealed_len};
use sha2::{Digest, Sha256};

/// So many bytes in a row do not agree by chance.
const SAMPLE_LEN: usize = 8;

/// Make each rule a test on every place; what needs a server that the environment does not name is skipped, and says so.
macro_rules! on_every_place {
    ($($rule:ident),* $(,)?) => {
        mod disk {
            $(#[tokio::test]
            async fn $rule() {
                super::$rule(&super::House::disk(stringify!($rule))).await;
            })*
        }
        mod s3 {
            $(#[tokio::test]
            async fn $rule() {
                super::$rule(&super::House::s3(stringify!($rule)).await).await;
            })*
        }
        mod other_s3 {
            $(#[tokio::test]
            async fn $rule() {
                let Some(house) = super::House::other_s3(stringify!($rule)) else {
                    println!("skipped: MUSTER_TEST_S3_ENDPOINT names no server");
                    return;
                };
                house.clear().await;
                super::$rule(&house).await;
                house.clear().await;
            })*
        }
    };
}

on_every_place!(
    every_size_comes_back,
    what_rests_shows_nothing_of_the_plain_bytes,
    broken_body_leaves_nothing,
    dropped_put_leaves_nothing,
    body_beyond_the_limit_is_refused_and_leaves_nothing,
    another_person_cannot_open,
    object_under_another_name_does_not_open,
    damage_is_refused,
    missing_object_is_missing,
    repeated_put_is_harmless,
    deleted_object_is_gone_and_deleting_again_is_harmless,
    read_beyond_the_limit_is_refused,
    place_in_order_passes_its_check,
);

async fn every_size_comes_back(house: &House) {
    for len in [0, 1, SEGMENT_LEN - 1, SEGMENT_LEN, SEGMENT_LEN + 1, 5 << 20] {
        let plain = plain(len);
        let name = format!("size-{len}");
        let stored = house.put(&name, &plain).await.unwrap();
        assert_eq!(stored.len, len as u64);
        assert_eq!(stored.sha256, <[u8; 32]>::from(Sha256::digest(&plain)));
        let read = house.read(&name, len as u64).await.unwrap();
        assert!(read == plain, "{len} bytes");
    }
}

async fn what_rests_shows_nothing_of_the_plain_bytes(house: &House) {
    let plain = plain(200_000);
    house.put("selfie", &plain).await.unwrap();
    let rest = house.at_rest().await;
    let [(name, sealed)] = rest.as_slice() else {
        panic!("one object, not {}", rest.len());
    };
    assert_eq!(name, house.key("selfie").as_str());
    assert_eq!(sealed.len() as u64, sealed_len(plain.len() as u64));
    let seen: HashSet<_> = sealed.windows(SAMPLE_LEN).collect();
    for sample in plain.chunks_exact(SAMPLE_LEN) {
        assert!(!seen.contains(sample));
    }
}

async fn broken_body_leaves_nothing(house: &House) {
    let sent = [
        Ok(Bytes::from(plain(3 * SEGMENT_LEN))),
        Err(io::Error::from(io::ErrorKind::ConnectionReset)),
    ];
    let (key, person) = (house.key("cut"), person());
    let sent = stream::iter(sent);
    let put = house.media.put(&key, &person, nonce(), sent, u64::MAX);
    assert!(matches!(put.await, Err(Error::Body(_))));
    assert!(house.at_rest().await.is_empty());
}

async fn dropped_put_leaves_nothing(house: &House) {
    let sent = body(&plain(3 * SEGMENT_LEN)).chain(stream::once(pending()));
    let key = house.key("dropped");
    let person = person();
    let put = house.media.put(&key, &person, nonce(), sent, u64::MAX);
    let late = tokio::time::timeout(Duration::from_millis(200), put).await;
    assert!(late.is_err(), "the body never ends");
    assert!(house.at_rest().await.is_empty());
    let read = house.media.read(&key, &person, u64::MAX).await;
    assert!(matches!(read, Err(Error::Missing)));
}

async fn body_beyond_the_limit_is_refused_and_leaves_nothing(house: &House) {
    let plain = plain(100_001);
    let put = house.put_limited("long", &plain, 100_000).await;
    assert!(matches!(put, Err(Error::TooLarge { limit: 100_000 })));
    assert!(house.at_rest().await.is_empty());
    let put = house.put_limited("fits", &plain[1..], 100_000).await;
    assert_eq!(put.unwrap().len, 100_000);
}

async fn another_person_cannot_open(house: &House) {
    house.put("mine", &plain(1000)).await.unwrap();
    let other = PersonKey::from_bytes([9; 32]);
    let read = house.media.read(&house.key("mine"), &other, 1000).await;
    assert!(matches!(read, Err(Error::Sealed(_))));
}

async fn object_under_another_name_does_not_open(house: &House) {
    house.put("yesterday", &plain(1000)).await.unwrap();
    let sealed = house.at_rest().await.remove(0).1;
    house.place("today", sealed).await;
    let read = house.read("today", 1000).await;
    assert!(matches!(read, Err(Error::Sealed(_))));
}

async fn damage_is_refused(house: &House) {
    let plain = plain(5 * SEGMENT_LEN);
    house.put("damaged", &plain).await.unwrap();
    let mut sealed = house.at_rest().await.remove(0).1;
    sealed.truncate(3 * SEGMENT_LEN);
    house.place("damaged", sealed).await;
    let key = house.key("damaged");
    let mut pieces = house.media.get(&key, &person()).await.unwrap();
    let mut seen = Vec::new();
    let error = loop {
        match pieces.next().await.expect("a cut stream does not end well") {
            Ok(piece) => seen.extend_from_slice(&piece),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Sealed(_)));
    assert!(plain.starts_with(&seen), "what came before is genuine");
    assert!(pieces.next().await.is_none());
}

async fn missing_object_is_missing(house: &House) {
    let read = house.read("never", 1).await;
    assert!(matches!(read, Err(Error::Missing)));
}

async fn repeated_put_is_harmless(house: &House) {
    let plain = plain(100_000);
    let first = house.put("twice", &plain).await.unwrap();
    let again = house.put("twice", &plain).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(house.at_rest().await.len(), 1);
    assert!(house.read("twice", u64::MAX).await.unwrap() == plain);
}

async fn deleted_object_is_gone_and_deleting_again_is_harmless(house: &House) {
    house.put("gone", &plain(1000)).await.unwrap();
    for _ in 0..2 {
        house.media.delete(&house.key("gone")).await.unwrap();
        assert!(house.at_rest().await.is_empty());
    }
    let read = house.read("gone", 1000).await;
    assert!(matches!(read, Err(Error::Missing)));
}

async fn read_beyond_the_limit_is_refused(house: &House) {
    house.put("big", &plain(1000)).await.unwrap();
    let read = house.read("big", 999).await;
    assert!(matches!(read, Err(Error::TooLarge { limit: 999 })));
}

async fn place_in_order_passes_its_check(house: &House) {
    house.media.check().await.unwrap();
    assert!(house.at_rest().await.is_empty());
}
