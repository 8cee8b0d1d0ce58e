use serde::{Deserialize, Serialize};

use crate::attendance::Attendance;

/// How many there are of each attendance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    pub due: u32,
    pub on_time: u32,
    pub late: u32,
    pub under_review: u32,
    pub excused: u32,
    pub missed: u32,
}

impl Tally {
    pub const fn get(&self, attendance: Attendance) -> u32 {
        match attendance {
            Attendance::Due => self.due,
            Attendance::OnTime => self.on_time,
            Attendance::Late => self.late,
            Attendance::UnderReview => self.under_review,
            Attendance::Excused => self.excused,
            Attendance::Missed => self.missed,
        }
    }

    pub fn total(&self) -> u32 {
        Attendance::ALL.iter().map(|one| self.get(*one)).sum()
    }

    /// Answered among the decided, in thousandths: (on time + late) / (on time + late + missed), rounded down, so that it is 1 000 only
    /// when nothing was missed. What is due, under review or excused counts neither way; none when nothing is decided.
    pub fn rate_permille(&self) -> Option<u32> {
        let answered = self.on_time + self.late;
        let rate = (u64::from(answered) * 1_000).checked_div(u64::from(answered + self.missed))?;
        u32::try_from(rate).ok()
    }

    fn count(&mut self, attendance: Attendance, more: u32) {
        let column = match attendance {
            Attendance::Due => &mut self.due,
            Attendance::OnTime => &mut self.on_time,
            Attendance::Late => &mut self.late,
            Attendance::UnderReview => &mut self.under_review,
            Attendance::Excused => &mut self.excused,
            Attendance::Missed => &mut self.missed,
        };
        *column += more;
    }
}

impl FromIterator<Attendance> for Tally {
    fn from_iter<I: IntoIterator<Item = Attendance>>(all: I) -> Self {
        let mut tally = Self::default();
        for one in all {
            tally.count(one, 1);
        }
        tally
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        let mut sum = Self::default();
        for tally in all {
            for one in Attendance::ALL {
                sum.count(*one, tally.get(*one));
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_full_only_when_nothing_was_missed_and_counts_only_what_is_decided() {
        let tally = |on_time, late, missed| Tally {
            on_time,
            late,
            missed,
            due: 7,
            under_review: 8,
            excused: 9,
        };
        assert_eq!(tally(0, 0, 0).rate_permille(), None);
        assert_eq!(tally(0, 0, 3).rate_permille(), Some(0));
        assert_eq!(tally(2, 1, 1).rate_permille(), Some(750));
        assert_eq!(tally(9_999, 0, 1).rate_permille(), Some(999));
        assert_eq!(tally(9_999, 1, 0).rate_permille(), Some(1_000));
    }
}
