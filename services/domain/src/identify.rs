//! One face among many (1:N): from which evidence on it names one of them.
//!
//! Of n persons each is as likely as the others before anything was seen: 1 in n. A likelihood ratio L for one of them leaves him with odds of
//! L/n against all the rest (Bayes), so it takes ln(n·odds) nats. The same bounds what goes wrong: with calibrated LLRs one stranger is above
//! t nats with at most e^−t, any of n with at most n·e^−t, so a search names somebody wrongly in one of ten at worst. What a pack
//! really does: `muster eval identify`.

use crate::{Llr, PersonId};

/// Odds that must be left for one person.
pub const ODDS_MIN: f64 = 10.0;

/// Somebody whose face is like the one that was searched for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resembling {
    pub person: PersonId,
    /// That it is his, against anybody else's.
    pub llr: Llr,
    /// Persons among whom was searched.
    pub searched: usize,
}

/// Nats from which on one of `searched` persons is named. `most` is what the calibration ever says: beyond e^`most`/10 persons it alone must do.
pub fn llr_min(searched: usize, most: Llr) -> f64 {
    (ODDS_MIN * searched.max(1) as f64).ln().min(most.get())
}

/// The best of the candidates, if he is good enough.
pub fn named(
    candidates: impl IntoIterator<Item = (PersonId, Llr)>,
    searched: usize,
    most: Llr,
) -> Option<Resembling> {
    let best = candidates
        .into_iter()
        .max_by(|a, b| a.1.get().total_cmp(&b.1.get()).then(b.0.cmp(&a.0)));
    let (person, llr) = best.filter(|(_, llr)| llr.get() >= llr_min(searched, most))?;
    Some(Resembling {
        person,
        llr,
        searched,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn nats(llr: f64) -> Llr {
        Llr::new(llr).expect("a number")
    }

    #[test]
    fn a_larger_crowd_asks_for_more_until_the_calibration_can_say_no_more() {
        let most = nats(13.29);
        assert!((llr_min(1, most) - 10.0_f64.ln()).abs() < 1e-9);
        assert!((llr_min(1_700, most) - 17_000.0_f64.ln()).abs() < 1e-9);
        assert!((llr_min(100_000, most) - 13.29).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn who_is_named_is_the_best_and_has_ten_to_one_left(llrs in proptest::collection::vec(-9.0_f64..20.0, 0..20), searched in 1_usize..2_000) {
            let most = nats(20.0);
            let of = |(number, llr): (usize, &f64)| (PersonId(Uuid::from_u128(number as u128)), nats(*llr));
            let found = named(llrs.iter().enumerate().map(of), searched, most);
            let best = llrs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            match found {
                Some(one) => {
                    prop_assert!((one.llr.get() - best).abs() < 1e-12);
                    prop_assert!(best.exp() / searched as f64 >= ODDS_MIN * 0.999);
                }
                None => prop_assert!(best < llr_min(searched, most)),
            }
        }
    }
}
