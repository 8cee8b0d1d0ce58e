use std::{ops::Deref, sync::Arc};

use domain::{
    Micros,
    access::{Action, Officer, Scope, may},
    verdict::Policy,
};
use engine::Engine;
use media::Media;
use notify::Notify;
use serde::{Deserialize, Serialize};
use store::Store;
use uuid::Uuid;

use crate::{Clock, Entropy, Error, House, Result, Signal, identify::Faces, proof::Proofs};

/// All that a use-case stands on. Cheap to clone.
#[derive(Clone)]
pub struct Cx(Arc<Handles>);

/// What a house is built on.
pub struct Outside {
    pub store: Store,
    pub media: Media,
    pub engine: Engine,
    pub notify: Notify,
    pub clock: Clock,
    pub entropy: Entropy,
    /// Opened on the same store.
    pub house: House,
    pub policy: Policy,
    pub limits: Limits,
}

/// The handles behind [`Cx`]: what is outside, and what this process keeps in memory.
pub struct Handles {
    outside: Outside,
    pub signal: Signal,
    pub proofs: Proofs,
    pub(crate) faces: Faces,
}

impl Deref for Handles {
    type Target = Outside;

    fn deref(&self) -> &Outside {
        &self.outside
    }
}

impl Cx {
    pub fn new(outside: Outside) -> Self {
        let proofs = Proofs::new(outside.entropy.bytes());
        Self(Arc::new(Handles {
            outside,
            signal: Signal::default(),
            proofs,
            faces: Faces::default(),
        }))
    }

    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    /// A new id, ordered by time.
    pub fn id(&self) -> Uuid {
        self.entropy.id(self.now())
    }
}

impl Deref for Cx {
    type Target = Handles;

    fn deref(&self) -> &Handles {
        &self.0
    }
}

/// How much, how long, how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Check-ins that wait for a verdict; beyond it, new ones are refused with 503.
    pub queue_len_max: u32,
    /// Bytes of one picture.
    pub picture_len_max: u64,
    /// Bytes of one recording.
    pub voice_len_max: u64,
    /// A worker must conclude within this time, or another one takes over.
    pub lease_ms: i64,
    /// Times that workers may claim one attempt before an officer gets it.
    pub claims_max: i32,
    /// Days ahead for which duties are made.
    pub duties_ahead_days: i32,
    /// Days from the end of supervision until pictures, recordings and templates are erased.
    pub retention_days: i32,
    /// A worker looks for work at least this often.
    pub poll_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue_len_max: 5_000,
            picture_len_max: 4 << 20,
            voice_len_max: 4 << 20,
            lease_ms: 30_000,
            claims_max: 5,
            duties_ahead_days: 14,
            retention_days: 180,
            poll_ms: 500,
        }
    }
}

/// An officer who is signed in, and whose files he sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    pub session: domain::SessionId,
    pub officer: Officer,
    pub scope: Scope,
    pub expires_at: Micros,
}

impl Viewer {
    /// Refuses what the role may not do.
    pub fn allow(&self, action: Action) -> Result<()> {
        if may(self.officer.role, action) {
            Ok(())
        } else {
            Err(Error::Forbidden)
        }
    }
}
