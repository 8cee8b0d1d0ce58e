//! What a person does with the phone, one function each.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bytes::Bytes;
use domain::{CheckinId, DutyId, LeaveId, channel::Channel};
use reqwest::{Method, StatusCode};
use uuid::Uuid;
use wire::{
    Ability, Activate, Activated, Checkin, Duties, Facts, OpenCheckin, PartDigest, Receipt,
    ReceiptClaims, Session, Submission, UPLOAD_OFFSET,
};

use crate::{
    Error, Handed, Keys, Phone, ReceiptError, digest,
    exchange::lock,
    message::{Body, Call},
};

/// One long poll asks the server to wait this long, seconds.
const POLL_S: u64 = 25;
/// Pause before the next long poll after one that came back early or failed.
const POLL_PAUSE: Duration = Duration::from_millis(500);
/// A long poll that came back sooner than this did not wait.
const POLL_EARLY: Duration = Duration::from_millis(200);
/// Corrections of the offset without a byte of progress in between, at most.
const OFFSET_CORRECTIONS_MAX: u32 = 4;

impl Phone {
    /// Binds this phone's key to the person to whom an officer gave `code`.
    ///
    /// # Errors
    /// A problem when the code is wrong, used or expired; otherwise see [`Error`].
    pub async fn activate(&self, code: &str, label: &str) -> Result<Activated, Error> {
        self.activate_as(self.action(), code, label).await
    }

    /// The same for an action that may have been begun before a crash.
    ///
    /// # Errors
    /// As [`Phone::activate`].
    pub async fn activate_as(
        &self,
        action: Uuid,
        code: &str,
        label: &str,
    ) -> Result<Activated, Error> {
        let body = Body::json(&Activate {
            channel: Channel::App,
            code: code.to_owned(),
            label: label.to_owned(),
            handset: self.config.handset.clone(),
        });
        let call = Call::post("/v1/devices", action, body);
        let activated: Activated = self.exchange(&call, None).await?.read()?;
        if activated.thumbprint != self.key().thumbprint() {
            return Err(Error::Protocol(
                "the server bound another key than this phone's".to_owned(),
            ));
        }
        Ok(activated)
    }

    /// The person's duties, in order of opening.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn duties(&self) -> Result<Duties, Error> {
        self.send(&Call::get("/v1/duties")).await?.read()
    }

    /// Opens a capture session for a duty.
    ///
    /// # Errors
    /// A problem when the window is not open, the duty is met or there were too many tries; otherwise see [`Error`].
    pub async fn open(&self, duty: DutyId) -> Result<Session, Error> {
        self.open_as_able(duty, &[]).await
    }

    /// The same, telling the server what this phone can ask its person for: then the session may name it under `presence`.
    ///
    /// # Errors
    /// As [`Phone::open`].
    pub async fn open_as_able(&self, duty: DutyId, can: &[Ability]) -> Result<Session, Error> {
        let path = format!("/v1/duties/{duty}/checkins");
        let body = if can.is_empty() {
            Body::Empty
        } else {
            Body::json(&OpenCheckin { can: can.to_vec() })
        };
        let call = Call::post(&path, self.action(), body);
        self.send(&call).await?.read()
    }

    /// Uploads a part piece by piece and says what to announce of it in the submission.
    ///
    /// # Errors
    /// A problem when the session or the part is refused; [`Error::Network`] when the line stays down: call again to go on where
    /// the server stands.
    pub async fn upload(
        &self,
        session: &Session,
        part: &str,
        bytes: &[u8],
    ) -> Result<PartDigest, Error> {
        self.upload_from(session, part, bytes, 0).await
    }

    /// The same, beginning at the byte at which the server stands (see [`Phone::checkin`]).
    ///
    /// # Errors
    /// As [`Phone::upload`].
    pub async fn upload_from(
        &self,
        session: &Session,
        part: &str,
        bytes: &[u8],
        offset: u64,
    ) -> Result<PartDigest, Error> {
        let piece_len = piece_len(session, part)?;
        let path = format!("/v1/checkins/{}/parts/{part}", session.checkin);
        let whole = Bytes::copy_from_slice(bytes);
        let mut at = position(offset, whole.len())?;
        let mut corrections = 0;
        let mut sent = false;
        // A part of no bytes is sent, too: the server says what is wrong with it.
        while at < whole.len() || !sent {
            let end = whole.len().min(at + piece_len);
            let call = Call {
                method: Method::PUT,
                body: Body::Raw(whole.slice(at..end)),
                offset: Some(at as u64),
                ..Call::get(&path)
            };
            sent = true;
            match self.send(&call).await {
                Ok(reply) => {
                    let stands = reply
                        .headers
                        .get(UPLOAD_OFFSET)
                        .and_then(|v| v.to_str().ok());
                    if reply.status != StatusCode::NO_CONTENT || stands != Some(&end.to_string()) {
                        return Err(Error::Protocol(format!(
                            "after byte {end} of {part} the server answered {} and stands at {stands:?}",
                            reply.status
                        )));
                    }
                    at = end;
                    corrections = 0;
                }
                Err(error) => {
                    corrections += 1;
                    at = match corrected(&error) {
                        Some(stands) if corrections <= OFFSET_CORRECTIONS_MAX => {
                            position(stands, whole.len())?
                        }
                        _ => return Err(error),
                    };
                }
            }
        }
        Ok(digest(bytes))
    }

    /// Hands in a session. The answer is the acknowledgement: what it names is stored durably.
    ///
    /// # Errors
    /// A problem when the session was used or has expired, or a part is missing, different or known; otherwise see [`Error`].
    pub async fn submit(
        &self,
        session: &Session,
        parts: BTreeMap<String, PartDigest>,
        facts: Facts,
    ) -> Result<Checkin, Error> {
        self.submit_as(self.action(), session, parts, facts).await
    }

    /// The same for an action that may have been begun before a crash.
    ///
    /// # Errors
    /// As [`Phone::submit`].
    pub async fn submit_as(
        &self,
        action: Uuid,
        session: &Session,
        parts: BTreeMap<String, PartDigest>,
        facts: Facts,
    ) -> Result<Checkin, Error> {
        let submission = Submission {
            nonce: session.nonce.clone(),
            parts,
            facts,
            returns_from: None,
        };
        self.hand_in(action, session, &submission).await
    }

    /// Hands in a capture session by which the person says to be back from a leave.
    ///
    /// # Errors
    /// See [`Phone::submit`].
    pub async fn submit_return(
        &self,
        session: &Session,
        parts: BTreeMap<String, PartDigest>,
        facts: Facts,
        leave: LeaveId,
    ) -> Result<Checkin, Error> {
        let submission = Submission {
            nonce: session.nonce.clone(),
            parts,
            facts,
            returns_from: Some(leave),
        };
        self.hand_in(self.action(), session, &submission).await
    }

    async fn hand_in(
        &self,
        action: Uuid,
        session: &Session,
        submission: &Submission,
    ) -> Result<Checkin, Error> {
        let path = format!("/v1/checkins/{}/submit", session.checkin);
        let body = Body::json(submission);
        let checkin: Checkin = self.send(&Call::post(&path, action, body)).await?.read()?;
        the_same(&checkin, session.checkin)?;
        Ok(checkin)
    }

    /// Where an attempt stands now.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn checkin(&self, id: CheckinId) -> Result<Checkin, Error> {
        self.poll(id, 0).await
    }

    /// Waits for the verdict, `most` at longest, through lost lines and restarts of the server; answers how the attempt stands
    /// then, settled or not.
    ///
    /// # Errors
    /// A refusal at once; [`Error::Network`] when the server could not be reached at the end of the time.
    pub async fn wait(&self, id: CheckinId, most: Duration) -> Result<Checkin, Error> {
        let deadline = Instant::now() + most;
        loop {
            let asked = Instant::now();
            let left = deadline.saturating_duration_since(asked);
            let outcome = self.poll(id, POLL_S.min(left.as_secs())).await;
            let over = Instant::now() + POLL_PAUSE >= deadline;
            match outcome {
                Ok(checkin) if checkin.state.settled() || over => return Ok(checkin),
                Ok(_) if asked.elapsed() >= POLL_EARLY => {}
                Err(error) if over || !may_pass(&error) => return Err(error),
                Ok(_) | Err(_) => tokio::time::sleep(POLL_PAUSE).await,
            }
        }
    }

    /// The newest receipt of an attempt, not yet checked.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn receipt(&self, id: CheckinId) -> Result<Receipt, Error> {
        let path = format!("/v1/checkins/{id}/receipt");
        self.send(&Call::get(&path)).await?.read()
    }

    /// Checks a receipt against the server's published keys and against what was handed in.
    ///
    /// # Errors
    /// [`Error::Receipt`] when it proves nothing of the kind.
    pub async fn check(&self, receipt: &str, handed: &Handed) -> Result<ReceiptClaims, Error> {
        let claims = self.verify(receipt).await?;
        handed.compare(&claims)?;
        Ok(claims)
    }

    /// Checks a receipt's signature alone.
    ///
    /// # Errors
    /// [`Error::Receipt`] when the signature is not the server's.
    pub async fn verify(&self, receipt: &str) -> Result<ReceiptClaims, Error> {
        let known = lock(&self.keys).clone();
        if let Some(keys) = known {
            match keys.verify(receipt) {
                Err(ReceiptError::UnknownKey(_)) => {}
                outcome => return Ok(outcome?),
            }
        }
        let keys = self.published_keys().await?;
        Ok(keys.verify(receipt)?)
    }

    /// Fetches the keys with which the server signs receipts.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn published_keys(&self) -> Result<Keys, Error> {
        let reply = self
            .exchange(&Call::get("/.well-known/jwks.json"), None)
            .await?;
        let keys = Keys::from_json(reply.body())?;
        *lock(&self.keys) = Some(keys.clone());
        Ok(keys)
    }

    async fn poll(&self, id: CheckinId, wait_s: u64) -> Result<Checkin, Error> {
        let path = format!("/v1/checkins/{id}");
        let call = Call {
            query: (wait_s > 0).then(|| format!("wait_s={wait_s}")),
            wait: Duration::from_secs(wait_s),
            ..Call::get(&path)
        };
        let checkin: Checkin = self.send(&call).await?.read()?;
        the_same(&checkin, id)?;
        Ok(checkin)
    }
}

fn the_same(checkin: &Checkin, asked: CheckinId) -> Result<(), Error> {
    if checkin.id == asked {
        Ok(())
    } else {
        Err(Error::Protocol(format!(
            "asked for check-in {asked}, told of {}",
            checkin.id
        )))
    }
}

/// Bytes of one piece of this part. A part that the session does not name goes in the usual pieces: the server refuses it.
fn piece_len(session: &Session, part: &str) -> Result<usize, Error> {
    let allowed = session
        .parts
        .iter()
        .find(|open| open.name == part)
        .map_or(wire::CHUNK_LEN_MAX as u64, |open| open.chunk_len_max);
    match usize::try_from(allowed) {
        Ok(0) => Err(Error::Protocol(format!("{part} takes pieces of no bytes"))),
        Ok(len) => Ok(len.min(wire::CHUNK_LEN_MAX)),
        Err(_) => Ok(wire::CHUNK_LEN_MAX),
    }
}

/// The byte at which the server says it stands.
fn corrected(error: &Error) -> Option<u64> {
    let problem = error.problem()?;
    (problem.name() == "part-offset").then(|| problem.facts.get("offset")?.as_u64())?
}

fn position(offset: u64, len: usize) -> Result<usize, Error> {
    usize::try_from(offset)
        .ok()
        .filter(|at| *at <= len)
        .ok_or_else(|| {
            Error::Protocol(format!(
                "the server stands at byte {offset} of a part of {len}"
            ))
        })
}

fn may_pass(error: &Error) -> bool {
    match error {
        Error::Network(_) | Error::Protocol(_) => true,
        Error::Problem(problem) => problem.status == 429 || problem.status >= 500,
        Error::Receipt(_) | Error::Address(_) | Error::Key(_) => false,
    }
}
