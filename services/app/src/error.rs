use domain::{Micros, Refusal, area::AreaError, plan::PlanError};

use crate::roster::RowFault;

/// Why a use-case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule says no; nothing was changed.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// It does not exist, or not for this user.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// This user may not do this.
    #[error("this role may not do this")]
    Forbidden,
    /// Not signed in, or no longer.
    #[error("{0}")]
    Unauthenticated(AuthFault),
    /// A field that cannot be.
    #[error("{field} {expected}")]
    Invalid {
        field: &'static str,
        expected: &'static str,
    },
    /// As [`Self::Invalid`], deeper within what was sent.
    #[error("{field} {expected}")]
    Field {
        field: String,
        expected: &'static str,
    },
    #[error("it cannot be: {0}")]
    Area(#[from] AreaError),
    #[error("the plan cannot be kept: {0}")]
    Plan(#[from] PlanError),
    /// A table with rows that cannot be; nothing of it was stored. The first faults, and how many there are.
    #[error("{count} rows cannot be imported")]
    Rows { faults: Vec<RowFault>, count: u32 },
    /// A table that cannot be read at all.
    #[error(transparent)]
    Table(#[from] sheet::Error),
    /// No room now; try again after so many seconds.
    #[error("busy; try again in {retry_after_s} s")]
    Busy { retry_after_s: u32 },
    /// The store of pictures and recordings has no room left.
    #[error("no room for media")]
    MediaFull,
    /// The same Idempotency-Key came with other parameters.
    #[error("the idempotency key was used with other parameters")]
    IdempotencyMismatch,
    /// The first request with this Idempotency-Key is still at work.
    #[error("a request with this idempotency key is still at work")]
    IdempotencyInProgress,
    #[error("storage failed")]
    Store(#[source] store::Error),
    #[error("media failed")]
    Media(#[source] media::Error),
    #[error("engine failed")]
    Engine(#[from] engine::Error),
    #[error("a report could not be written")]
    Report(#[from] report::Error),
    #[error("something sealed could not be opened")]
    Sealed(#[from] seal::Error),
    #[error("internal: {0}")]
    Internal(&'static str),
}

/// Why somebody is not who he says, as far as he may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthFault {
    #[error("login, password or code is wrong, or the code was used before")]
    Credentials,
    #[error("too many wrong sign-ins; locked until {until}")]
    Locked { until: Micros },
    #[error("the session is unknown or has ended")]
    Session,
    #[error("the access token is missing, unknown or expired")]
    Token,
    #[error("the DPoP proof is missing or invalid: {0}")]
    Proof(&'static str),
    /// The proof needs a nonce of this server.
    #[error("the DPoP proof needs the server's nonce")]
    Nonce,
    #[error("the DPoP proof was used before")]
    Replayed,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Unavailable(_) => {
                tracing::warn!(error = ?error, "The database did not answer in time");
                Self::Busy { retry_after_s: 2 }
            }
            store::Error::Conflict
            | store::Error::Lost
            | store::Error::Corrupt { .. }
            | store::Error::Other(_) => Self::Store(error),
        }
    }
}

impl From<media::Error> for Error {
    fn from(error: media::Error) -> Self {
        match error {
            media::Error::Full => Self::MediaFull,
            media::Error::Unavailable(_) => {
                tracing::warn!(error = ?error, "The media store did not answer in time");
                Self::Busy { retry_after_s: 5 }
            }
            media::Error::Missing
            | media::Error::TooLarge { .. }
            | media::Error::Refused { .. }
            | media::Error::Body(_)
            | media::Error::Sealed(_)
            | media::Error::Disk(_) => Self::Media(error),
        }
    }
}
