use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    DeviceChange, EdgeOfWindow, Gathering, IdenticalCoordinates, ImpossibleSpeed, MockLocation,
    Nocturnal, OverdueLeave, Placed, RepeatedMedia, Rule, RuleBreach, Separation, Severity,
    SharedDevice, StandIn, local,
};
use crate::{DutyId, Micros, PersonId};

const HOUR_MS: i64 = 3_600_000;

/// What was seen, with the facts that explain it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// Nobody answered a duty in its time.
    MissedDuty {
        duty: DutyId,
        opens_at: Micros,
        late_until: Micros,
    },
    /// Several duties in a row were missed: the search begins (社区矫正法 §30).
    LostContact {
        /// The first one missed.
        duty: DutyId,
        since: Micros,
        missed: u32,
    },
    OverdueLeave(OverdueLeave),
    OutOfArea(Placed),
    KeyPlace(Placed),
    Nocturnal(Nocturnal),
    Gathering(Gathering),
    Separation(Separation),
    StandIn(StandIn),
    RuleBreach(RuleBreach),
    DeviceChange(DeviceChange),
    SharedDevice(SharedDevice),
    RepeatedMedia(RepeatedMedia),
    EdgeOfWindow(EdgeOfWindow),
    ImpossibleSpeed(ImpossibleSpeed),
    MockLocation(MockLocation),
    IdenticalCoordinates(IdenticalCoordinates),
}

impl Cause {
    pub const fn rule(&self) -> Rule {
        match self {
            Self::MissedDuty { .. } => Rule::MissedDuty,
            Self::LostContact { .. } => Rule::LostContact,
            Self::OverdueLeave(_) => Rule::OverdueLeave,
            Self::OutOfArea(_) => Rule::OutOfArea,
            Self::KeyPlace(_) => Rule::KeyPlace,
            Self::Nocturnal(_) => Rule::Nocturnal,
            Self::Gathering(_) => Rule::Gathering,
            Self::Separation(_) => Rule::Separation,
            Self::StandIn(_) => Rule::StandIn,
            Self::RuleBreach(_) => Rule::RuleBreach,
            Self::DeviceChange(_) => Rule::DeviceChange,
            Self::SharedDevice(_) => Rule::SharedDevice,
            Self::RepeatedMedia(_) => Rule::RepeatedMedia,
            Self::EdgeOfWindow(_) => Rule::EdgeOfWindow,
            Self::ImpossibleSpeed(_) => Rule::ImpossibleSpeed,
            Self::MockLocation(_) => Rule::MockLocation,
            Self::IdenticalCoordinates(_) => Rule::IdenticalCoordinates,
        }
    }

    /// Stable name, as stored.
    pub const fn kind(&self) -> &'static str {
        self.rule().as_str()
    }

    pub const fn severity(&self) -> Severity {
        self.rule().severity()
    }

    /// The same for the same thing about a person, other for all else. What goes on is told of once for each local day and area (places), day
    /// (speed), ISO week (gatherings of two, separation, stand-ins, media, mock and identical positions) or month (habits).
    pub fn dedup(&self, person: PersonId) -> String {
        let about = match self {
            // A duty is one person's.
            Self::MissedDuty { duty, .. } | Self::LostContact { duty, .. } => {
                return format!("{}:{duty}", self.kind());
            }
            Self::OverdueLeave(one) => one.leave.to_string(),
            Self::OutOfArea(one) | Self::KeyPlace(one) => {
                format!("{}:{}", one.finding.rule, one.day)
            }
            Self::Nocturnal(one) => local::month(one.night),
            Self::Gathering(one) => format!("{}:{}", one.with, local::week(one.day)),
            Self::Separation(one) if one.declined => format!("declined:{}", local::week(one.day)),
            Self::Separation(one) => local::week(one.day),
            Self::StandIn(one) => format!("{}:{}", one.resembles, local::week(one.day)),
            Self::RuleBreach(one) => one.entered_at.0.to_string(),
            Self::DeviceChange(one) => one.device.to_string(),
            Self::SharedDevice(one) => one.device.to_string(),
            Self::RepeatedMedia(one) => local::week(one.day),
            Self::EdgeOfWindow(one) => local::month(one.day),
            Self::ImpossibleSpeed(one) => one.day.to_string(),
            Self::MockLocation(one) => local::week(one.day),
            Self::IdenticalCoordinates(one) => local::week(one.day),
        };
        format!("{}:{person}:{about}", self.kind())
    }

    /// Milliseconds in which a unit must look before the one above is told, where nothing was set ([`super::Settings::look_within_ms`]).
    pub const fn look_within_ms(&self) -> i64 {
        self.rule().look_within_h() as i64 * HOUR_MS
    }

    /// A sentence with its facts, Chinese and English; times as the person's zone has them.
    pub fn explain(&self, zone: &TimeZone) -> (String, String) {
        match self {
            Self::MissedDuty {
                opens_at,
                late_until,
                ..
            } => {
                let (from, until) = (local::told(*opens_at, zone), local::told(*late_until, zone));
                (
                    format!("未在 {from} 至 {until} 内签到。"),
                    format!("No check-in between {from} and {until}."),
                )
            }
            Self::LostContact { since, missed, .. } => {
                let since = local::told(*since, zone);
                (
                    format!("自 {since} 起连续 {missed} 次未签到，疑似失去联系，请立即查找。"),
                    format!(
                        "{missed} duties in a row were missed since {since}: contact may be lost, please search at once."
                    ),
                )
            }
            Self::OverdueLeave(one) => one.explain(zone),
            Self::OutOfArea(one) | Self::KeyPlace(one) => one.explain(zone),
            Self::Nocturnal(one) => one.explain(zone),
            Self::Gathering(one) => one.explain(zone),
            Self::Separation(one) => one.explain(zone),
            Self::StandIn(one) => one.explain(zone),
            Self::RuleBreach(one) => one.explain(zone),
            Self::DeviceChange(one) => one.explain(zone),
            Self::SharedDevice(one) => one.explain(zone),
            Self::RepeatedMedia(one) => one.explain(zone),
            Self::EdgeOfWindow(one) => one.explain(),
            Self::ImpossibleSpeed(one) => one.explain(zone),
            Self::MockLocation(one) => one.explain(zone),
            Self::IdenticalCoordinates(one) => one.explain(zone),
        }
    }
}

#[cfg(test)]
mod tests;
