use serde::{Deserialize, Serialize};

use super::{Levels, Month, Statement};
use crate::plan::SupervisionLevel;

/// What a month says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub month: Month,
    pub total: i64,
    /// What it is held against.
    pub bound: u32,
}

/// A thought for an officer, one level up or down. Nothing follows from it by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub from: SupervisionLevel,
    pub to: SupervisionLevel,
    pub reasons: Vec<Reason>,
}

/// Does the latest of a person's months speak for another level? None without enough months in a row.
pub fn suggest(
    level: SupervisionLevel,
    levels: &Levels,
    statements: &[Statement],
) -> Option<Suggestion> {
    let months = usize::from(levels.months);
    let latest = &statements[statements.len().checked_sub(months)?..];
    let follows = |pair: &[Statement]| {
        pair[0].person == pair[1].person && pair[0].month.next() == pair[1].month
    };
    if latest.is_empty() || !latest.windows(2).all(follows) {
        return None;
    }
    let reasons = |bound: u32, speaks: &dyn Fn(&Statement) -> bool| -> Vec<Reason> {
        let speaking = latest.iter().filter(|statement| speaks(statement));
        speaking
            .map(|statement| Reason {
                month: statement.month,
                total: statement.total,
                bound,
            })
            .collect()
    };
    let below = reasons(levels.strict_below, &|statement| {
        statement.total < i64::from(levels.strict_below)
    });
    let good = reasons(levels.lenient_from, &|statement| {
        let taken = statement.lines.iter().any(|line| line.counted < 0);
        statement.total >= i64::from(levels.lenient_from) && !taken
    });
    let (to, reasons) = if !below.is_empty() {
        (stricter(level)?, below)
    } else if good.len() == months {
        (milder(level)?, good)
    } else {
        return None;
    };
    Some(Suggestion {
        from: level,
        to,
        reasons,
    })
}

impl Suggestion {
    /// A sentence with its facts, Chinese and English.
    pub fn explain(&self) -> (String, String) {
        let (mut zh, mut en): (Vec<String>, Vec<String>) =
            self.reasons.iter().map(Reason::explain).unzip();
        let (from, to) = (self.from, self.to);
        zh.push(format!(
            "可考虑由{}调整为{}，由工作人员决定。",
            from.zh(),
            to.zh()
        ));
        en.push(format!(
            "a change from {from} to {to} may be considered, by an officer."
        ));
        (zh.join("；"), en.join("; "))
    }
}

impl Reason {
    fn explain(&self) -> (String, String) {
        let Self {
            month,
            total,
            bound,
        } = self;
        if *total < i64::from(*bound) {
            (
                format!("{month} 得 {total} 分，低于 {bound} 分"),
                format!("{month}: {total} points, below {bound}"),
            )
        } else {
            (
                format!("{month} 得 {total} 分，不低于 {bound} 分"),
                format!("{month}: {total} points, {bound} or more"),
            )
        }
    }
}

const fn stricter(level: SupervisionLevel) -> Option<SupervisionLevel> {
    match level {
        SupervisionLevel::Strict => None,
        SupervisionLevel::General => Some(SupervisionLevel::Strict),
        SupervisionLevel::Lenient => Some(SupervisionLevel::General),
    }
}

const fn milder(level: SupervisionLevel) -> Option<SupervisionLevel> {
    match level {
        SupervisionLevel::Strict => Some(SupervisionLevel::General),
        SupervisionLevel::General => Some(SupervisionLevel::Lenient),
        SupervisionLevel::Lenient => None,
    }
}
