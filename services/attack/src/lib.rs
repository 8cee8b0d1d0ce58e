//! Presentation attacks and conditions of capture, made of pictures and sounds of real people, to measure a pipeline with.
//!
//! Words are those of ISO/IEC 30107: a *species* is one kind of presentation attack instrument (a print, a screen, a loudspeaker);
//! a *condition* is what a genuine person's surroundings do to a capture (dim light, a telephone's band).
//! [`picture`] and [`voice`] each hold both as an enum with `ALL` and a stable text; [`flash`] lights faces as a phone's screen does;
//! [`session`] puts together what one attempt presents.
//!
//! Invariants
//! 1. Everything is a pure function of samples in memory and a seed: the same input gives the same output on the same machine, another
//!    seed another instrument, room and noise.
//! 2. A picture keeps its size, a sound its length and rate ([`voice::RATE_HZ`]), unless its maker says otherwise. No input panics that
//!    has at least one pixel.
//! 3. Light is added, shaded and blurred in linear light (IEC 61966-2-1), as it happens before a sensor.
//! 4. This crate must not know files, clocks, models, the engine, nor what anybody concludes from its pictures.
//!
//! What a simulation cannot tell: it holds the artefacts that its author knew of. A pipeline that stops these species has not been
//! shown to stop a good silicone mask, a better printer, or a camera that was tampered with; ISO/IEC 30107-3 asks for tests with real
//! instruments. A pipeline that lets these pass will let real ones pass.

mod chance;
pub mod flash;
pub mod picture;
pub mod session;
pub mod voice;

pub use picture::{FaceBox, Shot};
