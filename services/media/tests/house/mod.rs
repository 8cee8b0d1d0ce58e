//! The places that every test runs on: a disk, an S3 server in this process, and, where the environment names one, another.

use std::convert::Infallible;
use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use bytes::Bytes;
use futures::{Stream, stream};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder as Connection;
use media::{Disk, DiskConfig, Error, Media, ObjectKey, S3, S3Config, Stored};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use seal::{PersonKey, STREAM_NONCE_LEN};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Names of the environment for an S3 server that is already running, with an empty bucket.
const ENDPOINT_ENV: &str = "MUSTER_TEST_S3_ENDPOINT";
const REGION_ENV: &str = "MUSTER_TEST_S3_REGION";
const BUCKET_ENV: &str = "MUSTER_TEST_S3_BUCKET";
const KEY_ENV: &str = "MUSTER_TEST_S3_KEY";
const SECRET_ENV: &str = "MUSTER_TEST_S3_SECRET";

/// One place for media, with a way around `media` to see what rests there.
pub struct House {
    pub media: Media,
    rest: Rest,
    test: &'static str,
    folder: TempDir,
}

enum Rest {
    Folder,
    Bucket(Box<Client>, String),
}

impl House {
    pub fn disk(test: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = DiskConfig {
            root: folder.path().join("media"),
            free_bytes_min: 0,
        };
        Self {
            media: Media::Disk(Disk::open(&config, std::time::UNIX_EPOCH).unwrap()),
            rest: Rest::Folder,
            test,
            folder,
        }
    }

    /// A server of the S3 protocol in this process, on loopback.
    pub async fn s3(test: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("media")).unwrap();
        let config = S3Config {
            endpoint: Some(serve(folder.path()).await),
            region: "test".into(),
            bucket: "media".into(),
            access_key_id: "id".into(),
            secret_access_key: "secret".into(),
            path_style: true,
            timeout: Duration::from_secs(20),
        };
        Self::bucket(test, &config, folder)
    }

    /// The server that the environment names, if it does.
    pub fn other_s3(test: &'static str) -> Option<Self> {
        let config = S3Config {
            endpoint: Some(std::env::var(ENDPOINT_ENV).ok()?),
            region: std::env::var(REGION_ENV).unwrap(),
            bucket: std::env::var(BUCKET_ENV).unwrap(),
            access_key_id: std::env::var(KEY_ENV).unwrap(),
            secret_access_key: std::env::var(SECRET_ENV).unwrap(),
            path_style: true,
            timeout: Duration::from_secs(20),
        };
        Some(Self::bucket(test, &config, tempfile::tempdir().unwrap()))
    }

    fn bucket(test: &'static str, config: &S3Config, folder: TempDir) -> Self {
        Self {
            media: Media::S3(S3::new(config)),
            rest: Rest::Bucket(Box::new(client(config)), config.bucket.clone()),
            test,
            folder,
        }
    }

    /// The key of an object that belongs to the test.
    pub fn key(&self, name: &str) -> ObjectKey {
        format!("{}/{name}", self.test).parse().unwrap()
    }

    pub async fn put(&self, name: &str, plain: &[u8]) -> Result<Stored, Error> {
        self.put_limited(name, plain, u64::MAX).await
    }

    pub async fn put_limited(&self, name: &str, plain: &[u8], limit: u64) -> Result<Stored, Error> {
        self.media
            .put(&self.key(name), &person(), nonce(), body(plain), limit)
            .await
    }

    pub async fn read(&self, name: &str, limit: u64) -> Result<Bytes, Error> {
        self.media.read(&self.key(name), &person(), limit).await
    }

    /// All that rests, by whatever name, as it rests: also temporary files.
    pub async fn at_rest(&self) -> Vec<(String, Vec<u8>)> {
        match &self.rest {
            Rest::Folder => files(&self.folder.path().join("media")),
            Rest::Bucket(client, bucket) => objects(client, bucket, self.test).await,
        }
    }

    /// Put bytes at rest without `media`.
    pub async fn place(&self, name: &str, sealed: Vec<u8>) {
        let key = self.key(name);
        match &self.rest {
            Rest::Folder => {
                let path = self.folder.path().join("media").join(key.as_str());
                std::fs::write(path, sealed).unwrap();
            }
            Rest::Bucket(client, bucket) => {
                let put = client.put_object().bucket(bucket).key(key.as_str());
                put.body(sealed.into()).send().await.unwrap();
            }
        }
    }

    /// Leave nothing behind on a server that stays.
    pub async fn clear(&self) {
        for (name, _) in self.at_rest().await {
            if let Ok(key) = name.parse::<ObjectKey>() {
                self.media.delete(&key).await.unwrap();
            }
        }
    }
}

pub fn person() -> PersonKey {
    PersonKey::from_bytes([1; 32])
}

pub fn nonce() -> [u8; STREAM_NONCE_LEN] {
    [2; STREAM_NONCE_LEN]
}

/// Bytes that do not repeat within a segment.
pub fn plain(len: usize) -> Vec<u8> {
    (0..len as u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect()
}

/// A body as a phone sends it: in uneven pieces.
pub fn body(plain: &[u8]) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + use<> {
    let pieces: Vec<_> = plain.chunks(50_000).map(Bytes::copy_from_slice).collect();
    stream::iter(pieces.into_iter().map(Ok))
}

/// A client around `media`, with the plainest settings.
fn client(config: &S3Config) -> Client {
    let credentials = Credentials::builder()
        .access_key_id(&config.access_key_id)
        .secret_access_key(&config.secret_access_key)
        .provider_name("test")
        .build();
    let builder = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(config.region.clone()))
        .credentials_provider(credentials)
        .endpoint_url(config.endpoint.clone().unwrap())
        .force_path_style(true);
    Client::from_conf(builder.build())
}

async fn serve(root: &Path) -> String {
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    service.set_auth(SimpleAuth::from_single("id", "secret"));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let connection = Connection::new(TokioExecutor::new());
                // A client that hangs up is no concern of the server.
                let _ = connection
                    .serve_connection(TokioIo::new(socket), service)
                    .await;
            });
        }
    });
    format!("http://{address}")
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
                found.push((name.to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }
    found
}

async fn objects(client: &Client, bucket: &str, prefix: &str) -> Vec<(String, Vec<u8>)> {
    let list = client.list_objects_v2().bucket(bucket);
    let list = list.prefix(format!("{prefix}/")).send().await.unwrap();
    let mut found = Vec::new();
    for object in list.contents() {
        let name = object.key().unwrap();
        let get = client.get_object().bucket(bucket).key(name).send().await;
        let bytes = get.unwrap().body.collect().await.unwrap().into_bytes();
        found.push((name.to_owned(), bytes.to_vec()));
    }
    found
}
