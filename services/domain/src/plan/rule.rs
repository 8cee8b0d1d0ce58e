use jiff::{
    ToSpan,
    civil::{Date, Time},
};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::Calendar,
    channel::{Channel, Channels},
};

use super::{Fault, GRACE_MIN_MAX, QuietHours, Recurrence};

/// Random checks a day, at most.
pub const A_DAY_MAX: u32 = 6;
/// Random checks a week, at most: never two on one day.
pub const A_WEEK_MAX: u32 = 7;
/// Minutes in which a random check may have to be answered: fewer are a burden, more are no surprise.
pub const ANSWER_MIN_MIN: u32 = 5;
pub const ANSWER_MIN_MAX: u32 = 4 * 60;

/// Days that a day off may be moved by, at most.
const MOVED_DAYS_MAX: i64 = 31;

/// What a check-in must bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factors {
    FaceAndVoice,
    Face,
    /// The equal path for a person whose face must not or cannot be taken; a weekly voice report.
    Voice,
}

crate::text_enum!(Factors { FaceAndVoice = "face_and_voice", Face = "face", Voice = "voice" });

impl Factors {
    pub const fn face(self) -> bool {
        matches!(self, Self::FaceAndVoice | Self::Face)
    }

    pub const fn voice(self) -> bool {
        matches!(self, Self::FaceAndVoice | Self::Voice)
    }
}

/// One rule of a plan: on which days, when, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub days: Recurrence,
    /// Which of these days count, by the calendar of workdays and holidays.
    #[serde(default)]
    pub on: On,
    pub times: Times,
    /// Minutes after closing in which a check-in still counts, as late.
    pub grace_min: u32,
    pub factors: Factors,
    #[serde(default)]
    pub channels: Channels,
    /// Without a position an officer has to look.
    #[serde(default)]
    pub location_required: bool,
}

/// How a rule's days and the calendar go together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// Holidays or not.
    #[default]
    Any,
    Workdays,
    DaysOff,
    /// A day that is off counts as the next workday.
    NextWorkday,
}

crate::text_enum!(On {
    Any = "any",
    Workdays = "workdays",
    DaysOff = "days_off",
    NextWorkday = "next_workday",
});

/// When on its days a rule wants a check-in, local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Times {
    /// Known beforehand.
    Window { opens: Time, closes: Time },
    /// At times that nobody can know beforehand, each to be answered within some minutes.
    Random {
        /// Hours in which they may open and must close.
        from: Time,
        until: Time,
        count: u32,
        every: Every,
        answer_min: u32,
        /// Minutes at least between two openings; of a week's checks between their days, see [`Every::Week`].
        gap_min: u32,
    },
}

/// What a count of random checks is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// On each of the rule's days.
    Day,
    /// On so many of the rule's days of each week, Monday to Sunday, never two on one day. Weeks with fewer days get one on each.
    Week,
}

crate::text_enum!(Every { Day = "day", Week = "week" });

impl Times {
    /// Hours within which it happens.
    pub const fn span(&self) -> (Time, Time) {
        match *self {
            Self::Window { opens, closes } => (opens, closes),
            Self::Random { from, until, .. } => (from, until),
        }
    }

    pub const fn unannounced(&self) -> bool {
        matches!(self, Self::Random { .. })
    }

    /// Duties in one day or week.
    pub const fn count(&self) -> u32 {
        match *self {
            Self::Window { .. } => 1,
            Self::Random { count, .. } => count,
        }
    }
}

impl Rule {
    /// Its days in `first..=last`.
    pub fn days<'a>(
        &self,
        first: Date,
        last: Date,
        calendar: &'a Calendar,
    ) -> Box<dyn Iterator<Item = Date> + 'a> {
        let of = |works| {
            let days = self.days.days(first, last);
            Box::new(days.filter(move |day| calendar.is_workday(*day) == works))
        };
        match self.on {
            On::Any => self.days.days(first, last),
            On::Workdays => of(true),
            On::DaysOff => of(false),
            On::NextWorkday => {
                let days = self
                    .days
                    .days(first.saturating_sub(MOVED_DAYS_MAX.days()), last);
                let moved = days.filter_map(|day| calendar.next_workday(day));
                let mut moved: Vec<Date> =
                    moved.filter(|day| (first..=last).contains(day)).collect();
                moved.dedup();
                Box::new(moved.into_iter())
            }
        }
    }

    /// Do two windows have a time in common, should they fall on one day? Random checks may come at any time.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        match (self.times, other.times) {
            (
                Times::Window { opens, closes },
                Times::Window {
                    opens: other_opens,
                    closes: other_closes,
                },
            ) => opens < other_closes && other_opens < closes,
            _ => false,
        }
    }

    pub(super) fn check(&self, quiet: QuietHours) -> Result<(), (&'static str, Fault)> {
        let (opens, closes) = self.times.span();
        let last = match self.times {
            Times::Window { .. } => "times.closes",
            Times::Random { .. } => "times.until",
        };
        if closes <= opens {
            return Err((last, Fault::Backwards));
        }
        if quiet.meet(opens, closes) {
            return Err(("times", Fault::Quiet));
        }
        if self.grace_min > GRACE_MIN_MAX {
            return Err(("grace_min", Fault::Grace));
        }
        let Times::Random {
            count,
            every,
            answer_min,
            gap_min,
            ..
        } = self.times
        else {
            return Ok(());
        };
        if self.channels == Channels::only(Channel::InPerson) {
            return Err(("channels", Fault::Summoned));
        }
        let most = match every {
            Every::Day => A_DAY_MAX,
            Every::Week => A_WEEK_MAX,
        };
        if !(1..=most).contains(&count) {
            return Err(("times.count", Fault::Count));
        }
        if !(ANSWER_MIN_MIN..=ANSWER_MIN_MAX).contains(&answer_min) {
            return Err(("times.answer_min", Fault::Answer));
        }
        let in_a_day = match every {
            Every::Day => count,
            Every::Week => 1,
        };
        let needed =
            i64::from(in_a_day - 1) * i64::from(gap_min.max(answer_min)) + i64::from(answer_min);
        if needed * 60 > second_of(closes) - second_of(opens) {
            return Err(("times.count", Fault::Crowded));
        }
        Ok(())
    }
}

/// Seconds from midnight; fractions are left out.
pub(super) fn second_of(time: Time) -> i64 {
    i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}
