//! The phone's side of the protocol: what a mini-program, an H5 page or an app has to do, written once so that it can be read,
//! tested and driven from a terminal.
//!
//! Invariants:
//! - the device key never leaves [`DeviceKey`] but into a file that only its owner can read;
//! - every request carries a new DPoP proof (RFC 9449) with the nonce that the server gave last; a repeat is a new proof;
//! - every action has one `Idempotency-Key`, the same on each repeat;
//! - the phone's clock decides nothing: it is shown in proofs and facts, and the server may ignore it;
//! - a receipt counts only after its signature and its claims were checked against what was handed in.
//!
//! It knows the wire types and nothing of the server's rooms.

mod backoff;
mod clock;
mod digest;
mod error;
mod exchange;
mod holding;
mod jws;
mod key;
mod leave;
mod message;
mod points;
mod proof;
mod random;
mod receipt;
mod session;
pub mod speech;
mod subscribe;
mod track;

pub use clock::Clock;
pub use digest::digest;
pub use error::Error;
pub use exchange::{Phone, PhoneConfig};
pub use key::{DeviceKey, Jwk};
pub use random::Random;
pub use receipt::{Handed, Keys, ReceiptError};
