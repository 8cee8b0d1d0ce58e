use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Month, Trigger};
use crate::{AlertId, DutyId, LeaveId, Micros, attendance::Attendance};

/// Kinds of alerts that tell of a duty or a leave, which counts by itself: confirming one is no second fact.
pub const COUNTED_ELSEWHERE: [&str; 3] = ["missed_duty", "lost_contact", "overdue_leave"];

/// What happened, and can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    FullAttendance {
        month: Month,
    },
    Late {
        duty: DutyId,
        opens_at: Micros,
    },
    Missed {
        duty: DutyId,
        opens_at: Micros,
    },
    OverdueLeave {
        leave: LeaveId,
        /// When he should have been back.
        due_at: Micros,
    },
    /// Made by [`Fact::confirmed`].
    ConfirmedAlert {
        alert: AlertId,
        raised_at: Micros,
    },
    Education {
        activity: Uuid,
        hours: u32,
    },
    Service {
        activity: Uuid,
        hours: u32,
    },
    /// What an officer saw, by the id of his note.
    Observed {
        note: Uuid,
    },
}

impl Fact {
    /// Of an alert that an officer closed as confirmed; none for [`COUNTED_ELSEWHERE`]. `kind` as by [`crate::alert::Cause::kind`].
    pub fn confirmed(alert: AlertId, kind: &str, raised_at: Micros) -> Option<Self> {
        let counts = !COUNTED_ELSEWHERE.contains(&kind);
        counts.then_some(Self::ConfirmedAlert { alert, raised_at })
    }

    pub const fn trigger(&self) -> Trigger {
        match self {
            Self::FullAttendance { .. } => Trigger::FullAttendance,
            Self::Late { .. } => Trigger::Late,
            Self::Missed { .. } => Trigger::Missed,
            Self::OverdueLeave { .. } => Trigger::OverdueLeave,
            Self::ConfirmedAlert { .. } => Trigger::ConfirmedAlert,
            Self::Education { .. } => Trigger::Education,
            Self::Service { .. } => Trigger::Service,
            Self::Observed { .. } => Trigger::Observed,
        }
    }

    /// What it is about, the same for the same thing: that counts once in a person's ledger. A duty that was missed by one reckoning and
    /// late by another is one thing.
    pub fn key(&self) -> String {
        match self {
            Self::FullAttendance { month } => format!("month:{month}"),
            Self::Late { duty, .. } | Self::Missed { duty, .. } => format!("duty:{duty}"),
            Self::OverdueLeave { leave, .. } => format!("leave:{leave}"),
            Self::ConfirmedAlert { alert, .. } => format!("alert:{alert}"),
            Self::Education { activity, .. } | Self::Service { activity, .. } => {
                format!("activity:{activity}")
            }
            Self::Observed { note } => format!("note:{note}"),
        }
    }

    /// How often an item's points count for it.
    pub(super) const fn times(&self) -> u32 {
        match self {
            Self::Education { hours, .. } | Self::Service { hours, .. } => *hours,
            Self::FullAttendance { .. }
            | Self::Late { .. }
            | Self::Missed { .. }
            | Self::OverdueLeave { .. }
            | Self::ConfirmedAlert { .. }
            | Self::Observed { .. } => 1,
        }
    }

    /// A sentence, Chinese and English; times as the person's zone has them.
    pub fn explain(&self, zone: &TimeZone) -> (String, String) {
        match self {
            Self::FullAttendance { month } => (
                format!("{month} 全月按时签到。"),
                format!("Every check-in of {month} was on time."),
            ),
            Self::Late { opens_at, .. } => {
                let at = local(*opens_at, zone);
                (
                    format!("{at} 的签到迟到。"),
                    format!("The check-in of {at} came late."),
                )
            }
            Self::Missed { opens_at, .. } => {
                let at = local(*opens_at, zone);
                (
                    format!("{at} 的签到未完成。"),
                    format!("The check-in of {at} was missed."),
                )
            }
            Self::OverdueLeave { due_at, .. } => {
                let at = local(*due_at, zone);
                (
                    format!("请假应于 {at} 前返回，逾期。"),
                    format!("Leave was to end by {at}, and did not."),
                )
            }
            Self::ConfirmedAlert { raised_at, .. } => {
                let at = local(*raised_at, zone);
                (
                    format!("{at} 的预警经核查属实。"),
                    format!("The alert of {at} was confirmed."),
                )
            }
            Self::Education { hours, .. } => (
                format!("参加教育学习 {hours} 小时。"),
                format!("{hours} h of education."),
            ),
            Self::Service { hours, .. } => (
                format!("参加公益活动 {hours} 小时。"),
                format!("{hours} h of public service."),
            ),
            Self::Observed { .. } => (
                "工作人员记录。".to_owned(),
                "An officer wrote it down.".to_owned(),
            ),
        }
    }
}

/// `2026-03-02 08:00`.
fn local(at: Micros, zone: &TimeZone) -> String {
    let at = at.local(zone).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// What the duties that open in a month say, with what became of them; excused ones say nothing. Full attendance is known once the month
/// is over and nothing waits: at least one duty on time, and none late or missed.
pub fn of_attendance(
    month: Month,
    today: Date,
    duties: &[(DutyId, Micros, Attendance)],
) -> Vec<Fact> {
    let mut facts: Vec<Fact> = duties
        .iter()
        .filter_map(|&(duty, opens_at, attendance)| match attendance {
            Attendance::Late => Some(Fact::Late { duty, opens_at }),
            Attendance::Missed => Some(Fact::Missed { duty, opens_at }),
            Attendance::Due
            | Attendance::UnderReview
            | Attendance::OnTime
            | Attendance::Excused => None,
        })
        .collect();
    let kept = |attendance| matches!(attendance, Attendance::OnTime | Attendance::Excused);
    let all = duties.iter().all(|(_, _, attendance)| kept(*attendance));
    let any = duties
        .iter()
        .any(|(_, _, attendance)| *attendance == Attendance::OnTime);
    if today > month.last() && all && any {
        facts.push(Fact::FullAttendance { month });
    }
    facts
}
