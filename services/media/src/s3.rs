//! Media in a bucket of an S3 server.
//!
//! An object is sealed in memory and sent with its length in one request, which is durable when it is answered: no server shows
//! half of it. So an object is bounded by [`S3_OBJECT_LEN_MAX`], and a server's memory by that times its puts at once.

use std::error::Error as StdError;
use std::fmt;
use std::pin::pin;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use futures::{Stream, StreamExt};

use crate::intake::Intake;
use crate::reader::Source;
use crate::{BoxError, Error, ObjectKey, Stored};

/// Longest object on S3, in plain bytes: 32 MiB, twice the largest picture.
pub const S3_OBJECT_LEN_MAX: u64 = 32 << 20;

/// How often a request is tried at most, the first time included.
pub const ATTEMPTS_MAX: u32 = 3;

/// Longest wait for a connection; shorter where the whole may not take twice this.
pub const CONNECT_TIMEOUT_MAX: Duration = Duration::from_secs(3);

/// HTTP status of a server that has no room left (RFC 4918 §11.5).
const INSUFFICIENT_STORAGE: u16 = 507;
const TOO_MANY_REQUESTS: u16 = 429;
const SERVER_ERRORS: std::ops::RangeInclusive<u16> = 500..=599;

/// How a bucket is reached. Nothing is taken from the environment.
#[derive(Clone)]
pub struct S3Config {
    /// The server's address with its scheme, such as `https://s3.example.org`; `None` for Amazon's own of the region.
    pub endpoint: Option<String>,
    /// The region that requests are signed for; servers of one region have a name for it too.
    pub region: String,
    /// The bucket; it must exist.
    pub bucket: String,
    /// The access key's id.
    pub access_key_id: String,
    /// The access key's secret; `Debug` hides it.
    pub secret_access_key: String,
    /// Put the bucket into the path, not into the host name; most servers other than Amazon's want this.
    pub path_style: bool,
    /// Longest time for one operation, with all its attempts; one attempt may take half of it.
    pub timeout: Duration,
}

impl fmt::Debug for S3Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Config")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("bucket", &self.bucket)
            .field("access_key_id", &self.access_key_id)
            .field("path_style", &self.path_style)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// A bucket for media. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct S3 {
    client: Client,
    bucket: String,
    timeout: Duration,
}

impl S3 {
    /// Prepare a client; connects only when used.
    pub fn new(config: &S3Config) -> Self {
        let attempt = config.timeout / 2;
        let timeouts = TimeoutConfig::builder()
            .operation_timeout(config.timeout)
            .operation_attempt_timeout(attempt)
            .connect_timeout(CONNECT_TIMEOUT_MAX.min(attempt))
            .build();
        let credentials = Credentials::builder()
            .access_key_id(&config.access_key_id)
            .secret_access_key(&config.secret_access_key)
            .provider_name("configuration")
            .build();
        let mut builder = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(config.region.clone()))
            .credentials_provider(credentials)
            .force_path_style(config.path_style)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS_MAX))
            .timeout_config(timeouts)
            // The bodies are signed; the newer checksums are unknown to other servers.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        builder.set_endpoint_url(config.endpoint.clone());
        Self {
            client: Client::from_conf(builder.build()),
            bucket: config.bucket.clone(),
            timeout: config.timeout,
        }
    }

    pub(crate) async fn put<S, E>(
        &self,
        key: &ObjectKey,
        mut intake: Intake,
        body: S,
    ) -> Result<Stored, Error>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<BoxError>,
    {
        let mut sealed = Vec::new();
        let mut body = pin!(body);
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(|error| Error::Body(error.into()))?;
            intake.push(&piece, &mut sealed)?;
        }
        let stored = intake.finish(&mut sealed)?;
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key.as_str())
            .content_type("application/octet-stream")
            .body(ByteStream::from(sealed))
            .send()
            .await
            .map_err(failure)?;
        Ok(stored)
    }

    pub(crate) async fn get(&self, key: &ObjectKey) -> Result<Source, Error> {
        let answer = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key.as_str())
            .send()
            .await;
        match answer {
            Ok(object) => Ok(Source::Object(object.body, self.timeout)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetObjectError::is_no_such_key) =>
            {
                Err(Error::Missing)
            }
            Err(error) => Err(failure(error)),
        }
    }

    pub(crate) async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        self.client
            .delete_object()
            .bucket(&self.bucket)
            .key(key.as_str())
            .send()
            .await
            .map_err(failure)?;
        Ok(())
    }

    pub(crate) async fn check(&self) -> Result<(), Error> {
        self.client
            .head_bucket()
            .bucket(&self.bucket)
            .send()
            .await
            .map_err(failure)?;
        Ok(())
    }
}

/// Sort a failed request by what helps: room, time, or an administrator.
fn failure<E>(error: SdkError<E>) -> Error
where
    E: StdError + Send + Sync + 'static,
{
    match error.raw_response().map(|raw| raw.status().as_u16()) {
        Some(INSUFFICIENT_STORAGE) => Error::Full,
        Some(status) if !SERVER_ERRORS.contains(&status) && status != TOO_MANY_REQUESTS => {
            Error::Refused {
                status,
                source: error.into(),
            }
        }
        _ => Error::Unavailable(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_secret() {
        let config = S3Config {
            endpoint: None,
            region: "r".into(),
            bucket: "b".into(),
            access_key_id: "id".into(),
            secret_access_key: "hush".into(),
            path_style: true,
            timeout: Duration::from_secs(1),
        };
        assert!(!format!("{config:?}").contains("hush"));
        assert!(!format!("{:?}", S3::new(&config)).contains("hush"));
    }
}
