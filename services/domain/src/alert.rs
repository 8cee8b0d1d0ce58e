//! What an officer must look at: raised from facts, looked at in time or told to the unit above, closed with a reason. Nothing here is a
//! penalty, and nobody but a human closes what concerns a person.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    AlertId, DutyId, Micros, OfficerId, PersonId, Refusal, attendance::Attendance, duty::Duty,
    org::UnitPath,
};

/// Missed duties in a row after which contact counts as lost (社区矫正法 §30).
pub const LOST_AFTER_MISSED: usize = 2;
const HOUR_MS: i64 = 3_600_000;

/// What was seen, with the facts that explain it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// Nobody answered a duty in its time.
    MissedDuty {
        duty: DutyId,
        opens_at: Micros,
        late_until: Micros,
    },
    /// Several duties in a row were missed: the search begins (社区矫正法 §30).
    LostContact {
        /// The first one missed.
        duty: DutyId,
        since: Micros,
        missed: u32,
    },
}

impl Cause {
    /// Stable name, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::MissedDuty { .. } => "missed_duty",
            Self::LostContact { .. } => "lost_contact",
        }
    }

    /// The same for the same thing.
    pub fn dedup(&self) -> String {
        match self {
            Self::MissedDuty { duty, .. } | Self::LostContact { duty, .. } => {
                format!("{}:{duty}", self.kind())
            }
        }
    }

    /// Milliseconds in which a unit must look before the one above is told.
    pub const fn look_within_ms(&self) -> i64 {
        match self {
            Self::MissedDuty { .. } => 24 * HOUR_MS,
            Self::LostContact { .. } => 2 * HOUR_MS,
        }
    }

    /// A sentence with its facts, Chinese and English; times as the person's zone has them.
    pub fn explain(&self, zone: &TimeZone) -> (String, String) {
        match self {
            Self::MissedDuty {
                opens_at,
                late_until,
                ..
            } => {
                let (from, until) = (local(*opens_at, zone), local(*late_until, zone));
                (
                    format!("未在 {from} 至 {until} 内签到。"),
                    format!("No check-in between {from} and {until}."),
                )
            }
            Self::LostContact { since, missed, .. } => {
                let since = local(*since, zone);
                (
                    format!("自 {since} 起连续 {missed} 次未签到，疑似失去联系，请立即查找。"),
                    format!(
                        "{missed} duties in a row were missed since {since}: contact may be lost, please search at once."
                    ),
                )
            }
        }
    }
}

/// `2026-03-02 08:00`.
fn local(at: Micros, zone: &TimeZone) -> String {
    let at = at.timestamp().unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// An alert is due again, one unit further up; at the top it is nobody else's.
pub const fn escalate(
    escalated: i32,
    path: &UnitPath,
    cause: &Cause,
    now: Micros,
) -> (i32, Option<Micros>) {
    let above = path.depth() - 1;
    let reached = if escalated < above {
        escalated + 1
    } else {
        above
    };
    let due_at = if reached < above {
        Some(now.plus_ms(cause.look_within_ms()))
    } else {
        None
    };
    (reached, due_at)
}

/// What a change of attendance raises. `before` are the attendances of the person's duties that closed earlier, the latest first.
pub fn of_attendance(
    duty: &Duty,
    to: Attendance,
    before: &[(DutyId, Micros, Attendance)],
) -> Vec<Cause> {
    if to != Attendance::Missed {
        return Vec::new();
    }
    let mut causes = vec![Cause::MissedDuty {
        duty: duty.id,
        opens_at: duty.opens_at,
        late_until: duty.late_until.max(duty.closes_at),
    }];
    let run = before
        .iter()
        .take_while(|(_, _, attendance)| *attendance == Attendance::Missed);
    let missed = run.clone().count() + 1;
    if missed >= LOST_AFTER_MISSED {
        let (first, since) = run
            .last()
            .map_or((duty.id, duty.opens_at), |(id, opens_at, _)| {
                (*id, *opens_at)
            });
        causes.push(Cause::LostContact {
            duty: first,
            since,
            missed: missed as u32,
        });
    }
    causes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{OrgUnitId, PlanId, channel::Channels, plan::Factors};

    fn id(number: u128) -> DutyId {
        DutyId(Uuid::from_u128(number))
    }

    fn duty(number: u128) -> Duty {
        Duty {
            id: id(number),
            person: PersonId(Uuid::nil()),
            plan: PlanId(Uuid::nil()),
            rule: 0,
            opens_at: Micros::from_unix_s(1_772_409_600),
            closes_at: Micros::from_unix_s(1_772_413_200),
            late_until: Micros::from_unix_s(1_772_415_000),
            factors: Factors::Face,
            channels: Channels::ALL,
            location_required: false,
            unannounced: false,
        }
    }

    #[test]
    fn only_what_is_missed_raises_and_a_second_one_in_a_row_means_lost_contact() {
        let now = Micros(0);
        for attendance in Attendance::ALL {
            let raised = of_attendance(&duty(9), *attendance, &[]);
            assert_eq!(raised.len(), usize::from(*attendance == Attendance::Missed));
        }
        let kinds = |before: &[(DutyId, Micros, Attendance)]| -> Vec<(&str, String)> {
            of_attendance(&duty(9), Attendance::Missed, before)
                .iter()
                .map(|cause| (cause.kind(), cause.dedup()))
                .collect()
        };
        let missed = |number| (id(number), now, Attendance::Missed);
        let met = |number| (id(number), now, Attendance::OnTime);
        assert_eq!(kinds(&[met(8), missed(7)]).len(), 1);
        let lost = kinds(&[missed(8), missed(7), met(6), missed(5)]);
        assert_eq!(lost[1], ("lost_contact", format!("lost_contact:{}", id(7))));
        let longer = kinds(&[missed(8), missed(7)]);
        assert_eq!(longer[1].1, lost[1].1, "the same alert as long as it lasts");
    }

    #[test]
    fn an_alert_explains_itself_in_the_persons_time() {
        let zone = TimeZone::get("Asia/Shanghai").expect("a bundled zone");
        let causes = of_attendance(
            &duty(9),
            Attendance::Missed,
            &[(id(8), Micros(0), Attendance::Missed)],
        );
        let (zh, en) = causes[0].explain(&zone);
        assert_eq!(zh, "未在 2026-03-02 08:00 至 2026-03-02 09:30 内签到。");
        assert_eq!(
            en,
            "No check-in between 2026-03-02 08:00 and 2026-03-02 09:30."
        );
        let (zh, _) = causes[1].explain(&zone);
        assert!(zh.contains("连续 2 次未签到"), "{zh}");
    }

    #[test]
    fn an_alert_rises_one_unit_at_a_time_and_rests_at_the_top() {
        let unit = |number| OrgUnitId(Uuid::from_u128(number));
        let path = UnitPath::root(unit(1)).child(unit(2)).child(unit(3));
        let cause = of_attendance(&duty(1), Attendance::Missed, &[]).remove(0);
        let now = Micros(0);
        let day = now.plus_ms(24 * HOUR_MS);
        assert_eq!(escalate(0, &path, &cause, now), (1, Some(day)));
        assert_eq!(escalate(1, &path, &cause, now), (2, None));
        assert_eq!(escalate(2, &path, &cause, now), (2, None));
        assert_eq!(path.above(0), Some(unit(3)));
        assert_eq!(path.above(2), Some(unit(1)));
        assert_eq!(path.above(3), None);
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
