//! An officer's look at what the machine could not decide: by one officer at a time, and by two before anything is refused.

use serde::{Deserialize, Serialize};

use crate::{
    Micros, OfficerId, Refusal,
    checkin::{Attempt, Decision, State},
    duty::Duty,
};

/// A case is kept for an officer this long after his page was last heard of.
pub const CLAIM_MS: i64 = 2 * 60_000;

/// An officer who looks at a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub officer: OfficerId,
    /// As colleagues know him.
    pub name: String,
    pub claimed_at: Micros,
    /// Without a word of his it is anybody's from then on.
    pub expires_at: Micros,
}

/// What an officer thinks of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    pub officer: OfficerId,
    pub decision: Decision,
    /// In his words.
    pub reason: String,
    pub at: Micros,
}

/// May this officer decide a case that is claimed so? Whoever never claimed it may, as long as nobody else looks at it. Nobody is his own second.
pub fn may_decide(
    claim: Option<&Claim>,
    earlier: &[Opinion],
    officer: OfficerId,
    now: Micros,
) -> Result<(), Refusal> {
    if earlier.iter().any(|opinion| opinion.officer == officer) {
        return Err(Refusal::SecondLookOwed);
    }
    match claim {
        Some(claim) if claim.officer != officer && now < claim.expires_at => {
            Err(Refusal::CaseHeld {
                until: claim.expires_at,
            })
        }
        Some(_) | None => Ok(()),
    }
}

/// What comes of an officer's opinion after those before it; none while another officer must look. One officer accepts, or asks for another
/// capture. To refuse takes two who do not know of each other; where they differ, the person has the benefit of the doubt.
pub fn weigh(earlier: &[Opinion], decision: Decision) -> Option<Decision> {
    match decision {
        Decision::Accept | Decision::AskAgain => Some(decision),
        Decision::Decline if earlier.is_empty() => None,
        Decision::Decline => Some(Decision::Decline),
    }
}

/// What an officer may know of others' opinions: nothing but his own before the case is settled.
pub fn seen_by(opinions: Vec<Opinion>, officer: OfficerId, state: State) -> Vec<Opinion> {
    let open = state == State::Review;
    let seen = |opinion: &Opinion| !open || opinion.officer == officer;
    opinions.into_iter().filter(seen).collect()
}

/// Whoever is asked for another capture has so long, quiet hours and a night's sleep included.
pub const ASKED_AGAIN_MS: i64 = 24 * 3_600_000;
/// For one duty a person is asked for another capture so many times, at most.
pub const ASKED_AGAIN_MAX: usize = 2;
/// A duty that opened longer ago is not opened again.
pub const ASKED_AGAIN_DAYS: i64 = 7;

/// Until when the person may answer a duty once more, whose attempts came to this: never less than he has anyway.
pub fn may_ask_again(duty: &Duty, attempts: &[Attempt], now: Micros) -> Result<Micros, Refusal> {
    let asked = |attempt: &&Attempt| attempt.state == State::AskedAgain;
    let old = now.since_ms(duty.opens_at) > ASKED_AGAIN_DAYS * 24 * 3_600_000;
    if old || attempts.iter().filter(asked).count() >= ASKED_AGAIN_MAX {
        return Err(Refusal::AskedEnough);
    }
    Ok(duty.late_until.max(now.plus_ms(ASKED_AGAIN_MS)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{DutyId, PersonId, PlanId, channel::Channels, plan::Factors};

    fn officer(id: u128) -> OfficerId {
        OfficerId(Uuid::from_u128(id))
    }

    fn opinion(id: u128, decision: Decision) -> Opinion {
        Opinion {
            officer: officer(id),
            decision,
            reason: "看过".to_owned(),
            at: Micros(0),
        }
    }

    #[test]
    fn a_case_is_its_holders_until_the_claim_is_over() {
        let [one, other] = [1, 2].map(officer);
        let claim = Claim {
            officer: one,
            name: "甲".to_owned(),
            claimed_at: Micros(0),
            expires_at: Micros(10),
        };
        let may = |officer, now| may_decide(Some(&claim), &[], officer, Micros(now));
        assert_eq!(may(one, 9), Ok(()));
        assert_eq!(may(other, 9), Err(Refusal::CaseHeld { until: Micros(10) }));
        assert_eq!(may(other, 10), Ok(()));
        assert_eq!(may_decide(None, &[], other, Micros(9)), Ok(()));
    }

    #[test]
    fn nobody_is_his_own_second() {
        let first = [opinion(1, Decision::Decline)];
        let may = |id| may_decide(None, &first, officer(id), Micros(1));
        assert_eq!(may(1), Err(Refusal::SecondLookOwed));
        assert_eq!(may(2), Ok(()));
    }

    #[test]
    fn before_the_end_an_officer_knows_only_his_own_opinion() {
        let all = vec![opinion(1, Decision::Decline), opinion(2, Decision::Decline)];
        let seen = |id, state| seen_by(all.clone(), officer(id), state).len();
        assert_eq!(seen(1, State::Review), 1);
        assert_eq!(seen(3, State::Review), 0);
        assert_eq!(seen(3, State::Declined), 2);
    }

    proptest! {
        #[test]
        fn a_refusal_stands_only_when_two_officers_agree(told in proptest::collection::vec((0_u128..4, proptest::sample::select(Decision::ALL)), 0..8)) {
            let mut opinions = Vec::new();
            let mut settled = None;
            for (id, decision) in told {
                if settled.is_some() || may_decide(None, &opinions, officer(id), Micros(1)).is_err() {
                    continue;
                }
                settled = weigh(&opinions, decision);
                opinions.push(opinion(id, decision));
            }
            if settled == Some(Decision::Decline) {
                prop_assert_eq!(opinions.len(), 2);
                prop_assert!(opinions[0].officer != opinions[1].officer);
                prop_assert!(opinions.iter().all(|one| one.decision == Decision::Decline));
            } else if settled.is_none() {
                prop_assert!(opinions.len() <= 1, "the second opinion settles it");
            }
        }
    }

    #[test]
    fn another_capture_is_asked_for_twice_at_most_and_never_takes_time_away() {
        let id = Uuid::from_u128(1);
        let hour = 3_600_000;
        let opens_at = Micros::from_unix_s(0);
        let duty = Duty {
            id: DutyId(id),
            person: PersonId(id),
            plan: PlanId(id),
            rule: 0,
            opens_at,
            closes_at: opens_at.plus_ms(hour),
            late_until: opens_at.plus_ms(30 * hour),
            factors: Factors::Face,
            channels: Channels::ALL,
            location_required: false,
            unannounced: false,
        };
        let asked = Attempt {
            state: State::AskedAgain,
            submitted_at: Some(opens_at),
            concluded_at: Some(opens_at),
            failed_match: false,
        };
        let at = |hours: i64| opens_at.plus_ms(hours * hour);
        assert_eq!(may_ask_again(&duty, &[], at(2)), Ok(at(30)));
        assert_eq!(may_ask_again(&duty, &[asked], at(20)), Ok(at(44)));
        assert_eq!(
            may_ask_again(&duty, &[asked; 2], at(20)),
            Err(Refusal::AskedEnough)
        );
        assert_eq!(
            may_ask_again(&duty, &[], at(169)),
            Err(Refusal::AskedEnough)
        );
    }
}
