use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::local;
use crate::{CheckinId, Micros, PersonId, identify::Resembling};

/// 冒名顶替 (E7): the face at a check-in is not its person's, but that of another supervised person of the county.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StandIn {
    pub checkin: CheckinId,
    pub at: Micros,
    /// The person's local day.
    pub day: Date,
    /// Whose face it resembles. May lie outside the subtree of who reads this, so no sentence names him.
    pub resembles: PersonId,
    /// That it is his, against anybody else's: nats.
    pub llr: f64,
    /// Persons among whom was searched.
    pub searched: u32,
}

impl StandIn {
    pub(super) fn of(
        checkin: CheckinId,
        resembling: &Resembling,
        at: Micros,
        zone: &TimeZone,
    ) -> Self {
        Self {
            checkin,
            at,
            day: local::day(at, zone),
            resembles: resembling.person,
            llr: resembling.llr.get(),
            searched: u32::try_from(resembling.searched).unwrap_or(u32::MAX),
        }
    }

    pub(super) fn explain(&self, zone: &TimeZone) -> (String, String) {
        let (at, searched) = (local::told(self.at, zone), self.searched);
        (
            format!(
                "{at} 签到的人脸与本人不符，而与本县另一名社区矫正对象相似（在 {searched} 人中比对），疑似冒名顶替，请核对采集照片。"
            ),
            format!(
                "The face at the check-in of {at} is not the person's, but resembles another supervised person of the county ({searched} searched): somebody may have stood in. Please compare the pictures."
            ),
        )
    }
}
