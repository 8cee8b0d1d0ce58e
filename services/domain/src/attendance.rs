//! Per duty: what became of it. A pure function of the duty, its attempts, what officers wrote down and the time, so that it can be
//! recomputed.

use serde::{Deserialize, Serialize};

use crate::{
    Micros, OfficerId,
    checkin::{Attempt, State},
    duty::{Duty, Phase},
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

/// What an officer writes down about a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RulingKind {
    /// The person was there, before the officer.
    Attended,
    /// Nothing is held against the person.
    Excused,
}

crate::text_enum!(RulingKind { Attended = "attended", Excused = "excused" });

/// An officer's word about a duty. None is ever taken back; a later one is added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    pub kind: RulingKind,
    /// When the person was there, or when he was excused.
    pub at: Micros,
    pub officer: OfficerId,
    pub reason: String,
}

/// The attendance of a duty. The moment of submission counts, never the moment of the verdict; nothing is missed while
/// an attempt waits for a verdict or for an officer, or once an officer excused it. Whoever is asked for another capture was there when he handed
/// in the first.
pub fn mark(duty: &Duty, attempts: &[Attempt], rulings: &[Ruling], now: Micros) -> Attendance {
    let good = attempts
        .iter()
        .filter(|attempt| matches!(attempt.state, State::Verified | State::Accepted))
        .filter_map(|attempt| attempt.submitted_at);
    let ruled = |kind| {
        rulings
            .iter()
            .filter(move |ruling| ruling.kind == kind)
            .map(|ruling| ruling.at)
    };
    if let Some(good) = good.chain(ruled(RulingKind::Attended)).min() {
        let asked_again = attempts
            .iter()
            .filter(|attempt| attempt.state == State::AskedAgain)
            .filter_map(|attempt| attempt.submitted_at);
        let first = asked_again.fold(good, Micros::min);
        return if first <= duty.closes_at {
            Attendance::OnTime
        } else {
            Attendance::Late
        };
    }
    if ruled(RulingKind::Excused).next().is_some() {
        return Attendance::Excused;
    }
    let any = |states: &[State]| {
        attempts
            .iter()
            .any(|attempt| states.contains(&attempt.state))
    };
    if any(&[State::Review]) {
        Attendance::UnderReview
    } else if any(&[State::Queued, State::Running]) || duty.phase(now) != Phase::Closed {
        Attendance::Due
    } else {
        Attendance::Missed
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{DutyId, PersonId, PlanId, channel::Channels, plan::Factors};

    fn attempt(state: State, submitted_s: i64) -> Attempt {
        let at = Some(Micros::from_unix_s(submitted_s));
        Attempt {
            state,
            submitted_at: at,
            concluded_at: at,
            failed_match: false,
        }
    }

    fn ruling(kind: RulingKind, at_s: i64) -> Ruling {
        Ruling {
            kind,
            at: Micros::from_unix_s(at_s),
            officer: OfficerId(Uuid::nil()),
            reason: "seen".into(),
        }
    }

    /// Opens at 0, closes at 100, late until 200.
    fn duty() -> Duty {
        let id = Uuid::from_u128(1);
        Duty {
            id: DutyId(id),
            person: PersonId(id),
            plan: PlanId(id),
            rule: 0,
            opens_at: Micros::from_unix_s(0),
            closes_at: Micros::from_unix_s(100),
            late_until: Micros::from_unix_s(200),
            factors: Factors::FaceAndVoice,
            channels: Channels::ALL,
            location_required: false,
            unannounced: false,
        }
    }

    #[test]
    fn an_officers_word_counts_like_a_check_in_and_an_excuse_only_without_one() {
        let (attended, excused) = (RulingKind::Attended, RulingKind::Excused);
        let table: &[(&[Attempt], &[Ruling], Attendance)] = &[
            (&[], &[ruling(attended, 100)], Attendance::OnTime),
            (&[], &[ruling(attended, 150)], Attendance::Late),
            (&[], &[ruling(excused, 500)], Attendance::Excused),
            (
                &[attempt(State::Review, 50)],
                &[ruling(excused, 500)],
                Attendance::Excused,
            ),
            (
                &[attempt(State::Verified, 150)],
                &[ruling(excused, 500)],
                Attendance::Late,
            ),
            (
                &[attempt(State::Verified, 150)],
                &[ruling(attended, 90)],
                Attendance::OnTime,
            ),
        ];
        for (attempts, rulings, expected) in table {
            let marked = mark(&duty(), attempts, rulings, Micros::from_unix_s(500));
            assert_eq!(marked, *expected, "{attempts:?} {rulings:?}");
        }
    }

    #[test]
    fn attendance_follows_the_best_attempt_and_the_moment_of_submission() {
        let table: &[(&[Attempt], i64, Attendance)] = &[
            (&[], 50, Attendance::Due),
            (&[], 150, Attendance::Due),
            (&[], 200, Attendance::Missed),
            (&[attempt(State::Queued, 199)], 500, Attendance::Due),
            (&[attempt(State::Retry, 50)], 200, Attendance::Missed),
            (&[attempt(State::Review, 50)], 200, Attendance::UnderReview),
            (&[attempt(State::Declined, 50)], 150, Attendance::Due),
            (&[attempt(State::Declined, 50)], 200, Attendance::Missed),
            (&[attempt(State::AskedAgain, 50)], 150, Attendance::Due),
            (&[attempt(State::AskedAgain, 50)], 200, Attendance::Missed),
            (
                &[
                    attempt(State::AskedAgain, 50),
                    attempt(State::Verified, 150),
                ],
                500,
                Attendance::OnTime,
            ),
            (
                &[
                    attempt(State::AskedAgain, 150),
                    attempt(State::Accepted, 190),
                ],
                500,
                Attendance::Late,
            ),
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
                mark(&duty(), attempts, &[], Micros::from_unix_s(*now_s)),
                *expected,
                "{attempts:?} at {now_s}"
            );
        }
    }
}
