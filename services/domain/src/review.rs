//! An officer's look at what the machine could not decide: by one officer at a time.

use serde::{Deserialize, Serialize};

use crate::{Micros, OfficerId, Refusal};

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

/// May this officer decide a case that is claimed so? Whoever never claimed it may, as long as nobody else looks at it.
pub fn may_decide(claim: Option<&Claim>, officer: OfficerId, now: Micros) -> Result<(), Refusal> {
    match claim {
        Some(claim) if claim.officer != officer && now < claim.expires_at => {
            Err(Refusal::CaseHeld {
                until: claim.expires_at,
            })
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_case_is_its_holders_until_the_claim_is_over() {
        let [one, other] = [1, 2].map(|id| OfficerId(Uuid::from_u128(id)));
        let claim = Claim {
            officer: one,
            name: "甲".to_owned(),
            claimed_at: Micros(0),
            expires_at: Micros(10),
        };
        let may = |officer, now| may_decide(Some(&claim), officer, Micros(now));
        assert_eq!(may(one, 9), Ok(()));
        assert_eq!(may(other, 9), Err(Refusal::CaseHeld { until: Micros(10) }));
        assert_eq!(may(other, 10), Ok(()));
        assert_eq!(may_decide(None, other, Micros(9)), Ok(()));
    }
}
