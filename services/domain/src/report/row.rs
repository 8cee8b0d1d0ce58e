use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use crate::{
    CheckinId, DutyId, Micros, PersonId,
    area::{self, Explained},
    attendance::Attendance,
    checkin::State,
    duty::Duty,
    order::Category,
    plan::SupervisionLevel,
    positioning::Source,
    verdict::Reason,
};

/// A person as a report names him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    pub person: PersonId,
    pub name: String,
    pub case_number: String,
    pub category: Category,
    pub level: SupervisionLevel,
    /// Name of his office.
    pub office: String,
}

/// A person with his rows, in any order.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonRows<T> {
    pub who: Who,
    pub rows: Vec<T>,
}

/// A duty and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyRow {
    pub duty: DutyId,
    pub opens_at: Micros,
    /// Opening and closing on the person's clock.
    pub opens: DateTime,
    pub closes: DateTime,
    pub unannounced: bool,
    pub attendance: Attendance,
}

impl DutyRow {
    pub fn new(duty: &Duty, attendance: Attendance, zone: &TimeZone) -> Self {
        Self {
            duty: duty.id,
            opens_at: duty.opens_at,
            opens: local(duty.opens_at, zone),
            closes: local(duty.closes_at, zone),
            unannounced: duty.unannounced,
            attendance,
        }
    }

    /// The day on which it opens.
    pub fn day(&self) -> Date {
        self.opens.date()
    }

    /// May it be told of, as [`Duty::known`]?
    pub fn known(&self, now: Micros) -> bool {
        !self.unannounced || self.opens_at <= now
    }
}

/// A submitted attempt and what was said of its place.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckinRow {
    pub checkin: CheckinId,
    pub state: State,
    /// When it was submitted, on the person's clock.
    pub at: DateTime,
    /// Of the verdict, all of them.
    pub reasons: Vec<Reason>,
    /// None without a position.
    pub place: Option<area::Report>,
}

/// A position and what it says about the person's areas.
#[derive(Debug, Clone, PartialEq)]
pub struct SightingRow {
    pub at: Micros,
    /// The same on the person's clock.
    pub local: DateTime,
    pub source: Source,
    pub findings: Vec<Explained>,
}

/// An instant on the clock of a zone; the epoch outside the calendar.
pub fn local(at: Micros, zone: &TimeZone) -> DateTime {
    zone.to_datetime(at.timestamp().unwrap_or(Timestamp::UNIX_EPOCH))
}
