use jiff::civil::Date;

use super::{GRACE_MIN_MAX, PERIOD_DAYS_MAX, RULES_MAX, rule};

/// A plan that cannot be kept: what is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct PlanError {
    /// Path of the field in the request, such as `rules[1].times.closes`.
    pub field: String,
    pub fault: Fault,
}

/// What is wrong with a field of a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("a plan has 1 to {RULES_MAX} rules")]
    RuleCount,
    #[error("lies before the order's first day, {starts_on}")]
    BeforeOrder { starts_on: Date },
    #[error("lies after the order's last day, {ends_on}")]
    AfterOrder { ends_on: Date },
    #[error("a rule needs at least one channel")]
    Channels,
    #[error("nobody can be at the office within minutes: a random check needs another channel")]
    Summoned,
    #[error("this time zone is not known")]
    Zone,
    #[error("outside the calendar")]
    Calendar,
    #[error("at most {PERIOD_DAYS_MAX} days at a time")]
    Period,
    #[error("a window must close after it opens, on the same day")]
    Backwards,
    #[error("overlaps with rules[{other}] on {day}")]
    Overlap { other: usize, day: Date },
    #[error("reaches into the quiet hours")]
    Quiet,
    #[error("at most {GRACE_MIN_MAX} minutes of grace")]
    Grace,
    #[error(
        "must be a recurrence by days: FREQ=DAILY, WEEKLY or MONTHLY with INTERVAL, BYDAY or BYMONTHDAY (RFC 5545)"
    )]
    Recurrence,
    #[error("no day of the plan's first year satisfies this rule: it could never be met")]
    Never,
    #[error("1 to {} a day, 1 to {} a week", rule::A_DAY_MAX, rule::A_WEEK_MAX)]
    Count,
    #[error(
        "a random check must be answered within {} to {} minutes",
        rule::ANSWER_MIN_MIN,
        rule::ANSWER_MIN_MAX
    )]
    Answer,
    #[error("so many checks with this gap do not fit into the hours")]
    Crowded,
}

impl PlanError {
    pub(super) fn new(field: &str, fault: Fault) -> Self {
        let field = field.to_owned();
        Self { field, fault }
    }

    /// Of a field of one of the rules.
    pub fn of_rule(index: usize, field: &str, fault: Fault) -> Self {
        Self::new(&format!("rules[{index}].{field}"), fault)
    }
}
