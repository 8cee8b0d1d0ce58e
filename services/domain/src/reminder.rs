//! What a person is told of his duties, and when. Of a duty the person hears two days before, on the day, at opening and before closing; never in his quiet
//! hours (社区矫正法 §34), and of a random check nothing before it opens.
//!
//! A telephone's lock screen is public: no text names a person, or says that anybody is supervised.

mod text;

use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use crate::{DutyId, Micros, attendance::Attendance, duty::Duty, plan::QuietHours};

pub use self::text::SMS_CHARS_MAX;

/// Days before its opening on which a duty is told of first.
pub const AHEAD_DAYS: i64 = 2;
/// Messages at opening that a person gets on one channel and local day, at most: six random checks and two windows.
pub const OPENINGS_A_DAY_MAX: usize = 8;
/// Other reminders likewise. They have a share of their own and take none of an opening's; nor do openings take theirs, or a reminder
/// that fails to come would tell of the random checks of the day.
pub const OTHERS_A_DAY_MAX: usize = 4;

/// When in a duty's life something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    TwoDaysBefore,
    OnTheDay,
    Opening,
    /// Shortly before closing.
    Closing,
}

crate::text_enum!(Kind {
    TwoDaysBefore = "two_days_before",
    OnTheDay = "on_the_day",
    Opening = "opening",
    Closing = "closing",
});

/// Local times at which reminders go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Two days before.
    pub ahead: Time,
    /// On the day.
    pub morning: Time,
    /// Minutes before closing, 1 to 120.
    pub closing_min: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ahead: Time::constant(18, 0, 0, 0),
            morning: Time::constant(7, 0, 0, 0),
            closing_min: 15,
        }
    }
}

/// Settings that cannot be: the field, and what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} {expected}")]
pub struct ReminderFault {
    pub field: &'static str,
    pub expected: &'static str,
}

impl Settings {
    pub fn check(&self) -> Result<(), ReminderFault> {
        if (1..=120).contains(&self.closing_min) {
            return Ok(());
        }
        Err(ReminderFault {
            field: "closing_min",
            expected: "must be 1 to 120",
        })
    }
}

/// The person's clock, and when he is left alone.
#[derive(Debug, Clone, Copy)]
pub struct Hours<'a> {
    pub zone: &'a TimeZone,
    pub quiet: QuietHours,
}

/// One message about a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    pub duty: DutyId,
    pub kind: Kind,
    pub at: Micros,
    /// From here on it is of no use: the next one comes, or the window closes.
    pub until: Micros,
}

impl Reminder {
    /// The same for the same message, whenever it is worked out; ASCII.
    pub fn key(&self) -> String {
        format!("{}:{}", self.duty, self.kind)
    }

    /// May it go out now? Not before its time or after its use, not in quiet hours, and not when nothing is asked any more.
    pub fn due(&self, attendance: Attendance, hours: &Hours<'_>, now: Micros) -> bool {
        let open = attendance == Attendance::Due;
        open && self.at <= now && now < self.until && !hours.are_quiet(now)
    }
}

impl Hours<'_> {
    /// Is the person left alone at this instant? So he is outside the calendar.
    pub fn are_quiet(&self, at: Micros) -> bool {
        let local = at.local(self.zone);
        local.is_none_or(|local| self.quiet.contains(local.time()))
    }

    /// An instant, or the last minute before the quiet hours that it lies in; none when that is quiet too.
    fn at_or_before(&self, at: Micros) -> Option<Micros> {
        if !self.are_quiet(at) {
            return Some(at);
        }
        let local = at.local(self.zone)?;
        let begun = self.quiet.from <= local.time();
        let evening = if begun {
            local.date()
        } else {
            local.date().yesterday().ok()?
        };
        let begins = evening.to_datetime(self.quiet.from);
        let before = self.instant(begins.checked_sub(1.minute()).ok()?)?;
        (!self.are_quiet(before)).then_some(before)
    }

    /// An instant, or the end of the quiet hours that it lies in; none at the end of the calendar.
    pub fn at_or_after(&self, at: Micros) -> Option<Micros> {
        if !self.are_quiet(at) {
            return Some(at);
        }
        let local = at.local(self.zone)?;
        let morning = if local.time() < self.quiet.until {
            local.date()
        } else {
            local.date().tomorrow().ok()?
        };
        let end = self.instant(morning.to_datetime(self.quiet.until))?;
        (!self.are_quiet(end)).then_some(end)
    }

    fn instant(&self, local: DateTime) -> Option<Micros> {
        Some(self.zone.to_timestamp(local).ok()?.into())
    }
}

/// The reminders of a duty, by time, at most one of each kind, all before it closes. What would lie in quiet hours comes the minute
/// before them; at opening it waits for their end. What would come too late to be of use is left out.
pub fn of_duty(duty: &Duty, hours: &Hours<'_>, settings: &Settings) -> Vec<Reminder> {
    let mut times = if duty.unannounced {
        Vec::new()
    } else {
        beforehand(duty, hours, settings)
    };
    let opening = hours.at_or_after(duty.opens_at);
    if let Some(opening) = opening.filter(|at| *at < duty.closes_at) {
        times.push((Kind::Opening, opening));
        let before = i64::from(settings.closing_min) * 60_000;
        let closing = hours.at_or_before(duty.closes_at.plus_ms(-before));
        let closing = closing.filter(|at| opening < *at && *at < duty.closes_at);
        times.extend(closing.map(|at| (Kind::Closing, at)));
    }
    let ends = times.iter().skip(1).map(|(_, at)| *at);
    let ends: Vec<Micros> = ends.chain([duty.closes_at]).collect();
    let with_end = times.into_iter().zip(ends);
    with_end
        .map(|((kind, at), until)| Reminder {
            duty: duty.id,
            kind,
            at,
            until,
        })
        .collect()
}

fn beforehand(duty: &Duty, hours: &Hours<'_>, settings: &Settings) -> Vec<(Kind, Micros)> {
    let Some(opens) = duty.opens_at.local(hours.zone) else {
        return Vec::new();
    };
    let day = opens.date();
    let said = [
        (
            Kind::TwoDaysBefore,
            day.saturating_sub(AHEAD_DAYS.days()),
            settings.ahead,
        ),
        (Kind::OnTheDay, day, settings.morning),
    ];
    let at = |(kind, day, time): (Kind, Date, Time)| {
        let at = hours.at_or_before(hours.instant(day.to_datetime(time))?)?;
        (at < duty.opens_at).then_some((kind, at))
    };
    said.into_iter().filter_map(at).collect()
}

/// Is there room for another reminder, after those of the same person, channel and local day?
pub fn room(kind: Kind, sent: &[Kind]) -> bool {
    let opening = |kind: &Kind| *kind == Kind::Opening;
    let openings = sent.iter().filter(|kind| opening(kind)).count();
    if opening(&kind) {
        openings < OPENINGS_A_DAY_MAX
    } else {
        sent.len() - openings < OTHERS_A_DAY_MAX
    }
}

#[cfg(test)]
mod tests;
