use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{
    Alert, AlertFault, Severity,
    limits::{Check, limits},
};

limits! {
    /// What people can look at.
    Budget {
        /// Alerts an officer and day.
        a_day = 10 in 1 to 200,
    }
}

/// Alerts in the order in which to look at them, cut where the day ends. Nothing is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    pub today: Vec<Alert>,
    /// Above the budget: another day's, unless there is time.
    pub later: Vec<Alert>,
}

impl Budget {
    pub(super) fn check(self) -> Result<(), AlertFault> {
        let checked = Check::check(&self);
        checked.map_err(|(field, expected)| AlertFault::new(format!("budget.{field}"), expected))
    }

    /// Ranks open alerts for so many officers' day of which some were looked at already: the most severe first, of these the oldest. What is
    /// urgent belongs to today, however much there is.
    pub fn rank(self, mut open: Vec<Alert>, officers: u32, looked_at: u32) -> Ranked {
        rank(&mut open);
        let room = u64::from(self.a_day) * u64::from(officers);
        let room = room.saturating_sub(u64::from(looked_at)) as usize;
        let urgent = |alert: &Alert| alert.cause.severity() == Severity::Urgent;
        let today = room.max(open.partition_point(urgent)).min(open.len());
        let later = open.split_off(today);
        Ranked { today: open, later }
    }
}

/// The most severe first, of these the oldest.
pub fn rank(alerts: &mut [Alert]) {
    alerts.sort_by_key(|alert| (Reverse(alert.cause.severity()), alert.raised_at, alert.id));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{
        AlertId, DutyId, LeaveId, Micros, PersonId,
        alert::{Cause, OverdueLeave, State},
    };

    fn alert(number: u128, severity: Severity) -> Alert {
        let (duty, since) = (DutyId(Uuid::from_u128(number)), Micros(0));
        let cause = match severity {
            Severity::Urgent => Cause::LostContact {
                duty,
                since,
                missed: 2,
            },
            Severity::High => Cause::OverdueLeave(OverdueLeave {
                leave: LeaveId(Uuid::nil()),
                until: since,
                destination: "外地".to_owned(),
            }),
            Severity::Medium | Severity::Low => Cause::MissedDuty {
                duty,
                opens_at: since,
                late_until: since,
            },
        };
        Alert {
            id: AlertId(Uuid::from_u128(number)),
            person: PersonId(Uuid::nil()),
            cause,
            state: State::Open,
            raised_at: Micros(number as i64),
            due_at: None,
            escalated: 0,
            officer: None,
            closed: None,
        }
    }

    fn ids(alerts: &[Alert]) -> Vec<u128> {
        alerts.iter().map(|alert| alert.id.0.as_u128()).collect()
    }

    #[test]
    fn what_is_above_the_budget_is_ranked_and_not_dropped() {
        use Severity::{High, Medium, Urgent};
        let open = || {
            [(1, Medium), (2, Medium), (3, High), (4, Urgent)]
                .map(|(number, severity)| alert(number, severity))
                .to_vec()
        };
        let ranked = Budget { a_day: 2 }.rank(open(), 1, 0);
        assert_eq!(
            (ids(&ranked.today), ids(&ranked.later)),
            (vec![4, 3], vec![1, 2])
        );
        let ranked = Budget { a_day: 2 }.rank(open(), 2, 1);
        assert_eq!(ids(&ranked.today), [4, 3, 1]);
        let ranked = Budget { a_day: 2 }.rank(open(), 1, 9);
        assert_eq!(ids(&ranked.today), [4], "a search begins at once");
    }

    proptest! {
        #[test]
        fn every_alert_is_there_once_and_the_urgent_ones_today(
            severities in proptest::collection::vec(0..4_usize, 0..40), a_day in 1..20_u32, officers in 0..4_u32, looked_at in 0..50_u32,
        ) {
            let open: Vec<_> = (1..).zip(&severities).map(|(number, severity)| alert(number, Severity::ALL[*severity])).collect();
            let ranked = Budget { a_day }.rank(open.clone(), officers, looked_at);
            let mut all = [ids(&ranked.today), ids(&ranked.later)].concat();
            all.sort_unstable();
            prop_assert_eq!(all, ids(&open));
            prop_assert!(ranked.later.iter().all(|alert| alert.cause.severity() != Severity::Urgent));
            let worst_later = ranked.later.iter().map(|alert| alert.cause.severity()).max();
            prop_assert!(ranked.today.iter().all(|alert| Some(alert.cause.severity()) >= worst_later));
        }
    }
}
