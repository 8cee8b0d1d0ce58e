use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::{Every, Factors, Recurrence, Rule, Times};

/// 严管 | 普管 | 宽管: how closely a person is supervised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupervisionLevel {
    Strict,
    General,
    Lenient,
}

crate::text_enum!(SupervisionLevel { Strict = "strict", General = "general", Lenient = "lenient" });

/// Where a plan of this level begins; an officer changes it for the person. Every level has a fixed check-in, random ones, and a
/// weekly voice report; what differs is how often.
pub fn template(level: SupervisionLevel) -> Vec<Rule> {
    let (fixed, random, count, every) = match level {
        SupervisionLevel::Strict => (Recurrence::daily(), Recurrence::daily(), 2, Every::Day),
        SupervisionLevel::General => (Recurrence::daily(), Recurrence::daily(), 3, Every::Week),
        SupervisionLevel::Lenient => (
            Recurrence::weekly("MO,TH"),
            Recurrence::daily(),
            1,
            Every::Week,
        ),
    };
    vec![
        Rule {
            days: fixed,
            times: window(8, 9),
            grace_min: 60,
            factors: Factors::FaceAndVoice,
        },
        Rule {
            days: random,
            times: Times::Random {
                from: hour(9),
                until: hour(20),
                count,
                every,
                answer_min: 30,
                gap_min: 120,
            },
            grace_min: 15,
            factors: Factors::FaceAndVoice,
        },
        Rule {
            days: Recurrence::weekly("MO"),
            times: window(9, 18),
            grace_min: 0,
            factors: Factors::Voice,
        },
    ]
}

fn window(opens: i8, closes: i8) -> Times {
    Times::Window {
        opens: hour(opens),
        closes: hour(closes),
    }
}

fn hour(hour: i8) -> Time {
    Time::constant(hour, 0, 0, 0)
}
