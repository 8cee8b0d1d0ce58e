//! Reports: the month of a person or a unit, the day, the three lists of exceptions, and what procurators reconcile, as data, table or page.
//! Every look at one is written down.

mod reconciliation;
mod trend;

use std::collections::HashMap;

pub use self::{
    reconciliation::{reconciliation, take_census},
    trend::trend,
};
use domain::{
    Micros, OrgUnitId, PersonId,
    access::{Action, Scope},
    area::{AreaRule, Report as PlaceReport},
    event::{Actor, EventKind},
    leave::areas,
    org::OrgUnit,
    person::Person,
    plan::ZONE_DEFAULT,
    positioning::{Sighting, Source},
    report::{
        CheckinRow, DayView, DutyRow, Exceptions, OfficeMonth, Period, PersonMonth, PersonRows,
        Reconciliation, SightingRow, Who, day_view, local, missed, month_of_office,
        month_of_person, out_of_area, wrong_place,
    },
    verdict::Verdict,
};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
pub use report::{Letterhead, trend::Chart};
pub use sheet::Format;
use sheet::{Cell, Column, Sheet};
use store::{
    Tx,
    report::{Listed, Submitted},
};

use crate::{Cx, Error, Result, Viewer, journal::note};

/// Persons of one report.
const PERSONS_LEN: u32 = 2_000;
/// Duties, and check-ins, of one report.
const ROWS_LEN: u32 = 200_000;
/// Followed persons of one report, and positions of each.
const FOLLOWED_LEN: (u32, u32) = (200, 10_000);

/// A report as data.
#[derive(Debug)]
pub enum Report {
    PersonMonth(PersonMonth),
    UnitMonth(OfficeMonth),
    Day(DayView),
    Exceptions(Exceptions),
    Reconciliation(Reconciliation),
}

/// A report with whose it is and who looks at it.
#[derive(Debug)]
pub struct Made {
    pub report: Report,
    head: Letterhead,
    zone: TimeZone,
}

impl Made {
    /// One table or several: a file of an office program. Several do not go into one CSV.
    pub fn file(&self, format: Format) -> Result<Vec<u8>> {
        let mut tables = match &self.report {
            Report::PersonMonth(month) => vec![report::month::of_person(month)],
            Report::UnitMonth(month) => vec![report::month::of_office(month)],
            Report::Day(view) => vec![report::day::table(view)],
            Report::Exceptions(lists) => report::exception::tables(lists).into(),
            Report::Reconciliation(report) => report::reconciliation::tables(report).into(),
        };
        match (format, tables.len()) {
            (Format::Xlsx, _) => {
                let sheets: Vec<Sheet> = tables.into_iter().map(sheet).collect();
                Ok(sheet::workbook(&sheets)?)
            }
            (Format::Csv, 1) => Ok(sheet::write(&sheet(tables.remove(0)), Format::Csv)?),
            (Format::Csv, _) => Err(Error::Invalid {
                field: "format",
                expected: "must be json, html or xlsx: this report has several tables",
            }),
        }
    }

    /// A page to print.
    pub fn page(&self) -> Result<String> {
        let page = match &self.report {
            Report::PersonMonth(month) => report::month::page_of_person(month, &self.head),
            Report::UnitMonth(month) => report::month::page_of_office(month, &self.head),
            Report::Day(view) => report::day::page(view, &self.zone, &self.head),
            Report::Exceptions(lists) => report::exception::page(lists, &self.head),
            Report::Reconciliation(report) => report::reconciliation::page(report, &self.head),
        };
        Ok(page?)
    }
}

/// A month of one person of the viewer's scope.
pub async fn of_person(cx: &Cx, viewer: &Viewer, person: PersonId, period: Period) -> Result<Made> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.write().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    let unit = store::unit::get(&mut tx, person.unit).await?;
    let unit = unit.ok_or(Error::NotFound("unit"))?;
    let month = month(cx, &mut tx, (&person, &unit), period).await?;
    let report = Report::PersonMonth(month);
    let about = (&unit, Some(person.id));
    made(cx, tx, viewer, about, ("person_month", report)).await
}

/// A month of a person as a page, for whoever wrote down before what it is for.
pub(crate) async fn page_of_person(
    cx: &Cx,
    viewer: &Viewer,
    (person, unit): (&Person, &OrgUnit),
    period: Period,
) -> Result<String> {
    let mut tx = cx.store.read().await?;
    let month = month(cx, &mut tx, (person, unit), period).await?;
    drop(tx);
    let head = letterhead(cx, viewer, unit)?;
    Ok(report::month::page_of_person(&month, &head)?)
}

async fn month(
    cx: &Cx,
    tx: &mut Tx,
    (person, unit): (&Person, &OrgUnit),
    period: Period,
) -> Result<PersonMonth> {
    let zone = crate::area::zone(tx, person.id, cx.now()).await?;
    let (from, until) = span(period)?;
    let duties = store::duty::of_person(tx, person.id, from, until, ROWS_LEN).await?;
    let rows = duties
        .iter()
        .map(|one| DutyRow::new(&one.duty, one.attendance, &zone));
    let of = PersonRows {
        who: who(person, &unit.name),
        rows: rows.collect(),
    };
    Ok(month_of_person(period, &of, cx.now()))
}

/// A month of a unit of the viewer's and all below it.
pub async fn of_unit(cx: &Cx, viewer: &Viewer, unit: OrgUnitId, period: Period) -> Result<Made> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.write().await?;
    let unit = crate::unit::within(&mut tx, viewer, unit).await?;
    let persons = persons(&mut tx, viewer, &unit, period).await?;
    let rows = duties(&mut tx, &persons, period).await?;
    let report = Report::UnitMonth(month_of_office(unit.name.clone(), period, &rows, cx.now()));
    made(cx, tx, viewer, (&unit, None), ("unit_month", report)).await
}

/// A day of a unit of the viewer's and all below it.
pub async fn day(cx: &Cx, viewer: &Viewer, unit: OrgUnitId, day: Date) -> Result<Made> {
    viewer.allow(Action::Read)?;
    let period = Period::of_day(day);
    let mut tx = cx.store.write().await?;
    let unit = crate::unit::within(&mut tx, viewer, unit).await?;
    let persons = persons(&mut tx, viewer, &unit, period).await?;
    let rows = duties(&mut tx, &persons, period).await?;
    let report = Report::Day(day_view(day, &rows, cx.now()));
    made(cx, tx, viewer, (&unit, None), ("day", report)).await
}

/// What a unit of the viewer's must look at: wrong place, out of area, missed.
pub async fn exceptions(cx: &Cx, viewer: &Viewer, unit: OrgUnitId, period: Period) -> Result<Made> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.write().await?;
    let unit = crate::unit::within(&mut tx, viewer, unit).await?;
    let persons = persons(&mut tx, viewer, &unit, period).await?;
    let report = Report::Exceptions(lists(&mut tx, &persons, period).await?);
    made(cx, tx, viewer, (&unit, None), ("exceptions", report)).await
}

async fn lists(tx: &mut Tx, persons: &Persons, period: Period) -> Result<Exceptions> {
    let duties = duties(tx, persons, period).await?;
    let (checkins, mut sightings) = submitted(tx, persons, period).await?;
    follow(tx, persons, period, &mut sightings).await?;
    Ok(Exceptions {
        period,
        wrong_place: wrong_place(period, &checkins),
        out_of_area: out_of_area(period, &sightings),
        missed: missed(period, &duties),
    })
}

/// Whom a report is about.
struct Persons {
    scope: Scope,
    all: Vec<(Listed, TimeZone)>,
}

impl Persons {
    /// Each with his own of these.
    fn with<T>(&self, mut rows: HashMap<PersonId, Vec<T>>) -> Vec<PersonRows<T>> {
        let of = |(listed, _): &(Listed, TimeZone)| PersonRows {
            who: who(&listed.person, &listed.unit),
            rows: rows.remove(&listed.person.id).unwrap_or_default(),
        };
        self.all.iter().map(of).collect()
    }

    fn zones(&self) -> HashMap<PersonId, &TimeZone> {
        let zone = |(listed, zone)| (listed, zone);
        let all = self
            .all
            .iter()
            .map(|(listed, time_zone)| zone((listed, time_zone)));
        all.map(|(listed, zone)| (listed.person.id, zone)).collect()
    }
}

async fn persons(tx: &mut Tx, viewer: &Viewer, unit: &OrgUnit, period: Period) -> Result<Persons> {
    let scope = Scope {
        path: unit.path.clone(),
        ..viewer.scope.clone()
    };
    let found = store::report::persons(tx, &scope, span(period)?, PERSONS_LEN).await?;
    let mut all = Vec::with_capacity(found.len());
    for listed in whole(found, PERSONS_LEN)? {
        let zone = zone(listed.zone.as_deref())?;
        all.push((listed, zone));
    }
    Ok(Persons { scope, all })
}

/// A report leaves nobody out without a word.
fn whole<T>(rows: Vec<T>, limit: u32) -> Result<Vec<T>> {
    if rows.len() < limit as usize {
        return Ok(rows);
    }
    Err(Error::Invalid {
        field: "unit",
        expected: "has too many persons for one report: ask for the units below it",
    })
}

fn zone(name: Option<&str>) -> Result<TimeZone> {
    TimeZone::get(name.unwrap_or(ZONE_DEFAULT)).map_err(|_| Error::Internal("a zone is unknown"))
}

async fn duties(
    tx: &mut Tx,
    persons: &Persons,
    period: Period,
) -> Result<Vec<PersonRows<DutyRow>>> {
    let zones = persons.zones();
    let mut rows: HashMap<PersonId, Vec<DutyRow>> = HashMap::new();
    let found = store::report::duties(tx, &persons.scope, span(period)?, ROWS_LEN).await?;
    for one in whole(found, ROWS_LEN)? {
        let person = one.duty.person;
        if let Some(zone) = zones.get(&person) {
            let row = DutyRow::new(&one.duty, one.attendance, zone);
            rows.entry(person).or_default().push(row);
        }
    }
    Ok(persons.with(rows))
}

type Places = HashMap<PersonId, Vec<SightingRow>>;

/// Check-ins, and what their positions said.
async fn submitted(
    tx: &mut Tx,
    persons: &Persons,
    period: Period,
) -> Result<(Vec<PersonRows<CheckinRow>>, Vec<PersonRows<SightingRow>>)> {
    let zones = persons.zones();
    let mut rows: HashMap<PersonId, Vec<CheckinRow>> = HashMap::new();
    let mut places: Places = HashMap::new();
    let found = store::report::checkins(tx, &persons.scope, span(period)?, ROWS_LEN).await?;
    for one in whole(found, ROWS_LEN)? {
        let Some(zone) = zones.get(&one.person) else {
            continue;
        };
        let at = local(one.submitted_at, zone);
        if let Some(place) = &one.place {
            places.entry(one.person).or_default().push(SightingRow {
                at: one.submitted_at,
                local: at,
                source: Source::Checkin(one.checkin),
                findings: place.findings.clone(),
            });
        }
        let Submitted {
            checkin,
            person,
            state,
            verdict,
            place,
            ..
        } = one;
        let reasons = match verdict {
            Some(Verdict::Review { reasons }) => reasons,
            Some(Verdict::Verified | Verdict::Retry { .. }) | None => Vec::new(),
        };
        rows.entry(person).or_default().push(CheckinRow {
            checkin,
            state,
            at,
            reasons,
            place,
        });
    }
    Ok((persons.with(rows), persons.with(places)))
}

/// Adds the positions between check-ins, judged by the areas that held when each was taken.
async fn follow(
    tx: &mut Tx,
    persons: &Persons,
    period: Period,
    to: &mut [PersonRows<SightingRow>],
) -> Result<()> {
    let zones = persons.zones();
    let followed = store::report::followed(tx, &persons.scope, span(period)?, FOLLOWED_LEN).await?;
    for (person, sightings) in followed {
        let Some(zone) = zones.get(&person) else {
            continue;
        };
        let drawn = store::area::of_person(tx, person, PERSONS_LEN).await?;
        let leaves = store::leave::of_person(tx, person).await?;
        let judge = |sighting: &Sighting| {
            let (fix, at) = (sighting.fix()?, sighting.when());
            let stood = drawn.iter().filter(|area| {
                area.created_at <= at && area.ended_at.is_none_or(|ended| at < ended)
            });
            let rules: Vec<AreaRule> = stood.map(|area| area.rule.clone()).collect();
            let rules = areas(&rules, &leaves, at, zone);
            Some(SightingRow {
                at,
                local: local(at, zone),
                source: sighting.source,
                findings: PlaceReport::of(&rules, &fix, zone).findings,
            })
        };
        let between = sightings
            .iter()
            .filter(|one| matches!(one.source, Source::Continuous(_)));
        if let Some(of) = to.iter_mut().find(|of| of.who.person == person) {
            of.rows.extend(between.filter_map(judge));
        }
    }
    Ok(())
}

fn who(person: &Person, unit: &str) -> Who {
    Who {
        person: person.id,
        name: person.name.clone(),
        case_number: person.case_number.clone(),
        category: person.order.category,
        level: person.order.level,
        office: unit.to_owned(),
    }
}

/// The days of a period on any clock of the country, and a bit more: what lies outside is left out by whoever counts.
fn span(period: Period) -> Result<(Micros, Micros)> {
    let midnight = |day: Date| {
        let midnight = day.to_zoned(TimeZone::UTC);
        midnight.map(|midnight| Micros::from(midnight.timestamp()))
    };
    let outside = |_| Error::Internal("a report reaches beyond the calendar");
    let from = midnight(period.first().saturating_sub(1.day())).map_err(outside)?;
    let until = midnight(period.last().saturating_add(2.days())).map_err(outside)?;
    Ok((from, until))
}

async fn made(
    cx: &Cx,
    mut tx: Tx,
    viewer: &Viewer,
    (unit, person): (&OrgUnit, Option<PersonId>),
    (name, report): (&str, Report),
) -> Result<Made> {
    let kind = EventKind::ReportMade {
        report: name.to_owned(),
        unit: unit.id,
    };
    note(cx, &mut tx, Actor::Officer(viewer.officer.id), person, kind).await?;
    tx.commit().await?;
    Ok(Made {
        report,
        head: letterhead(cx, viewer, unit)?,
        zone: zone(None)?,
    })
}

fn letterhead(cx: &Cx, viewer: &Viewer, unit: &OrgUnit) -> Result<Letterhead> {
    Ok(Letterhead {
        unit: unit.name.clone(),
        printed_by: viewer.officer.name.clone(),
        printed_at: local(cx.now(), &zone(None)?),
    })
}

/// A table as office programs have it: Chinese headings, the sums as its last row.
fn sheet(table: report::Table) -> Sheet {
    let cell = |cell: report::Cell| match cell {
        report::Cell::Text(text) => Cell::Text(text),
        report::Cell::Integer(number) => Cell::Integer(number),
        report::Cell::Number(number) => Cell::Number(number),
        report::Cell::Date(date) => Cell::Date(date),
        report::Cell::Empty => Cell::Empty,
    };
    let rows = table.rows.into_iter().chain(table.total);
    Sheet {
        name: table.name.0.to_owned(),
        columns: table
            .columns
            .into_iter()
            .map(|column| Column {
                title: column.zh,
                width: column.width,
            })
            .collect(),
        rows: rows
            .map(|row| row.into_iter().map(cell).collect())
            .collect(),
    }
}
