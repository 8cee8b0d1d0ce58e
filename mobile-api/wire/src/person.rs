use domain::{
    OfficerId, OrgUnitId, PersonId, RecusalId, TransferId,
    order::{Category, EndReason, SupervisionOrder},
    plan::SupervisionLevel,
    transfer::{Move, State},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::At;

/// What is supervised, how closely, and on which local days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// `public_surveillance`, `probation`, `parole` or `outside_prison`.
    #[schema(value_type = String, example = "probation")]
    pub category: Category,
    /// `strict`, `general` or `lenient`.
    #[schema(value_type = String, example = "general")]
    pub level: SupervisionLevel,
    #[schema(value_type = String, format = Date)]
    pub starts_on: Date,
    /// The last day, at most ten years later.
    #[schema(value_type = String, format = Date)]
    pub ends_on: Date,
}

impl From<Order> for SupervisionOrder {
    fn from(order: Order) -> Self {
        Self {
            category: order.category,
            level: order.level,
            starts_on: order.starts_on,
            ends_on: order.ends_on,
        }
    }
}

impl From<SupervisionOrder> for Order {
    fn from(order: SupervisionOrder) -> Self {
        Self {
            category: order.category,
            level: order.level,
            starts_on: order.starts_on,
            ends_on: order.ends_on,
        }
    }
}

/// Registers a supervised person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    #[schema(value_type = uuid::Uuid)]
    pub unit: OrgUnitId,
    /// 1 to 100 characters.
    pub name: String,
    /// 1 to 60 characters, unique.
    pub case_number: String,
    pub order: Order,
    /// Was under eighteen: the file is kept apart.
    #[serde(default)]
    pub minor: bool,
}

/// A supervised person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    #[schema(value_type = uuid::Uuid)]
    pub id: PersonId,
    #[schema(value_type = uuid::Uuid)]
    pub unit: OrgUnitId,
    pub name: String,
    pub case_number: String,
    pub order: Order,
    pub minor: bool,
    pub registered_at: At,
    /// Absent while he is supervised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// Has templates of face and voice for the pack in use.
    pub enrolled: bool,
    /// Has a live phone.
    pub device_active: bool,
}

/// The end of supervision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ended {
    pub at: At,
    /// `term_served`, `pardoned`, `revoked`, `imprisoned` or `died`.
    #[schema(value_type = String, example = "term_served")]
    pub reason: EndReason,
    /// When pictures, recordings and templates are erased.
    pub erase_at: At,
}

/// Ends a person's supervision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndSupervision {
    #[schema(value_type = String, example = "term_served")]
    pub reason: EndReason,
    /// In the officer's words, 1 to 1,000 characters.
    pub note: String,
}

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonSummary {
    #[schema(value_type = uuid::Uuid)]
    pub id: PersonId,
    pub name: String,
    pub case_number: String,
}

/// Proposes that a person moves to another unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTransfer {
    #[schema(value_type = uuid::Uuid)]
    pub to: OrgUnitId,
    /// In the officer's words, 1 to 1,000 characters.
    pub reason: String,
}

/// A person's move from one unit to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Transfer {
    #[schema(value_type = uuid::Uuid)]
    pub id: TransferId,
    pub person: PersonSummary,
    #[schema(value_type = uuid::Uuid)]
    pub from: OrgUnitId,
    #[schema(value_type = uuid::Uuid)]
    pub to: OrgUnitId,
    /// `proposed`, `accepted`, `declined` or `withdrawn`.
    #[schema(value_type = String, example = "proposed")]
    pub state: State,
    pub reason: String,
    pub proposed_at: At,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<At>,
}

/// Answers a proposed transfer, or takes it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferDecision {
    /// `accept` or `decline` for the receiving unit, `withdraw` for the sending one.
    #[schema(value_type = String, example = "accept")]
    #[serde(rename = "move")]
    pub made: Move,
    /// In the officer's words, 1 to 1,000 characters.
    pub reason: String,
}

/// Lets an officer stand aside from a person's case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecusal {
    #[schema(value_type = uuid::Uuid)]
    pub officer: OfficerId,
    /// In the officer's words, 1 to 1,000 characters.
    pub reason: String,
}

/// An officer who stands, or stood, aside from a person's case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Recusal {
    #[schema(value_type = uuid::Uuid)]
    pub id: RecusalId,
    #[schema(value_type = uuid::Uuid)]
    pub officer: OfficerId,
    pub reason: String,
    pub set_at: At,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted_at: Option<At>,
}

/// Why something is done, in the officer's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// 1 to 1,000 characters.
    pub reason: String,
}

/// How many templates were erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplatesRevoked {
    /// Of all packs, faces and voices.
    pub templates: u64,
}

/// What became of a table of persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Imported {
    pub persons: u32,
    /// Nothing was stored: it was only looked at.
    pub dry_run: bool,
}

/// A cell of an imported table that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowFault {
    /// As the table's program counts, the header being row 1.
    pub row: u32,
    /// Title of the column.
    pub column: String,
    pub message: crate::Spoken,
}
