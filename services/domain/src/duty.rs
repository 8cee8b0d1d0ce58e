use serde::{Deserialize, Serialize};

use crate::{DutyId, Micros, PersonId, PlanId, channel::Channels, plan::Factors};

/// One obligation that a plan produced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    pub id: DutyId,
    pub person: PersonId,
    pub plan: PlanId,
    /// Place of its rule in the plan, from 0. Plan, rule and opening together name it.
    pub rule: i32,
    pub opens_at: Micros,
    pub closes_at: Micros,
    /// Until then a check-in counts, as late.
    pub late_until: Micros,
    pub factors: Factors,
    pub channels: Channels,
    /// Without a position an officer has to look.
    pub location_required: bool,
    /// A random check: nobody may know of it before it opens.
    pub unannounced: bool,
}

/// Where a duty stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Upcoming,
    Open,
    Late,
    Closed,
}

impl Duty {
    /// May it be told of?
    pub fn known(&self, now: Micros) -> bool {
        !self.unannounced || self.opens_at <= now
    }

    /// The opening instant belongs to the window, the closing instant is still on time, `late_until` is already closed
    /// unless it is the closing instant itself.
    pub fn phase(&self, now: Micros) -> Phase {
        if now < self.opens_at {
            Phase::Upcoming
        } else if now <= self.closes_at {
            Phase::Open
        } else if now < self.late_until {
            Phase::Late
        } else {
            Phase::Closed
        }
    }
}
