use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// The form of this manifest.
pub const FORM: &str = "muster-archive-1";

/// What is in an archive, the manifest itself left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub form: String,
    pub case_number: String,
    /// On the unit's clock.
    pub made_at: DateTime,
    pub index: Listed,
    /// In the order of the archive.
    pub entries: Vec<Listed>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub path: String,
    /// What it is.
    pub zh: String,
    pub en: String,
    pub bytes: u64,
    /// 64 small hexadecimal digits.
    pub sha256: String,
}

impl Manifest {
    pub(super) fn json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("texts and numbers are JSON")
    }
}
