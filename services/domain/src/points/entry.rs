use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Fact, Month};
use crate::{Micros, OfficerId, PersonId, PointsEntryId, Refusal};

/// An officer's word, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub by: OfficerId,
    pub reason: String,
}

/// What an entry does. Whatever takes names the officer who decided it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Granted {
        fact: Fact,
        points: u32,
        /// None when the house entered it by itself.
        decision: Option<Decision>,
    },
    Deducted {
        fact: Fact,
        points: u32,
        decision: Decision,
    },
    /// An officer looked at the fact, and nothing came of it.
    Waived { fact: Fact, decision: Decision },
    /// The entry counts no longer; if it was a reversal itself, what it reversed counts again.
    Reversed {
        reverses: PointsEntryId,
        decision: Decision,
    },
}

/// One entry of the ledger. None is ever changed or taken out; a wrong one is reversed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: PointsEntryId,
    pub person: PersonId,
    /// What it counts for; of a reversal the month of what it reverses.
    pub month: Month,
    /// Code of the item.
    pub item: String,
    /// Version of the book that holds the item.
    pub book: i32,
    pub at: Micros,
    pub change: Change,
}

impl Change {
    /// The fact that it settles, for good.
    pub const fn fact(&self) -> Option<&Fact> {
        match self {
            Self::Granted { fact, .. }
            | Self::Deducted { fact, .. }
            | Self::Waived { fact, .. } => Some(fact),
            Self::Reversed { .. } => None,
        }
    }

    pub const fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Granted { decision, .. } => decision.as_ref(),
            Self::Deducted { decision, .. }
            | Self::Waived { decision, .. }
            | Self::Reversed { decision, .. } => Some(decision),
        }
    }

    /// The entry that it reverses.
    pub const fn reverses(&self) -> Option<PointsEntryId> {
        match self {
            Self::Reversed { reverses, .. } => Some(*reverses),
            Self::Granted { .. } | Self::Deducted { .. } | Self::Waived { .. } => None,
        }
    }

    /// Points before any cap; what a reversal is worth depends on the month.
    pub const fn points(&self) -> i64 {
        match self {
            Self::Granted { points, .. } => *points as i64,
            Self::Deducted { points, .. } => -(*points as i64),
            Self::Waived { .. } | Self::Reversed { .. } => 0,
        }
    }
}

/// All entries of one person, in order of time, whatever order they came in.
#[derive(Debug, Clone)]
pub struct Ledger<'a> {
    pub(super) person: PersonId,
    entries: BTreeMap<(Micros, PointsEntryId), &'a Entry>,
    /// Of each fact its first entry.
    settled: BTreeMap<String, &'a Entry>,
    /// Of each entry what reverses it.
    reversals: BTreeMap<PointsEntryId, &'a Entry>,
}

impl<'a> Ledger<'a> {
    /// Others' entries are left out.
    pub fn new(person: PersonId, entries: &'a [Entry]) -> Self {
        let own = entries.iter().filter(|entry| entry.person == person);
        let entries: BTreeMap<_, _> = own.map(|entry| ((entry.at, entry.id), entry)).collect();
        let mut settled = BTreeMap::new();
        let mut reversals = BTreeMap::new();
        for entry in entries.values() {
            if let Some(fact) = entry.change.fact() {
                settled.entry(fact.key()).or_insert(*entry);
            }
            if let Some(reverses) = entry.change.reverses() {
                reversals.entry(reverses).or_insert(*entry);
            }
        }
        Self {
            person,
            entries,
            settled,
            reversals,
        }
    }

    /// By time.
    pub fn entries(&self) -> impl Iterator<Item = &'a Entry> {
        self.entries.values().copied()
    }

    pub fn get(&self, id: PointsEntryId) -> Option<&'a Entry> {
        self.entries().find(|entry| entry.id == id)
    }

    /// The entry that settled a fact. It does so even when reversed: nobody is judged twice for one thing.
    pub fn settled(&self, fact: &Fact) -> Option<&'a Entry> {
        self.settled.get(&fact.key()).copied()
    }

    /// What reverses an entry, unless that is reversed itself.
    pub fn reversed_by(&self, id: PointsEntryId) -> Option<&'a Entry> {
        let reversal = self.reversals.get(&id).copied();
        reversal.filter(|reversal| !self.reversals.contains_key(&reversal.id))
    }

    /// Does an entry count? It does unless reversed, or when another settled its fact before.
    pub fn counts(&self, entry: &Entry) -> bool {
        let first = |fact| self.settled(fact).is_some_and(|first| first.id == entry.id);
        entry.change.fact().is_some_and(first) && self.reversed_by(entry.id).is_none()
    }

    /// Has an entry taken something that is not given back: a deduction, or a bonus?
    pub fn takes(&self, entry: &Entry) -> bool {
        match &entry.change {
            Change::Deducted { .. } => self.counts(entry),
            Change::Reversed { reverses, .. } => {
                let current = self.reversed_by(*reverses);
                current.is_some_and(|current| current.id == entry.id) && self.gave(*reverses)
            }
            Change::Granted { .. } | Change::Waived { .. } => false,
        }
    }

    fn gave(&self, id: PointsEntryId) -> bool {
        self.get(id)
            .is_some_and(|entry| matches!(entry.change, Change::Granted { .. }))
    }

    /// The counter-entry to one that was wrong. An entry is reversed once; what a reversal gave back is not taken again.
    pub fn reverse(
        &self,
        wrong: &Entry,
        id: PointsEntryId,
        at: Micros,
        decision: Decision,
    ) -> Result<Entry, Refusal> {
        let counts = match &wrong.change {
            Change::Granted { .. } | Change::Deducted { .. } => self.counts(wrong),
            Change::Reversed { .. } => self.takes(wrong),
            Change::Waived { .. } => false,
        };
        if !counts || self.reversals.contains_key(&wrong.id) {
            return Err(Refusal::PointsFinal);
        }
        Ok(Entry {
            id,
            person: wrong.person,
            month: wrong.month,
            item: wrong.item.clone(),
            book: wrong.book,
            at,
            change: Change::Reversed {
                reverses: wrong.id,
                decision,
            },
        })
    }
}
