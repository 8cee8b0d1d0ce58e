//! 申诉: the person contests that a check-in of his was not accepted, and an officer who had no part in that decides.

use serde::{Deserialize, Serialize};

use crate::{
    CheckinId, Micros, OfficerId, PersonId, Refusal,
    checkin::{Move, State, next},
    points::{APPEAL_DAYS, AppealText, Finding},
    review::Opinion,
};

const DAY_MS: i64 = 24 * 3_600_000;

/// A person contests that officers declined his attempt. There is one for an attempt, decided once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    pub checkin: CheckinId,
    pub person: PersonId,
    pub text: AppealText,
    pub filed_at: Micros,
    /// None while it waits.
    pub outcome: Option<Outcome>,
}

/// The answer to an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub finding: Finding,
    pub officer: OfficerId,
    /// In the officer's words; the person reads them.
    pub reason: String,
    pub at: Micros,
}

/// Until when a person may appeal against an attempt in this state, on which officers think so: as long as against what took points from him.
pub fn until(state: State, opinions: &[Opinion]) -> Result<Micros, Refusal> {
    let settled_at = opinions.iter().map(|opinion| opinion.at).max();
    match (state, settled_at) {
        (State::Declined, Some(at)) => Ok(at.plus_ms(APPEAL_DAYS * DAY_MS)),
        _ => Err(Refusal::AppealNothingTaken),
    }
}

impl Appeal {
    /// Against an attempt in this state, on which officers think so; `earlier`: it was appealed against before.
    pub fn file(
        (checkin, person): (CheckinId, PersonId),
        (state, opinions): (State, &[Opinion]),
        earlier: bool,
        text: AppealText,
        at: Micros,
    ) -> Result<Self, Refusal> {
        if earlier {
            return Err(Refusal::AppealFiled);
        }
        let until = until(state, opinions)?;
        if at > until {
            return Err(Refusal::AppealLate { until });
        }
        Ok(Self {
            checkin,
            person,
            text,
            filed_at: at,
            outcome: None,
        })
    }

    /// Decided by an officer who gave none of the opinions; with it comes the state of the attempt.
    pub fn decide(
        self,
        state: State,
        opinions: &[Opinion],
        outcome: Outcome,
    ) -> Result<(Self, State), Refusal> {
        if self.outcome.is_some() {
            return Err(Refusal::AppealFiled);
        }
        let own = |opinion: &Opinion| opinion.officer == outcome.officer;
        if opinions.iter().any(own) {
            return Err(Refusal::AppealOwnDecision);
        }
        let state = match outcome.finding {
            Finding::Granted => next(state, Move::Grant)?,
            Finding::Upheld => state,
        };
        let outcome = Some(outcome);
        Ok((Self { outcome, ..self }, state))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::checkin::Decision;

    const DECLINED: Micros = Micros(1_000);

    fn file(state: State, earlier: bool, at: Micros) -> Result<Appeal, Refusal> {
        let id = Uuid::from_u128(1);
        let of = (CheckinId(id), PersonId(id));
        let text = AppealText::try_from("是我本人".to_owned()).expect("a text");
        Appeal::file(of, (state, &opinions()), earlier, text, at)
    }

    fn opinions() -> [Opinion; 2] {
        [1, 2].map(|id| Opinion {
            officer: OfficerId(Uuid::from_u128(id)),
            decision: Decision::Decline,
            reason: "不像".to_owned(),
            at: DECLINED,
        })
    }

    fn outcome(officer: u128, finding: Finding) -> Outcome {
        Outcome {
            finding,
            officer: OfficerId(Uuid::from_u128(officer)),
            reason: "复看后".to_owned(),
            at: Micros(3_000),
        }
    }

    #[test]
    fn what_was_declined_can_be_contested_once_and_for_thirty_days() {
        assert!(file(State::Declined, false, Micros(2_000)).is_ok());
        assert_eq!(
            file(State::Declined, true, Micros(2_000)),
            Err(Refusal::AppealFiled)
        );
        for state in [State::Review, State::Accepted, State::Retry] {
            assert_eq!(
                file(state, false, Micros(2_000)),
                Err(Refusal::AppealNothingTaken)
            );
        }
        let until = DECLINED.plus_ms(30 * DAY_MS);
        assert!(file(State::Declined, false, until).is_ok());
        assert_eq!(
            file(State::Declined, false, until.plus_ms(1)),
            Err(Refusal::AppealLate { until })
        );
    }

    #[test]
    fn another_officer_decides_and_what_he_grants_counts() {
        let appeal = file(State::Declined, false, Micros(2_000)).expect("it is filed");
        let opinions = opinions();
        let decide = |officer, finding| {
            let outcome = outcome(officer, finding);
            appeal.clone().decide(State::Declined, &opinions, outcome)
        };
        for own in [1, 2] {
            assert_eq!(
                decide(own, Finding::Granted),
                Err(Refusal::AppealOwnDecision)
            );
        }
        let (granted, state) = decide(3, Finding::Granted).expect("decided");
        assert_eq!(state, State::Accepted);
        assert_eq!(
            granted
                .decide(state, &opinions, outcome(4, Finding::Upheld))
                .map(|_| ()),
            Err(Refusal::AppealFiled)
        );
        let (_, state) = decide(3, Finding::Upheld).expect("decided");
        assert_eq!(state, State::Declined);
    }
}
