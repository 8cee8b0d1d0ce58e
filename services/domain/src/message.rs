//! What persons and officers are told outside the house, by which means, and what keeps it from being a burden (社区矫正法 §34).

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::{
    DutyId, MessageId, Micros, OfficerId, OrgUnitId, PersonId,
    plan::{PlanError, QuietHours, SupervisionPlan, plan_at, zone_at},
    reminder::Hours,
};

/// Messages that one person gets by one means in 24 hours, at most; reminders have shares of it ([`crate::reminder::room`]).
pub const PER_DAY_MAX: u32 = 12;
/// Days that a message is kept after it is over.
pub const KEPT_DAYS: i64 = 30;
/// An officer is told once for all that happens in so many milliseconds: within two minutes of a failure, and never a flood.
pub const ROUND_MS: i64 = 60_000;
/// Characters of an address, at most.
pub const ADDRESS_CHARS_MAX: usize = 254;

/// How somebody is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    Sms,
    Mail,
    /// A subscribe message of the mini-program: one for each consent.
    #[serde(rename = "wechat")]
    WeChat,
}

crate::text_enum!(Means {
    Sms = "sms",
    Mail = "mail",
    WeChat = "wechat",
});

/// Whose address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    Person(PersonId),
    Officer(OfficerId),
}

/// To whom a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// The webhook of the configuration.
    Webhook,
    Party(Party, Means),
}

impl To {
    /// Stable name of the way it goes.
    pub const fn means(&self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Party(_, means) => means.as_str(),
        }
    }

    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Party(Party::Person(id), _) => Some(*id),
            Self::Party(Party::Officer(_), _) | Self::Webhook => None,
        }
    }

    pub const fn officer(&self) -> Option<OfficerId> {
        match self {
            Self::Party(Party::Officer(id), _) => Some(*id),
            Self::Party(Party::Person(_), _) | Self::Webhook => None,
        }
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

impl Text {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// What is said. A telephone's lock screen is public, and so are mail servers: no name, and no word of supervision.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Content {
    pub title: Text,
    pub body: Text,
    /// For programs: a webhook's data, the keywords of a WeChat template.
    pub data: BTreeMap<String, String>,
}

/// One message to one party by one means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    /// One for the same thing to the same party by the same means.
    pub dedup: String,
    /// What happened, parts joined by full stops, such as `alert.raised`.
    pub kind: String,
    /// Whose business it is.
    pub unit: OrgUnitId,
    pub to: To,
    /// It is pointless once this duty is met.
    pub duty: Option<DutyId>,
    pub content: Content,
    pub made_at: Micros,
    /// When it is to go out, at the earliest.
    pub due_at: Micros,
    /// When it is of no use any more.
    pub expires_at: Micros,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Waiting,
    Delivered,
    /// It was of no use any more, or too much.
    Dropped,
    /// It could not be delivered; somebody must look.
    Dead,
}

crate::text_enum!(State {
    Waiting = "waiting",
    Delivered = "delivered",
    Dropped = "dropped",
    Dead = "dead",
});

/// Why a message was not sent at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dropped {
    /// What it reminds of is met, or asked for no more.
    Met,
    /// Its time is over.
    TooLate,
    /// [`PER_DAY_MAX`] were sent.
    Quota,
    /// No consent is left.
    Consent,
    /// There is no address any more.
    NoAddress,
}

crate::text_enum!(Dropped {
    Met = "met",
    TooLate = "too_late",
    Quota = "quota",
    Consent = "consent",
    NoAddress = "no_address",
});

/// The clock on a person's wall, and when he is left in peace.
#[derive(Debug, Clone)]
pub struct Peace {
    pub zone: TimeZone,
    pub quiet: QuietHours,
}

impl Peace {
    /// By the plan in force at an instant, or the usual hours of China without one.
    ///
    /// # Errors
    /// For an unknown zone.
    pub fn of(versions: &[SupervisionPlan], at: Micros) -> Result<Self, PlanError> {
        Ok(Self {
            zone: zone_at(versions, at)?,
            quiet: plan_at(versions, at)?.map_or_else(QuietHours::default, |plan| plan.quiet),
        })
    }

    pub const fn hours(&self) -> Hours<'_> {
        Hours {
            zone: &self.zone,
            quiet: self.quiet,
        }
    }
}

/// An address as an officer may see it: enough to tell whether it is the right one.
pub fn masked(address: &str) -> String {
    let (name, server) = match address.split_once('@') {
        Some((name, server)) => (name, format!("@{server}")),
        None => (address, String::new()),
    };
    let chars: Vec<char> = name.chars().collect();
    let shown = (chars.len() / 4).min(3);
    let head: String = chars[..shown].iter().collect();
    let tail: String = chars[chars.len() - shown..].iter().collect();
    format!("{head}****{tail}{server}")
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Time, time};
    use proptest::prelude::*;

    use super::*;

    fn peace(zone: &str, from: Time, until: Time) -> Peace {
        Peace {
            zone: TimeZone::get(zone).expect("a bundled zone"),
            quiet: QuietHours { from, until },
        }
    }

    #[test]
    fn what_falls_into_the_night_waits_for_the_morning_of_the_persons_wall() {
        let urumqi = peace("Asia/Urumqi", time(22, 0, 0, 0), time(6, 0, 0, 0));
        let at = |text: &str| Micros::from(text.parse::<jiff::Timestamp>().expect("an instant"));
        let after = |text| {
            urumqi
                .hours()
                .at_or_after(at(text))
                .expect("within the calendar")
        };
        assert_eq!(after("2026-03-02T15:59:00Z"), at("2026-03-02T15:59:00Z"));
        assert_eq!(after("2026-03-02T16:00:00Z"), at("2026-03-03T00:00:00Z"));
        assert_eq!(after("2026-03-02T23:59:59Z"), at("2026-03-03T00:00:00Z"));
        assert_eq!(after("2026-03-03T00:00:00Z"), at("2026-03-03T00:00:00Z"));
    }

    #[test]
    fn an_address_is_not_shown_whole() {
        for (address, shown) in [
            ("13800001234", "13****34"),
            ("office@example.org", "o****e@example.org"),
            ("a", "****"),
            ("", "****"),
        ] {
            assert_eq!(masked(address), shown);
        }
    }

    proptest! {
        #[test]
        fn nothing_ever_goes_out_in_quiet_hours(
            from in 0_i8..24, until in 0_i8..24, minute in 0_i8..60,
            at_s in 1_700_000_000_i64..1_900_000_000,
            zone in prop_oneof![Just("Asia/Shanghai"), Just("Asia/Urumqi")],
        ) {
            let peace = peace(zone, time(from, minute, 0, 0), time(until, 0, 0, 0));
            let at = Micros::from_unix_s(at_s);
            let out = peace.hours().at_or_after(at).expect("within the calendar");
            prop_assert!(out >= at && out.since_ms(at) <= 24 * 3_600_000);
            prop_assert_eq!(peace.hours().at_or_after(out), Some(out), "it does not lie in them any more");
        }
    }
}
