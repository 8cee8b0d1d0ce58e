//! What the console shows of a day.

use domain::{DutyId, Micros, access::Scope, attendance::Attendance, person::Person};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Marked, Row, duty_columns};
use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::parse,
    person::{self, bind_scope, person_columns, within_scope},
};

sql! {
    // The persons first: there are few of them below an office, and many duties on a day of the whole house.
    WITHIN = concat!(
        "WITH seen AS MATERIALIZED (
           SELECT ", person_columns!("p"), " FROM person p JOIN org_unit u ON u.id = p.unit_id WHERE ", within_scope!(), "
         )
         SELECT ", duty_columns!("d"), ", seen.* FROM seen JOIN duty d ON d.person_id = seen.p_id
         WHERE d.opens_at >= $4 AND d.opens_at < $5 AND (d.opens_at, d.id) > ($6, $7)
           AND (d.opens_at <= $8 OR NOT d.unannounced)
         ORDER BY d.opens_at, d.id LIMIT $9"
    );
    TALLY = concat!(
        "WITH seen AS MATERIALIZED (
           SELECT p.id FROM person p JOIN org_unit u ON u.id = p.unit_id WHERE ", within_scope!(), "
         )
         SELECT d.attendance, d.opens_at <= $6 AS opened, COUNT(*) AS duties FROM seen JOIN duty d ON d.person_id = seen.id
         WHERE d.opens_at >= $4 AND d.opens_at < $5 AND (d.opens_at <= $6 OR NOT d.unannounced)
         GROUP BY d.attendance, d.opens_at <= $6"
    );
    // What has opened and is not in order, the gravest first, and of those the longest waiting.
    WANTING = concat!(
        "WITH seen AS MATERIALIZED (
           SELECT ", person_columns!("p"), " FROM person p JOIN org_unit u ON u.id = p.unit_id WHERE ", within_scope!(), "
         )
         SELECT ", duty_columns!("d"), ", seen.* FROM seen JOIN duty d ON d.person_id = seen.p_id
         WHERE d.opens_at >= $4 AND d.opens_at < $5 AND d.opens_at <= $6 AND d.attendance IN ('missed', 'under_review', 'late', 'due')
         ORDER BY CASE d.attendance WHEN 'missed' THEN 0 WHEN 'under_review' THEN 1 WHEN 'late' THEN 2 ELSE 3 END, d.opens_at, d.id
         LIMIT $7"
    );
}

/// One duty of the day view.
#[derive(Debug, Clone)]
pub struct DayEntry {
    pub marked: Marked,
    pub person: Person,
}

/// The duties within the scope that open in `from..until`, in order of opening and id, beginning after `after`; without those
/// that nobody may know of at `now`.
pub async fn within(
    tx: &mut Tx,
    scope: &Scope,
    from: Micros,
    until: Micros,
    after: Option<(Micros, DutyId)>,
    now: Micros,
    limit: u32,
) -> Result<Vec<DayEntry>> {
    let (after_at, after_id) = after.map_or((i64::MIN, Uuid::nil()), |(at, id)| (at.0, id.0));
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, EntryRow>(WITHIN),
        scope
    )
    .bind(from.0)
    .bind(until.0)
    .bind(after_at)
    .bind(after_id)
    .bind(now.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(DayEntry::try_from)
    .collect()
}

/// How many duties of a day are how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub attendance: Attendance,
    /// Their time has begun.
    pub opened: bool,
    pub duties: u32,
}

/// The duties within the scope that open in `from..until` and may be told of at `now`, counted.
pub async fn tally(
    tx: &mut Tx,
    scope: &Scope,
    (from, until): (Micros, Micros),
    now: Micros,
) -> Result<Vec<Counted>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, CountedRow>(TALLY),
        scope
    )
    .bind(from.0)
    .bind(until.0)
    .bind(now.0)
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(|row| {
        Ok(Counted {
            attendance: parse("duty.attendance", &row.attendance)?,
            opened: row.opened,
            duties: u32::try_from(row.duties).unwrap_or(u32::MAX),
        })
    })
    .collect()
}

/// The duties within the scope that opened in `from..until` and are not in order, the gravest first.
pub async fn wanting(
    tx: &mut Tx,
    scope: &Scope,
    (from, until): (Micros, Micros),
    now: Micros,
    limit: u32,
) -> Result<Vec<DayEntry>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, EntryRow>(WANTING),
        scope
    )
    .bind(from.0)
    .bind(until.0)
    .bind(now.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(DayEntry::try_from)
    .collect()
}

#[derive(FromRow)]
struct CountedRow {
    attendance: String,
    opened: bool,
    duties: i64,
}

#[derive(FromRow)]
struct EntryRow {
    #[sqlx(flatten)]
    duty: Row,
    #[sqlx(flatten)]
    person: person::Row,
}

impl TryFrom<EntryRow> for DayEntry {
    type Error = Error;

    fn try_from(row: EntryRow) -> Result<Self> {
        Ok(Self {
            marked: row.duty.try_into()?,
            person: row.person.try_into()?,
        })
    }
}
