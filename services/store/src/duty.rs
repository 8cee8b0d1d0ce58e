//! Duties and their attendance.

pub mod ruling;
pub(crate) mod view;

use std::{collections::HashSet, sync::LazyLock};

use domain::{
    DutyId, Micros, PersonId, PlanId, attendance::Attendance, channel::Channels, duty::Duty,
    replay::DutyName,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, parse},
    plan::Page,
};
pub use view::{Counted, DayEntry, tally, wanting, within};

/// Columns of [`Row`] from a table or alias.
macro_rules! duty_columns {
    ($table:literal) => {
        concat!(
            $table,
            ".id AS d_id, ",
            $table,
            ".person_id AS d_person_id, ",
            $table,
            ".plan_id AS d_plan_id, ",
            $table,
            ".rule AS d_rule, ",
            $table,
            ".opens_at AS d_opens_at, ",
            $table,
            ".closes_at AS d_closes_at, ",
            $table,
            ".late_until AS d_late_until, ",
            $table,
            ".factors AS d_factors, ",
            $table,
            ".channels AS d_channels, ",
            $table,
            ".location_required AS d_location_required, ",
            $table,
            ".unannounced AS d_unannounced, ",
            $table,
            ".attendance AS d_attendance, ",
            $table,
            ".marked_at AS d_marked_at"
        )
    };
}
pub(crate) use duty_columns;

sql! {
    WITHDRAW = "DELETE FROM duty WHERE id = $1 AND attendance = 'due' AND opens_at > $2
                  AND NOT EXISTS (SELECT 1 FROM checkin k WHERE k.duty_id = duty.id)
                  AND NOT EXISTS (SELECT 1 FROM duty_ruling r WHERE r.duty_id = duty.id)";
    COMING = concat!(
        "SELECT ", duty_columns!("duty"), " FROM duty
         WHERE person_id = $1 AND opens_at > $2 AND attendance = 'due' ORDER BY opens_at, id"
    );
    NAMES_OF_PAGE = "SELECT plan_id, rule, opens_at FROM duty WHERE person_id > $1 AND person_id <= $2 AND opens_at >= $3";
    GET = concat!("SELECT ", duty_columns!("duty"), " FROM duty WHERE id = $1");
    LOCK = concat!("UPDATE duty SET attendance = attendance WHERE id = $1 RETURNING ", duty_columns!("duty"));
    ALL_OF_PERSON = concat!("SELECT ", duty_columns!("duty"), " FROM duty WHERE person_id = $1 ORDER BY opens_at, id");
    OF_PERSON = concat!(
        "SELECT ", duty_columns!("duty"), " FROM duty
         WHERE person_id = $1 AND opens_at >= $2 AND opens_at < $3 ORDER BY opens_at LIMIT $4"
    );
    CLOSED_BEFORE = concat!(
        "SELECT ", duty_columns!("duty"), " FROM duty
         WHERE person_id = $1 AND opens_at < $2 AND attendance <> 'due' ORDER BY opens_at DESC, id DESC LIMIT $3"
    );
    UNFINISHED = concat!(
        "SELECT ", duty_columns!("duty"), " FROM duty
         WHERE person_id = $1 AND opens_at >= $4 AND late_until >= $2 AND (closes_at >= $2 OR late_until > $2)
         ORDER BY opens_at LIMIT $3"
    );
    REOPEN = "UPDATE duty SET late_until = $2 WHERE id = $1 AND late_until <= $2";
    SET_ATTENDANCE = "UPDATE duty SET attendance = $3, marked_at = $4 WHERE id = $1 AND attendance = $2";
    LAPSED = concat!(
        "SELECT ", duty_columns!("d"), " FROM duty d
         WHERE d.attendance = 'due' AND d.late_until <= $1 AND d.closes_at < $1
           AND NOT EXISTS (SELECT 1 FROM checkin k WHERE k.duty_id = d.id AND k.state IN ('queued', 'running'))
         ORDER BY d.late_until, d.id LIMIT $2"
    );
}

const DAY_MS: i64 = 24 * 3_600_000;
/// A duty lasts no longer: a window within a day, and a day of grace ([`domain::plan::GRACE_MIN_MAX`]).
const LASTS_MS_MAX: i64 = 3 * DAY_MS;
/// Nor one that was opened again.
const REOPENED_MS_MAX: i64 = (domain::review::ASKED_AGAIN_DAYS + 1) * DAY_MS;
/// Rows of one statement.
const BATCH_LEN: usize = 32;
static INSERT_ONE: LazyLock<String> = LazyLock::new(|| insert_text(1));
static INSERT_BATCH: LazyLock<String> = LazyLock::new(|| insert_text(BATCH_LEN));

/// The texts that are too long to be written down.
pub(crate) fn texts() -> [(&'static str, &'static str); 2] {
    [
        ("store::duty::INSERT_ONE", &INSERT_ONE),
        ("store::duty::INSERT_BATCH", &INSERT_BATCH),
    ]
}

fn insert_text(rows: usize) -> String {
    const PARAMETERS: usize = 11;
    let row = |row: usize| {
        let places = (1..=PARAMETERS).map(|place| format!("${}", row * PARAMETERS + place));
        format!("({}, 'due')", places.collect::<Vec<_>>().join(", "))
    };
    format!(
        "INSERT INTO duty (id, person_id, plan_id, rule, opens_at, closes_at, late_until, factors, channels, location_required, unannounced,
                           attendance)
         VALUES {} ON CONFLICT DO NOTHING",
        (0..rows).map(row).collect::<Vec<_>>().join(", ")
    )
}

/// A duty and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    pub duty: Duty,
    pub attendance: Attendance,
    /// When the attendance last changed; none while it never did.
    pub marked_at: Option<Micros>,
}

/// Binds a duty's row to a query.
macro_rules! bind_duty {
    ($query:expr, $duty:expr) => {
        $query
            .bind($duty.id.0)
            .bind($duty.person.0)
            .bind($duty.plan.0)
            .bind($duty.rule)
            .bind($duty.opens_at.0)
            .bind($duty.closes_at.0)
            .bind($duty.late_until.0)
            .bind($duty.factors.as_str())
            .bind(i32::from($duty.channels.bits()))
            .bind($duty.location_required)
            .bind($duty.unannounced)
    };
}

/// Inserts the duties that are not there yet, as [`Attendance::Due`], and returns how many. One is there when its plan has a duty of the
/// same rule that opens at the same moment.
pub async fn insert_missing(tx: &mut Tx, duties: &[Duty]) -> Result<u64> {
    let mut rows = 0;
    let (batches, rest) = duties.as_chunks::<BATCH_LEN>();
    for batch in batches {
        rows += on!(tx, |c| {
            let query = sqlx::query(INSERT_BATCH.as_str());
            let query = batch
                .iter()
                .fold(query, |query, duty| bind_duty!(query, duty));
            query.execute(c).await?.rows_affected()
        });
    }
    for duty in rest {
        rows += on!(tx, |c| bind_duty!(sqlx::query(INSERT_ONE.as_str()), duty)
            .execute(c)
            .await?
            .rows_affected());
    }
    Ok(rows)
}

/// What names the duties of a page's persons that close after `now`, and some that closed lately.
pub async fn names_of_page(tx: &mut Tx, page: Page, now: Micros) -> Result<HashSet<DutyName>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, (Uuid, i32, i64)>(NAMES_OF_PAGE)
        .bind(page.0)
        .bind(page.1)
        .bind(now.plus_ms(-LASTS_MS_MAX).0)
        .fetch_all(c)
        .await?);
    let name = |(plan, rule, opens_at)| (PlanId(plan), rule, Micros(opens_at));
    Ok(rows.into_iter().map(name).collect())
}

/// Takes back a duty that has not opened at `now` and that nothing has happened to; whether it did.
pub async fn withdraw(tx: &mut Tx, id: DutyId, now: Micros) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(WITHDRAW)
        .bind(id.0)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// A person's duties that have not opened at `now`, in order of opening: as many as the days ahead hold.
pub async fn coming(tx: &mut Tx, person: PersonId, now: Micros) -> Result<Vec<Duty>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(COMING)
        .bind(person.0)
        .bind(now.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| Ok(Marked::try_from(row)?.duty))
    .collect()
}

pub async fn get(tx: &mut Tx, id: DutyId) -> Result<Option<Marked>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_optional(c)
        .await?)
    .map(Marked::try_from)
    .transpose()
}

/// Reads a duty and keeps everybody else from changing or locking it until the transaction ends. Take it before a decision that looks at
/// all attempts of the duty.
pub async fn lock(tx: &mut Tx, id: DutyId) -> Result<Option<Marked>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(LOCK)
        .bind(id.0)
        .fetch_optional(c)
        .await?)
    .map(Marked::try_from)
    .transpose()
}

/// All duties of a person's whole supervision, in order of opening.
pub async fn all_of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<Marked>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(ALL_OF_PERSON)
        .bind(person.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Marked::try_from)
    .collect()
}

/// A person's duties that open in `from..until`, in order of opening.
pub async fn of_person(
    tx: &mut Tx,
    person: PersonId,
    from: Micros,
    until: Micros,
    limit: u32,
) -> Result<Vec<Marked>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_PERSON)
        .bind(person.0)
        .bind(from.0)
        .bind(until.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Marked::try_from)
    .collect()
}

/// A person's duties that opened before `before` and are no longer due, the latest first.
pub async fn closed_before(
    tx: &mut Tx,
    person: PersonId,
    before: Micros,
    limit: u32,
) -> Result<Vec<Marked>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(CLOSED_BEFORE)
        .bind(person.0)
        .bind(before.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Marked::try_from)
    .collect()
}

/// A person's duties whose window has not closed, in order of opening: the present ones, then the coming ones.
pub async fn unfinished_of_person(
    tx: &mut Tx,
    person: PersonId,
    now: Micros,
    limit: u32,
) -> Result<Vec<Marked>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(UNFINISHED)
        .bind(person.0)
        .bind(now.0)
        .bind(i64::from(limit))
        .bind(now.plus_ms(-REOPENED_MS_MAX).0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Marked::try_from)
    .collect()
}

/// Lets a duty be answered until an instant. [`Error::Lost`] when it can be answered for longer anyway.
pub async fn reopen(tx: &mut Tx, id: DutyId, until: Micros) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(REOPEN)
        .bind(id.0)
        .bind(until.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// [`Error::Lost`] when the attendance is not `from` any more.
pub async fn set_attendance(
    tx: &mut Tx,
    id: DutyId,
    from: Attendance,
    to: Attendance,
    now: Micros,
) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(SET_ATTENDANCE)
        .bind(id.0)
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Duties whose time is over, still due, and for which no attempt waits for its verdict; the oldest first.
pub async fn lapsed(tx: &mut Tx, now: Micros, limit: u32) -> Result<Vec<Marked>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(LAPSED)
        .bind(now.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Marked::try_from)
    .collect()
}

#[derive(FromRow)]
#[expect(
    clippy::struct_field_names,
    reason = "the prefix keeps joined columns apart"
)]
pub(crate) struct Row {
    d_id: Uuid,
    d_person_id: Uuid,
    d_plan_id: Uuid,
    d_rule: i32,
    d_opens_at: i64,
    d_closes_at: i64,
    d_late_until: i64,
    d_factors: String,
    d_channels: i32,
    d_location_required: bool,
    d_unannounced: bool,
    d_attendance: String,
    d_marked_at: Option<i64>,
}

impl TryFrom<Row> for Marked {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            duty: Duty {
                id: DutyId(row.d_id),
                person: PersonId(row.d_person_id),
                plan: PlanId(row.d_plan_id),
                rule: row.d_rule,
                opens_at: Micros(row.d_opens_at),
                closes_at: Micros(row.d_closes_at),
                late_until: Micros(row.d_late_until),
                factors: parse("duty.factors", &row.d_factors)?,
                channels: Channels::try_from(row.d_channels)
                    .map_err(|_| Error::corrupt("duty.channels", row.d_channels.to_string()))?,
                location_required: row.d_location_required,
                unannounced: row.d_unannounced,
            },
            attendance: parse("duty.attendance", &row.d_attendance)?,
            marked_at: row.d_marked_at.map(Micros),
        })
    }
}
