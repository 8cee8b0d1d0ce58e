//! What came of an attempt.

use std::fmt;

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver, or the server before him, has taken it.
    Delivered {
        /// What the server calls it, where it says so.
        receipt: Option<String>,
    },
    /// It failed, and may succeed when it is tried again.
    Later {
        /// Why it failed.
        why: Why,
        /// How long the receiver asks us to wait, in seconds, 0 to [`RETRY_AFTER_S_MAX`](crate::RETRY_AFTER_S_MAX).
        retry_after_s: Option<u32>,
    },
    /// It will not ever succeed.
    Never {
        /// Why not.
        why: Why,
    },
}

/// Why an attempt failed. Holds no secret, no address, and nothing of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// For programs and filters.
    pub code: Code,
    /// For logs.
    pub text: String,
}

/// A reason, told apart by a stable word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// The message's channel is not set up.
    NoChannel,
    /// The message itself cannot be sent.
    BadMessage,
    /// There can be no such address.
    BadAddress,
    /// The message's data are not what the template or provider takes.
    BadData,
    /// The receiver has not agreed, or his consent is used up.
    Consent,
    /// The name leads to an address that must not be reached from here.
    Forbidden,
    /// The receiver sends us elsewhere.
    Redirect,
    /// The receiver or provider says no.
    Rejected,
    /// Too many messages for the receiver or provider.
    Throttled,
    /// The receiver or provider says that it cannot now.
    Unavailable,
    /// No connection came about, or it broke.
    Unreachable,
    /// It took too long.
    Timeout,
    /// The answer cannot be understood.
    BadAnswer,
    /// An administrator must put something right: a password, a token, a mail server without TLS.
    Setup,
}

impl Code {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoChannel => "no_channel",
            Self::BadMessage => "bad_message",
            Self::BadAddress => "bad_address",
            Self::BadData => "bad_data",
            Self::Consent => "consent",
            Self::Forbidden => "forbidden",
            Self::Redirect => "redirect",
            Self::Rejected => "rejected",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::BadAnswer => "bad_answer",
            Self::Setup => "setup",
        }
    }
}

impl Outcome {
    pub(crate) fn later(code: Code, text: impl Into<String>) -> Self {
        let text = text.into();
        Self::Later {
            why: Why { code, text },
            retry_after_s: None,
        }
    }

    pub(crate) fn never(code: Code, text: impl Into<String>) -> Self {
        let text = text.into();
        Self::Never {
            why: Why { code, text },
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.text)
    }
}
