use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use reqwest::{
    Client, RequestBuilder, Url,
    header::{AUTHORIZATION, CONTENT_TYPE},
    redirect,
};
use uuid::Uuid;
use wire::{AccessToken, DPOP_NONCE, IDEMPOTENCY_KEY, UPLOAD_OFFSET};

use crate::{
    Clock, DeviceKey, Error, Keys, Random,
    backoff::pause,
    message::{Body, Call, Reply},
    proof::{Subject, prove},
};

/// Repeats at once with a newer nonce for one try, at most: a nonce may grow old while the first repeat is on its way.
const NONCE_REPEATS_MAX: u32 = 2;
/// A token is renewed this long before it ends.
const TOKEN_SPARE: Duration = Duration::from_secs(30);
/// Header of the proof, RFC 9449 §4.1.
const DPOP: &str = "dpop";

/// How a phone behaves on a bad line, and what it takes for time and chance.
#[derive(Debug, Clone)]
pub struct PhoneConfig {
    /// For reaching the server.
    pub connect_timeout: Duration,
    /// For one request, besides what a long poll asks for.
    pub request_timeout: Duration,
    /// Tries of one request, the first included.
    pub tries_max: u32,
    /// From the first try to the last, at most.
    pub retry_total: Duration,
    /// Pause before the first repeat; doubles with each.
    pub pause_first: Duration,
    pub pause_max: Duration,
    /// Plain HTTP to another machine. Without it, only a server on this machine may be reached without TLS.
    pub allow_plain_http: bool,
    /// A hash of what the platform calls this handset, 8 to 128 ASCII characters, where it tells it.
    pub handset: Option<String>,
    pub clock: Clock,
    pub random: Random,
}

impl Default for PhoneConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(15),
            tries_max: 6,
            retry_total: Duration::from_mins(1),
            pause_first: Duration::from_millis(200),
            pause_max: Duration::from_secs(5),
            allow_plain_http: false,
            handset: None,
            clock: Clock::default(),
            random: Random::default(),
        }
    }
}

/// One phone that talks to one server.
#[derive(Debug)]
pub struct Phone {
    pub(crate) config: PhoneConfig,
    pub(crate) keys: Mutex<Option<Keys>>,
    http: Client,
    base: Url,
    key: DeviceKey,
    nonce: Mutex<Option<String>>,
    token: Mutex<Option<Token>>,
    trouble: Mutex<BTreeMap<String, u64>>,
}

#[derive(Debug, Clone)]
struct Token {
    text: String,
    renew_at: Instant,
}

impl Phone {
    /// A phone with its own connections.
    ///
    /// # Errors
    /// [`Error::Address`] when `base_url` is not `https://…`, or `http://…` to this machine.
    pub fn new(base_url: &str, key: DeviceKey, config: PhoneConfig) -> Result<Self, Error> {
        let http = Self::client(&config)?;
        Self::sharing(http, base_url, key, config)
    }

    /// A phone that shares its connections with others: for load tests.
    ///
    /// # Errors
    /// As [`Phone::new`].
    pub fn sharing(
        http: Client,
        base_url: &str,
        key: DeviceKey,
        config: PhoneConfig,
    ) -> Result<Self, Error> {
        Ok(Self {
            base: base(base_url, config.allow_plain_http)?,
            config,
            keys: Mutex::default(),
            http,
            key,
            nonce: Mutex::default(),
            token: Mutex::default(),
            trouble: Mutex::default(),
        })
    }

    /// Connections as a phone wants them: no redirects, since a proof names one address.
    ///
    /// # Errors
    /// [`Error::Network`] when TLS cannot be set up.
    pub fn client(config: &PhoneConfig) -> Result<Client, Error> {
        Client::builder()
            .connect_timeout(config.connect_timeout)
            .redirect(redirect::Policy::none())
            .build()
            .map_err(Error::Network)
    }

    /// The key that makes this phone this phone.
    pub fn key(&self) -> &DeviceKey {
        &self.key
    }

    /// An id for one action, to be kept by whoever may have to repeat it after a crash.
    pub fn action(&self) -> Uuid {
        self.config.random.uuid()
    }

    /// What the phone believes the time is, seconds since the epoch.
    pub fn unix_s(&self) -> i64 {
        self.config.clock.unix_s()
    }

    /// Tries that failed so far, by [`Error::name`], whether a repeat helped or not. Nonces that had to be renewed do not count.
    pub fn trouble(&self) -> BTreeMap<String, u64> {
        lock(&self.trouble).clone()
    }

    /// With an access token, renewed once when the server no longer takes it.
    pub(crate) async fn send(&self, call: &Call<'_>) -> Result<Reply, Error> {
        let token = self.token().await?;
        match self.exchange(call, Some(&token)).await {
            Err(Error::Problem(problem)) if problem.status == 401 => {
                *lock(&self.token) = None;
                let token = self.token().await?;
                self.exchange(call, Some(&token)).await
            }
            outcome => outcome,
        }
    }

    /// One request, repeated with new proofs until it succeeds, is refused for good, or the tries or the time are used up.
    pub(crate) async fn exchange(
        &self,
        call: &Call<'_>,
        token: Option<&str>,
    ) -> Result<Reply, Error> {
        let config = &self.config;
        let begun = Instant::now();
        let mut tries = 1;
        loop {
            let (error, will_pass, retry_after) = match self.once(call, token).await {
                Ok(reply) if reply.status.is_success() => return Ok(reply),
                Ok(reply) => {
                    let (will_pass, retry_after) = (reply.will_pass(), reply.retry_after());
                    (reply.into_error(), will_pass, retry_after)
                }
                Err(error) => {
                    let will_pass = matches!(error, Error::Network(_));
                    (error, will_pass, None)
                }
            };
            *lock(&self.trouble)
                .entry(error.name().to_owned())
                .or_default() += 1;
            if !will_pass || tries >= config.tries_max {
                return Err(error);
            }
            let pause = pause(
                tries,
                retry_after,
                config.pause_first,
                config.pause_max,
                &config.random,
            );
            if begun.elapsed() + pause > config.retry_total {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            tries += 1;
        }
    }

    async fn token(&self) -> Result<String, Error> {
        let held = lock(&self.token).clone();
        if let Some(token) = held.filter(|token| Instant::now() < token.renew_at) {
            return Ok(token.text);
        }
        let asked = Instant::now();
        let call = Call::post("/v1/token", self.action(), Body::Empty);
        let token: AccessToken = self.exchange(&call, None).await?.read()?;
        if !token.token_type.eq_ignore_ascii_case("DPoP") {
            return Err(Error::Protocol(format!(
                "a token of type {:?}",
                token.token_type
            )));
        }
        let lifetime = Duration::from_secs(token.expires_in.into());
        let text = token.access_token.clone();
        *lock(&self.token) = Some(Token {
            text: token.access_token,
            renew_at: asked + lifetime.saturating_sub(TOKEN_SPARE),
        });
        Ok(text)
    }

    /// One try, repeated at once when the server only wants a newer nonce.
    async fn once(&self, call: &Call<'_>, token: Option<&str>) -> Result<Reply, Error> {
        for _ in 0..NONCE_REPEATS_MAX {
            let reply = self.transmit(call, token).await?;
            if !reply.wants_nonce() {
                return Ok(reply);
            }
        }
        self.transmit(call, token).await
    }

    async fn transmit(&self, call: &Call<'_>, token: Option<&str>) -> Result<Reply, Error> {
        let response = self
            .request(call, token)
            .send()
            .await
            .map_err(Error::Network)?;
        let reply = Reply::receive(response).await?;
        if let Some(nonce) = reply.headers.get(DPOP_NONCE).and_then(|v| v.to_str().ok()) {
            *lock(&self.nonce) = Some(nonce.to_owned());
        }
        Ok(reply)
    }

    fn request(&self, call: &Call<'_>, token: Option<&str>) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(&format!(
            "{}{}",
            self.base.path().trim_end_matches('/'),
            call.path
        ));
        let nonce = lock(&self.nonce).clone();
        let about = Subject {
            method: call.method.as_str(),
            url: url.as_str(),
            nonce: nonce.as_deref(),
            access_token: token,
        };
        let proof = prove(&self.key, &about, &self.config.clock, &self.config.random);
        url.set_query(call.query.as_deref());
        let mut request = self
            .http
            .request(call.method.clone(), url)
            .timeout(self.config.request_timeout + call.wait)
            .header(DPOP, proof);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("DPoP {token}"));
        }
        if let Some(action) = call.action {
            request = request.header(IDEMPOTENCY_KEY, action.to_string());
        }
        if let Some(offset) = call.offset {
            request = request.header(UPLOAD_OFFSET, offset);
        }
        match &call.body {
            Body::Empty => request,
            Body::Json(json) => request
                .header(CONTENT_TYPE, "application/json")
                .body(json.clone()),
            Body::Raw(bytes) => request
                .header(CONTENT_TYPE, "application/octet-stream")
                .body(bytes.clone()),
        }
    }
}

pub(crate) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The server's address: TLS, or this machine.
fn base(text: &str, allow_plain_http: bool) -> Result<Url, Error> {
    let url = Url::parse(text).map_err(|e| Error::Address(format!("{text:?}: {e}")))?;
    let host = url.host_str().unwrap_or_default();
    let this_machine = host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    let may_connect = match url.scheme() {
        "https" => !host.is_empty(),
        "http" => this_machine || (allow_plain_http && !host.is_empty()),
        _ => false,
    };
    if !may_connect {
        return Err(Error::Address(format!("{text:?} must begin with https://")));
    }
    if url.query().is_some() || url.fragment().is_some() || url.password().is_some() {
        return Err(Error::Address(format!(
            "{text:?} must be scheme, host and path only"
        )));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_may_be_reached_without_tls() {
        for fine in [
            "https://muster.example",
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:1/",
        ] {
            assert!(base(fine, false).is_ok(), "{fine}");
        }
        for bad in [
            "http://muster.example",
            "ftp://127.0.0.1",
            "muster",
            "https://a.example/?q=1",
        ] {
            assert!(base(bad, false).is_err(), "{bad}");
        }
        assert!(base("http://muster.example", true).is_ok());
    }
}
