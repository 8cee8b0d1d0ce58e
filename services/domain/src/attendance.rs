//! Per duty: what became of it. A pure function of the duty, its attempts and the time, so that it can be recomputed.

use serde::{Deserialize, Serialize};

use crate::{
    Micros,
    checkin::{Attempt, State},
    duty::Duty,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attendance {
    /// Not yet answered, and still can be, or its verdict is on the way.
    Due,
    OnTime,
    Late,
    UnderReview,
    Excused,
    Missed,
}

crate::text_enum!(Attendance {
    Due = "due",
    OnTime = "on_time",
    Late = "late",
    UnderReview = "under_review",
    Excused = "excused",
    Missed = "missed",
});

impl Attendance {
    /// Nothing more is asked of the person.
    pub const fn met(self) -> bool {
        matches!(self, Self::OnTime | Self::Late | Self::Excused)
    }
}

/// The attendance of a duty. The moment of submission counts, never the moment of the verdict; nothing is missed while
/// an attempt waits for a verdict or for an officer.
pub fn mark(duty: &Duty, attempts: &[Attempt], now: Micros) -> Attendance {
    let good = attempts
        .iter()
        .filter(|attempt| matches!(attempt.state, State::Verified | State::Accepted));
    if let Some(first) = good.filter_map(|attempt| attempt.submitted_at).min() {
        return if first <= duty.closes_at {
            Attendance::OnTime
        } else {
            Attendance::Late
        };
    }
    let any = |states: &[State]| {
        attempts
            .iter()
            .any(|attempt| states.contains(&attempt.state))
    };
    if any(&[State::Review]) {
        Attendance::UnderReview
    } else if any(&[State::Queued, State::Running]) || duty.phase(now) != crate::duty::Phase::Closed
    {
        Attendance::Due
    } else {
        Attendance::Missed
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{DutyId, PersonId, PlanId, plan::Factors};

    fn attempt(state: State, submitted_s: i64) -> Attempt {
        let at = Some(Micros::from_unix_s(submitted_s));
        Attempt {
            state,
            submitted_at: at,
            concluded_at: at,
            failed_match: false,
        }
    }

    #[test]
    fn attendance_follows_the_best_attempt_and_the_moment_of_submission() {
        let id = Uuid::from_u128(1);
        let duty = Duty {
            id: DutyId(id),
            person: PersonId(id),
            plan: PlanId(id),
            rule: 0,
            opens_at: Micros::from_unix_s(0),
            closes_at: Micros::from_unix_s(100),
            late_until: Micros::from_unix_s(200),
            factors: Factors::FaceAndVoice,
            unannounced: false,
        };
        let table: &[(&[Attempt], i64, Attendance)] = &[
            (&[], 50, Attendance::Due),
            (&[], 150, Attendance::Due),
            (&[], 200, Attendance::Missed),
            (&[attempt(State::Queued, 199)], 500, Attendance::Due),
            (&[attempt(State::Retry, 50)], 200, Attendance::Missed),
            (&[attempt(State::Review, 50)], 200, Attendance::UnderReview),
            (&[attempt(State::Declined, 50)], 150, Attendance::Due),
            (&[attempt(State::Declined, 50)], 200, Attendance::Missed),
            (&[attempt(State::Verified, 100)], 500, Attendance::OnTime),
            (&[attempt(State::Accepted, 101)], 500, Attendance::Late),
            (
                &[attempt(State::Review, 50), attempt(State::Verified, 150)],
                500,
                Attendance::Late,
            ),
            (
                &[attempt(State::Accepted, 50), attempt(State::Verified, 150)],
                500,
                Attendance::OnTime,
            ),
        ];
        for (attempts, now_s, expected) in table {
            assert_eq!(
                mark(&duty, attempts, Micros::from_unix_s(*now_s)),
                *expected,
                "{attempts:?} at {now_s}"
            );
        }
    }
}
