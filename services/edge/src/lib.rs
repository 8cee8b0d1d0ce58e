//! What every HTTP resource needs: problems, authentication, idempotency, limits, request ids, the base of the OpenAPI document.
//!
//! Invariants: every refusal and error leaves as `application/problem+json` with a stable `type`; a 5xx tells the request's
//! id and never its cause; nobody is authenticated anywhere else. This floor knows no resource.

mod auth;
mod bearer;
mod browser;
mod extract;
mod guard;
mod idempotent;
mod piece;
mod problem;
mod refused;
mod site;

pub use auth::{Device, Prover};
pub use bearer::{Officer, bearer_security};
pub use browser::{Browser, COOKIE, Filled, Open};
pub use extract::{Json, Nothing, Path, Query, Wait};
pub use guard::{guarded, openapi_base};
pub use idempotent::{Idempotent, IdempotentFile, Once, Principal};
pub use piece::{Piece, received};
pub use problem::{Problem, named};
pub use site::Site;

/// Bytes of a JSON body, at most.
pub const JSON_LEN_MAX: usize = 64 * 1024;
/// Bytes of a table that is handed in, at most.
pub const FILE_LEN_MAX: usize = 4 << 20;
/// Seconds that a request may take, long polls included.
pub const REQUEST_LIMIT_S: u64 = 60;
