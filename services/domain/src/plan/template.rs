use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::channel::{Channel, Channels};

use super::{Every, Factors, On, Recurrence, Rule, Times};

/// 严管 | 普管 | 宽管: how closely a person is supervised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupervisionLevel {
    Strict,
    General,
    Lenient,
}

crate::text_enum!(SupervisionLevel { Strict = "strict", General = "general", Lenient = "lenient" });

impl SupervisionLevel {
    /// As it stands in the files.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Strict => "严管",
            Self::General => "普管",
            Self::Lenient => "宽管",
        }
    }
}

/// Where a plan of this level begins; an officer changes it for the person. Every level has a fixed check-in, random ones, a weekly voice
/// report, and a monthly report at the office; what differs is how often.
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
            on: On::Any,
            times: window(8, 9),
            grace_min: 60,
            factors: Factors::FaceAndVoice,
            channels: Channels::ALL,
            location_required: true,
        },
        Rule {
            days: random,
            on: On::Any,
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
            channels: Channels::ALL,
            location_required: true,
        },
        Rule {
            days: Recurrence::weekly("MO"),
            on: On::Any,
            times: window(17, 20),
            grace_min: 0,
            factors: Factors::Voice,
            channels: Channels::ALL,
            location_required: false,
        },
        Rule {
            days: Recurrence::monthly(10),
            on: On::NextWorkday,
            times: window(9, 17),
            grace_min: 0,
            factors: Factors::FaceAndVoice,
            channels: Channels::only(Channel::InPerson),
            location_required: false,
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
