use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Change, Decision, Entry, Fact, Item, Ledger, Month, RuleBook, Trigger};
use crate::{Micros, PersonId, PointsEntryId, Refusal};

/// What a fact is worth by the book; nothing until it is entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub person: PersonId,
    pub month: Month,
    pub book: i32,
    /// Code of the item.
    pub item: String,
    /// Negative takes.
    pub points: i32,
    pub fact: Fact,
}

/// What an officer says to a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Accept,
    Reject,
}

crate::text_enum!(Answer { Accept = "accept", Reject = "reject" });

/// What a month's facts propose, in their order: one for each fact that nothing in the ledger has settled.
pub fn propose(
    ledger: &Ledger<'_>,
    month: Month,
    book: &RuleBook,
    facts: &[Fact],
) -> Vec<Proposal> {
    let mut seen = BTreeSet::new();
    facts
        .iter()
        .filter(|fact| fact.trigger() != Trigger::Observed && fact.times() > 0)
        .filter(|fact| ledger.settled(fact).is_none() && seen.insert(fact.key()))
        .filter_map(|fact| {
            let item = book.items.iter().find(|item| item.on == fact.trigger())?;
            Some(Proposal::new(
                ledger.person,
                month,
                book,
                item,
                fact.clone(),
            ))
        })
        .collect()
}

/// What an officer proposes for what he saw; none when the book has no such item for it.
pub fn by_hand(
    person: PersonId,
    month: Month,
    book: &RuleBook,
    code: &str,
    note: Uuid,
) -> Option<Proposal> {
    let item = book.item(code)?;
    let fact = Fact::Observed { note };
    (item.on == fact.trigger()).then(|| Proposal::new(person, month, book, item, fact))
}

impl Proposal {
    fn new(person: PersonId, month: Month, book: &RuleBook, item: &Item, fact: Fact) -> Self {
        let times = i32::try_from(fact.times()).unwrap_or(i32::MAX);
        Self {
            person,
            month,
            book: book.version,
            item: item.code.clone(),
            points: item.points.saturating_mul(times),
            fact,
        }
    }

    /// What the house enters by itself: a bonus for what it can count.
    pub fn enter(
        self,
        ledger: &Ledger<'_>,
        id: PointsEntryId,
        at: Micros,
    ) -> Result<Entry, Refusal> {
        if self.points <= 0 || self.fact.trigger() == Trigger::Observed {
            return Err(Refusal::PointsNeedOfficer);
        }
        self.written(ledger, id, at, |fact, points| Change::Granted {
            fact,
            points,
            decision: None,
        })
    }

    /// What an officer makes of it. A rejected one is written down as waived, so that it does not come again.
    pub fn decide(
        self,
        ledger: &Ledger<'_>,
        id: PointsEntryId,
        at: Micros,
        answer: Answer,
        decision: Decision,
    ) -> Result<Entry, Refusal> {
        let gives = self.points > 0;
        self.written(ledger, id, at, |fact, points| match (answer, gives) {
            (Answer::Accept, true) => Change::Granted {
                fact,
                points,
                decision: Some(decision),
            },
            (Answer::Accept, false) => Change::Deducted {
                fact,
                points,
                decision,
            },
            (Answer::Reject, _) => Change::Waived { fact, decision },
        })
    }

    fn written(
        self,
        ledger: &Ledger<'_>,
        id: PointsEntryId,
        at: Micros,
        change: impl FnOnce(Fact, u32) -> Change,
    ) -> Result<Entry, Refusal> {
        if let Some(entry) = ledger.settled(&self.fact) {
            return Err(Refusal::PointsSettled { entry: entry.id });
        }
        Ok(Entry {
            id,
            person: self.person,
            month: self.month,
            item: self.item,
            book: self.book,
            at,
            change: change(self.fact, self.points.unsigned_abs()),
        })
    }
}
