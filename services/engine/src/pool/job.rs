use std::time::Instant;

use domain::evidence::Measurement;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::{Enrolled, Error, Look, Probe, Samples};

/// One request with the way back to whoever asked.
pub(super) struct Job {
    pub work: Work,
    pub queued: Instant,
    /// Given back when the job is done or dropped.
    pub _permit: OwnedSemaphorePermit,
}

#[expect(
    clippy::large_enum_variant,
    reason = "a few jobs are on their way at once, and each is moved twice"
)]
pub(super) enum Work {
    Verify(Probe, oneshot::Sender<Result<Measurement, Error>>),
    Enrol(Samples, oneshot::Sender<Result<Enrolled, Error>>),
}

impl Work {
    /// Nobody waits for the answer any more.
    pub fn is_closed(&self) -> bool {
        match self {
            Self::Verify(_, reply) => reply.is_closed(),
            Self::Enrol(_, reply) => reply.is_closed(),
        }
    }

    /// Its pictures, and what is asked of each.
    pub fn looks(&self) -> Vec<(&[u8], Look)> {
        match self {
            Self::Verify(probe, _) => probe.looks().collect(),
            Self::Enrol(samples, _) => samples.looks().collect(),
        }
    }

    /// Answers with an error; whoever has gone does not hear it.
    pub fn refuse(self, error: Error) {
        match self {
            Self::Verify(_, reply) => drop(reply.send(Err(error))),
            Self::Enrol(_, reply) => drop(reply.send(Err(error))),
        }
    }
}
