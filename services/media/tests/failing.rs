//! Places that fail: each failure is told apart, and in time.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::stream;
use media::{Disk, DiskConfig, Error, Media, ObjectKey, S3, S3_OBJECT_LEN_MAX, S3Config, Stored};
use seal::{PersonKey, STREAM_NONCE_LEN};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const TIMEOUT: Duration = Duration::from_secs(2);
/// What a busy machine may add to a time-out.
const SLACK: Duration = Duration::from_secs(5);

fn key() -> ObjectKey {
    "checkin/selfie".parse().unwrap()
}

async fn put(media: &Media) -> Result<Stored, Error> {
    let person = PersonKey::from_bytes([1; 32]);
    let body = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"a picture"))]);
    media
        .put(&key(), &person, [2; STREAM_NONCE_LEN], body, 1000)
        .await
}

fn s3(endpoint: String) -> Media {
    Media::S3(S3::new(&S3Config {
        endpoint: Some(endpoint),
        region: "test".into(),
        bucket: "media".into(),
        access_key_id: "id".into(),
        secret_access_key: "secret".into(),
        path_style: true,
        timeout: TIMEOUT,
    }))
}

/// A server that reads a request's head and answers it always the same.
async fn answering(answer: &'static str) -> Media {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 8 << 10];
                let _ = socket.read(&mut head).await;
                let _ = socket.write_all(answer.as_bytes()).await;
                let _ = socket.shutdown().await;
            });
        }
    });
    s3(format!("http://{address}"))
}

#[tokio::test]
async fn full_disk_is_full_and_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let config = DiskConfig {
        root: root.path().join("media"),
        free_bytes_min: u64::MAX,
    };
    let media = Media::Disk(Disk::open(&config, std::time::UNIX_EPOCH).unwrap());
    assert!(matches!(put(&media).await, Err(Error::Full)));
    assert!(matches!(media.check().await, Err(Error::Full)));
    assert!(!config.root.join("checkin").exists());
}

#[tokio::test]
async fn lost_folder_is_a_failure_of_the_disk() {
    let root = tempfile::tempdir().unwrap();
    let config = DiskConfig {
        root: root.path().join("media"),
        free_bytes_min: 0,
    };
    let media = Media::Disk(Disk::open(&config, std::time::UNIX_EPOCH).unwrap());
    std::fs::remove_dir_all(&config.root).unwrap();
    assert!(matches!(put(&media).await, Err(Error::Disk(_))));
    assert!(matches!(media.check().await, Err(Error::Disk(_))));
}

#[tokio::test]
async fn server_that_is_gone_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let media = s3(format!("http://{}", listener.local_addr().unwrap()));
    drop(listener);
    let begun = Instant::now();
    assert!(matches!(put(&media).await, Err(Error::Unavailable(_))));
    assert!(matches!(media.check().await, Err(Error::Unavailable(_))));
    assert!(begun.elapsed() < 2 * TIMEOUT + SLACK);
}

#[tokio::test]
async fn silent_server_is_unavailable_within_the_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let media = s3(format!("http://{}", listener.local_addr().unwrap()));
    let begun = Instant::now();
    assert!(matches!(put(&media).await, Err(Error::Unavailable(_))));
    assert!(begun.elapsed() < TIMEOUT + SLACK);
}

#[tokio::test]
async fn body_that_stalls_is_unavailable_within_the_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let media = s3(format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 8 << 10];
                let _ = socket.read(&mut head).await;
                let answer = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf";
                let _ = socket.write_all(answer.as_bytes()).await;
                std::future::pending::<()>().await;
            });
        }
    });
    let person = PersonKey::from_bytes([1; 32]);
    let begun = Instant::now();
    let read = media.read(&key(), &person, 1000).await;
    assert!(matches!(read, Err(Error::Unavailable(_))));
    assert!(begun.elapsed() < 2 * TIMEOUT + SLACK);
}

#[tokio::test]
async fn server_without_room_is_full() {
    let media = answering(
        "HTTP/1.1 507 Insufficient Storage\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    )
    .await;
    assert!(matches!(put(&media).await, Err(Error::Full)));
}

#[tokio::test]
async fn server_in_trouble_is_unavailable() {
    let media =
        answering("HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    assert!(matches!(put(&media).await, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn server_that_forbids_has_refused() {
    let media =
        answering("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    let put = put(&media).await;
    assert!(matches!(put, Err(Error::Refused { status: 403, .. })));
}

#[tokio::test]
async fn object_beyond_what_s3_takes_is_too_large() {
    let media = s3("http://127.0.0.1:9".into());
    let person = PersonKey::from_bytes([1; 32]);
    let piece = Bytes::from(vec![0; 1 << 20]);
    let body = stream::repeat_with(|| Ok::<_, std::io::Error>(piece.clone()));
    let put = media
        .put(&key(), &person, [2; STREAM_NONCE_LEN], body, u64::MAX)
        .await;
    assert!(matches!(put, Err(Error::TooLarge { limit }) if limit == S3_OBJECT_LEN_MAX));
}
