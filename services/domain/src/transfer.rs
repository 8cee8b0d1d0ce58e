//! 执行地变更: a person's supervision moves to another unit when that unit agrees.

use serde::{Deserialize, Serialize};

use crate::{Micros, OfficerId, OrgUnitId, PersonId, Refusal, TransferId};

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for the receiving unit.
    Proposed,
    /// The person and his whole file belong to the receiving unit.
    Accepted,
    Declined,
    /// Taken back by the sending unit.
    Withdrawn,
}

crate::text_enum!(State {
    Proposed = "proposed",
    Accepted = "accepted",
    Declined = "declined",
    Withdrawn = "withdrawn",
});

/// What may be done with a proposed transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    Accept,
    Decline,
    Withdraw,
}

impl Move {
    /// Which side may do it.
    pub const fn by_receiver(self) -> bool {
        matches!(self, Self::Accept | Self::Decline)
    }

    const fn to(self) -> State {
        match self {
            Self::Accept => State::Accepted,
            Self::Decline => State::Declined,
            Self::Withdraw => State::Withdrawn,
        }
    }
}

/// The move of one person from one unit to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    pub id: TransferId,
    pub person: PersonId,
    pub from: OrgUnitId,
    pub to: OrgUnitId,
    pub state: State,
    pub reason: String,
    pub proposed_by: OfficerId,
    pub proposed_at: Micros,
    pub decided_by: Option<OfficerId>,
    pub decided_at: Option<Micros>,
}

/// The state after a move. Whatever is decided once stays.
pub const fn next(state: State, made: Move) -> Result<State, Refusal> {
    match state {
        State::Proposed => Ok(made.to()),
        State::Accepted | State::Declined | State::Withdrawn => {
            Err(Refusal::TransferDecided { state })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_is_decided_once() {
        for made in [Move::Accept, Move::Decline, Move::Withdraw] {
            let decided = next(State::Proposed, made).expect("it was proposed");
            for again in [Move::Accept, Move::Decline, Move::Withdraw] {
                assert_eq!(
                    next(decided, again),
                    Err(Refusal::TransferDecided { state: decided })
                );
            }
        }
    }
}
