//! Units of the organisation.

use domain::{
    Micros, OrgUnitId,
    org::{OrgUnit, UnitPath},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{inserted, parse},
};

sql! {
    INSERT = "INSERT INTO org_unit (id, parent_id, level, name, path, created_at)
              VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    GET = "SELECT id, parent_id, level, name, path FROM org_unit WHERE id = $1";
    LIST_BELOW = "SELECT id, parent_id, level, name, path FROM org_unit
                  WHERE substr(path, 1, length($1)) = $1 ORDER BY path";
    FIND = "SELECT id, parent_id, level, name, path FROM org_unit WHERE LOWER(name) LIKE LOWER($1) ESCAPE '!' ORDER BY path LIMIT $2";
}

/// [`Error::Conflict`] when id or path exist.
pub async fn insert(tx: &mut Tx, unit: &OrgUnit, now: Micros) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(unit.id.0)
        .bind(unit.parent.map(|parent| parent.0))
        .bind(unit.level.as_str())
        .bind(&unit.name)
        .bind(&unit.path.0)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn get(tx: &mut Tx, id: OrgUnitId) -> Result<Option<OrgUnit>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_optional(c)
        .await?)
    .map(OrgUnit::try_from)
    .transpose()
}

/// A unit and all below it, by path, so that parents come before their children.
pub async fn list_below(tx: &mut Tx, path: &UnitPath) -> Result<Vec<OrgUnit>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(LIST_BELOW)
        .bind(&path.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(OrgUnit::try_from)
    .collect()
}

/// Units whose name holds this text, by path.
pub async fn find(tx: &mut Tx, name: &str, limit: u32) -> Result<Vec<OrgUnit>> {
    let special = |c: char| matches!(c, '!' | '%' | '_');
    let escaped: String = name
        .chars()
        .flat_map(|c| special(c).then_some('!').into_iter().chain([c]))
        .collect();
    on!(tx, |c| sqlx::query_as::<_, Row>(FIND)
        .bind(format!("%{escaped}%"))
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(OrgUnit::try_from)
    .collect()
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    parent_id: Option<Uuid>,
    level: String,
    name: String,
    path: String,
}

impl TryFrom<Row> for OrgUnit {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: OrgUnitId(row.id),
            parent: row.parent_id.map(OrgUnitId),
            level: parse("org_unit.level", &row.level)?,
            name: row.name,
            path: UnitPath(row.path),
        })
    }
}
