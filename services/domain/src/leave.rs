//! 请假、销假: a person may leave the city or county where he lives only with leave (社区矫正法 §27), asked for, decided and ended as
//! 社区矫正法实施办法 §26–29 has it.
//!
//! A leave is what was asked and the steps that followed; its state and its time are worked out from them. What it does to a duty is
//! what it was when the duty opened: no step touches what has opened, so that duties can be made again at any time. Nothing here
//! is held against anybody: of a leave that is overdue there are facts, and an officer looks.

mod approval;
mod destination;
mod overlay;
mod request;
mod returning;
mod state;

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    AreaId, LeaveId, Micros, OfficerId, PersonId,
    area::{AreaName, Shape},
};

pub use self::{
    approval::{Approval, COUNTY_DAYS_MAX, CUMULATIVE_MONTHS, OFFICE_DAYS_MAX, approval},
    destination::{Destination, Division},
    overlay::{Overlay, areas, overlay, overlays},
    request::{
        AHEAD_DAYS_MAX, Bounds, COMPANIONS_MAX, DESTINATIONS_MAX, Kind, NOTICE_DAYS,
        PERMIT_MONTHS_MAX, Purpose, Request, TEXT_CHARS_MAX, TRIP_DAYS_MAX,
    },
    returning::{Back, Report, back},
    state::{Move, Phase, State, Step, next},
};

/// Why a request or a step cannot be: the path of the field, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {expected}")]
pub struct LeaveFault {
    pub field: String,
    pub expected: &'static str,
}

/// One request for leave, and what became of it. Nothing of it is changed; steps are added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leave {
    pub id: LeaveId,
    pub person: PersonId,
    pub request: Request,
    pub asked_at: Micros,
    /// The officer who wrote it down for him; none when he asked from his phone.
    pub asked_by: Option<OfficerId>,
    /// In order of time.
    pub steps: Vec<Step>,
}

/// Where the person may be while away, as the officer drew it who approved the leave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grounds {
    pub id: AreaId,
    pub name: AreaName,
    pub shape: Shape,
}

/// A time: `from` belongs to it, `until` does not, and lies later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: Micros,
    pub until: Micros,
}

/// A person is not back in time: the facts that an officer needs, and no judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overdue {
    pub leave: LeaveId,
    pub due_at: Micros,
    /// He had been ordered back before the leave's own end.
    pub recalled: bool,
    /// A request to extend it that nobody has decided yet: he told of it, as 实施办法 §28 asks.
    pub extension: Option<LeaveId>,
}

impl Leave {
    /// Where it stands after all its steps.
    pub fn state(&self) -> State {
        let last = self.steps.last();
        last.map_or(State::Requested, |step| step.made.to())
    }

    /// When he must be back at the latest: its end, or the moment until which he was ordered back.
    pub fn due_at(&self) -> Micros {
        let recalls = self.steps.iter().filter_map(|step| {
            if let Move::Recall { return_by } = step.made {
                Some(return_by)
            } else {
                None
            }
        });
        recalls.fold(self.request.until, Ord::min)
    }

    /// The time of an approved leave: from its beginning, or its approval if that came later, until it is over. None when it never
    /// was approved, or was over before it began.
    pub fn live(&self) -> Option<Span> {
        self.span(self.steps.iter())
    }

    /// The same, by the steps made before an instant.
    pub fn live_before(&self, instant: Micros) -> Option<Span> {
        self.span(self.steps.iter().filter(|step| step.at < instant))
    }

    /// When he came back, and whether that was after [`Self::due_at`]; none while he has not.
    pub fn returned(&self) -> Option<(Micros, bool)> {
        let mut returns = self.steps.iter().filter_map(|step| {
            if let Move::Return { at } = step.made {
                Some(at)
            } else {
                None
            }
        });
        let at = returns.next()?;
        Some((at, at > self.due_at()))
    }

    /// Back too late, or not back though he should be.
    pub fn was_overdue(&self, now: Micros) -> bool {
        self.returned()
            .map_or_else(|| self.phase(now) == Phase::Overdue, |(_, late)| late)
    }

    /// What the approving officer drew, if he did.
    pub fn grounds(&self) -> &[Grounds] {
        let drawn = self.steps.iter().find_map(|step| {
            if let Move::Approve { grounds } = &step.made {
                Some(grounds.as_slice())
            } else {
                None
            }
        });
        drawn.unwrap_or_default()
    }

    fn standing(&self) -> bool {
        self.request.kind == Kind::Standing
    }

    fn span<'a>(&self, mut steps: impl Iterator<Item = &'a Step>) -> Option<Span> {
        let approved = steps.find(|step| matches!(step.made, Move::Approve { .. }))?;
        let from = self.request.from.max(approved.at);
        let until = steps.fold(self.request.until, ended);
        (from < until).then_some(Span { from, until })
    }
}

/// The end of a leave after a step, given the one before it.
fn ended(until: Micros, step: &Step) -> Micros {
    match step.made {
        Move::Review | Move::Approve { .. } => until,
        Move::Refuse | Move::Withdraw | Move::Cancel | Move::Replace { .. } => until.min(step.at),
        Move::Recall { return_by } => until.min(return_by),
        Move::Return { at } => until.min(at),
    }
}

impl Span {
    pub fn contains(self, at: Micros) -> bool {
        self.from <= at && at < self.until
    }

    /// Have they a time in common? Touching is not meeting.
    pub fn meets(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }

    /// The first and the last local day of which some part belongs to it.
    pub fn days(self, zone: &TimeZone) -> (Date, Date) {
        let last = Micros(self.until.0.saturating_sub(1));
        (day(self.from, zone), day(last, zone))
    }
}

/// The local day; the calendar's first or last one for what lies outside of it.
fn day(at: Micros, zone: &TimeZone) -> Date {
    let outside = if at.0 < 0 { Date::MIN } else { Date::MAX };
    at.timestamp()
        .map_or(outside, |at| zone.to_datetime(at).date())
}

/// Of a person's leaves those that he should have come back from, with the facts that explain it.
///
/// Whoever raises an alert by it must first wait for the verdict of a [`Report`] that was handed in in time ([`Back::Waits`]).
pub fn overdue(leaves: &[Leave], now: Micros) -> Vec<Overdue> {
    let late = leaves
        .iter()
        .filter(|leave| leave.phase(now) == Phase::Overdue);
    late.map(|leave| {
        let extends = |other: &&Leave| {
            other.request.extends == Some(leave.id) && other.phase(now) == Phase::Undecided
        };
        Overdue {
            leave: leave.id,
            due_at: leave.due_at(),
            recalled: leave.state() == State::Recalled,
            extension: leaves.iter().find(extends).map(|other| other.id),
        }
    })
    .collect()
}

#[cfg(test)]
mod tests;
