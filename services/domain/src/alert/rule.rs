use serde::{Deserialize, Serialize};

/// What alerts are about, one a kind of [`super::Cause`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    MissedDuty,
    /// 失去联系
    LostContact,
    /// 逾期未销假
    OverdueLeave,
    /// 越界
    OutOfArea,
    /// 重点场所
    KeyPlace,
    /// 昼伏夜出
    Nocturnal,
    /// 同案犯聚集
    Gathering,
    /// 人机分离
    Separation,
    /// 冒名顶替
    StandIn,
    /// 违法违规
    RuleBreach,
    DeviceChange,
    SharedDevice,
    RepeatedMedia,
    EdgeOfWindow,
    ImpossibleSpeed,
    MockLocation,
    IdenticalCoordinates,
}

crate::text_enum!(Rule {
    MissedDuty = "missed_duty",
    LostContact = "lost_contact",
    OverdueLeave = "overdue_leave",
    OutOfArea = "out_of_area",
    KeyPlace = "key_place",
    Nocturnal = "nocturnal",
    Gathering = "gathering",
    Separation = "separation",
    StandIn = "stand_in",
    RuleBreach = "rule_breach",
    DeviceChange = "device_change",
    SharedDevice = "shared_device",
    RepeatedMedia = "repeated_media",
    EdgeOfWindow = "edge_of_window",
    ImpossibleSpeed = "impossible_speed",
    MockLocation = "mock_location",
    IdenticalCoordinates = "identical_coordinates",
});

/// How much waits on it, from little to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A habit or a hint: when there is time.
    Low,
    Medium,
    /// Today.
    High,
    /// At once, whatever else there is.
    Urgent,
}

crate::text_enum!(Severity { Low = "low", Medium = "medium", High = "high", Urgent = "urgent" });

impl Rule {
    pub const fn severity(self) -> Severity {
        match self {
            Self::LostContact => Severity::Urgent,
            Self::OverdueLeave
            | Self::OutOfArea
            | Self::Separation
            | Self::StandIn
            | Self::RuleBreach
            | Self::SharedDevice
            | Self::RepeatedMedia => Severity::High,
            Self::MissedDuty
            | Self::KeyPlace
            | Self::Gathering
            | Self::ImpossibleSpeed
            | Self::MockLocation
            | Self::IdenticalCoordinates => Severity::Medium,
            Self::Nocturnal | Self::DeviceChange | Self::EdgeOfWindow => Severity::Low,
        }
    }

    /// Hours in which a unit must look before the one above is told, where nothing was set. The law has no number: a search begins “at once”
    /// (立即, 社区矫正法 §30), all others are the house's choice.
    pub const fn look_within_h(self) -> u32 {
        match self {
            Self::LostContact => 2,
            Self::OverdueLeave | Self::OutOfArea => 4,
            Self::MissedDuty
            | Self::KeyPlace
            | Self::Gathering
            | Self::Separation
            | Self::StandIn
            | Self::RuleBreach
            | Self::SharedDevice
            | Self::RepeatedMedia
            | Self::ImpossibleSpeed
            | Self::MockLocation => 24,
            Self::Nocturnal
            | Self::DeviceChange
            | Self::EdgeOfWindow
            | Self::IdenticalCoordinates => 72,
        }
    }

    /// Hours that an office may set for it, at most: a week; for a search that begins at once the rest of a working day.
    pub const fn look_within_h_max(self) -> u32 {
        if matches!(self, Self::LostContact) {
            8
        } else {
            7 * 24
        }
    }

    /// May an office do without it? Never without the search for somebody who is lost (社区矫正法 §30–31), nor without what its own officers write.
    pub const fn may_be_off(self) -> bool {
        !matches!(self, Self::LostContact | Self::RuleBreach)
    }
}
