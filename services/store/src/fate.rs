use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Error, Result};

/// How a process dies at a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// The commit never reached the database.
    Before,
    /// It did, and nobody heard of it.
    After,
}

/// The life of a simulated process, as far as its store can see it: it may die at any commit, and a dead one begins and commits nothing. Only
/// [`crate::Store::simulated`] takes one. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Fate(Arc<Mutex<Life>>);

#[derive(Debug, Default)]
struct Life {
    /// Commits that are left, and how the last of them ends.
    doomed: Option<(u64, Death)>,
    dead: bool,
    commits: u64,
}

impl Fate {
    /// The process dies at the `commits`-th commit from now, 1 for the next one.
    pub fn doom(&self, commits: u64, death: Death) {
        self.life().doomed = Some((commits.max(1), death));
    }

    pub fn dead(&self) -> bool {
        self.life().dead
    }

    /// Another process takes its place.
    pub fn revive(&self) {
        let mut life = self.life();
        (life.dead, life.doomed) = (false, None);
    }

    /// Commits that were tried so far.
    pub fn commits(&self) -> u64 {
        self.life().commits
    }

    /// What becomes of the commit that is tried now.
    pub(crate) fn meet(&self) -> Result<Option<Death>> {
        let mut life = self.life();
        if life.dead {
            return Err(died());
        }
        life.commits += 1;
        let Some((left, death)) = life.doomed.take() else {
            return Ok(None);
        };
        if left > 1 {
            life.doomed = Some((left - 1, death));
            return Ok(None);
        }
        life.dead = true;
        Ok(Some(death))
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn died() -> Error {
    Error::Other("the simulated process is dead".into())
}
