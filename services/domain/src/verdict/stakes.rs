//! What is at stake: how often an attempt is something else than it seems, and what a wrong verdict costs.

use serde::{Deserialize, Serialize};

use super::fusion::Attack;
use crate::plan::{Factors, SupervisionLevel};

/// Greatest odds or cost; beyond it a sum of several would say nothing more.
const NUMBER_MAX: f64 = 1e12;

/// Odds or a cost: finite, above 0, at most 10¹².
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Stake(f64);

impl TryFrom<f64> for Stake {
    type Error = &'static str;

    fn try_from(value: f64) -> Result<Self, Self::Error> {
        if value > 0.0 && value <= NUMBER_MAX {
            Ok(Self(value))
        } else {
            Err("odds and costs are above 0 and at most 1e12")
        }
    }
}

impl From<Stake> for f64 {
    fn from(stake: Stake) -> Self {
        stake.0
    }
}

/// Prior odds by supervision level, and costs in the unit of one needless look: what it costs to send a genuine person to an officer. An
/// attack is let through when its odds after the evidence, times its cost, stay below one look; all attacks share that one.
///
/// The odds are stated, not measured: nobody knows them. They differ between levels as the levels differ in what is known of a person.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stakes {
    /// Attempts of each attack for one genuine attempt: 严管, three in a hundred.
    pub odds_strict: Stake,
    /// 普管, one in a hundred.
    pub odds_general: Stake,
    /// 宽管, three in a thousand.
    pub odds_lenient: Stake,
    /// Of verifying another person, looks. Not an estimate but a promise: with odds of 1 in 100 and this cost, a ratio of 10⁴ (9.21 nats) is
    /// asked for, so that one zero-effort impostor in 10,000 passes at most.
    pub other_person: Stake,
    /// The same where a voice alone is asked for: a ratio of 100 (4.61 nats); speaker evidence rarely supports more.
    pub other_person_by_voice: Stake,
    /// Of verifying an attack that spares one factor, looks: somebody else's face with the person's voice, or the other way round. With odds of 1 in 100
    /// each factor has to speak for the person by a ratio of three (1.10 nats): not to speak against him is not enough.
    pub other_half: Stake,
    /// Of verifying a picture, a screen or a mask of the person, looks. As NIST's speaker recognition evaluations and the t-DCF of `ASVspoof`
    /// 2019 (Kinnunen et al. 2018) price a false acceptance.
    pub artefact: Stake,
    /// Of verifying the person's voice from a loudspeaker or a synthesiser, looks; same source.
    pub voice_artefact: Stake,
    /// Of verifying an old recording, looks; same source.
    pub replay: Stake,
}

impl Default for Stakes {
    fn default() -> Self {
        Self {
            odds_strict: Stake(0.03),
            odds_general: Stake(0.01),
            odds_lenient: Stake(0.003),
            other_person: Stake(1e6),
            other_person_by_voice: Stake(1e4),
            other_half: Stake(300.0),
            artefact: Stake(10.0),
            voice_artefact: Stake(10.0),
            replay: Stake(10.0),
        }
    }
}

impl Stakes {
    /// `ln(odds · cost)` of an attack, nats: the log-likelihood ratio that it alone would ask for.
    pub fn of(&self, attack: Attack, factors: Factors, level: SupervisionLevel) -> f64 {
        let odds = match level {
            SupervisionLevel::Strict => self.odds_strict,
            SupervisionLevel::General => self.odds_general,
            SupervisionLevel::Lenient => self.odds_lenient,
        };
        let cost = match attack {
            Attack::OtherPerson if factors == Factors::Voice => self.other_person_by_voice,
            Attack::OtherPerson => self.other_person,
            Attack::OtherFace | Attack::OtherVoice => self.other_half,
            Attack::Artefact => self.artefact,
            Attack::VoiceArtefact => self.voice_artefact,
            Attack::Replay => self.replay,
        };
        (odds.0 * cost.0).ln()
    }

    /// The threshold of the fused log-likelihood ratio, nats: `ln Σ odds · cost` over the attacks that the factors leave open.
    pub fn threshold(&self, factors: Factors, level: SupervisionLevel) -> f64 {
        let open = Attack::open_to(factors).iter();
        log_sum_exp(open.map(|&attack| self.of(attack, factors, level)))
    }
}

/// `ln Σ e^x`, without overflow; −∞ of nothing.
pub(super) fn log_sum_exp(terms: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = terms.clone().fold(f64::NEG_INFINITY, f64::max);
    if most.is_finite() {
        most + terms.map(|term| (term - most).exp()).sum::<f64>().ln()
    } else {
        most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVELS: [SupervisionLevel; 3] = [
        SupervisionLevel::Strict,
        SupervisionLevel::General,
        SupervisionLevel::Lenient,
    ];

    #[test]
    fn the_general_level_asks_for_one_false_match_in_ten_thousand() {
        let stakes = Stakes::default();
        for factors in [Factors::FaceAndVoice, Factors::Face] {
            let threshold = stakes.threshold(factors, SupervisionLevel::General);
            assert!((threshold - 9.21).abs() < 0.005, "{threshold}");
        }
        let voice = stakes.threshold(Factors::Voice, SupervisionLevel::General);
        assert!((voice - 4.61).abs() < 0.005, "{voice}");
    }

    #[test]
    fn a_stricter_level_asks_for_more() {
        for factors in [Factors::FaceAndVoice, Factors::Face, Factors::Voice] {
            let asked = LEVELS.map(|level| Stakes::default().threshold(factors, level));
            assert!(asked[0] > asked[1] && asked[1] > asked[2], "{asked:?}");
        }
    }

    #[test]
    fn odds_and_costs_that_cannot_be_are_refused() {
        for value in ["0.0", "-1.0", "1e13", "null"] {
            let text = format!("{{\"artefact\": {value}}}");
            assert!(serde_json::from_str::<Stakes>(&text).is_err(), "{value}");
        }
        let changed: Stakes = serde_json::from_str("{\"artefact\": 100.0}").unwrap();
        assert_eq!(changed.replay, Stakes::default().replay);
        assert_ne!(changed.artefact, Stakes::default().artefact);
    }

    #[test]
    fn a_sum_of_huge_terms_stays_finite() {
        let sum = log_sum_exp([1e300, 1.0].into_iter());
        assert!((sum - 1e300).abs() < 1e285);
        assert_eq!(
            log_sum_exp(std::iter::empty::<f64>()).total_cmp(&f64::NEG_INFINITY),
            std::cmp::Ordering::Equal
        );
    }
}
