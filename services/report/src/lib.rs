//! Reports as files: tables, pages to print, plots, what was measured, and the archive of one person (一人一档).
//!
//! What is counted is decided in `domain::report`; this crate only shows it. A [`Table`] holds plain cells, for whoever writes sheets and
//! for the pages here. A page is one HTML file for A4 paper that needs nothing else: no script, picture, font or address. An [`Archive`]
//! takes what its caller gives and says what is in it.
//!
//! Invariants
//! 1. The same input gives the same bytes: the clock, names and order come from the caller.
//! 2. No text that comes in is ever markup.
//! 3. An archive that was not finished cannot be opened as one.
//! 4. This crate must not know where anything comes from or goes to.

pub mod archive;
pub mod day;
mod error;
pub mod exception;
mod measured;
pub mod month;
mod page;
pub mod plot;
pub mod reconciliation;
mod table;
pub mod trend;
mod words;

pub use archive::Archive;
pub use error::Error;
pub use measured::{Measured, Section};
pub use page::Letterhead;
pub use plot::Plot;
pub use table::{Cell, Column, Kind, Table};
