//! The supervision order: what a court or a prison decided, and when it is over.

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{Micros, plan::SupervisionLevel};

/// Years of one order, at most: 假释 of a life sentence is supervised for ten years (刑法 §83), nothing else for longer.
pub const ORDER_YEARS_MAX: i32 = 10;

/// The four kinds of persons under community corrections (社区矫正法 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// 管制
    PublicSurveillance,
    /// 缓刑
    Probation,
    /// 假释
    Parole,
    /// 暂予监外执行
    OutsidePrison,
}

crate::text_enum!(Category {
    PublicSurveillance = "public_surveillance",
    Probation = "probation",
    Parole = "parole",
    OutsidePrison = "outside_prison",
});

impl Category {
    /// As it stands in the files.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::PublicSurveillance => "管制",
            Self::Probation => "缓刑",
            Self::Parole => "假释",
            Self::OutsidePrison => "暂予监外执行",
        }
    }
}

/// What is supervised, how closely, and on which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionOrder {
    pub category: Category,
    pub level: SupervisionLevel,
    /// First and last local day.
    pub starts_on: Date,
    pub ends_on: Date,
}

/// Why an order cannot be: the field, and what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} {expected}")]
pub struct OrderFault {
    pub field: &'static str,
    pub expected: &'static str,
}

impl SupervisionOrder {
    /// Refuses an order that ends before it begins, or lasts longer than [`ORDER_YEARS_MAX`].
    pub fn check(&self) -> Result<(), OrderFault> {
        let fault = |expected| OrderFault {
            field: "order.ends_on",
            expected,
        };
        if self.ends_on < self.starts_on {
            return Err(fault("must not lie before order.starts_on"));
        }
        if self.ends_on > self.starts_on.saturating_add(ORDER_YEARS_MAX.years()) {
            return Err(fault("must lie at most 10 years after order.starts_on"));
        }
        Ok(())
    }

    /// The instant at which the last day is over; none at the end of the calendar.
    pub fn over_at(&self, zone: &TimeZone) -> Option<Micros> {
        let next = self.ends_on.tomorrow().ok()?;
        let midnight = next.to_zoned(zone.clone()).ok()?;
        Some(midnight.timestamp().into())
    }

    /// The part of the days `first..=last` on which the order holds; empty when the first is later than the last.
    pub fn clip(&self, first: Date, last: Date) -> (Date, Date) {
        (first.max(self.starts_on), last.min(self.ends_on))
    }
}

/// Why supervision is over (社区矫正法 §44, §45).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// 期满解除
    TermServed,
    /// 特赦
    Pardoned,
    /// 撤销缓刑、撤销假释
    Revoked,
    /// 收监执行
    Imprisoned,
    /// 死亡
    Died,
}

crate::text_enum!(EndReason {
    TermServed = "term_served",
    Pardoned = "pardoned",
    Revoked = "revoked",
    Imprisoned = "imprisoned",
    Died = "died",
});

impl EndReason {
    /// 解除 (released) rather than 终止 (terminated).
    pub const fn released(self) -> bool {
        matches!(self, Self::TermServed | Self::Pardoned)
    }
}

/// The end of supervision. From here on pictures, recordings and templates are only kept for their time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub at: Micros,
    pub reason: EndReason,
    /// When the person's key, and with it all that is sealed, is erased.
    pub erase_at: Micros,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn order(starts_on: Date, ends_on: Date) -> SupervisionOrder {
        SupervisionOrder {
            category: Category::Probation,
            level: SupervisionLevel::General,
            starts_on,
            ends_on,
        }
    }

    #[test]
    fn an_order_ends_on_or_after_its_first_day_and_within_ten_years() {
        let first = date(2026, 3, 1);
        assert_eq!(order(first, first).check(), Ok(()));
        assert_eq!(order(first, date(2036, 3, 1)).check(), Ok(()));
        for last in [date(2026, 2, 28), date(2036, 3, 2)] {
            let fault = order(first, last).check().expect_err("it cannot be");
            assert_eq!(fault.field, "order.ends_on");
        }
    }

    #[test]
    fn only_the_days_of_the_order_are_left() {
        let order = order(date(2026, 3, 10), date(2026, 3, 20));
        let clip = |a, b| order.clip(date(2026, 3, a), date(2026, 3, b));
        assert_eq!(clip(1, 31), (date(2026, 3, 10), date(2026, 3, 20)));
        assert_eq!(clip(12, 14), (date(2026, 3, 12), date(2026, 3, 14)));
        let (first, last) = clip(21, 31);
        assert!(first > last);
    }
}
