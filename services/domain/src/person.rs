use serde::{Deserialize, Serialize};

use crate::{
    DeviceId, Micros, OrgUnitId, PersonId, Refusal,
    channel::Channel,
    order::{Ended, SupervisionOrder},
};

/// A supervised person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    pub unit: OrgUnitId,
    pub name: String,
    /// The number of the case in the agency's files; unique within the house.
    pub case_number: String,
    pub order: SupervisionOrder,
    /// Was under eighteen when it happened: the file is kept apart (社区矫正法 §52–58, 刑诉法 §286).
    pub minor: bool,
    pub registered_at: Micros,
    /// None while he is supervised.
    pub ended: Option<Ended>,
}

impl Person {
    /// Refuses what can only be done while he is supervised.
    pub const fn supervised(&self) -> Result<(), Refusal> {
        match self.ended {
            None => Ok(()),
            Some(Ended { at, .. }) => Err(Refusal::SupervisionEnded { ended_at: at }),
        }
    }
}

/// A phone with a key of its own. A person has at most one that is live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub id: DeviceId,
    pub person: PersonId,
    /// RFC 7638 thumbprint of the public key, SHA-256, base64url.
    pub thumbprint: String,
    /// What the phone said of itself, at most 200 characters; evidence, never trusted.
    pub label: String,
    /// How it reaches us, as it says itself.
    pub channel: Channel,
    /// What only this handset has, as it says itself: a hash of its platform's id. Evidence, never trusted.
    pub handset: Option<String>,
    pub activated_at: Micros,
    pub revoked_at: Option<Micros>,
}
