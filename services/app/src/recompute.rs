//! Attendance, worked out anew from the log, the plans and the calendar, and held against what is stored.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    CheckinId, DutyId, EventId, Micros, PersonId, PlanId,
    attendance::{Attendance, mark},
    calendar::{Calendar, DeclaredYear},
    checkin::{Attempt, State},
    duty::Duty,
    event::{Event, EventKind},
    leave::Leave,
    order::SupervisionOrder,
    person::Person,
    plan::{Obligations, SupervisionPlan},
    replay::{Deeds, Epoch, duties, in_order},
};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use store::{Tx, calendar::YearVersion, duty::Marked};

use crate::{Cx, Error, Result};

/// Persons, and entries of the log, of one look at the database.
const PAGE_LEN: u32 = 500;
/// Differences that are told in full; all are counted.
const TOLD_LEN: usize = 200;

/// What is stored and what the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// It was made, and is not there.
    DutyGone {
        plan: PlanId,
        rule: i32,
        opens_at: Micros,
    },
    /// It is there, and nothing asked for it.
    DutyUnasked { duty: DutyId, opens_at: Micros },
    Attendance {
        duty: DutyId,
        stored: Attendance,
        computed: Attendance,
    },
    /// The attempt's row is gone, was never told of, or stands elsewhere.
    Checkin {
        checkin: CheckinId,
        stored: Option<State>,
        told: Option<State>,
    },
}

/// What a recomputation found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub persons: u64,
    pub duties: u64,
    pub checkins: u64,
    /// Duties whose time is over and that the next round of upkeep will mark.
    pub pending: u64,
    pub differences: u64,
    /// The first ones, with whose they are.
    pub told: Vec<(PersonId, Difference)>,
}

impl Report {
    fn differ(&mut self, person: PersonId, difference: Difference) {
        self.differences += 1;
        if self.told.len() < TOLD_LEN {
            self.told.push((person, difference));
        }
    }
}

/// What concerns everybody: when duties were made for all, and how the calendar grew.
struct World {
    /// With the last local day, and whether what had not opened was made to fit.
    makings: Vec<(Micros, Date, bool)>,
    /// The last entry of the log that is in `makings`.
    told_until: Option<(Micros, EventId)>,
    years: Vec<YearVersion>,
    duties_ahead_days: i32,
    now: Micros,
}

impl World {
    fn new(cx: &Cx) -> Self {
        Self {
            makings: Vec::new(),
            told_until: None,
            years: Vec::new(),
            duties_ahead_days: cx.limits.duties_ahead_days,
            now: cx.now(),
        }
    }

    /// The house goes on while it is looked at: takes in what was made and declared by the moment that this transaction sees.
    async fn catch_up(&mut self, cx: &Cx, tx: &mut Tx) -> Result<()> {
        self.years = store::calendar::all(tx).await?;
        loop {
            let page = store::event::of_makings(tx, self.told_until, PAGE_LEN).await?;
            let Some(last) = page.last() else { break };
            self.told_until = Some((last.at, last.id));
            self.makings.extend(page.iter().filter_map(making));
        }
        self.now = cx.now();
        Ok(())
    }
}

/// Recomputes everything, person by person. Nothing is changed. Duties that are being made for everybody at this very moment may be named as
/// gone: the log tells of a making when it begins.
pub async fn check(cx: &Cx) -> Result<Report> {
    let mut world = World::new(cx);
    let (mut report, mut after) = (Report::default(), None);
    loop {
        let mut tx = cx.store.read().await?;
        let page = store::person::page(&mut tx, after, PAGE_LEN).await?;
        drop(tx);
        let Some(last) = page.last() else {
            return Ok(report);
        };
        after = Some(last.id);
        for person in &page {
            look(cx, &mut world, person.id, &mut report).await?;
        }
    }
}

/// As [`check`] for these persons alone.
pub async fn check_of(cx: &Cx, persons: &[PersonId]) -> Result<Report> {
    let mut world = World::new(cx);
    let mut report = Report::default();
    for person in persons {
        look(cx, &mut world, *person, &mut report).await?;
    }
    Ok(report)
}

async fn look(cx: &Cx, world: &mut World, person: PersonId, report: &mut Report) -> Result<()> {
    let mut tx = cx.store.read().await?;
    world.catch_up(cx, &mut tx).await?;
    one(&mut tx, world, person, report).await
}

/// One person, as of one moment of the database.
async fn one(tx: &mut Tx, world: &World, id: PersonId, report: &mut Report) -> Result<()> {
    let found = store::person::get(tx, id).await?;
    let person = &found.ok_or(Error::NotFound("person"))?;
    let events = file(tx, person.id).await?;
    let mut deeds = Deeds::default();
    for event in &events {
        deeds.take(event);
    }
    let plans = store::plan::list(tx, person.id).await?;
    let leaves = store::leave::of_person(tx, person.id).await?;
    let stored = store::duty::all_of_person(tx, person.id).await?;
    let rows = store::checkin::states_of_person(tx, person.id).await?;
    report.persons += 1;
    report.duties += stored.len() as u64;
    report.checkins += rows.len() as u64;
    let stretches = stretches(world, person, &events, (&plans, &leaves));
    compare_duties(person.id, &stretches, &stored, report)?;
    compare_checkins(person.id, &rows, &deeds, report);
    for marked in &stored {
        compare_attendance(world.now, marked, &deeds, report);
    }
    Ok(())
}

fn compare_duties(
    person: PersonId,
    stretches: &[Stretch<'_>],
    stored: &[Marked],
    report: &mut Report,
) -> Result<()> {
    let epochs: Vec<Epoch<'_>> = stretches.iter().map(Stretch::epoch).collect();
    let mut expected = duties(&epochs)?;
    for marked in stored {
        let Duty {
            id,
            plan,
            rule,
            opens_at,
            ..
        } = marked.duty;
        if expected.remove(&(plan, rule, opens_at)).is_none() {
            let difference = Difference::DutyUnasked { duty: id, opens_at };
            report.differ(person, difference);
        }
    }
    for ((plan, rule, opens_at), _) in expected {
        let difference = Difference::DutyGone {
            plan,
            rule,
            opens_at,
        };
        report.differ(person, difference);
    }
    Ok(())
}

fn compare_checkins(
    person: PersonId,
    rows: &[(CheckinId, State)],
    deeds: &Deeds,
    report: &mut Report,
) {
    let stored: HashMap<CheckinId, State> = rows.iter().copied().collect();
    // A claim is no entry of the log.
    let told = |state| {
        if state == State::Running {
            State::Queued
        } else {
            state
        }
    };
    let all: HashSet<CheckinId> = stored
        .keys()
        .chain(deeds.attempts.keys())
        .copied()
        .collect();
    for checkin in all {
        let stored = stored.get(&checkin).copied();
        let in_log = deeds.attempts.get(&checkin).map(|told| told.attempt.state);
        if stored.map(told) != in_log {
            let difference = Difference::Checkin {
                checkin,
                stored,
                told: in_log,
            };
            report.differ(person, difference);
        }
    }
}

fn compare_attendance(now: Micros, marked: &Marked, deeds: &Deeds, report: &mut Report) {
    let duty = &marked.duty;
    let attempts: Vec<Attempt> = deeds
        .attempts
        .values()
        .filter(|told| told.duty == duty.id)
        .map(|told| told.attempt)
        .collect();
    let none = Vec::new();
    let rulings = deeds.rulings.get(&duty.id).unwrap_or(&none);
    let computed = mark(duty, &attempts, rulings, now);
    if computed == marked.attendance {
        return;
    }
    if (marked.attendance, computed) == (Attendance::Due, Attendance::Missed) {
        report.pending += 1;
        return;
    }
    let difference = Difference::Attendance {
        duty: duty.id,
        stored: marked.attendance,
        computed,
    };
    report.differ(duty.person, difference);
}

/// Between two changes of what is asked.
struct Stretch<'a> {
    begins: Micros,
    replaces: bool,
    order: SupervisionOrder,
    versions: Vec<SupervisionPlan>,
    calendar: Calendar,
    /// Those of today: a duty follows from what they were when it opened.
    leaves: &'a [Leave],
    /// Versions of years that were known.
    years: usize,
    ended: bool,
    makings: Vec<(Micros, Date)>,
}

impl Stretch<'_> {
    fn epoch(&self) -> Epoch<'_> {
        let asked = Obligations {
            order: &self.order,
            versions: &self.versions,
            calendar: &self.calendar,
            leaves: self.leaves,
        };
        Epoch {
            begins: self.begins,
            replaces: self.replaces,
            obligations: (!self.ended).then_some(asked),
            makings: self.makings.clone(),
        }
    }
}

/// A moment at which duties were made: what had been written by then, up to which local day, and whether what had not opened was made to fit.
struct Moment {
    at: Micros,
    version: i32,
    last: Date,
    replaces: bool,
}

fn stretches<'a>(
    world: &World,
    person: &Person,
    events: &[Event],
    (plans, leaves): (&[SupervisionPlan], &'a [Leave]),
) -> Vec<Stretch<'a>> {
    let mut all: Vec<Stretch<'_>> = Vec::new();
    for moment in moments(world, events, plans) {
        let at = moment.at;
        let known = world.years.iter().filter(|year| year.written_at <= at);
        let years = known.clone().count();
        if let Some(before) = all
            .last_mut()
            .filter(|of| !moment.replaces && of.years == years)
        {
            before.makings.push((at, moment.last));
            continue;
        }
        let current: BTreeMap<i16, DeclaredYear> =
            known.map(|year| (year.year, year.days.clone())).collect();
        let versions = plans.iter().filter(|plan| plan.version <= moment.version);
        all.push(Stretch {
            begins: at,
            replaces: moment.replaces,
            order: order_at(person, events, at),
            versions: versions.cloned().collect(),
            calendar: Calendar::new(current.into_values()),
            leaves,
            years,
            ended: person.ended.is_some_and(|ended| ended.at <= at),
            makings: vec![(at, moment.last)],
        });
    }
    all
}

fn moments(world: &World, events: &[Event], plans: &[SupervisionPlan]) -> Vec<Moment> {
    let newest = |at: Micros| {
        let written = plans.iter().filter(|plan| plan.written_at <= at);
        written.map(|plan| plan.version).max().unwrap_or(0)
    };
    let own = events.iter().filter_map(|event| {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "all other events leave what is asked as it is"
        )]
        let version = match event.kind {
            EventKind::PlanWritten { version, .. } => version,
            EventKind::OrderChanged { .. }
            | EventKind::SupervisionEnded { .. }
            | EventKind::LeaveStepped { .. } => newest(event.at),
            _ => return None,
        };
        Some(Moment {
            at: event.at,
            version,
            last: ahead(event.at, world.duties_ahead_days)?,
            replaces: true,
        })
    });
    let for_all = world.makings.iter().map(|&(at, last, replaces)| Moment {
        at,
        version: newest(at),
        last,
        replaces,
    });
    let mut all: Vec<Moment> = own.chain(for_all).collect();
    all.sort_by_key(|moment| (moment.at, moment.version));
    all
}

/// The order that held at an instant: the one before the first change that came later.
fn order_at(person: &Person, events: &[Event], at: Micros) -> SupervisionOrder {
    let later = events.iter().filter(|event| event.at > at);
    let mut changes = later.filter_map(|event| {
        if let EventKind::OrderChanged { from, .. } = event.kind {
            Some(from)
        } else {
            None
        }
    });
    changes.next().unwrap_or(person.order)
}

fn ahead(at: Micros, days: i32) -> Option<Date> {
    let today = at.timestamp()?.to_zoned(TimeZone::UTC).date();
    Some(today.saturating_add(i64::from(days).days()))
}

/// When duties were made for everybody, up to which local day, and whether what had not opened was made to fit.
fn making(event: &Event) -> Option<(Micros, Date, bool)> {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "only these two are asked for"
    )]
    match event.kind {
        EventKind::DutiesExtended { last, .. } => Some((event.at, last, false)),
        EventKind::CalendarApplied { last, .. } => Some((event.at, last, true)),
        _ => None,
    }
}

/// All entries of a person's file, in order.
async fn file(tx: &mut Tx, person: PersonId) -> Result<Vec<Event>> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store::event::of_person(tx, person, after, PAGE_LEN).await?;
        let Some(last) = page.last() else {
            in_order(&mut all);
            return Ok(all);
        };
        after = Some((last.at, last.id));
        all.extend(page);
    }
}
