//! An officer's client: enough to bring persons and activation codes into being.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context as _, bail};
use domain::{EnrolmentId, OrgUnitId, PersonId, enrolment::State};
use phone::Random;
use reqwest::{Client, Method, StatusCode, header::RETRY_AFTER};
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::Mutex;
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;
use wire::{
    Activation, Enrolment, EnrolmentSubmission, IDEMPOTENCY_KEY, NewPerson, NewPlan, Person,
    Problem, SignIn, SignedIn, UPLOAD_OFFSET,
};

/// Tries of one request that the server cannot take now.
const TRIES_MAX: u32 = 60;
const PAUSE: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(10);
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);
/// A one-time password counts once: the next one comes after this.
const TOTP_STEP: Duration = Duration::from_secs(31);
/// One enrolment waits this long for its verdict, at most, in polls of [`POLL_S`].
const POLLS_MAX: u32 = 40;
const POLL_S: u32 = 25;

/// How an officer signs in.
pub struct Login {
    name: String,
    password: String,
    totp: Totp,
}

impl Login {
    /// `secret` is base32, or an `otpauth://` URI that contains it.
    ///
    /// # Errors
    /// When the secret cannot be read.
    pub fn new(name: String, password: String, secret: &str) -> anyhow::Result<Self> {
        let base32 = match secret.split_once("secret=") {
            Some((_, rest)) => rest.split('&').next().unwrap_or_default(),
            None => secret,
        };
        let secret = Secret::try_from_base32(base32.trim_end_matches('='))
            .map_err(|e| anyhow::anyhow!("the TOTP secret is not base32: {e}"))?;
        Ok(Self {
            name,
            password,
            totp: Builder::new().with_secret(secret).build_noncompliant(),
        })
    }
}

/// An officer at the console.
pub struct Console {
    http: Client,
    base: String,
    login: Login,
    signed_in: Mutex<SignedIn>,
    random: Random,
}

struct Call<'a> {
    method: Method,
    path: &'a str,
    body: Option<Vec<u8>>,
    action: Option<Uuid>,
    offset: Option<usize>,
}

impl Call<'_> {
    /// The server stands where this piece ends: it was stored, and only the answer was lost.
    fn has_arrived(&self, problem: &Problem) -> bool {
        let end = self
            .offset
            .zip(self.body.as_ref())
            .map(|(offset, body)| (offset + body.len()) as u64);
        problem.name() == "part-offset"
            && end.is_some()
            && problem
                .facts
                .get("offset")
                .and_then(serde_json::Value::as_u64)
                == end
    }
}

impl Console {
    /// # Errors
    /// When the server cannot be reached or does not let the officer in.
    pub async fn sign_in(http: Client, base: &str, login: Login) -> anyhow::Result<Self> {
        let base = base.trim_end_matches('/').to_owned();
        let signed_in = sign_in(&http, &base, &login).await?;
        Ok(Self {
            http,
            base,
            login,
            signed_in: Mutex::new(signed_in),
            random: Random::System,
        })
    }

    /// The officer's own unit.
    pub async fn unit(&self) -> OrgUnitId {
        self.signed_in.lock().await.officer.unit
    }

    pub async fn register(&self, person: &NewPerson) -> anyhow::Result<Person> {
        self.post("/v1/console/persons", person).await
    }

    pub async fn plan(&self, person: PersonId, plan: &NewPlan) -> anyhow::Result<wire::Plan> {
        self.post(&format!("/v1/console/persons/{person}/plan"), plan)
            .await
    }

    pub async fn open_enrolment(&self, person: PersonId) -> anyhow::Result<Enrolment> {
        let path = format!("/v1/console/persons/{person}/enrolments");
        self.post(&path, &serde_json::Map::new()).await
    }

    pub async fn upload(
        &self,
        enrolment: EnrolmentId,
        part: &str,
        bytes: &[u8],
    ) -> anyhow::Result<()> {
        let path = format!("/v1/console/enrolments/{enrolment}/parts/{part}");
        for (number, piece) in bytes.chunks(wire::CHUNK_LEN_MAX).enumerate() {
            let call = Call {
                method: Method::PUT,
                path: &path,
                body: Some(piece.to_vec()),
                action: None,
                offset: Some(number * wire::CHUNK_LEN_MAX),
            };
            self.send(&call).await?;
        }
        Ok(())
    }

    /// Hands in an enrolment and waits until it can be used.
    pub async fn conclude(
        &self,
        enrolment: EnrolmentId,
        phrases: BTreeMap<String, String>,
    ) -> anyhow::Result<()> {
        let path = format!("/v1/console/enrolments/{enrolment}");
        let submission = EnrolmentSubmission {
            phrases,
            despite_likeness: None,
        };
        let _: Enrolment = self.post(&format!("{path}/submit"), &submission).await?;
        let poll = format!("{path}?wait_s={POLL_S}");
        for _ in 0..POLLS_MAX {
            let call = Call {
                method: Method::GET,
                path: &poll,
                body: None,
                action: None,
                offset: None,
            };
            let seen: Enrolment = serde_json::from_slice(&self.send(&call).await?)?;
            match seen.state {
                State::Complete => return Ok(()),
                State::Refused => bail!("an enrolment was refused: {:?}", seen.flaws),
                State::Open | State::Queued | State::Running => {}
            }
        }
        bail!("an enrolment had no result within {} s", POLLS_MAX * POLL_S)
    }

    pub async fn activation(&self, person: PersonId) -> anyhow::Result<Activation> {
        let path = format!("/v1/console/persons/{person}/activation");
        self.post(&path, &serde_json::Map::new()).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        let call = Call {
            method: Method::POST,
            path,
            body: Some(serde_json::to_vec(body)?),
            action: Some(self.random.uuid()),
            offset: None,
        };
        let answer = self.send(&call).await?;
        serde_json::from_slice(&answer)
            .with_context(|| format!("the answer of {path} cannot be read"))
    }

    /// Repeats while the server is busy; a session that ended is begun anew once.
    async fn send(&self, call: &Call<'_>) -> anyhow::Result<Vec<u8>> {
        let mut renewed = false;
        for tries in 1.. {
            let token = self.signed_in.lock().await.token.clone();
            let answer = self.request(call, &token).send().await;
            let answer = match answer {
                Err(_) if tries < TRIES_MAX => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                answer => answer.with_context(|| format!("cannot reach {}", self.base))?,
            };
            let status = answer.status();
            if status.is_success() {
                return Ok(answer.bytes().await?.to_vec());
            }
            if status == StatusCode::UNAUTHORIZED && !renewed {
                renewed = true;
                self.renew(&token).await?;
                continue;
            }
            let busy = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
            let wish = answer
                .headers()
                .get(RETRY_AFTER)
                .and_then(|v| v.to_str().ok()?.parse().ok());
            if !busy || tries >= TRIES_MAX {
                let problem = answer.json::<Problem>().await.ok();
                if problem
                    .as_ref()
                    .is_some_and(|problem| call.has_arrived(problem))
                {
                    return Ok(Vec::new());
                }
                bail!(
                    "{} {}: {}",
                    call.method,
                    call.path,
                    refusal(status, problem)
                );
            }
            tokio::time::sleep(wish.map_or(PAUSE, Duration::from_secs).min(PAUSE_MAX)).await;
        }
        unreachable!("the loop ends by itself")
    }

    fn request(&self, call: &Call<'_>, token: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{}", self.base, call.path);
        let mut request = self
            .http
            .request(call.method.clone(), url)
            .timeout(REQUEST_TIMEOUT)
            .bearer_auth(token);
        if let Some(action) = call.action {
            request = request
                .header(IDEMPOTENCY_KEY, action.to_string())
                .header("content-type", "application/json");
        }
        if let Some(offset) = call.offset {
            request = request
                .header(UPLOAD_OFFSET, offset)
                .header("content-type", "application/octet-stream");
        }
        match &call.body {
            Some(body) => request.body(body.clone()),
            None => request,
        }
    }

    async fn renew(&self, ended: &str) -> anyhow::Result<()> {
        let mut signed_in = self.signed_in.lock().await;
        if signed_in.token == ended {
            tokio::time::sleep(TOTP_STEP).await;
            *signed_in = sign_in(&self.http, &self.base, &self.login).await?;
        }
        Ok(())
    }
}

async fn sign_in(http: &Client, base: &str, login: &Login) -> anyhow::Result<SignedIn> {
    let body = SignIn {
        login: login.name.clone(),
        password: login.password.clone(),
        totp: login.totp.generate_current().to_string(),
    };
    let answer = http
        .post(format!("{base}/v1/console/session"))
        .timeout(REQUEST_TIMEOUT)
        .header(IDEMPOTENCY_KEY, Random::System.uuid().to_string())
        .json(&body)
        .send()
        .await
        .with_context(|| format!("cannot reach {base}"))?;
    let status = answer.status();
    if !status.is_success() {
        bail!(
            "cannot sign in: {}",
            refusal(status, answer.json().await.ok())
        );
    }
    Ok(answer.json().await?)
}

fn refusal(status: StatusCode, problem: Option<Problem>) -> String {
    match problem {
        Some(problem) => format!("{} ({})", problem.detail, problem.name()),
        None => format!("status {status}"),
    }
}
