//! Texts that nobody may see.

use std::fmt;

use serde::Deserialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A password, token, or address that carries one. It is never printed or serialised, and wiped from memory when dropped.
#[derive(Clone, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(from = "String")]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the wire alone.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
