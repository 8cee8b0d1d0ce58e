//! What an officer must look at: raised from facts, looked at in time or told to the unit above, closed with a reason. Nothing here is a
//! penalty, and nobody but a human closes what concerns a person.
//!
//! Each [`Rule`] has a kind of [`Cause`] with the facts that explain it; [`watch`] finds them, as [`Settings`] tune them. [`Budget`] says
//! what of it a day holds, [`precision()`] what it was worth.

use serde::{Deserialize, Serialize};

use crate::{AlertId, Micros, OfficerId, PersonId, Refusal, org::UnitPath};

mod breach;
mod budget;
mod cause;
mod device;
mod edge;
mod fault;
mod gathering;
mod identical;
mod limits;
mod local;
mod missed;
mod mock;
mod nocturnal;
mod overdue;
mod place;
mod precision;
mod repeated;
mod rule;
#[cfg(test)]
mod scene;
mod separation;
mod settings;
mod speed;
mod stand_in;
pub mod watch;

use self::watch::Seen;
pub use self::{
    breach::{RuleBreach, TEXT_CHARS_MAX},
    budget::{Budget, Ranked, rank},
    cause::Cause,
    device::{
        Activation, CHANGES_DAYS, DeviceChange, DeviceChangeLimits, SharedDevice,
        SharedDeviceLimits,
    },
    edge::{ALPHA, DUTIES_MIN, EdgeLimits, EdgeOfWindow},
    fault::AlertFault,
    gathering::{Gathering, GatheringLimits},
    identical::{IdenticalCoordinates, IdenticalLimits},
    limits::Unlimited,
    missed::{LOST_AFTER_MISSED, of_attendance},
    mock::{MockLimits, MockLocation},
    nocturnal::{HOME_RADIUS_M_MAX, NIGHTS, Nocturnal, NocturnalLimits},
    overdue::OverdueLeave,
    place::Placed,
    precision::{Outcome, Precision, precision},
    repeated::{Repeat, RepeatedMedia},
    rule::{Rule, Severity},
    separation::{Separation, SeparationLimits},
    settings::{Settings, Tuning},
    speed::{ImpossibleSpeed, SpeedLimits},
    stand_in::StandIn,
};

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Open,
    /// An officer saw it.
    Acknowledged,
    /// An officer took it, with a deadline of his own.
    Task,
    Closed,
}

crate::text_enum!(State {
    Open = "open",
    Acknowledged = "acknowledged",
    Task = "task",
    Closed = "closed",
});

/// What an officer may do with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    Acknowledge,
    /// Take it as a task.
    Take,
    Close,
}

/// One alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    pub id: AlertId,
    pub person: PersonId,
    pub cause: Cause,
    pub state: State,
    pub raised_at: Micros,
    /// When the next unit above is told; none once nobody is above, or it is closed.
    pub due_at: Option<Micros>,
    /// Units above the person's own that it has reached.
    pub escalated: i32,
    /// Who acknowledged or took it.
    pub officer: Option<OfficerId>,
    pub closed: Option<Closed>,
}

/// How an alert ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// None when what it told of is no longer so.
    pub by: Option<OfficerId>,
    pub at: Micros,
    pub reason: String,
    /// What the officer found; none when nobody closed it, or before this was asked.
    #[serde(default)]
    pub outcome: Option<Outcome>,
}

/// The state after a move.
pub const fn next(state: State, made: Move) -> Result<State, Refusal> {
    match (state, made) {
        (State::Open, Move::Acknowledge) => Ok(State::Acknowledged),
        (State::Open | State::Acknowledged, Move::Take) => Ok(State::Task),
        (State::Open | State::Acknowledged | State::Task, Move::Close) => Ok(State::Closed),
        (State::Acknowledged | State::Task | State::Closed, Move::Acknowledge)
        | (State::Task | State::Closed, Move::Take)
        | (State::Closed, Move::Close) => Err(Refusal::AlertState { state }),
    }
}

/// An alert is due again, one unit further up; at the top it is nobody else's. `look_within_ms` as [`Settings::look_within_ms`] has it.
pub const fn escalate(
    escalated: i32,
    path: &UnitPath,
    look_within_ms: i64,
    now: Micros,
) -> (i32, Option<Micros>) {
    let above = path.depth() - 1;
    let reached = if escalated < above {
        escalated + 1
    } else {
        above
    };
    let due_at = if reached < above {
        Some(now.plus_ms(look_within_ms))
    } else {
        None
    };
    (reached, due_at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::OrgUnitId;

    #[test]
    fn an_alert_rises_one_unit_at_a_time_and_rests_at_the_top() {
        let unit = |number| OrgUnitId(Uuid::from_u128(number));
        let path = UnitPath::root(unit(1)).child(unit(2)).child(unit(3));
        let now = Micros(0);
        let rise = |escalated| escalate(escalated, &path, 5_000, now);
        assert_eq!(rise(0), (1, Some(now.plus_ms(5_000))));
        assert_eq!(rise(1), (2, None));
        assert_eq!(rise(2), (2, None));
        assert_eq!(path.above(0), Some(unit(3)));
        assert_eq!(path.above(2), Some(unit(1)));
        assert_eq!(path.above(3), None);
    }

    #[test]
    fn what_was_closed_before_outcomes_were_asked_is_still_read() {
        let closed = r#"{"by":null,"at":5,"reason":"no longer so"}"#;
        let closed: Closed = serde_json::from_str(closed).expect("an older one");
        assert_eq!(closed.outcome, None);
    }

    proptest! {
        #[test]
        fn a_closed_alert_stays_closed_and_no_move_goes_back(
            moves in proptest::collection::vec(prop_oneof![Just(Move::Acknowledge), Just(Move::Take), Just(Move::Close)], 0..10),
        ) {
            let rank = |state| State::ALL.iter().position(|other| *other == state);
            let mut state = State::Open;
            for made in moves {
                match next(state, made) {
                    Ok(after) => {
                        prop_assert!(rank(after) > rank(state));
                        prop_assert!(state != State::Closed);
                        state = after;
                    }
                    Err(refusal) => prop_assert_eq!(refusal, Refusal::AlertState { state }),
                }
            }
        }
    }
}
