//! A supervision plan: versioned rules, and the duties that they ask for.

mod draw;
mod error;
mod in_force;
mod recurrence;
mod rule;
mod template;

use std::collections::BTreeSet;

use jiff::{
    Span, ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use crate::{
    Micros, PersonId, PlanId, calendar::Calendar, channel::Channels, order::SupervisionOrder,
};

pub use self::{
    draw::Seed,
    error::{Fault, PlanError},
    in_force::{Obligations, ZONE_DEFAULT, plan_at, zone_at},
    recurrence::Recurrence,
    rule::{Every, Factors, On, Rule, Times},
    template::{SupervisionLevel, template},
};

/// Rules of a plan, at most.
pub const RULES_MAX: usize = 20;
/// Minutes after closing in which a check-in still counts as late, at most.
pub const GRACE_MIN_MAX: u32 = 24 * 60;
/// Days from the plan's first one within which its rules are held against each other.
pub const CHECKED_DAYS: i64 = 400;
/// Days that one call of [`SupervisionPlan::duties`] looks at, at most.
pub const PERIOD_DAYS_MAX: i64 = 400;

/// Hours in which nothing is asked of the person (社区矫正法 §34), local time; over midnight when `from` is later than `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    pub from: Time,
    pub until: Time,
}

impl Default for QuietHours {
    fn default() -> Self {
        Self {
            from: Time::constant(22, 0, 0, 0),
            until: Time::constant(6, 0, 0, 0),
        }
    }
}

impl QuietHours {
    /// Does a span of one day, `opens < closes`, reach into them? Touching is not reaching.
    pub fn meet(self, opens: Time, closes: Time) -> bool {
        let Self { from, until } = self;
        if from <= until {
            opens < until && from < closes
        } else {
            opens < until || from < closes
        }
    }

    /// Does an instant of the day lie in them? The first does, the last does not; none does when both are the same.
    pub fn contains(self, time: Time) -> bool {
        let Self { from, until } = self;
        if from <= until {
            from <= time && time < until
        } else {
            from <= time || time < until
        }
    }
}

/// One version of the rules for one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupervisionPlan {
    pub id: PlanId,
    pub person: PersonId,
    /// 1, 2, … for each person. From its first day on a version holds until a higher one does.
    pub version: i32,
    /// IANA name, such as `Asia/Shanghai`.
    pub zone: String,
    pub quiet: QuietHours,
    pub rules: Vec<Rule>,
    /// Decides the times of random checks; never leaves the server.
    pub seed: Seed,
    /// First local day.
    pub effective_from: Date,
    pub written_at: Micros,
}

/// What the plan asks for, before it has an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyDraft {
    /// Place of its rule in the plan, from 0. Rule and opening together name the duty.
    pub rule: i32,
    pub opens_at: Micros,
    pub closes_at: Micros,
    pub late_until: Micros,
    pub factors: Factors,
    pub channels: Channels,
    pub location_required: bool,
    /// Nobody may know of it before it opens.
    pub unannounced: bool,
}

/// A rule on a day, as an officer may see it beforehand: of random checks the hours, not the times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    pub rule: i32,
    /// Of a week's random checks the first day of the week that counts.
    pub day: Date,
    /// The last day, the same but for a week's random checks.
    pub last: Date,
    pub opens: Time,
    pub closes: Time,
    pub count: u32,
    pub factors: Factors,
    pub channels: Channels,
    pub unannounced: bool,
}

impl SupervisionPlan {
    /// Refuses a plan that cannot be kept under this order, naming the first field that is wrong.
    pub fn check(&self, order: &SupervisionOrder, calendar: &Calendar) -> Result<(), PlanError> {
        if self.effective_from < order.starts_on {
            let starts_on = order.starts_on;
            let fault = Fault::BeforeOrder { starts_on };
            return Err(PlanError::new("effective_from", fault));
        }
        if self.effective_from > order.ends_on {
            let ends_on = order.ends_on;
            return Err(PlanError::new(
                "effective_from",
                Fault::AfterOrder { ends_on },
            ));
        }
        if self.rules.is_empty() || self.rules.len() > RULES_MAX {
            return Err(PlanError::new("rules", Fault::RuleCount));
        }
        self.time_zone()?;
        let last = self.effective_from.saturating_add(CHECKED_DAYS.days());
        let last = last.min(order.ends_on);
        let mut days: Vec<BTreeSet<Date>> = Vec::with_capacity(self.rules.len());
        for (index, rule) in self.rules.iter().enumerate() {
            rule.check(self.quiet)
                .map_err(|(field, fault)| PlanError::of_rule(index, field, fault))?;
            let of_rule: BTreeSet<Date> = rule.days(self.effective_from, last, calendar).collect();
            if of_rule.is_empty() {
                return Err(PlanError::of_rule(index, "days", Fault::Never));
            }
            for (other, earlier) in self.rules[..index].iter().enumerate() {
                let together = || of_rule.intersection(&days[other]).next().copied();
                if let Some(day) = earlier.overlaps(rule).then(together).flatten() {
                    let fault = Fault::Overlap { other, day };
                    return Err(PlanError::of_rule(index, "times", fault));
                }
            }
            days.push(of_rule);
        }
        Ok(())
    }

    /// The duties of the local days `first..=last`, in order of opening; days before `effective_from` have none. The same
    /// whatever else is asked for: generating again finds the same duties. A window that daylight saving squeezes to nothing
    /// is left out.
    ///
    /// # Errors
    /// For an unknown zone, and for more than [`PERIOD_DAYS_MAX`] days.
    pub fn duties(
        &self,
        first: Date,
        last: Date,
        calendar: &Calendar,
    ) -> Result<Vec<DutyDraft>, PlanError> {
        let zone = self.time_zone()?;
        let first = self.first_of(first, last)?;
        let mut drafts = Vec::new();
        for (number, rule) in (0..).zip(&self.rules) {
            let draft = |(day, opens, closes)| draft(&zone, (number, rule), day, opens, closes);
            match rule.times {
                Times::Window { opens, closes } => {
                    let days = rule.days(first, last, calendar);
                    drafts.extend(days.filter_map(|day| draft((day, span(opens), span(closes)))));
                }
                Times::Random { answer_min, .. } => {
                    let seconds = i64::from(answer_min) * 60;
                    let drawn =
                        draw::times(rule, self.seed, number as u64, (first, last), calendar);
                    drafts.extend(drawn.filter_map(|(day, second)| {
                        draft((day, second.seconds(), (second + seconds).seconds()))
                    }));
                }
            }
        }
        drafts.sort_by_key(|draft| (draft.opens_at, draft.rule));
        Ok(drafts)
    }

    /// Does a version reach this far back? It asks for what is still open when it is written, and for nothing that had closed.
    pub fn reaches(&self, draft: &DutyDraft) -> bool {
        draft.closes_at > self.written_at
    }

    /// What the rules ask for on the local days `first..=last`, by day.
    ///
    /// # Errors
    /// As [`Self::duties`].
    pub fn outlook(
        &self,
        first: Date,
        last: Date,
        calendar: &Calendar,
    ) -> Result<Vec<Outlook>, PlanError> {
        self.time_zone()?;
        let first = self.first_of(first, last)?;
        let mut seen = Vec::new();
        for (number, rule) in (0..).zip(&self.rules) {
            let entry = |(day, last), count| Outlook {
                rule: number,
                day,
                last,
                opens: rule.times.span().0,
                closes: rule.times.span().1,
                count,
                factors: rule.factors,
                channels: rule.channels,
                unannounced: rule.times.unannounced(),
            };
            match rule.times {
                Times::Random {
                    count,
                    every: Every::Week,
                    ..
                } => {
                    let weeks = draw::weeks(first, last);
                    seen.extend(
                        weeks
                            .filter(|&(monday, sunday)| {
                                rule.days(monday, sunday, calendar).next().is_some()
                            })
                            .map(|(monday, sunday)| {
                                entry((monday.max(first), sunday.min(last)), count)
                            }),
                    );
                }
                Times::Window { .. } | Times::Random { .. } => {
                    let count = rule.times.count();
                    seen.extend(
                        rule.days(first, last, calendar)
                            .map(|day| entry((day, day), count)),
                    );
                }
            }
        }
        seen.sort_by_key(|entry| (entry.day, entry.opens, entry.rule));
        Ok(seen)
    }

    /// The local day of an instant under this plan.
    pub fn local_day(&self, at: Micros) -> Result<Date, PlanError> {
        let at = at
            .timestamp()
            .ok_or_else(|| PlanError::new("zone", Fault::Calendar))?;
        Ok(at.to_zoned(self.time_zone()?).date())
    }

    /// The instant at which a local day begins.
    pub fn day_begins(&self, day: Date) -> Result<Micros, PlanError> {
        let begins = day.to_zoned(self.time_zone()?);
        let begins = begins.map_err(|_| PlanError::new("zone", Fault::Calendar))?;
        Ok(begins.timestamp().into())
    }

    fn first_of(&self, first: Date, last: Date) -> Result<Date, PlanError> {
        if first.saturating_add(PERIOD_DAYS_MAX.days()) < last {
            return Err(PlanError::new("last", Fault::Period));
        }
        Ok(first.max(self.effective_from))
    }

    fn time_zone(&self) -> Result<TimeZone, PlanError> {
        TimeZone::get(&self.zone).map_err(|_| PlanError::new("zone", Fault::Zone))
    }
}

/// `opens` and `closes` count from midnight.
fn draft(
    zone: &TimeZone,
    (number, rule): (i32, &Rule),
    day: Date,
    opens: Span,
    closes: Span,
) -> Option<DutyDraft> {
    let at = |from_midnight: Span| {
        let local = day
            .to_datetime(Time::midnight())
            .checked_add(from_midnight)
            .ok()?;
        let at = local.to_zoned(zone.clone()).ok()?.timestamp();
        Some(Micros::from(at))
    };
    let (opens_at, closes_at) = (at(opens)?, at(closes)?);
    (opens_at < closes_at).then(|| DutyDraft {
        rule: number,
        opens_at,
        closes_at,
        late_until: closes_at.plus_ms(i64::from(rule.grace_min) * 60_000),
        factors: rule.factors,
        channels: rule.channels,
        location_required: rule.location_required,
        unannounced: rule.times.unannounced(),
    })
}

fn span(time: Time) -> Span {
    rule::second_of(time).seconds()
}

#[cfg(test)]
mod tests;
