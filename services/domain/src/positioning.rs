//! Continuous positioning (使用电子定位装置, 社区矫正法 §29): five grounds, approved by the head of the county's justice bureau, for three
//! months at most, renewed only by another approval. Without one nobody is followed.

use jiff::{ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    ApprovalId, CheckinId, DeviceId, Micros, OfficerId, PersonId, PositionId,
    area::{Fix, Reading},
};

/// Calendar months of one approval, at most.
pub const MONTHS_MAX: i32 = 3;
/// Days that an approval may begin ahead: whether it is needed is judged when it begins, not by approving years in a row.
pub const AHEAD_DAYS_MAX: i32 = 30;
/// Fixes that a phone hands in at once, at most.
pub const FIXES_MAX: usize = 100;

/// Why somebody may be followed, the five cases of §29.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// 违反人民法院禁止令
    ProhibitionViolated,
    /// 无正当理由，未经批准离开所居住的市、县
    LeftWithoutPermission,
    /// 拒不按照规定报告自己的活动情况，被给予警告
    WarnedForNotReporting,
    /// 违反监督管理规定，被给予治安管理处罚
    PublicSecurityPenalty,
    /// 拟提请撤销缓刑、假释或者暂予监外执行收监执行
    RevocationIntended,
}

crate::text_enum!(Ground {
    ProhibitionViolated = "prohibition_violated",
    LeftWithoutPermission = "left_without_permission",
    WarnedForNotReporting = "warned_for_not_reporting",
    PublicSecurityPenalty = "public_security_penalty",
    RevocationIntended = "revocation_intended",
});

/// One approval. Nothing of it is changed but that it ends early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub id: ApprovalId,
    pub person: PersonId,
    pub ground: Ground,
    pub reason: String,
    /// Counts.
    pub from: Micros,
    /// Does not.
    pub until: Micros,
    pub approved_by: OfficerId,
    pub approved_at: Micros,
    /// When somebody ended it early.
    pub ended_at: Option<Micros>,
}

/// An approval that cannot be: the field, and what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} {expected}")]
pub struct PositioningFault {
    pub field: &'static str,
    pub expected: &'static str,
}

/// What an approval is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Bounds<'a> {
    pub zone: &'a TimeZone,
    /// The instant at which the person's order is over.
    pub order_over_at: Micros,
    /// All earlier approvals of the person.
    pub others: &'a [Approval],
}

impl Approval {
    /// May somebody be followed at this instant?
    pub fn live(&self, at: Micros) -> bool {
        self.from <= at && at < self.over_at()
    }

    /// When it is over, whether or not that has come.
    pub fn over_at(&self) -> Micros {
        self.ended_at
            .map_or(self.until, |ended| ended.min(self.until))
    }

    /// Nobody is followed beyond his order, whatever became of it since the approval.
    #[must_use]
    pub fn clipped(mut self, order_over_at: Micros) -> Self {
        self.until = self.until.min(order_over_at);
        self
    }

    /// Can it be?
    ///
    /// # Errors
    /// When it is backwards or looks back, begins too far ahead, lasts longer than [`MONTHS_MAX`] or the order, or lies in another's time.
    pub fn check(&self, bounds: &Bounds<'_>) -> Result<(), PositioningFault> {
        let fault = |field, expected| Err(PositioningFault { field, expected });
        if self.from < self.approved_at {
            return fault("from", "must not lie in the past");
        }
        if self.until <= self.from {
            return fault("until", "must lie after from");
        }
        let ahead = later(self.approved_at, bounds.zone, AHEAD_DAYS_MAX.days());
        if ahead.is_none_or(|ahead| self.from > ahead) {
            return fault("from", "must lie at most 30 days ahead");
        }
        let longest = later(self.from, bounds.zone, MONTHS_MAX.months());
        if longest.is_none_or(|longest| self.until > longest) {
            return fault("until", "must lie at most three calendar months after from");
        }
        if self.until > bounds.order_over_at {
            return fault("until", "must not lie after the end of the order");
        }
        let meets = |other: &Approval| {
            other.from < other.over_at() && self.from < other.over_at() && other.from < self.until
        };
        if bounds.others.iter().any(meets) {
            return fault("from", "must not lie in the time of another approval");
        }
        Ok(())
    }
}

fn later(at: Micros, zone: &TimeZone, by: jiff::Span) -> Option<Micros> {
    let at = at.timestamp()?.to_zoned(zone.clone());
    Some(at.checked_add(by).ok()?.timestamp().into())
}

/// Why a position is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It came with a check-in, which needs no approval.
    Checkin(CheckinId),
    /// It came in between, under this approval.
    Continuous(ApprovalId),
}

/// One position of a person's phone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    pub id: PositionId,
    pub person: PersonId,
    pub device: DeviceId,
    /// The server's time when it arrived.
    pub at: Micros,
    /// When the phone says that it was there.
    pub said_at: Option<Micros>,
    pub reading: Reading,
    pub source: Source,
}

impl Sighting {
    /// When the phone was there: by the server's clock at a check-in, by its own in between, but never later than it arrived.
    pub fn when(&self) -> Micros {
        match self.source {
            Source::Checkin(_) => self.at,
            Source::Continuous(_) => self.said_at.map_or(self.at, |said| said.min(self.at)),
        }
    }

    /// The place on the ground at [`Self::when`]; none outside the calendar.
    pub fn fix(&self) -> Option<Fix> {
        self.reading.fix(self.when()).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const DAY_MS: i64 = 24 * 3_600_000;
    /// 2026-03-02 08:30 in Shanghai.
    const NOW: Micros = Micros(1_772_411_400_000_000);

    fn zone() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("a zone")
    }

    fn approval(from: Micros, until: Micros) -> Approval {
        Approval {
            id: ApprovalId(Uuid::nil()),
            person: PersonId(Uuid::nil()),
            ground: Ground::ProhibitionViolated,
            reason: "进入网吧".into(),
            from,
            until,
            approved_by: OfficerId(Uuid::nil()),
            approved_at: NOW,
            ended_at: None,
        }
    }

    fn checked(one: &Approval, others: &[Approval]) -> Result<(), &'static str> {
        let zone = zone();
        let bounds = Bounds {
            zone: &zone,
            order_over_at: NOW.plus_ms(365 * DAY_MS),
            others,
        };
        one.check(&bounds).map_err(|fault| fault.field)
    }

    #[test]
    fn three_calendar_months_are_the_most_and_not_a_microsecond_more() {
        let at = |text: &str| Micros::from(text.parse::<jiff::Timestamp>().expect("an instant"));
        let last = at("2026-06-02T00:30:00Z");
        assert_eq!(checked(&approval(NOW, last), &[]), Ok(()));
        let more = Micros(last.0 + 1);
        assert_eq!(checked(&approval(NOW, more), &[]), Err("until"));
        // Three months are not so many days: three of them hold a February, or they do not.
        let mut winter = approval(at("2026-12-01T00:00:00Z"), at("2027-03-01T00:00:00Z"));
        winter.approved_at = winter.from;
        assert_eq!(checked(&winter, &[]), Ok(()));
    }

    #[test]
    fn an_approval_lies_ahead_within_the_order_and_in_nobody_elses_time() {
        let in_days = |days: i64| NOW.plus_ms(days * DAY_MS);
        assert_eq!(checked(&approval(NOW, NOW), &[]), Err("until"));
        assert_eq!(
            checked(&approval(in_days(-1), in_days(5)), &[]),
            Err("from")
        );
        assert_eq!(
            checked(&approval(in_days(31), in_days(40)), &[]),
            Err("from")
        );
        let first = approval(NOW, in_days(20));
        let others = std::slice::from_ref(&first);
        assert_eq!(
            checked(&approval(in_days(19), in_days(40)), others),
            Err("from")
        );
        assert_eq!(checked(&approval(in_days(20), in_days(40)), others), Ok(()));
        let zone = zone();
        let short = Bounds {
            zone: &zone,
            order_over_at: in_days(10),
            others: &[],
        };
        let fault = first.check(&short).expect_err("beyond the order");
        assert_eq!(fault.field, "until");
        assert!(!first.clipped(in_days(10)).live(in_days(10)));
    }

    proptest! {
        #[test]
        fn nobody_is_followed_at_any_instant_outside_an_approval(
            (from, length, ended) in (0_i64..1_000, 1_i64..1_000, proptest::option::of(-100_i64..2_500)),
            (at, order) in (-500_i64..3_000, 0_i64..3_000),
        ) {
            let mut one = approval(Micros(from), Micros(from + length));
            one.ended_at = ended.map(Micros);
            let one = one.clipped(Micros(order));
            let within = from <= at && at < from + length && at < order;
            let not_ended = ended.is_none_or(|ended| at < ended);
            prop_assert_eq!(one.live(Micros(at)), within && not_ended);
        }

        #[test]
        fn two_approvals_that_pass_are_never_live_together(
            (a, a_len, ended) in (0_i64..30, 1_i64..90, proptest::option::of(0_i64..120)),
            (b, b_len) in (0_i64..30, 1_i64..90),
            at in 0_i64..150,
        ) {
            let day = |days: i64| NOW.plus_ms(days * DAY_MS);
            let mut first = approval(day(a), day(a + a_len));
            first.ended_at = ended.map(day);
            let second = approval(day(b), day(b + b_len));
            if checked(&second, std::slice::from_ref(&first)).is_ok() {
                prop_assert!(!(first.live(day(at)) && second.live(day(at))));
            }
        }
    }
}
