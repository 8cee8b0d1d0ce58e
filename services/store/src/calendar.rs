//! Declared days of the years. A version is never changed.

use domain::{
    Micros, OfficerId,
    calendar::{Calendar, DeclaredYear},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, inserted},
};

sql! {
    INSERT = "INSERT INTO calendar_year (year, version, days, written_by, written_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    NEWEST = "SELECT year, version, days, written_by, written_at FROM calendar_year
              WHERE year = $1 ORDER BY version DESC LIMIT 1";
    CURRENT = "SELECT year, version, days, written_by, written_at FROM calendar_year c
               WHERE NOT EXISTS (SELECT 1 FROM calendar_year later WHERE later.year = c.year AND later.version > c.version) ORDER BY year";
    ALL = "SELECT year, version, days, written_by, written_at FROM calendar_year ORDER BY written_at, year, version";
    TO_APPLY = "SELECT year, version FROM calendar_year WHERE applied_at IS NULL ORDER BY written_at, year, version";
    APPLIED = "UPDATE calendar_year SET applied_at = $3 WHERE year = $1 AND version = $2 AND applied_at IS NULL";
}

/// A year and one of its versions.
pub type YearRef = (i32, i32);

/// One version of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearVersion {
    pub year: i16,
    /// 1, 2, …: the highest counts.
    pub version: i32,
    pub days: DeclaredYear,
    /// None for what came with the program.
    pub written_by: Option<OfficerId>,
    pub written_at: Micros,
}

/// [`Error::Conflict`] when this version is there.
pub async fn insert(tx: &mut Tx, year: &YearVersion) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(i32::from(year.year))
        .bind(year.version)
        .bind(Json(&year.days))
        .bind(year.written_by.map(|officer| officer.0))
        .bind(year.written_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn newest(tx: &mut Tx, year: i16) -> Result<Option<YearVersion>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(NEWEST)
        .bind(i32::from(year))
        .fetch_optional(c)
        .await?)
    .map(YearVersion::try_from)
    .transpose()
}

/// All years as they count now.
pub async fn current(tx: &mut Tx) -> Result<Calendar> {
    let rows = on!(tx, |c| sqlx::query_as::<_, Row>(CURRENT)
        .fetch_all(c)
        .await?);
    Ok(Calendar::new(rows.into_iter().map(|row| row.days.0)))
}

/// All versions of all years, in the order in which they were written.
pub async fn all(tx: &mut Tx) -> Result<Vec<YearVersion>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(ALL).fetch_all(c).await?)
        .into_iter()
        .map(YearVersion::try_from)
        .collect()
}

/// Years and versions by which the duties ahead were not made again yet.
pub async fn to_apply(tx: &mut Tx) -> Result<Vec<YearRef>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, YearRef>(TO_APPLY)
        .fetch_all(c)
        .await?))
}

/// [`Error::Lost`] when another process was quicker.
pub async fn applied(tx: &mut Tx, (year, version): YearRef, now: Micros) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(APPLIED)
        .bind(year)
        .bind(version)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct Row {
    year: i32,
    version: i32,
    days: Json<DeclaredYear>,
    written_by: Option<Uuid>,
    written_at: i64,
}

impl TryFrom<Row> for YearVersion {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let year = i16::try_from(row.year)
            .map_err(|_| Error::corrupt("calendar_year.year", row.year.to_string()))?;
        Ok(Self {
            year,
            version: row.version,
            days: row.days.0,
            written_by: row.written_by.map(OfficerId),
            written_at: Micros(row.written_at),
        })
    }
}
