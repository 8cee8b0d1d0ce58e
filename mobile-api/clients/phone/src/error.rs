use crate::ReceiptError;

/// Why the phone could not do something.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refused, and says why.
    #[error("the server refused: {}", .0.detail)]
    Problem(Box<wire::Problem>),
    /// The server could not be reached, or the line broke, on every try.
    #[error("the server cannot be reached")]
    Network(#[source] reqwest::Error),
    /// The server answered what the protocol does not allow.
    #[error("the server does not keep to the protocol: {0}")]
    Protocol(String),
    /// A receipt that proves nothing.
    #[error("the receipt is not valid")]
    Receipt(#[from] ReceiptError),
    /// The address of the server cannot be used.
    #[error("the server's address cannot be used: {0}")]
    Address(String),
    /// The device key cannot be made, read or written.
    #[error("device key: {0}")]
    Key(String),
}

impl Error {
    /// The problem's name, or the kind of trouble: `network`, `protocol`, `receipt`, `address`, `key`. For counting.
    pub fn name(&self) -> &str {
        match self {
            Self::Problem(problem) => problem.name(),
            Self::Network(_) => "network",
            Self::Protocol(_) => "protocol",
            Self::Receipt(_) => "receipt",
            Self::Address(_) => "address",
            Self::Key(_) => "key",
        }
    }

    /// The server's refusal, when it is one.
    pub fn problem(&self) -> Option<&wire::Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Network(_)
            | Self::Protocol(_)
            | Self::Receipt(_)
            | Self::Address(_)
            | Self::Key(_) => None,
        }
    }
}
