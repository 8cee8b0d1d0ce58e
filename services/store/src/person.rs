//! Supervised persons.

use domain::{Micros, OrgUnitId, PersonId, org::UnitPath, person::Person};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Tx,
    db::{on, sql},
    error::inserted,
};

/// Columns of [`Row`] from a table or alias.
macro_rules! person_columns {
    ($table:literal) => {
        concat!(
            $table,
            ".id AS p_id, ",
            $table,
            ".unit_id AS p_unit_id, ",
            $table,
            ".name AS p_name, ",
            $table,
            ".case_number AS p_case_number, ",
            $table,
            ".registered_at AS p_registered_at"
        )
    };
}
pub(crate) use person_columns;

sql! {
    INSERT = "INSERT INTO person (id, unit_id, name, case_number, registered_at)
              VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    GET = concat!("SELECT ", person_columns!("person"), " FROM person WHERE id = $1");
    GET_WITHIN = concat!(
        "SELECT ", person_columns!("p"), " FROM person p JOIN org_unit u ON u.id = p.unit_id
         WHERE p.id = $2 AND substr(u.path, 1, length($1)) = $1"
    );
    LIST_WITHIN = concat!(
        "SELECT ", person_columns!("p"), " FROM person p JOIN org_unit u ON u.id = p.unit_id
         WHERE substr(u.path, 1, length($1)) = $1 AND p.id > $2 ORDER BY p.id LIMIT $3"
    );
}

/// [`crate::Error::Conflict`] when the case number is registered already.
pub async fn insert(tx: &mut Tx, person: &Person) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(person.id.0)
        .bind(person.unit.0)
        .bind(&person.name)
        .bind(&person.case_number)
        .bind(person.registered_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn get(tx: &mut Tx, id: PersonId) -> Result<Option<Person>> {
    let row = on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_optional(c)
        .await?);
    Ok(row.map(Person::from))
}

/// Only when the person belongs to this unit or one below it.
pub async fn get_within(tx: &mut Tx, path: &UnitPath, id: PersonId) -> Result<Option<Person>> {
    let row = on!(tx, |c| sqlx::query_as::<_, Row>(GET_WITHIN)
        .bind(&path.0)
        .bind(id.0)
        .fetch_optional(c)
        .await?);
    Ok(row.map(Person::from))
}

/// The next persons of this unit and below, by id, beginning after `after`.
pub async fn list_within(
    tx: &mut Tx,
    path: &UnitPath,
    after: Option<PersonId>,
    limit: u32,
) -> Result<Vec<Person>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, Row>(LIST_WITHIN)
        .bind(&path.0)
        .bind(after.map_or(Uuid::nil(), |after| after.0))
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?);
    Ok(rows.into_iter().map(Person::from).collect())
}

#[derive(FromRow)]
#[expect(
    clippy::struct_field_names,
    reason = "the prefix keeps joined columns apart"
)]
pub(crate) struct Row {
    p_id: Uuid,
    p_unit_id: Uuid,
    p_name: String,
    p_case_number: String,
    p_registered_at: i64,
}

impl From<Row> for Person {
    fn from(row: Row) -> Self {
        Self {
            id: PersonId(row.p_id),
            unit: OrgUnitId(row.p_unit_id),
            name: row.p_name,
            case_number: row.p_case_number,
            registered_at: Micros(row.p_registered_at),
        }
    }
}
