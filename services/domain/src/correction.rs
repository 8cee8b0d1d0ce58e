//! 检察监督: what a procurator writes to a unit about its work, and the unit's written reply (社区矫正法 §62: what is adopted is answered in writing, and
//! what is not, with reasons). Nothing that was written is changed; steps follow.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::{CheckinId, CorrectionId, Micros, OfficerId, OrgUnitId, PersonId, Refusal};

/// Days in which a reply may be asked for, at most.
pub const REPLY_DAYS_MAX: u16 = 90;
/// How often a procurator who is not content asks again; then it goes to the units above, outside this house.
pub const INSISTED_MAX: usize = 2;

const DAY_MS: i64 = 24 * 3_600_000;

/// What it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionKind {
    /// 纠正意见: something was done against the law.
    Opinion,
    /// 检察建议: something should be done better.
    Suggestion,
}

crate::text_enum!(CorrectionKind { Opinion = "opinion", Suggestion = "suggestion" });

impl CorrectionKind {
    /// Days for the reply where the procurator names none. Two months for a suggestion (人民检察院检察建议工作规定, 2019, §19); fifteen days for an opinion are
    /// this house's choice.
    pub const fn reply_days(self) -> u16 {
        match self {
            Self::Opinion => 15,
            Self::Suggestion => 60,
        }
    }
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The unit owes a reply.
    Filed,
    /// The procurators look at the reply.
    Replied,
    /// They are content.
    Accepted,
    /// They took it back.
    Withdrawn,
}

crate::text_enum!(State {
    Filed = "filed",
    Replied = "replied",
    Accepted = "accepted",
    Withdrawn = "withdrawn",
});

/// How much of what was asked for a unit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adoption {
    Whole,
    Part,
    Nothing,
}

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Step {
    /// The unit's written reply.
    Reply {
        adoption: Adoption,
        /// What was done.
        text: String,
        /// Why not all of it was; owed where it was not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why_not: Option<String>,
    },
    /// The procurators are not content and ask for another reply.
    Insist { text: String, due_at: Micros },
    /// They are.
    Accept,
    /// They take it back before it is answered.
    Withdraw { reason: String },
}

impl Step {
    /// Who takes it: the unit that it is written to, or the procurators who wrote it.
    pub const fn by_unit(&self) -> bool {
        matches!(self, Self::Reply { .. })
    }
}

/// A step with who took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    pub by: OfficerId,
    pub at: Micros,
    pub step: Step,
}

/// What was written, and all that followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    pub id: CorrectionId,
    /// To whom it is written.
    pub unit: OrgUnitId,
    /// None when it is about the unit's work as a whole.
    pub person: Option<PersonId>,
    /// One of the person's, where it is about that.
    pub checkin: Option<CheckinId>,
    pub kind: CorrectionKind,
    pub found: String,
    pub asked: String,
    pub filed_by: OfficerId,
    /// The procurators' unit.
    pub filed_from: OrgUnitId,
    pub filed_at: Micros,
    /// Until when the first reply is owed.
    pub first_due_at: Micros,
    pub steps: Vec<Taken>,
}

/// The end of so many days.
pub fn due(from: Micros, days: u16) -> Micros {
    from.plus_ms(i64::from(days) * DAY_MS)
}

impl Correction {
    pub fn state(&self) -> State {
        self.steps
            .last()
            .map_or(State::Filed, |taken| match taken.step {
                Step::Reply { .. } => State::Replied,
                Step::Insist { .. } => State::Filed,
                Step::Accept => State::Accepted,
                Step::Withdraw { .. } => State::Withdrawn,
            })
    }

    /// Until when the next reply is owed, or was.
    pub fn due_at(&self) -> Micros {
        let insisted = self.steps.iter().rev().find_map(|taken| match taken.step {
            Step::Insist { due_at, .. } => Some(due_at),
            Step::Reply { .. } | Step::Accept | Step::Withdraw { .. } => None,
        });
        insisted.unwrap_or(self.first_due_at)
    }

    /// The unit owes a reply and is late.
    pub fn overdue(&self, now: Micros) -> bool {
        self.state() == State::Filed && now > self.due_at()
    }

    /// # Errors
    /// [`Refusal::CorrectionState`] where it is not the time for this step, [`Refusal::CorrectionReasons`] for a reply without the reasons that it owes,
    /// [`Refusal::CorrectionInsisted`] when the procurators asked again as often as they may.
    pub fn take(mut self, taken: Taken) -> Result<Self, Refusal> {
        let state = self.state();
        let may = match (&taken.step, state) {
            (Step::Reply { .. }, State::Filed)
            | (Step::Insist { .. } | Step::Accept, State::Replied) => true,
            (Step::Withdraw { .. }, State::Filed) => {
                !self.steps.iter().any(|one| one.step.by_unit())
            }
            _ => false,
        };
        if !may {
            return Err(Refusal::CorrectionState { state });
        }
        match &taken.step {
            Step::Reply {
                adoption: Adoption::Part | Adoption::Nothing,
                why_not: None,
                ..
            } => return Err(Refusal::CorrectionReasons),
            Step::Insist { .. } if self.insisted() == INSISTED_MAX => {
                return Err(Refusal::CorrectionInsisted);
            }
            Step::Reply { .. } | Step::Insist { .. } | Step::Accept | Step::Withdraw { .. } => {}
        }
        self.steps.push(taken);
        Ok(self)
    }

    fn insisted(&self) -> usize {
        let insisted = |taken: &&Taken| matches!(taken.step, Step::Insist { .. });
        self.steps.iter().filter(insisted).count()
    }
}
