use domain::{MeasureId, measure::MeasureKind};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::At;

/// A measure of 社区矫正法 §28 that was decided against a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeasure {
    /// `admonition`, `warning`, `penalty_proposed`, `revocation_proposed` or `imprisonment_proposed`.
    #[schema(value_type = String)]
    pub kind: MeasureKind,
    /// On which it was given, `YYYY-MM-DD`, on the person's own clock.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// In the officer's words, 1 to 1,000 characters.
    pub reason: String,
}

/// A measure as it was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Measure {
    #[schema(value_type = uuid::Uuid)]
    pub id: MeasureId,
    #[schema(value_type = String)]
    pub kind: MeasureKind,
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    pub reason: String,
    pub entered_at: At,
    /// Since when it no longer counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<At>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_reason: Option<String>,
}

impl From<domain::measure::Measure> for Measure {
    fn from(measure: domain::measure::Measure) -> Self {
        let (withdrawn_at, withdrawn_reason) = measure
            .withdrawn
            .map(|withdrawn| (withdrawn.at.into(), withdrawn.reason))
            .unzip();
        Self {
            id: measure.id,
            kind: measure.kind,
            day: measure.day,
            reason: measure.reason,
            entered_at: measure.entered_at.into(),
            withdrawn_at,
            withdrawn_reason,
        }
    }
}
