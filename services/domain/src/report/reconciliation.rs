use std::collections::{HashMap, HashSet};

use jiff::civil::{Date, DateTime};
use serde::Serialize;

use super::{Period, Who};
use crate::{
    PersonId,
    measure::MeasureKind,
    order::{Category, EndReason},
    plan::SupervisionLevel,
};

/// What procurators hold against their own lists: persons by category and level, and what was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    pub period: Period,
    /// When the two lists of persons were taken, on the clock of the unit.
    pub taken: [DateTime; 2],
    /// Classes that had anybody, by category and level.
    pub lines: Vec<Line>,
    pub total: Flow,
    /// By day, else as given.
    pub movements: Vec<Movement>,
    /// Every kind.
    pub matters: Vec<MatterCount>,
    /// Persons whom the movements do not lead from the first list to the last.
    pub mismatches: Vec<Mismatch>,
}

impl Reconciliation {
    /// Does every line add up, and every person arrive?
    pub fn balanced(&self) -> bool {
        self.mismatches.is_empty() && self.lines.iter().all(|line| line.off == 0)
    }
}

/// Category and level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Class {
    pub category: Category,
    pub level: SupervisionLevel,
}

impl Who {
    pub const fn class(&self) -> Class {
        Class {
            category: self.category,
            level: self.level,
        }
    }
}

/// The persons of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    #[serde(flatten)]
    pub class: Class,
    #[serde(flatten)]
    pub flow: Flow,
    /// Persons too many at the end; 0 when the line adds up.
    pub off: i64,
}

/// Persons at both ends of a period and what lies between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Flow {
    pub begin: u32,
    pub registered: u32,
    pub transferred_in: u32,
    /// From another class.
    pub changed_in: u32,
    pub transferred_out: u32,
    /// To another class.
    pub changed_out: u32,
    pub ended: Ends,
    pub end: u32,
}

impl Flow {
    /// end − (begin + registered + in − out − ended).
    pub fn off(&self) -> i64 {
        let came = [
            self.begin,
            self.registered,
            self.transferred_in,
            self.changed_in,
        ];
        let went = [self.transferred_out, self.changed_out, self.ended.total()];
        let sum = |all: &[u32]| all.iter().copied().map(i64::from).sum::<i64>();
        i64::from(self.end) + sum(&went) - sum(&came)
    }
}

/// Ends by reason (社区矫正法 §44, §45).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Ends {
    pub term_served: u32,
    pub pardoned: u32,
    pub revoked: u32,
    pub imprisoned: u32,
    pub died: u32,
}

impl Ends {
    pub const fn get(&self, reason: EndReason) -> u32 {
        match reason {
            EndReason::TermServed => self.term_served,
            EndReason::Pardoned => self.pardoned,
            EndReason::Revoked => self.revoked,
            EndReason::Imprisoned => self.imprisoned,
            EndReason::Died => self.died,
        }
    }

    pub fn total(&self) -> u32 {
        EndReason::ALL.iter().map(|reason| self.get(*reason)).sum()
    }

    const fn of(&mut self, reason: EndReason) -> &mut u32 {
        match reason {
            EndReason::TermServed => &mut self.term_served,
            EndReason::Pardoned => &mut self.pardoned,
            EndReason::Revoked => &mut self.revoked,
            EndReason::Imprisoned => &mut self.imprisoned,
            EndReason::Died => &mut self.died,
        }
    }
}

/// 花名册: who was supervised at an instant, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// On the clock of the unit.
    pub taken: DateTime,
    pub persons: Vec<Who>,
}

/// One person came, went, or was classed anew. A transfer within the units of the report is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Movement {
    /// As he stood after it; of one who went, before it.
    pub who: Who,
    /// On his own clock.
    pub day: Date,
    #[serde(flatten)]
    pub kind: MovementKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MovementKind {
    /// 新入矫
    Registered,
    /// 执行地变更, from a unit that is not in the report.
    TransferredIn,
    /// 执行地变更, to a unit that is not in the report.
    TransferredOut,
    /// Category or level was changed.
    Changed { from: Class },
    /// 解除或终止矫正
    Ended { reason: EndReason },
}

impl Movement {
    /// How he stood before it, and after; none while not in the units of the report.
    const fn turn(&self) -> (Option<Class>, Option<Class>) {
        let class = self.who.class();
        match self.kind {
            MovementKind::Registered | MovementKind::TransferredIn => (None, Some(class)),
            MovementKind::TransferredOut | MovementKind::Ended { .. } => (Some(class), None),
            MovementKind::Changed { from } => (Some(from), Some(class)),
        }
    }
}

/// A person whose rows contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    pub who: Who,
    /// Of the movement that does not fit; none for the list at the beginning or at the end.
    pub day: Option<Date>,
    /// Where the rows before lead to.
    pub expected: Option<Class>,
    /// What this row says.
    pub found: Option<Class>,
}

/// What is counted beside the persons. The last five are measures of 社区矫正法 §28 as they were entered, never judged here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    WrongPlace,
    OutOfArea,
    Missed,
    /// 请假外出
    Leave,
    /// 逾期未销假
    LeaveOverdue,
    /// 训诫
    Admonition,
    /// 警告
    Warning,
    /// 提请治安管理处罚
    PenaltyProposed,
    /// 提请撤销缓刑、撤销假释
    RevocationProposed,
    /// 提请收监执行
    ImprisonmentProposed,
}

crate::text_enum!(Matter {
    WrongPlace = "wrong_place",
    OutOfArea = "out_of_area",
    Missed = "missed",
    Leave = "leave",
    LeaveOverdue = "leave_overdue",
    Admonition = "admonition",
    Warning = "warning",
    PenaltyProposed = "penalty_proposed",
    RevocationProposed = "revocation_proposed",
    ImprisonmentProposed = "imprisonment_proposed",
});

impl From<MeasureKind> for Matter {
    fn from(measure: MeasureKind) -> Self {
        match measure {
            MeasureKind::Admonition => Self::Admonition,
            MeasureKind::Warning => Self::Warning,
            MeasureKind::PenaltyProposed => Self::PenaltyProposed,
            MeasureKind::RevocationProposed => Self::RevocationProposed,
            MeasureKind::ImprisonmentProposed => Self::ImprisonmentProposed,
        }
    }
}

/// One matter of one person on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub person: PersonId,
    pub day: Date,
    pub matter: Matter,
}

/// How often, and of how many persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MatterCount {
    pub matter: Matter,
    pub entries: u32,
    pub persons: u32,
}

/// Holds a list of the persons at the beginning, what moved them since, in order of time, and a list at the end against each other. The
/// two lists are to come from elsewhere than the movements, else nothing is reconciled. Of persons, not only of sums: two faults of one
/// class may cancel each other out. Entries count on the days of the period.
pub fn reconcile(
    period: Period,
    [begin, end]: [&Census; 2],
    mut movements: Vec<Movement>,
    entries: &[Entry],
) -> Reconciliation {
    movements.sort_by_key(|one| one.day);
    let taken = [begin.taken, end.taken];
    let (begin, end) = (begin.persons.as_slice(), end.persons.as_slice());
    let lines = Category::ALL.iter().flat_map(|category| {
        SupervisionLevel::ALL.iter().map(|level| Class {
            category: *category,
            level: *level,
        })
    });
    let lines: Vec<Line> = lines
        .map(|class| line(class, begin, &movements, end))
        .filter(|line| line.flow != Flow::default())
        .collect();
    Reconciliation {
        period,
        taken,
        total: flow(begin, &movements, end, |_| true),
        lines,
        matters: matters(period, entries),
        mismatches: mismatches(begin, &movements, end),
        movements,
    }
}

fn line(class: Class, begin: &[Who], movements: &[Movement], end: &[Who]) -> Line {
    let flow = flow(begin, movements, end, |of| of == class);
    Line {
        class,
        flow,
        off: flow.off(),
    }
}

fn flow(
    begin: &[Who],
    movements: &[Movement],
    end: &[Who],
    counts: impl Fn(Class) -> bool,
) -> Flow {
    let standing = |list: &[Who]| list.iter().filter(|who| counts(who.class())).count() as u32;
    let mut flow = Flow {
        begin: standing(begin),
        end: standing(end),
        ..Flow::default()
    };
    for movement in movements {
        let ours = u32::from(counts(movement.who.class()));
        match movement.kind {
            MovementKind::Registered => flow.registered += ours,
            MovementKind::TransferredIn => flow.transferred_in += ours,
            MovementKind::TransferredOut => flow.transferred_out += ours,
            MovementKind::Ended { reason } => *flow.ended.of(reason) += ours,
            MovementKind::Changed { from } => {
                flow.changed_in += ours;
                flow.changed_out += u32::from(counts(from));
            }
        }
    }
    flow
}

fn mismatches(begin: &[Who], movements: &[Movement], end: &[Who]) -> Vec<Mismatch> {
    let mut stand: HashMap<PersonId, &Who> = HashMap::new();
    let mut found = Vec::new();
    let mut step = |before: Option<Class>, who: &Who, day, says: Option<Class>| {
        if before != says {
            found.push(Mismatch {
                who: who.clone(),
                day,
                expected: before,
                found: says,
            });
        }
    };
    for who in begin {
        let twice = stand.insert(who.person, who).map(Who::class);
        step(twice, who, None, None);
    }
    for movement in movements {
        let who = &movement.who;
        let (from, to) = movement.turn();
        let before = if to.is_some() {
            stand.insert(who.person, who)
        } else {
            stand.remove(&who.person)
        };
        step(before.map(Who::class), who, Some(movement.day), from);
    }
    for who in end {
        let left = stand.remove(&who.person).map(Who::class);
        step(left, who, None, Some(who.class()));
    }
    let mut gone: Vec<&Who> = stand.into_values().collect();
    gone.sort_by_key(|who| who.person);
    for who in gone {
        step(Some(who.class()), who, None, None);
    }
    found
}

fn matters(period: Period, entries: &[Entry]) -> Vec<MatterCount> {
    let count = |matter: &Matter| {
        let of = entries
            .iter()
            .filter(|one| one.matter == *matter && period.contains(one.day));
        let persons: HashSet<PersonId> = of.clone().map(|one| one.person).collect();
        MatterCount {
            matter: *matter,
            entries: of.count() as u32,
            persons: persons.len() as u32,
        }
    };
    Matter::ALL.iter().map(count).collect()
}
