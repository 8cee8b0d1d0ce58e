//! A POST that is repeated with the same Idempotency-Key happens once and is answered twice.

use domain::Micros;
use seal::Purpose;
use sha2::{Digest, Sha256};
use store::idempotency::{Begin, Entry};

use crate::{Cx, Error, Result};

/// Keys are kept this long: a day's window and thirty days, since phones come back days later.
pub const KEEP_MS: i64 = 31 * 24 * 3_600_000;
/// Keys that one statement forgets.
const SWEEP_LEN: u32 = 1_000;

/// A request that may be a repetition.
pub struct Request<'a> {
    /// Who asks; keys of different principals never meet.
    pub principal: &'a str,
    pub key: &'a str,
    /// Method, path and body.
    pub parameters: &'a [&'a [u8]],
}

/// The first answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// A request that runs for the first time.
pub struct Ticket {
    principal: String,
    key: String,
    begun_at: Micros,
}

/// Either a ticket to do the work, or the answer that was given before.
pub enum Turn {
    First(Ticket),
    Again(Answer),
}

/// Takes a turn. The same key with other parameters, or while the first request is still at work, is an error.
pub async fn begin(cx: &Cx, request: &Request<'_>) -> Result<Turn> {
    let now = cx.now();
    let mut hash = Sha256::new();
    for part in request.parameters {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let entry = Entry {
        principal: request.principal,
        key: request.key,
        begun_at: now,
    };
    let mut tx = cx.store.write().await?;
    let begin =
        store::idempotency::begin(&mut tx, &entry, &hash.finalize(), now.plus_ms(KEEP_MS)).await?;
    tx.commit().await?;
    match begin {
        Begin::New => Ok(Turn::First(Ticket {
            principal: request.principal.to_owned(),
            key: request.key.to_owned(),
            begun_at: now,
        })),
        Begin::Replay { status, response } => {
            let body = cx.house.open_secret(
                Purpose::Response,
                &context(request.principal, request.key),
                &response,
            )?;
            Ok(Turn::Again(Answer { status, body }))
        }
        Begin::Mismatch => Err(Error::IdempotencyMismatch),
        Begin::InProgress => Err(Error::IdempotencyInProgress),
    }
}

/// Keeps the answer of work that was done.
pub async fn finish(cx: &Cx, ticket: Ticket, answer: &Answer) -> Result<()> {
    let sealed = cx.house.seal_secret(
        Purpose::Response,
        &context(&ticket.principal, &ticket.key),
        &cx.entropy,
        &answer.body,
    );
    let mut tx = cx.store.write().await?;
    match store::idempotency::finish(&mut tx, &ticket.entry(), answer.status, &sealed).await {
        // The request took so long that a repetition took over; its answer is the one that counts.
        Ok(()) | Err(store::Error::Lost) => Ok(tx.commit().await?),
        Err(error) => Err(error.into()),
    }
}

/// Forgets work that was refused or failed, so that a repetition is judged anew.
pub async fn forget(cx: &Cx, ticket: Ticket) -> Result<()> {
    let mut tx = cx.store.write().await?;
    store::idempotency::forget(&mut tx, &ticket.entry()).await?;
    Ok(tx.commit().await?)
}

impl Ticket {
    fn entry(&self) -> Entry<'_> {
        Entry {
            principal: &self.principal,
            key: &self.key,
            begun_at: self.begun_at,
        }
    }
}

fn context(principal: &str, key: &str) -> Vec<u8> {
    format!("{principal}\n{key}").into_bytes()
}

/// Forgets keys that were kept for long enough. Returns how many.
pub async fn sweep(cx: &Cx) -> Result<u64> {
    let mut count = 0;
    loop {
        let mut tx = cx.store.write().await?;
        let gone = store::idempotency::sweep(&mut tx, cx.now(), SWEEP_LEN).await?;
        tx.commit().await?;
        count += gone;
        if gone < u64::from(SWEEP_LEN) {
            return Ok(count);
        }
    }
}
