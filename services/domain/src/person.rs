use serde::{Deserialize, Serialize};

use crate::{DeviceId, Micros, OrgUnitId, PersonId};

/// A supervised person, as far as a check-in needs to know him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    pub unit: OrgUnitId,
    pub name: String,
    /// The number of the case in the agency's files; unique within the house.
    pub case_number: String,
    pub registered_at: Micros,
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
    pub activated_at: Micros,
    pub revoked_at: Option<Micros>,
}
