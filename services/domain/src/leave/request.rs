use jiff::{ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Destination, Leave, LeaveFault, Span, State, day};
use crate::{LeaveId, Micros, order::SupervisionOrder};

/// Local days between asking and leaving, at least (实施办法 §27: “一般应当提前三日提交书面申请”); an emergency needs none.
pub const NOTICE_DAYS: i32 = 3;
/// Local days between asking and leaving, at most: who decides, and whether, is judged by how things stand.
pub const AHEAD_DAYS_MAX: i32 = 90;
/// Local days of one leave with its extensions, at most. The rules set no bound above the county's 30; who lives elsewhere for half a year
/// asks for a transfer (执行地变更, 实施办法 §30).
pub const TRIP_DAYS_MAX: i64 = 180;
/// Calendar months of a standing permit, at most (实施办法 §29).
pub const PERMIT_MONTHS_MAX: i32 = 6;
/// Places of one request, at most.
pub const DESTINATIONS_MAX: usize = 10;
/// Companions, at most.
pub const COMPANIONS_MAX: usize = 10;
/// Characters of each text, at most.
pub const TEXT_CHARS_MAX: usize = 200;

/// What kind of leave is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Ordinary,
    /// 突发: what could not be known [`NOTICE_DAYS`] before.
    Emergency,
    /// 经常性跨市、县活动: to named places again and again (实施办法 §29). He lives at home.
    Standing,
}

crate::text_enum!(Kind { Ordinary = "ordinary", Emergency = "emergency", Standing = "standing" });

/// What it is for (实施办法 §26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// 就医
    Medical,
    /// 就学
    Study,
    /// 参与诉讼
    Litigation,
    /// 处理家庭重要事务
    Family,
    /// 处理工作重要事务
    Work,
    /// 其他
    Other,
}

crate::text_enum!(Purpose {
    Medical = "medical",
    Study = "study",
    Litigation = "litigation",
    Family = "family",
    Work = "work",
    Other = "other",
});

impl Purpose {
    /// As it stands in the files.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Medical => "就医",
            Self::Study => "就学",
            Self::Litigation => "参与诉讼",
            Self::Family => "处理家庭重要事务",
            Self::Work => "处理工作重要事务",
            Self::Other => "其他",
        }
    }
}

/// What is asked for. An extension asks for the whole leave again, with a later end; approved, it takes the place of the leave
/// that it extends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub kind: Kind,
    pub from: Micros,
    /// When he must be back.
    pub until: Micros,
    #[serde(default)]
    pub extends: Option<LeaveId>,
    pub purpose: Purpose,
    pub reason: String,
    pub destinations: Vec<Destination>,
    /// Of a standing permit, and of nothing else: on which days, how often.
    #[serde(default)]
    pub frequency: Option<String>,
    /// Name of the guardian who agrees; a minor needs one.
    #[serde(default)]
    pub guardian: Option<String>,
    #[serde(default)]
    pub companions: Vec<String>,
    /// How to reach him there.
    #[serde(default)]
    pub contact: Option<String>,
}

/// What a request is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Bounds<'a> {
    /// The person's.
    pub zone: &'a TimeZone,
    pub order: &'a SupervisionOrder,
    /// Was under eighteen when it happened.
    pub minor: bool,
    /// All the person's leaves.
    pub leaves: &'a [Leave],
}

impl Request {
    /// Can it be asked for at this instant?
    ///
    /// # Errors
    /// Names the first field that is wrong, such as `destinations[1].address`.
    pub fn check(&self, asked_at: Micros, bounds: &Bounds<'_>) -> Result<(), LeaveFault> {
        if self.until <= self.from {
            return fault("until", "must lie after from");
        }
        match self.extends {
            Some(leave) => self.check_extension(leave, asked_at, bounds.leaves)?,
            None => self.check_notice(asked_at, bounds.zone)?,
        }
        self.check_length(bounds.zone)?;
        if day(self.from, bounds.zone) < bounds.order.starts_on {
            return fault("from", "must not lie before the order's first day");
        }
        let over = bounds.order.over_at(bounds.zone);
        if over.is_none_or(|over| self.until > over) {
            return fault("until", "must not lie after the order's last day");
        }
        if bounds.leaves.iter().any(|other| self.meets(other)) {
            return fault("from", "must not lie in the time of another leave");
        }
        self.check_texts(bounds.minor)
    }

    pub(super) const fn span(&self) -> Span {
        Span {
            from: self.from,
            until: self.until,
        }
    }

    fn check_extension(
        &self,
        leave: LeaveId,
        asked_at: Micros,
        leaves: &[Leave],
    ) -> Result<(), LeaveFault> {
        let extended = leaves.iter().find(|other| other.id == leave);
        let Some(extended) = extended.filter(|other| other.state() == State::Approved) else {
            return fault("extends", "must be an approved leave that has not ended");
        };
        if self.kind == Kind::Standing || extended.standing() {
            return fault(
                "extends",
                "must be none: a standing permit is asked for anew",
            );
        }
        if self.from != extended.request.from {
            return fault("from", "must be that of the leave that is extended");
        }
        if self.until <= extended.request.until {
            return fault(
                "until",
                "must lie after the end of the leave that is extended",
            );
        }
        if self.until <= asked_at {
            return fault("until", "must not lie in the past");
        }
        Ok(())
    }

    fn check_notice(&self, asked_at: Micros, zone: &TimeZone) -> Result<(), LeaveFault> {
        if self.from < asked_at {
            return fault("from", "must not lie in the past");
        }
        let (asked, begins) = (day(asked_at, zone), day(self.from, zone));
        if self.kind != Kind::Emergency && begins < asked.saturating_add(NOTICE_DAYS.days()) {
            return fault(
                "from",
                "must lie at least 3 days ahead, but for an emergency",
            );
        }
        if begins > asked.saturating_add(AHEAD_DAYS_MAX.days()) {
            return fault("from", "must lie at most 90 days ahead");
        }
        Ok(())
    }

    fn check_length(&self, zone: &TimeZone) -> Result<(), LeaveFault> {
        let (first, last) = self.span().days(zone);
        if self.kind != Kind::Standing {
            if last >= first.saturating_add(TRIP_DAYS_MAX.days()) {
                return fault("until", "must make the leave 180 days long at most");
            }
        } else if last >= first.saturating_add(PERMIT_MONTHS_MAX.months()) {
            return fault("until", "must lie at most six calendar months after from");
        }
        Ok(())
    }

    /// A permit does not stand in the way of a trip, nor a trip in that of a permit, nor a leave in that of its extension.
    fn meets(&self, other: &Leave) -> bool {
        let alike = (self.kind == Kind::Standing) == other.standing();
        let time = match other.state() {
            State::Requested | State::Reviewed => Some(other.request.span()),
            State::Approved
            | State::Recalled
            | State::Refused
            | State::Withdrawn
            | State::Cancelled
            | State::Returned
            | State::Replaced => other.live(),
        };
        let replaced = self.extends == Some(other.id) || other.state() == State::Replaced;
        alike && !replaced && time.is_some_and(|time| time.meets(self.span()))
    }

    fn check_texts(&self, minor: bool) -> Result<(), LeaveFault> {
        text("reason", &self.reason)?;
        if !(1..=DESTINATIONS_MAX).contains(&self.destinations.len()) {
            return fault("destinations", "must be 1 to 10 places");
        }
        for (index, destination) in self.destinations.iter().enumerate() {
            let within = |wrong: LeaveFault| LeaveFault {
                field: format!("destinations[{index}].{}", wrong.field),
                ..wrong
            };
            destination.check().map_err(within)?;
        }
        if self.frequency.is_some() != (self.kind == Kind::Standing) {
            return fault(
                "frequency",
                "is needed for a standing permit, and only there",
            );
        }
        if minor && self.guardian.is_none() {
            return fault("guardian", "must be named for a minor");
        }
        if self.companions.len() > COMPANIONS_MAX {
            return fault("companions", "must be at most 10");
        }
        for (index, companion) in self.companions.iter().enumerate() {
            text(&format!("companions[{index}]"), companion)?;
        }
        let optional = [
            ("frequency", &self.frequency),
            ("guardian", &self.guardian),
            ("contact", &self.contact),
        ];
        for (field, value) in optional {
            value.as_ref().map_or(Ok(()), |value| text(field, value))?;
        }
        Ok(())
    }
}

pub(super) fn fault<T>(field: &str, expected: &'static str) -> Result<T, LeaveFault> {
    let field = field.to_owned();
    Err(LeaveFault { field, expected })
}

/// Not blank, not too long, and of control characters only the end of a line.
pub(super) fn text(field: &str, value: &str) -> Result<(), LeaveFault> {
    let fits = !value.trim().is_empty()
        && value.chars().count() <= TEXT_CHARS_MAX
        && !value.chars().any(|one| one.is_control() && one != '\n');
    if fits {
        Ok(())
    } else {
        fault(field, "must have 1 to 200 characters and not be blank")
    }
}
