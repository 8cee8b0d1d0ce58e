use jiff::civil::DateTime;
use serde::Serialize;

use super::{CheckinRow, DutyRow, Period, PersonRows, SightingRow, Who};
use crate::{
    CheckinId, Micros,
    area::{AreaKind, Explained, Finding, FindingKind},
    attendance::Attendance,
    checkin::State,
    positioning::Source,
    verdict::{Reason, ReasonKind},
};

/// Milliseconds between two positions beyond which nobody vouches for the time in between.
pub const STRETCH_GAP_MS: i64 = 3_600_000;

/// What an office must look at: 错位, 越界, 缺席. Facts; what they mean for a person an officer decides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exceptions {
    pub period: Period,
    pub wrong_place: Vec<WrongPlace>,
    pub out_of_area: Vec<OutOfArea>,
    pub missed: Vec<MissedDuty>,
}

/// 错位: a check-in of which the place speaks against it, or is not known where it is asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WrongPlace {
    pub who: Who,
    pub checkin: CheckinId,
    /// What became of it since.
    pub state: State,
    pub at: DateTime,
    /// Those about the place.
    pub reasons: Vec<Reason>,
    /// Those that are sure.
    pub findings: Vec<Explained>,
}

/// 越界: from the first to the last position in a row that is surely outside the allowed area, or inside an excluded one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutOfArea {
    pub who: Who,
    pub first: DateTime,
    pub last: DateTime,
    /// Positions that came with a check-in, and in between.
    pub checkins: u32,
    pub positions: u32,
    /// Of the position that lies deepest on the wrong side.
    pub finding: Explained,
}

/// 缺席: a duty that nobody answered in its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissedDuty {
    pub who: Who,
    pub duty: DutyRow,
    /// Duties missed in a row, this one counted, as far back as the rows go; what is still due breaks no row.
    pub in_a_row: u32,
}

/// In order of the persons, then of time.
pub fn wrong_place(period: Period, persons: &[PersonRows<CheckinRow>]) -> Vec<WrongPlace> {
    let about_place =
        |reason: &Reason| reason.kind() == ReasonKind::Place || *reason == Reason::MockLocation;
    let mut all = Vec::new();
    for of in persons {
        let mut rows: Vec<&CheckinRow> = of.rows.iter().collect();
        rows.sort_by_key(|row| (row.at, row.checkin));
        for row in rows
            .into_iter()
            .filter(|row| period.contains(row.at.date()))
        {
            let reasons: Vec<Reason> = row.reasons.iter().copied().filter(about_place).collect();
            let told = row.place.iter().flat_map(|place| &place.findings);
            let findings: Vec<Explained> =
                told.filter(|one| wrong(&one.finding)).cloned().collect();
            if reasons.is_empty() && findings.is_empty() {
                continue;
            }
            all.push(WrongPlace {
                who: of.who.clone(),
                checkin: row.checkin,
                state: row.state,
                at: row.at,
                reasons,
                findings,
            });
        }
    }
    all
}

/// Stretches of the positions on these days, in order of the persons, then of their beginning. A position that cannot tell neither ends a
/// stretch nor prolongs it; one that is [`STRETCH_GAP_MS`] later begins another.
pub fn out_of_area(period: Period, persons: &[PersonRows<SightingRow>]) -> Vec<OutOfArea> {
    let mut all = Vec::new();
    for of in persons {
        let on_these_days = of
            .rows
            .iter()
            .filter(|row| period.contains(row.local.date()));
        let mut rows: Vec<&SightingRow> = on_these_days.collect();
        rows.sort_by_key(|row| row.at);
        stretches(&of.who, &rows, &mut all);
    }
    all
}

/// In order of the persons, then of opening.
pub fn missed(period: Period, persons: &[PersonRows<DutyRow>]) -> Vec<MissedDuty> {
    let mut all = Vec::new();
    for of in persons {
        let mut rows: Vec<&DutyRow> = of.rows.iter().collect();
        rows.sort_by_key(|row| (row.opens_at, row.duty));
        let mut in_a_row = 0;
        for row in rows {
            match row.attendance {
                Attendance::Due => continue,
                Attendance::Missed => in_a_row += 1,
                Attendance::OnTime
                | Attendance::Late
                | Attendance::UnderReview
                | Attendance::Excused => in_a_row = 0,
            }
            if in_a_row > 0 && period.contains(row.day()) {
                all.push(MissedDuty {
                    who: of.who.clone(),
                    duty: row.clone(),
                    in_a_row,
                });
            }
        }
    }
    all
}

/// Surely on the wrong side.
fn wrong(finding: &Finding) -> bool {
    match finding.kind {
        FindingKind::OutOfArea | FindingKind::InExclusion => true,
        FindingKind::InKeyPlace | FindingKind::CannotTell => false,
    }
}

/// Is it about what the other is about? All allowed areas are one thing: of those any will do.
fn same_matter(one: &Finding, other: &Finding) -> bool {
    one.area == other.area && (one.area == AreaKind::Allowed || one.rule == other.rule)
}

fn stretches(who: &Who, rows: &[&SightingRow], all: &mut Vec<OutOfArea>) {
    let from = all.len();
    let mut open: Vec<Stretch> = Vec::new();
    for row in rows {
        let (still, over) = open.into_iter().partition(|stretch| stretch.goes_on(row));
        open = still;
        all.extend(over.into_iter().map(|stretch: Stretch| stretch.seen));
        for found in row.findings.iter().filter(|found| wrong(&found.finding)) {
            let about =
                |stretch: &&mut Stretch| same_matter(&stretch.seen.finding.finding, &found.finding);
            if let Some(stretch) = open.iter_mut().find(about) {
                stretch.take(row, found);
            } else {
                open.push(Stretch::begin(who, row, found));
            }
        }
    }
    all.extend(open.into_iter().map(|stretch| stretch.seen));
    all[from..].sort_by_key(|seen| seen.first);
}

/// A stretch that may go on.
struct Stretch {
    seen: OutOfArea,
    last_at: Micros,
}

impl Stretch {
    fn begin(who: &Who, row: &SightingRow, found: &Explained) -> Self {
        let (checkins, positions) = counts(row);
        let seen = OutOfArea {
            who: who.clone(),
            first: row.local,
            last: row.local,
            checkins,
            positions,
            finding: found.clone(),
        };
        Self {
            seen,
            last_at: row.at,
        }
    }

    /// Does the next position leave it open? Silence about the matter says that all is well.
    fn goes_on(&self, row: &SightingRow) -> bool {
        let matter = &self.seen.finding.finding;
        let mut findings = row.findings.iter();
        row.at.since_ms(self.last_at) < STRETCH_GAP_MS
            && findings.any(|one| same_matter(matter, &one.finding))
    }

    /// Areas of different hours may each speak of one position, which counts once.
    fn take(&mut self, row: &SightingRow, found: &Explained) {
        if self.last_at < row.at {
            let (checkins, positions) = counts(row);
            self.seen.checkins += checkins;
            self.seen.positions += positions;
            self.seen.last = row.local;
            self.last_at = row.at;
        }
        if found.finding.distance_m.abs() > self.seen.finding.finding.distance_m.abs() {
            self.seen.finding = found.clone();
        }
    }
}

const fn counts(row: &SightingRow) -> (u32, u32) {
    match row.source {
        Source::Checkin(_) => (1, 0),
        Source::Continuous(_) => (0, 1),
    }
}
