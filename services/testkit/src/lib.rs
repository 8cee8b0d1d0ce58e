//! What tests need of the world outside: fresh databases of both kinds, and a PostgreSQL of their own.
//!
//! It must not know `store` or anything above it: it hands out addresses, nothing more.

pub mod cluster;
#[cfg(feature = "database")]
mod database;

#[cfg(feature = "database")]
pub use database::{Database, POSTGRES_ENV, for_each_database};
