//! Measures against a person (社区矫正法 §28), as an officer entered them: the house decides none and proposes none.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{MeasureId, Micros, OfficerId, PersonId, Refusal};

/// The measures of 社区矫正法 §28, from the mildest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureKind {
    /// 训诫
    Admonition,
    /// 警告
    Warning,
    /// 提请治安管理处罚
    PenaltyProposed,
    /// 提请撤销缓刑、撤销假释
    RevocationProposed,
    /// 提请收监执行
    ImprisonmentProposed,
}

crate::text_enum!(MeasureKind {
    Admonition = "admonition",
    Warning = "warning",
    PenaltyProposed = "penalty_proposed",
    RevocationProposed = "revocation_proposed",
    ImprisonmentProposed = "imprisonment_proposed",
});

/// One measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    pub id: MeasureId,
    pub person: PersonId,
    pub kind: MeasureKind,
    /// On which it was given, on the person's own clock.
    pub day: Date,
    pub reason: String,
    pub entered_by: OfficerId,
    pub entered_at: Micros,
    /// It was entered by mistake, or set aside. The entry stays and no longer counts.
    pub withdrawn: Option<Withdrawn>,
}

/// Why a measure no longer counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    pub by: OfficerId,
    pub at: Micros,
    pub reason: String,
}

impl Measure {
    /// # Errors
    /// [`Refusal::MeasureWithdrawn`] when it was withdrawn before.
    pub fn withdraw(self, withdrawn: Withdrawn) -> Result<Self, Refusal> {
        if self.withdrawn.is_some() {
            return Err(Refusal::MeasureWithdrawn);
        }
        Ok(Self {
            withdrawn: Some(withdrawn),
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_measure_is_withdrawn_once() {
        let nobody = OfficerId(Uuid::nil());
        let measure = Measure {
            id: MeasureId(Uuid::nil()),
            person: PersonId(Uuid::nil()),
            kind: MeasureKind::Warning,
            day: jiff::civil::date(2026, 3, 2),
            reason: "两次未签到".into(),
            entered_by: nobody,
            entered_at: Micros(0),
            withdrawn: None,
        };
        let withdrawn = |at| Withdrawn {
            by: nobody,
            at: Micros(at),
            reason: "录入有误".into(),
        };
        let gone = measure.withdraw(withdrawn(1)).expect("the first time");
        assert_eq!(gone.withdrawn, Some(withdrawn(1)));
        assert_eq!(gone.withdraw(withdrawn(2)), Err(Refusal::MeasureWithdrawn));
    }
}
