use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// RFC 9457 problem details. `type` is stable: programs decide by it, people read `title` and `detail`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:muster:problem:NAME`.
    #[serde(rename = "type")]
    pub kind: String,
    /// HTTP status.
    pub status: u16,
    /// Chinese, for the person.
    pub title: String,
    /// English, with the facts.
    pub detail: String,
    /// The request's id, to be given to whoever runs the server.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instance: Option<String>,
    /// Facts of this problem, such as `opens_at` or `offset`.
    #[serde(flatten)]
    pub facts: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    /// `NAME` of `urn:muster:problem:NAME`.
    pub fn name(&self) -> &str {
        self.kind.strip_prefix(Self::URN).unwrap_or(&self.kind)
    }

    pub const URN: &str = "urn:muster:problem:";
}
