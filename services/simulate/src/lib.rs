//! A year of counties in minutes: the real [`app`] on a real SQLite file under a manual clock, with people who are punctual, late, forgetful and
//! cheating, lines that drop, and a process that dies at any commit. Nothing above the engine's measurement is made up.
//!
//! Invariants, checked each night and at the end: every duty has the one attendance that follows from its attempts and rulings; recomputation
//! finds nothing; what was acknowledged is stored and concluded once; nothing adverse happens without an officer, and officers are told within
//! two minutes; no continuous position without a live approval; no message in quiet hours. The same seed gives the same log, bit by bit.
//!
//! It must not know HTTP, and judges nothing: all rules are the house's own.

mod agenda;
mod away;
mod capture;
mod chance;
mod conduct;
mod counties;
mod county;
mod house;
mod invariant;
mod ledger;
mod office;
mod report;
mod simulation;
mod subject;
mod truth;
mod visit;

use std::{fmt, path::PathBuf};

use domain::{DutyId, Micros, PersonId};

pub use conduct::{Cheat, Weather};
pub use counties::play;
pub use report::{Report, Table, Tally};
pub use simulation::{FIRST_DAY, Setting, Simulation};

/// Why a simulation ended before its time.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("{0}")]
    Broken(Broken),
    #[error("{} exists already; a simulation needs a new database", .0.display())]
    Exists(PathBuf),
    #[error("the house failed")]
    App(#[from] app::Error),
    #[error("the store failed")]
    Store(#[from] store::Error),
    #[error("the media folder failed")]
    Media(#[from] media::Error),
    #[error("a county's thread broke down")]
    Thread,
    #[error("the simulation's folder failed")]
    Folder(#[from] std::io::Error),
}

/// Something that must always hold, and does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// When it was found, in simulated time.
    pub at: Micros,
    pub person: Option<PersonId>,
    pub duty: Option<DutyId>,
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an invariant is broken at {}", self.at)?;
        if let Some(person) = self.person {
            write!(f, ", person {person}")?;
        }
        if let Some(duty) = self.duty {
            write!(f, ", duty {duty}")?;
        }
        write!(f, ": {}", self.what)
    }
}
