//! Model packs: which networks do which job, where each file comes from, what goes in and what comes out, and how its
//! score becomes a log-likelihood ratio.
//!
//! A pack is one TOML file. A deployment changes models by writing another one, never by changing code.
//! This crate knows files, hashes and the installer; it does not know ONNX Runtime.
//!
//! Invariants: a file is under its final name only after its SHA-256 matched; no code of a downloaded package is run.

mod calibration;
mod check;
pub mod install;
mod measured;
mod pack;
mod scatter;
mod shelf;
mod traces;

pub use calibration::Calibration;
pub use check::{Flaw, Problem};
pub use measured::{Factor, Measured, Rates};
pub use pack::{
    Colour, Content, Detector, DetectorKind, Digits, File, Origin, Pack, PresentationAttack,
    PresentationNetwork, Recogniser, Speaker, SpeakerFeatures, Vad,
};
pub use scatter::Scatter;
pub use shelf::{Error, built_in, load, names, read, source};
pub use traces::{Traces, standing};
