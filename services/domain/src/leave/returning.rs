use jiff::tz::TimeZone;

use super::{Leave, Phase};
use crate::{
    CheckinId, Micros,
    area::{AreaKind, AreaRule, Fix, Side},
    checkin::State,
};

/// A check-in by which a person says that he is back (销假). Only one that says so is asked: somebody who has not left yet checks in at
/// home as well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report {
    pub checkin: CheckinId,
    pub state: State,
    pub submitted_at: Option<Micros>,
    /// The position that came with it.
    pub fix: Option<Fix>,
}

/// What a report says about the return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// He came back when he handed it in: [`Move::Return`](super::Move::Return) with this instant.
    Returned { at: Micros },
    /// The check-in has no verdict yet, or an officer must look first.
    Waits,
    /// It was he, but where cannot be told: an officer's word is needed.
    Officer,
    /// It was he, and outside of every area where he may be at home.
    Elsewhere,
    /// It says nothing: not handed in, not accepted, before the leave, or from a leave that nobody has to come back from now.
    Nothing,
}

/// Whether a person is back, by a report and the allowed areas at home (those without any leave). Without a position and without an
/// area that holds at the time, an officer has to say it.
pub fn back(leave: &Leave, report: &Report, home: &[AreaRule], zone: &TimeZone) -> Back {
    let Some(at) = report.submitted_at.filter(|at| awaited(leave, *at)) else {
        return Back::Nothing;
    };
    match report.state {
        State::Open | State::Retry | State::Declined | State::AskedAgain | State::Expired => {
            Back::Nothing
        }
        State::Queued | State::Running | State::Review => Back::Waits,
        State::Verified | State::Accepted => {
            let holds = |rule: &&AreaRule| rule.kind == AreaKind::Allowed && rule.binds(at, zone);
            let sides = home.iter().filter(holds);
            let sides: Option<Vec<Side>> = report
                .fix
                .map(|fix| sides.map(|rule| rule.shape.side(&fix)).collect());
            match sides.unwrap_or_default().as_slice() {
                sides if sides.contains(&Side::Inside) => Back::Returned { at },
                [] => Back::Officer,
                sides if sides.contains(&Side::CannotTell) => Back::Officer,
                _ => Back::Elsewhere,
            }
        }
    }
}

fn awaited(leave: &Leave, at: Micros) -> bool {
    !leave.standing() && matches!(leave.phase(at), Phase::Away | Phase::Overdue)
}
