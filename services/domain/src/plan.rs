//! A supervision plan as fixed daily windows.

use jiff::{
    ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use crate::{Micros, PersonId, PlanId};

/// Windows a day, at most.
pub const WINDOWS_A_DAY_MAX: usize = 12;
/// Minutes after closing in which a check-in still counts as late, at most.
pub const GRACE_MIN_MAX: u32 = 24 * 60;

/// What a check-in must bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factors {
    FaceAndVoice,
    Face,
    /// The equal path for a person whose face must not or cannot be taken.
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

/// A window that opens every day, in local time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DailyWindow {
    pub opens: Time,
    /// After `opens`, same day.
    pub closes: Time,
    /// Minutes after closing in which a check-in still counts, as late.
    pub grace_min: u32,
    pub factors: Factors,
}

/// One version of the rules for one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionPlan {
    pub id: PlanId,
    pub person: PersonId,
    /// 1, 2, … for each person.
    pub version: i32,
    /// IANA name, such as `Asia/Shanghai`.
    pub zone: String,
    pub windows: Vec<DailyWindow>,
    /// First local day.
    pub effective_from: Date,
    pub written_at: Micros,
}

/// A plan that cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("a plan has 1 to {WINDOWS_A_DAY_MAX} windows a day")]
    WindowCount,
    #[error("window {number} must close after it opens, on the same day")]
    WindowBackwards { number: usize },
    #[error("window {number} overlaps the one before it")]
    WindowOverlap { number: usize },
    #[error("window {number} has a grace of more than {GRACE_MIN_MAX} minutes")]
    Grace { number: usize },
    #[error("time zone {zone:?} is not known")]
    Zone { zone: String },
}

/// What the plan asks for, before it has an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyDraft {
    pub opens_at: Micros,
    pub closes_at: Micros,
    pub late_until: Micros,
    pub factors: Factors,
}

impl SupervisionPlan {
    /// Refuses a plan that cannot be kept. Windows must be in order.
    pub fn check(&self) -> Result<(), PlanError> {
        if self.windows.is_empty() || self.windows.len() > WINDOWS_A_DAY_MAX {
            return Err(PlanError::WindowCount);
        }
        self.time_zone()?;
        for (index, window) in self.windows.iter().enumerate() {
            let number = index + 1;
            if window.closes <= window.opens {
                return Err(PlanError::WindowBackwards { number });
            }
            if window.grace_min > GRACE_MIN_MAX {
                return Err(PlanError::Grace { number });
            }
            if index > 0 && window.opens < self.windows[index - 1].closes {
                return Err(PlanError::WindowOverlap { number });
            }
        }
        Ok(())
    }

    /// The duties of the local days `first..=last`, in order of opening; days before `effective_from` have none.
    /// A window that daylight saving squeezes to nothing is left out.
    pub fn duties(&self, first: Date, last: Date) -> Result<Vec<DutyDraft>, PlanError> {
        let zone = self.time_zone()?;
        let start = first.max(self.effective_from);
        let days = start.series(1.day()).take_while(|day| *day <= last);
        let drafts = days.flat_map(|day| {
            self.windows
                .iter()
                .filter_map(|window| draft(&zone, day, window))
                .collect::<Vec<_>>()
        });
        Ok(drafts.collect())
    }

    /// The local day of an instant under this plan.
    pub fn local_day(&self, at: Micros) -> Result<Date, PlanError> {
        let zone = self.time_zone()?;
        let at = at.timestamp().ok_or_else(|| PlanError::Zone {
            zone: self.zone.clone(),
        })?;
        Ok(at.to_zoned(zone).date())
    }

    fn time_zone(&self) -> Result<TimeZone, PlanError> {
        TimeZone::get(&self.zone).map_err(|_| PlanError::Zone {
            zone: self.zone.clone(),
        })
    }
}

fn draft(zone: &TimeZone, day: Date, window: &DailyWindow) -> Option<DutyDraft> {
    let at = |time: Time| {
        Some(Micros::from(
            day.to_datetime(time)
                .to_zoned(zone.clone())
                .ok()?
                .timestamp(),
        ))
    };
    let (opens_at, closes_at) = (at(window.opens)?, at(window.closes)?);
    let late_until = closes_at.plus_ms(i64::from(window.grace_min) * 60_000);
    (opens_at < closes_at).then_some(DutyDraft {
        opens_at,
        closes_at,
        late_until,
        factors: window.factors,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use uuid::Uuid;

    use super::*;

    fn plan(zone: &str, windows: &[(Time, Time)]) -> SupervisionPlan {
        let window = |&(opens, closes): &(Time, Time)| DailyWindow {
            opens,
            closes,
            grace_min: 30,
            factors: Factors::FaceAndVoice,
        };
        SupervisionPlan {
            id: PlanId(Uuid::from_u128(1)),
            person: PersonId(Uuid::from_u128(2)),
            version: 1,
            zone: zone.into(),
            windows: windows.iter().map(window).collect(),
            effective_from: date(2026, 3, 1),
            written_at: Micros(0),
        }
    }

    #[test]
    fn duties_follow_local_time_and_begin_with_the_plan() {
        let plan = plan("Asia/Shanghai", &[(time(8, 0, 0, 0), time(9, 0, 0, 0))]);
        let duties = plan
            .duties(date(2026, 2, 27), date(2026, 3, 2))
            .expect("the zone is known");
        assert_eq!(duties.len(), 2);
        assert_eq!(duties[0].opens_at.to_string(), "2026-03-01T00:00:00Z");
        assert_eq!(
            duties[0].late_until.since_ms(duties[0].closes_at),
            30 * 60_000
        );
    }

    #[test]
    fn western_china_is_two_hours_later() {
        let windows = [(time(8, 0, 0, 0), time(9, 0, 0, 0))];
        let day = date(2026, 3, 1);
        let east = plan("Asia/Shanghai", &windows)
            .duties(day, day)
            .expect("known")[0]
            .opens_at;
        let west = plan("Asia/Urumqi", &windows)
            .duties(day, day)
            .expect("known")[0]
            .opens_at;
        assert_eq!(west.since_ms(east), 2 * 3_600_000);
    }

    #[test]
    fn a_plan_that_cannot_be_kept_is_refused() {
        let [eight, nine, ten] = [8, 9, 10].map(|hour| time(hour, 0, 0, 0));
        assert_eq!(
            plan("Asia/Shanghai", &[]).check(),
            Err(PlanError::WindowCount)
        );
        assert_eq!(
            plan("Asia/Shanghai", &[(nine, eight)]).check(),
            Err(PlanError::WindowBackwards { number: 1 })
        );
        assert_eq!(
            plan("Asia/Shanghai", &[(eight, ten), (nine, ten)]).check(),
            Err(PlanError::WindowOverlap { number: 2 })
        );
        assert_eq!(
            plan("Mars/Olympus", &[(eight, nine)]).check(),
            Err(PlanError::Zone {
                zone: "Mars/Olympus".into()
            })
        );
        assert_eq!(
            plan("Asia/Shanghai", &[(eight, nine), (nine, ten)]).check(),
            Ok(())
        );
    }
}
