use serde::{Deserialize, Serialize};

use super::{DESTINATIONS_MAX, Grounds, Leave, LeaveFault, request::text};
use crate::{LeaveId, Micros, OfficerId, Refusal};

/// Where a leave stands, whatever the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Requested,
    /// 集体评议: several officers talked it over.
    Reviewed,
    Approved,
    /// He was ordered back before its end (实施办法 §28).
    Recalled,
    Refused,
    /// By the person, before it began.
    Withdrawn,
    /// By an officer; a leave before it began, a standing permit at any time.
    Cancelled,
    /// 销假
    Returned,
    /// An extension took its place.
    Replaced,
}

crate::text_enum!(State {
    Requested = "requested",
    Reviewed = "reviewed",
    Approved = "approved",
    Recalled = "recalled",
    Refused = "refused",
    Withdrawn = "withdrawn",
    Cancelled = "cancelled",
    Returned = "returned",
    Replaced = "replaced",
});

/// What can happen to a leave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum Move {
    Review,
    Approve {
        /// Where he may be. Nothing drawn: no allowed area binds him while he is away.
        grounds: Vec<Grounds>,
    },
    Refuse,
    Withdraw,
    Cancel,
    Recall {
        return_by: Micros,
    },
    /// He is back: by a check-in, or by an officer's word.
    Return {
        /// When; not later than the step that notes it, which has its own `at`.
        #[serde(rename = "back_at")]
        at: Micros,
    },
    /// The extension was approved at the same moment.
    Replace {
        /// Not the step's own `by`.
        #[serde(rename = "extension")]
        by: LeaveId,
    },
}

/// One entry of a leave's file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    #[serde(flatten)]
    pub made: Move,
    pub at: Micros,
    /// None when the person did it himself.
    pub by: Option<OfficerId>,
    /// Why; of a review who took part and what was said.
    pub reason: String,
}

/// Where a leave stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Undecided,
    /// Approved, and not begun.
    Coming,
    /// Begun, and he need not be back yet.
    Away,
    /// He should be back, and nobody knows that he is.
    Overdue,
    Closed,
}

crate::text_enum!(Phase {
    Undecided = "undecided",
    Coming = "coming",
    Away = "away",
    Overdue = "overdue",
    Closed = "closed",
});

impl State {
    /// Nothing more can happen.
    pub const fn closed(self) -> bool {
        match self {
            Self::Requested | Self::Reviewed | Self::Approved | Self::Recalled => false,
            Self::Refused | Self::Withdrawn | Self::Cancelled | Self::Returned | Self::Replaced => {
                true
            }
        }
    }
}

impl Move {
    /// The state after it.
    pub const fn to(&self) -> State {
        match self {
            Self::Review => State::Reviewed,
            Self::Approve { .. } => State::Approved,
            Self::Refuse => State::Refused,
            Self::Withdraw => State::Withdrawn,
            Self::Cancel => State::Cancelled,
            Self::Recall { .. } => State::Recalled,
            Self::Return { .. } => State::Returned,
            Self::Replace { .. } => State::Replaced,
        }
    }
}

/// The state after a move. Whatever is decided once stays, and nothing goes back.
pub const fn next(state: State, made: &Move) -> Result<State, Refusal> {
    let possible = match state {
        State::Requested => matches!(
            made,
            Move::Review | Move::Approve { .. } | Move::Refuse | Move::Withdraw
        ),
        State::Reviewed => {
            matches!(made, Move::Approve { .. } | Move::Refuse | Move::Withdraw)
        }
        State::Approved => matches!(
            made,
            Move::Withdraw
                | Move::Cancel
                | Move::Recall { .. }
                | Move::Return { .. }
                | Move::Replace { .. }
        ),
        State::Recalled => matches!(made, Move::Return { .. }),
        State::Refused
        | State::Withdrawn
        | State::Cancelled
        | State::Returned
        | State::Replaced => false,
    };
    if possible {
        Ok(made.to())
    } else {
        Err(Refusal::LeaveState { state })
    }
}

impl Step {
    /// Are its parts such as can be?
    ///
    /// # Errors
    /// Without a reason where the person must be told one, a return in the future, an order to be back in the past, too many grounds.
    pub fn check(&self) -> Result<(), LeaveFault> {
        let fault = |field: &str, expected| {
            let field = field.to_owned();
            Err(LeaveFault { field, expected })
        };
        match &self.made {
            Move::Approve { grounds } if grounds.len() > DESTINATIONS_MAX => {
                fault("grounds", "must be at most 10")
            }
            Move::Recall { return_by } if *return_by < self.at => {
                fault("return_by", "must not lie in the past")
            }
            Move::Return { at } if *at > self.at => fault("at", "must not lie in the future"),
            Move::Review | Move::Refuse | Move::Cancel | Move::Recall { .. } => {
                text("reason", &self.reason)
            }
            Move::Approve { .. } | Move::Withdraw | Move::Return { .. } | Move::Replace { .. } => {
                Ok(())
            }
        }
    }
}

impl Leave {
    /// The leave after a step. Who may approve it is told by [`Approval::permits`](super::Approval::permits).
    ///
    /// # Errors
    /// As [`next`]; for an approval after its end, a withdrawal or cancellation after its beginning, a recall or return before it;
    /// for a recall of a standing permit or a return from one.
    pub fn take(mut self, step: Step) -> Result<Self, Refusal> {
        let state = self.state();
        next(state, &step.made)?;
        let (from, until) = (self.request.from, self.request.until);
        let (begun, standing) = (from <= step.at, self.standing());
        match step.made {
            Move::Approve { .. } if until <= step.at => Err(Refusal::LeaveOver { until }),
            Move::Recall { .. } | Move::Return { .. } | Move::Replace { .. } if standing => {
                Err(Refusal::LeaveStanding)
            }
            Move::Withdraw if begun && state == State::Approved && !standing => {
                Err(Refusal::LeaveBegun { from })
            }
            Move::Cancel if begun && !standing => Err(Refusal::LeaveBegun { from }),
            Move::Recall { .. } if !begun => Err(Refusal::LeaveNotBegun { from }),
            Move::Return { at } if at < from => Err(Refusal::LeaveNotBegun { from }),
            Move::Review
            | Move::Approve { .. }
            | Move::Refuse
            | Move::Withdraw
            | Move::Cancel
            | Move::Recall { .. }
            | Move::Return { .. }
            | Move::Replace { .. } => Ok(()),
        }?;
        self.steps.push(step);
        Ok(self)
    }

    /// Where it stands at an instant, by the steps made so far. Being back at [`Self::due_at`] is in time; from a standing permit nobody
    /// returns, it runs out.
    pub fn phase(&self, now: Micros) -> Phase {
        match self.state() {
            State::Requested | State::Reviewed => Phase::Undecided,
            State::Approved | State::Recalled if now < self.request.from => Phase::Coming,
            State::Approved | State::Recalled if now <= self.due_at() => Phase::Away,
            State::Approved | State::Recalled if !self.standing() => Phase::Overdue,
            State::Approved
            | State::Recalled
            | State::Refused
            | State::Withdrawn
            | State::Cancelled
            | State::Returned
            | State::Replaced => Phase::Closed,
        }
    }
}
