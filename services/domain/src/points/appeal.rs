use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Decision, Entry, Ledger, PointsFault};
use crate::{Micros, PersonId, PointsEntryId, Refusal};

/// Days from being told of the month's statement in which a person may appeal. The law sets no term for objections to 考核 (实施办法 §32);
/// a month lets one see the next statement first.
pub const APPEAL_DAYS: i64 = 30;
/// Characters of an appeal, at most.
pub const APPEAL_CHARS_MAX: usize = 1_000;
const DAY_MS: i64 = 24 * 3_600_000;

/// What the person says: 1 to [`APPEAL_CHARS_MAX`] characters, not all blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AppealText(String);

/// How an appeal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The entry stands; the person may turn to the procurators (实施办法 §32).
    Upheld,
    /// It is reversed.
    Granted,
}

crate::text_enum!(Finding { Upheld = "upheld", Granted = "granted" });

/// The answer to an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub finding: Finding,
    pub at: Micros,
    pub decision: Decision,
}

/// A person contests what an entry took. There is one for an entry, decided once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    pub entry: PointsEntryId,
    pub person: PersonId,
    pub text: AppealText,
    pub filed_at: Micros,
    /// None while it waits.
    pub outcome: Option<Outcome>,
}

impl Appeal {
    /// `told_at`: when the person was told of the statement with this entry, none before; the time runs from there. `earlier`: all appeals
    /// of the person.
    pub fn file(
        ledger: &Ledger<'_>,
        entry: &Entry,
        told_at: Option<Micros>,
        earlier: &[Self],
        text: AppealText,
        at: Micros,
    ) -> Result<Self, Refusal> {
        if earlier.iter().any(|appeal| appeal.entry == entry.id) {
            return Err(Refusal::AppealFiled);
        }
        if !ledger.takes(entry) {
            return Err(Refusal::AppealNothingTaken);
        }
        let until = told_at.map(|told_at| told_at.plus_ms(APPEAL_DAYS * DAY_MS));
        if let Some(until) = until.filter(|until| at > *until) {
            return Err(Refusal::AppealLate { until });
        }
        Ok(Self {
            entry: entry.id,
            person: entry.person,
            text,
            filed_at: at,
            outcome: None,
        })
    }

    /// Another officer than the one of the entry decides. With it comes the counter-entry if the appeal is granted; none when the entry
    /// was reversed in the meantime.
    pub fn decide(
        self,
        ledger: &Ledger<'_>,
        finding: Finding,
        decision: Decision,
        id: PointsEntryId,
        at: Micros,
    ) -> Result<(Self, Option<Entry>), Refusal> {
        if self.outcome.is_some() {
            return Err(Refusal::AppealFiled);
        }
        let entry = ledger.get(self.entry);
        let entry = entry.ok_or(Refusal::AppealNothingTaken)?;
        let own = |before: &Decision| before.by == decision.by;
        if entry.change.decision().is_some_and(own) {
            return Err(Refusal::AppealOwnDecision);
        }
        let given_back = match finding {
            Finding::Granted if ledger.takes(entry) => {
                Some(ledger.reverse(entry, id, at, decision.clone())?)
            }
            Finding::Granted | Finding::Upheld => None,
        };
        let outcome = Some(Outcome {
            finding,
            at,
            decision,
        });
        Ok((Self { outcome, ..self }, given_back))
    }
}

impl AppealText {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AppealText {
    type Error = PointsFault;

    fn try_from(text: String) -> Result<Self, PointsFault> {
        if text.trim().is_empty() || text.chars().count() > APPEAL_CHARS_MAX {
            return Err(PointsFault::new("text", "must have 1 to 1000 characters"));
        }
        Ok(Self(text))
    }
}

impl From<AppealText> for String {
    fn from(text: AppealText) -> Self {
        text.0
    }
}

impl fmt::Display for AppealText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
