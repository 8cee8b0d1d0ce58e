use std::{error::Error as StdError, str::FromStr};

use sqlx::{
    error::{DatabaseError, ErrorKind},
    migrate::MigrateError,
    postgres::PgDatabaseError,
};

/// Result codes of SQLite (the low byte of the extended ones) that pass by themselves: busy, locked, input/output, disk full, cannot open.
const SQLITE_PASSING: [i32; 5] = [5, 6, 10, 13, 14];
/// `SQLSTATE` classes of PostgreSQL that pass by themselves: connection, transaction rollback, resources, operator intervention, system.
const POSTGRES_PASSING: [&str; 5] = ["08", "40", "53", "57", "58"];
/// `lock_not_available`.
const POSTGRES_LOCK_TIMEOUT: &str = "55P03";

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the store did not do what it was asked. After [`Error::Conflict`] from a function that documents it and after [`Error::Lost`] the
/// transaction can go on; after any other error it must be dropped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached, is busy, locked or full; the same may succeed later. From [`crate::Tx::commit`] it means that the
    /// outcome is not known.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// Something unique exists already.
    #[error("something that must be unique exists already")]
    Conflict,
    /// The row was not in the state that the change expects: somebody else was faster.
    #[error("the row is no longer in the expected state")]
    Lost,
    /// A row holds what no code of ours wrote.
    #[error("the database holds a bad value: {what}")]
    Corrupt { what: String },
    /// A mistake of ours, or a database that was not migrated.
    #[error("a database operation failed")]
    Other(#[source] Box<dyn StdError + Send + Sync>),
}

impl Error {
    pub(crate) fn corrupt(column: &str, why: impl std::fmt::Display) -> Self {
        Self::Corrupt {
            what: format!("{column}: {why}"),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the enum is the driver's and not exhaustive"
        )]
        match error {
            sqlx::Error::Database(ref cause) => match cause.kind() {
                ErrorKind::UniqueViolation => Self::Conflict,
                _ if passes(cause.as_ref()) => Self::Unavailable(error.into()),
                _ => Self::Other(error.into()),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.into()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupt {
                what: error.to_string(),
            },
            other => Self::Other(other.into()),
        }
    }
}

impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the enum is the driver's and not exhaustive"
        )]
        match error {
            MigrateError::Execute(cause) => cause.into(),
            other => Self::Other(other.into()),
        }
    }
}

impl From<tokio::time::error::Elapsed> for Error {
    fn from(error: tokio::time::error::Elapsed) -> Self {
        Self::Unavailable(error.into())
    }
}

/// May the same succeed later, without anybody's doing?
fn passes(cause: &dyn DatabaseError) -> bool {
    let code = cause.code().unwrap_or_default();
    if cause.try_downcast_ref::<PgDatabaseError>().is_some() {
        let class = code.get(..2).unwrap_or_default();
        POSTGRES_PASSING.contains(&class) || code == POSTGRES_LOCK_TIMEOUT
    } else {
        code.parse::<i32>()
            .is_ok_and(|code| SQLITE_PASSING.contains(&(code & 0xff)))
    }
}

/// An `UPDATE` that names the state it expects changed one row, or was too late.
pub(crate) fn changed(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(Error::Lost) }
}

/// An `INSERT … ON CONFLICT DO NOTHING` inserted its row, or found another.
pub(crate) fn inserted(rows: u64) -> Result<()> {
    if rows == 1 {
        Ok(())
    } else {
        Err(Error::Conflict)
    }
}

/// A stored text as the domain type that it names.
pub(crate) fn parse<T>(column: &str, text: &str) -> Result<T>
where
    T: FromStr<Err: std::fmt::Display>,
{
    text.parse().map_err(|why| Error::corrupt(column, why))
}

/// A stored count, never negative.
pub(crate) fn count(column: &str, value: i64) -> Result<u64> {
    u64::try_from(value).map_err(|why| Error::corrupt(column, why))
}

/// A length as it is stored.
pub(crate) fn stored(column: &str, value: u64) -> Result<i64> {
    i64::try_from(value).map_err(|why| Error::corrupt(column, why))
}
