//! Areas of persons. Never deleted: one that no longer counts has an end.

use domain::{
    AreaId, Micros, OfficerId, PersonId,
    area::{AreaName, AreaRule, Drawn, Hours, Shape, Validity},
};
use jiff::civil::Date;
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, inserted, parse},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, person_id, kind, name, shape, drawn, hours, valid_from, valid_until, created_by, created_at, ended_at FROM area ",
            $rest
        )
    };
}

sql! {
    INSERT = "INSERT INTO area (id, person_id, kind, name, shape, drawn, hours, valid_from, valid_until, created_by, created_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
    GET = select!("WHERE id = $1");
    OF_PERSON = select!("WHERE person_id = $1 ORDER BY created_at, id LIMIT $2");
    STANDING = select!(
        "WHERE person_id = $1 AND created_at <= $2 AND (ended_at IS NULL OR ended_at > $2) ORDER BY created_at, id"
    );
    COUNT_STANDING = "SELECT COUNT(*) FROM area WHERE person_id = $1 AND ended_at IS NULL";
    END = "UPDATE area SET ended_by = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL";
}

/// An area of a person with its rule, and who made it when.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    pub person: PersonId,
    pub rule: AreaRule,
    /// As it was entered; the rule's shape follows from it.
    pub drawn: Drawn,
    pub created_by: OfficerId,
    pub created_at: Micros,
    pub ended_at: Option<Micros>,
}

pub async fn insert(tx: &mut Tx, area: &Area) -> Result<()> {
    let rule = &area.rule;
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(rule.id.0)
        .bind(area.person.0)
        .bind(rule.kind.as_str())
        .bind(rule.name.as_str())
        .bind(Json(&rule.shape))
        .bind(Json(&area.drawn))
        .bind(Json(&rule.hours))
        .bind(rule.validity.from().to_string())
        .bind(rule.validity.until().map(|day| day.to_string()))
        .bind(area.created_by.0)
        .bind(area.created_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn get(tx: &mut Tx, id: AreaId) -> Result<Option<Area>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_optional(c)
        .await?)
    .map(Area::try_from)
    .transpose()
}

/// All of a person, ended or not, the oldest first.
pub async fn of_person(tx: &mut Tx, person: PersonId, limit: u32) -> Result<Vec<Area>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_PERSON)
        .bind(person.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Area::try_from)
    .collect()
}

/// Those that had been made and not ended at an instant, the oldest first.
pub async fn standing(tx: &mut Tx, person: PersonId, at: Micros) -> Result<Vec<Area>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(STANDING)
        .bind(person.0)
        .bind(at.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Area::try_from)
    .collect()
}

/// How many have not ended.
pub async fn count_standing(tx: &mut Tx, person: PersonId) -> Result<i64> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, i64>(COUNT_STANDING)
        .bind(person.0)
        .fetch_one(c)
        .await?))
}

/// [`Error::Lost`] when it ended before.
pub async fn end(tx: &mut Tx, id: AreaId, by: OfficerId, now: Micros) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(END)
        .bind(id.0)
        .bind(by.0)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    kind: String,
    name: String,
    shape: Json<Shape>,
    drawn: Json<Drawn>,
    hours: Json<Hours>,
    valid_from: String,
    valid_until: Option<String>,
    created_by: Uuid,
    created_at: i64,
    ended_at: Option<i64>,
}

impl TryFrom<Row> for Area {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let from: Date = parse("area.valid_from", &row.valid_from)?;
        let until = row.valid_until.map(|day| parse("area.valid_until", &day));
        let rule = AreaRule {
            id: AreaId(row.id),
            name: AreaName::new(row.name).map_err(|why| Error::corrupt("area.name", why))?,
            kind: parse("area.kind", &row.kind)?,
            shape: row.shape.0,
            hours: row.hours.0,
            validity: Validity::new(from, until.transpose()?)
                .map_err(|why| Error::corrupt("area.valid_until", why))?,
        };
        Ok(Self {
            person: PersonId(row.person_id),
            rule,
            drawn: row.drawn.0,
            created_by: OfficerId(row.created_by),
            created_at: Micros(row.created_at),
            ended_at: row.ended_at.map(Micros),
        })
    }
}
