use domain::{DeviceId, PersonId, channel::Channel};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Binds a phone's key, shown by the DPoP proof of this request, to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Activate {
    /// The one-time code from an officer; spaces and dashes do not matter.
    pub code: String,
    /// What the phone says of itself, at most 200 characters.
    #[serde(default)]
    pub label: String,
    /// `app`, `h5`, `mini_program` or `kiosk`; `h5`, which is trusted least, when absent.
    #[schema(value_type = String, example = "app")]
    #[serde(default = "least_trusted")]
    pub channel: Channel,
    /// A hash of what the platform calls this handset, 8 to 128 ASCII characters; absent where it tells nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handset: Option<String>,
}

/// A phone that is now the person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Activated {
    #[schema(value_type = uuid::Uuid)]
    pub device: DeviceId,
    #[schema(value_type = uuid::Uuid)]
    pub person: PersonId,
    /// RFC 7638 thumbprint of the bound key.
    pub thumbprint: String,
}

/// A short-lived token bound to the phone's key (RFC 9449).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccessToken {
    pub access_token: String,
    /// Always `DPoP`.
    pub token_type: String,
    /// Seconds.
    pub expires_in: u32,
}

const fn least_trusted() -> Channel {
    Channel::H5
}
