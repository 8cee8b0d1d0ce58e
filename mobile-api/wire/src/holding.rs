use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{At, Spoken};

/// What is stored of the phone's person, until when, and who looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Holdings {
    pub held: Vec<Held>,
    /// Until when, in words.
    pub until: Spoken,
    /// Days from the end of supervision until pictures, recordings, templates and positions are erased.
    pub kept_days: i32,
    /// The newest first; looks of one officer within minutes are one.
    pub looks: Vec<Look>,
}

/// How much of one kind is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// `picture`, `recording`, `template` or `position`.
    #[schema(example = "picture")]
    pub kind: String,
    pub what: Spoken,
    pub count: u64,
    pub newest_at: At,
}

/// Somebody of an office looked at what is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Look {
    pub at: At,
    pub what: Spoken,
    /// Unit and role, never a name.
    pub who: Spoken,
}
