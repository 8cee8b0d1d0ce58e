use domain::{
    Micros, OfficerId, PersonId, PointsEntryId,
    plan::SupervisionLevel,
    points::{Answer, Entry, Fact, Finding, Month, Proposal, RuleBook, Statement, Suggestion},
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{At, PersonSummary, Spoken};

/// A month of a person's points (计分考核).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointsMonth {
    #[schema(value_type = uuid::Uuid)]
    pub person: PersonId,
    #[schema(value_type = String, example = "2026-03")]
    pub month: Month,
    /// Version of the rule book in force.
    pub book: i32,
    /// The balance with which the month began.
    pub opening: i64,
    /// Points that everybody has each month.
    pub base: i64,
    pub lines: Vec<PointsLine>,
    /// The base and all that counted.
    pub total: i64,
    /// Opening and total.
    pub closing: i64,
    /// What facts propose, and nobody decided; none for the person himself.
    pub proposals: Vec<PointsProposal>,
    /// A thought about the level; nothing follows from it by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<LevelSuggestion>,
}

impl PointsMonth {
    /// What was entered in a month, what is proposed, and a thought, in the words of its book and the times of its zone.
    pub fn new(
        (statement, entries): (Statement, &[Entry]),
        proposals: Vec<Proposal>,
        suggestion: Option<Suggestion>,
        book: &RuleBook,
        zone: &TimeZone,
    ) -> Self {
        let title = |code: &str| {
            let item = book.item(code);
            let (zh, en) = item.map_or((code, code), |item| (item.zh.as_str(), item.en.as_str()));
            Spoken {
                zh: zh.to_owned(),
                en: en.to_owned(),
            }
        };
        let told = |fact: Option<&Fact>| {
            let (zh, en) = fact.map(|fact| fact.explain(zone)).unwrap_or_default();
            Spoken { zh, en }
        };
        let lines = statement.lines.into_iter().map(|line| {
            let entry = entries.iter().find(|entry| entry.id == line.entry);
            let decision = entry.and_then(|entry| entry.change.decision());
            PointsLine {
                entry: line.entry,
                title: title(&line.item),
                fact: told(entry.and_then(|entry| entry.change.fact())),
                item: line.item,
                at: entry.map_or(Micros(0), |entry| entry.at).into(),
                points: line.points,
                counted: line.counted,
                reversed_by: line.reversed_by,
                by: decision.map(|decision| decision.by),
                reason: decision
                    .map(|decision| decision.reason.clone())
                    .unwrap_or_default(),
            }
        });
        let proposals = proposals.into_iter().map(|proposal| PointsProposal {
            key: proposal.fact.key(),
            title: title(&proposal.item),
            fact: told(Some(&proposal.fact)),
            points: proposal.points,
            item: proposal.item,
        });
        let suggestion = suggestion.map(|suggestion| {
            let (zh, en) = suggestion.explain();
            LevelSuggestion {
                to: suggestion.to,
                message: Spoken { zh, en },
            }
        });
        Self {
            person: statement.person,
            month: statement.month,
            book: statement.book,
            opening: statement.opening,
            base: statement.base,
            lines: lines.collect(),
            total: statement.total,
            closing: statement.closing,
            proposals: proposals.collect(),
            suggestion,
        }
    }
}

/// One entry, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointsLine {
    #[schema(value_type = uuid::Uuid)]
    pub entry: PointsEntryId,
    /// Code of the item.
    pub item: String,
    pub title: Spoken,
    /// For what, in a sentence.
    pub fact: Spoken,
    pub at: At,
    /// As entered; negative takes.
    pub points: i64,
    /// What is left of it: nothing when reversed, no more than the item's cap leaves.
    pub counted: i64,
    #[schema(value_type = Option<uuid::Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<PointsEntryId>,
    /// The officer who decided.
    #[schema(value_type = Option<uuid::Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<OfficerId>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What a fact is worth by the book; nothing until an officer decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointsProposal {
    /// What it is about; by this it is decided.
    pub key: String,
    pub item: String,
    pub title: Spoken,
    pub fact: Spoken,
    pub points: i32,
}

/// A thought about somebody's level, with its facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LevelSuggestion {
    /// `strict`, `general` or `lenient`.
    #[schema(value_type = String, example = "lenient")]
    pub to: SupervisionLevel,
    pub message: Spoken,
}

/// An officer's word about a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointsDecision {
    pub key: String,
    /// `accept` or `reject`.
    #[schema(value_type = String, example = "accept")]
    pub answer: Answer,
    /// 1 to 1,000 characters.
    pub reason: String,
}

/// What an officer enters by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum NewPoints {
    /// An item of the book for what he saw.
    Observed { item: String, reason: String },
    /// Whole hours of education, 1 to 24.
    Education { hours: u32, reason: String },
    /// Whole hours of public service, 1 to 24.
    Service { hours: u32, reason: String },
}

/// The person contests an entry, or that a check-in was declined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppeal {
    /// 1 to 1,000 characters.
    pub text: String,
}

/// An appeal (申诉) against an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointsAppeal {
    #[schema(value_type = uuid::Uuid)]
    pub entry: PointsEntryId,
    /// Absent where it is his own phone that asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonSummary>,
    pub text: String,
    pub filed_at: At,
    /// `upheld` or `granted`; absent while it waits.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Another officer's word about an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealDecision {
    /// `upheld` or `granted`.
    #[schema(value_type = String, example = "granted")]
    pub finding: Finding,
    /// 1 to 1,000 characters.
    pub reason: String,
}

/// A version of the rules of points: base, items with their points and caps, and what speaks for another level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointsBook {
    #[schema(value_type = Object)]
    pub book: RuleBook,
}
