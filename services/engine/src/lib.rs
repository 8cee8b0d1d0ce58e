//! The engine: decodes pictures and recordings, runs the networks of a model pack and reports what it measured.
//!
//! Invariants
//! - It measures and never judges: out come facts and calibrated comparisons, the domain decides.
//! - One thread owns one set of sessions; room is reserved before work is taken; full means refuse, not wait in memory.
//! - Bad media is a fact in the answer, never an error and never a panic.
//! - Embeddings are normalised once, when made, and carry the pack that made them.
//!
//! It must not know persons, check-ins, policies, storage or the network. It is the only crate that knows ONNX Runtime.

pub mod audio;
pub mod bare;
mod engine;
mod error;
pub mod face;
pub mod gallery;
pub mod picture;
mod pool;
pub mod presence;
pub mod print;
mod request;
pub mod runtime;
#[cfg(feature = "scripted")]
mod scripted;
mod sessions;
mod template;
mod timings;
pub mod voice;

pub use engine::{Engine, Room};
pub use error::Error;
pub use pool::{Pool, PoolConfig};
pub use request::{Aim, Enrolled, Look, Phrase, Probe, Samples, Showing};
#[cfg(feature = "scripted")]
pub use scripted::Scripted;
pub use sessions::{FaceSeen, Seen, Sessions};
pub use template::{Embedding, FaceTemplate, TemplateFault};
pub use timings::{Stage, Timings};
