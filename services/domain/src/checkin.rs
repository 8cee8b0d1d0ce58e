//! One try to fulfil a duty: its states and the moves between them.

use serde::{Deserialize, Serialize};

use crate::{
    CheckinId, DeviceId, DutyId, Micros, PersonId, Refusal,
    attendance::Attendance,
    challenge::{Presence, Prompt},
    duty::{Duty, Phase},
    verdict::{Verdict, VerdictKind},
};

/// A capture session lives this long at most, and never beyond the duty's last moment.
pub const SESSION_MS: i64 = 10 * 60_000;
/// Failed matches in a row after which each further try waits ([`TRY_DELAY_MS`]); NIST SP 800-63B-4 draft §5.2.3.
pub const FAILED_BEFORE_DELAY: usize = 5;
/// The wait after too many failed matches.
pub const TRY_DELAY_MS: i64 = 30_000;
/// Failed matches in a row after which only an officer can help; NIST SP 800-63B-4 draft §5.2.3.
pub const FAILED_BEFORE_OFFICER: usize = 50;
/// Sessions a person may open for one duty, quality retries included: far above any honest need, a bound on the work one phone can make.
pub const SESSIONS_PER_DUTY_MAX: usize = 200;

/// Where an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The capture session runs; parts arrive.
    Open,
    /// Acknowledged; waits for a worker.
    Queued,
    /// A worker holds it under a lease.
    Running,
    Verified,
    /// Quality was too low; costs nothing.
    Retry,
    /// An officer must look.
    Review,
    /// An officer looked and accepts it.
    Accepted,
    /// Officers looked and decline it. The person may appeal.
    Declined,
    /// An officer could not tell and asks for another one; costs nothing.
    AskedAgain,
    /// Never submitted in time.
    Expired,
}

crate::text_enum!(State {
    Open = "open",
    Queued = "queued",
    Running = "running",
    Verified = "verified",
    Retry = "retry",
    Review = "review",
    Accepted = "accepted",
    Declined = "declined",
    AskedAgain = "asked_again",
    Expired = "expired",
});

impl State {
    /// Has a verdict or will never have one.
    pub const fn settled(self) -> bool {
        !matches!(self, Self::Open | Self::Queued | Self::Running)
    }
}

/// An officer's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Accept,
    /// Counts when another officer, who does not know of it, thinks the same: [`crate::review::weigh`].
    Decline,
    /// The capture does not tell; the person is asked for another one.
    AskAgain,
}

crate::text_enum!(Decision {
    Accept = "accept",
    Decline = "decline",
    AskAgain = "ask_again",
});

/// What can happen to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// The phone handed in everything.
    Submit,
    /// A worker took it: the first time, or after another worker's lease lapsed.
    Claim,
    /// The worker that holds it has a verdict.
    Conclude(VerdictKind),
    /// Officers decided.
    Decide(Decision),
    /// Another officer granted the person's appeal.
    Grant,
    /// The session's time ran out before it was submitted.
    Expire,
}

/// The state after a move, or the refusal that explains why there is none.
pub fn next(state: State, by: Move) -> Result<State, Refusal> {
    match (state, by) {
        (State::Open, Move::Submit) => Ok(State::Queued),
        (State::Open, Move::Expire) => Ok(State::Expired),
        (State::Queued | State::Running, Move::Claim) => Ok(State::Running),
        (State::Running, Move::Conclude(VerdictKind::Verified)) => Ok(State::Verified),
        (State::Running, Move::Conclude(VerdictKind::Retry)) => Ok(State::Retry),
        (State::Running, Move::Conclude(VerdictKind::Review)) => Ok(State::Review),
        (State::Review, Move::Decide(Decision::Accept)) | (State::Declined, Move::Grant) => {
            Ok(State::Accepted)
        }
        (State::Review, Move::Decide(Decision::Decline)) => Ok(State::Declined),
        (State::Review, Move::Decide(Decision::AskAgain)) => Ok(State::AskedAgain),
        (State::Expired, Move::Submit) => Err(Refusal::SessionExpired),
        (_, Move::Submit) => Err(Refusal::SessionUsed),
        (_, Move::Claim | Move::Conclude(_) | Move::Decide(_) | Move::Grant | Move::Expire) => {
            Err(Refusal::StateConflict { state })
        }
    }
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checkin {
    pub id: CheckinId,
    pub duty: DutyId,
    pub person: PersonId,
    pub device: DeviceId,
    pub state: State,
    /// Times that a worker claimed it; a worker's result counts only under its own number.
    pub claim: i32,
    pub prompt: Prompt,
    /// What is to be shown besides a frontal face; none where the duty asks for no face or the phone cannot ask.
    #[serde(default)]
    pub presence: Option<Presence>,
    /// One-use random text that the submission repeats, base64url.
    pub nonce: String,
    pub opened_at: Micros,
    pub expires_at: Micros,
    pub submitted_at: Option<Micros>,
    pub verdict: Option<Verdict>,
    pub concluded_at: Option<Micros>,
}

/// What one of the earlier attempts at a duty came to, oldest first; enough for attendance and for counting tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    pub state: State,
    pub submitted_at: Option<Micros>,
    pub concluded_at: Option<Micros>,
    /// It went to review because face, voice or digits did not match.
    pub failed_match: bool,
}

/// When the session that may be opened now will end.
///
/// `earlier` holds all attempts at this duty, oldest first.
pub fn may_open(
    duty: &Duty,
    earlier: &[Attempt],
    attendance: Attendance,
    now: Micros,
) -> Result<Micros, Refusal> {
    if attendance.met() {
        return Err(Refusal::DutyMet);
    }
    match duty.phase(now) {
        Phase::Upcoming => {
            return Err(Refusal::WindowNotOpen {
                opens_at: duty.opens_at,
            });
        }
        Phase::Closed => {
            return Err(Refusal::WindowClosed {
                closed_at: duty.late_until.max(duty.closes_at),
            });
        }
        Phase::Open | Phase::Late => {}
    }
    if earlier.len() >= SESSIONS_PER_DUTY_MAX {
        return Err(Refusal::SeeOfficer);
    }
    if earlier
        .iter()
        .any(|attempt| matches!(attempt.state, State::Queued | State::Running))
    {
        return Err(Refusal::VerdictPending);
    }
    let concluded = earlier.iter().rev().filter(|attempt| {
        matches!(
            attempt.state,
            State::Review | State::Declined | State::Verified | State::Accepted
        )
    });
    let failed: Vec<_> = concluded
        .take_while(|attempt| attempt.failed_match)
        .collect();
    if failed.len() >= FAILED_BEFORE_OFFICER {
        return Err(Refusal::SeeOfficer);
    }
    if let (true, Some(last)) = (
        failed.len() >= FAILED_BEFORE_DELAY,
        failed.first().and_then(|attempt| attempt.concluded_at),
    ) {
        let retry_at = last.plus_ms(TRY_DELAY_MS);
        if now < retry_at {
            return Err(Refusal::TooManyTries { retry_at });
        }
    }
    Ok(now
        .plus_ms(SESSION_MS)
        .min(duty.late_until.max(duty.closes_at)))
}

/// May this attempt be submitted now? Time is looked at before state, so that a late phone hears of time.
pub fn may_submit(checkin: &Checkin, duty: &Duty, nonce: &str, now: Micros) -> Result<(), Refusal> {
    if duty.phase(now) == Phase::Closed && !checkin.state.settled() {
        return Err(Refusal::WindowClosed {
            closed_at: duty.late_until.max(duty.closes_at),
        });
    }
    next(checkin.state, Move::Submit)?;
    if now > checkin.expires_at {
        return Err(Refusal::SessionExpired);
    }
    if checkin.nonce != nonce {
        return Err(Refusal::NonceMismatch);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moves() -> impl Strategy<Value = Move> {
        prop_oneof![
            Just(Move::Submit),
            Just(Move::Claim),
            Just(Move::Expire),
            Just(Move::Grant),
            prop_oneof![
                Just(VerdictKind::Verified),
                Just(VerdictKind::Retry),
                Just(VerdictKind::Review)
            ]
            .prop_map(Move::Conclude),
            proptest::sample::select(Decision::ALL).prop_map(Move::Decide),
        ]
    }

    proptest! {
        #[test]
        fn nothing_is_verified_without_submission_and_a_worker(moves in proptest::collection::vec(moves(), 0..20)) {
            let (mut state, mut submitted, mut claimed, mut reviewed) = (State::Open, 0, false, false);
            for by in moves {
                if let Ok(after) = next(state, by) {
                    submitted += i32::from(by == Move::Submit);
                    claimed |= by == Move::Claim;
                    reviewed |= after == State::Review;
                    state = after;
                }
            }
            prop_assert!(submitted <= 1, "a session is used once");
            if matches!(state, State::Verified | State::Retry | State::Review) {
                prop_assert!(submitted == 1 && claimed);
            }
            if matches!(state, State::Accepted | State::Declined | State::AskedAgain) {
                prop_assert!(reviewed, "an officer decides only what went to review");
            }
        }

        #[test]
        fn what_is_decided_moves_only_by_an_appeal_and_only_for_the_person(by in moves()) {
            for state in [State::Verified, State::Retry, State::Accepted, State::Declined, State::AskedAgain, State::Expired] {
                let after = next(state, by);
                if state == State::Declined && by == Move::Grant {
                    prop_assert_eq!(after, Ok(State::Accepted));
                } else {
                    prop_assert!(after.is_err());
                }
            }
        }
    }

    fn duty() -> Duty {
        let id = uuid::Uuid::from_u128(7);
        Duty {
            id: DutyId(id),
            person: PersonId(id),
            plan: crate::PlanId(id),
            rule: 0,
            opens_at: Micros::from_unix_s(1_000),
            closes_at: Micros::from_unix_s(4_600),
            late_until: Micros::from_unix_s(5_200),
            factors: crate::plan::Factors::FaceAndVoice,
            channels: crate::channel::Channels::ALL,
            location_required: false,
            unannounced: false,
        }
    }

    fn failed(at_s: i64) -> Attempt {
        let at = Some(Micros::from_unix_s(at_s));
        Attempt {
            state: State::Review,
            submitted_at: at,
            concluded_at: at,
            failed_match: true,
        }
    }

    #[test]
    fn a_session_opens_only_inside_the_window_and_ends_with_it() {
        let duty = duty();
        let open = |s| may_open(&duty, &[], Attendance::Due, Micros::from_unix_s(s));
        assert_eq!(
            open(999),
            Err(Refusal::WindowNotOpen {
                opens_at: duty.opens_at
            })
        );
        assert_eq!(open(1_000), Ok(Micros::from_unix_s(1_600)));
        assert_eq!(open(5_000), Ok(duty.late_until));
        assert_eq!(
            open(5_200),
            Err(Refusal::WindowClosed {
                closed_at: duty.late_until
            })
        );
        assert_eq!(
            may_open(&duty, &[], Attendance::OnTime, Micros::from_unix_s(1_000)),
            Err(Refusal::DutyMet)
        );
    }

    #[test]
    fn after_five_failed_matches_the_next_try_waits_thirty_seconds() {
        let four: Vec<_> = (0..4).map(|n| failed(1_000 + n)).collect();
        let five: Vec<_> = (0..5).map(|n| failed(1_000 + n)).collect();
        let at = |earlier: &[Attempt], s| {
            may_open(
                &duty(),
                earlier,
                Attendance::UnderReview,
                Micros::from_unix_s(s),
            )
        };
        assert!(at(&four, 1_004).is_ok());
        assert_eq!(
            at(&five, 1_005),
            Err(Refusal::TooManyTries {
                retry_at: Micros::from_unix_s(1_034)
            })
        );
        assert!(at(&five, 1_034).is_ok());
        let fifty: Vec<_> = (0..50).map(|n| failed(1_000 + n)).collect();
        assert_eq!(at(&fifty, 4_000), Err(Refusal::SeeOfficer));
    }

    #[test]
    fn quality_retries_are_free() {
        let at = Some(Micros::from_unix_s(1_000));
        let retry = Attempt {
            state: State::Retry,
            submitted_at: at,
            concluded_at: at,
            failed_match: false,
        };
        assert!(
            may_open(
                &duty(),
                &[retry; 60],
                Attendance::Due,
                Micros::from_unix_s(1_001)
            )
            .is_ok()
        );
    }
}
