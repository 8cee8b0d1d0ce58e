//! Supervised persons.

use domain::{
    Micros, OrgUnitId, PersonId,
    access::Scope,
    order::{Ended, SupervisionOrder},
    org::UnitPath,
    person::Person,
    plan::SupervisionLevel,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, inserted, parse},
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
            ".category AS p_category, ",
            $table,
            ".level AS p_level, ",
            $table,
            ".starts_on AS p_starts_on, ",
            $table,
            ".ends_on AS p_ends_on, ",
            $table,
            ".minor AS p_minor, ",
            $table,
            ".registered_at AS p_registered_at, ",
            $table,
            ".ended_at AS p_ended_at, ",
            $table,
            ".end_reason AS p_end_reason, ",
            $table,
            ".erase_at AS p_erase_at"
        )
    };
}
pub(crate) use person_columns;

/// Does person `p` of unit `u` lie within a [`Scope`]: `$1` its path, `$2` its officer, `$3` whether it has minors' files? The one rule of
/// who may see whom; what it leaves out does not exist for the caller.
macro_rules! within_scope {
    () => {
        concat!(
            "substr(u.path, 1, length($1)) = $1 AND ",
            $crate::person::open_to!("$2", "$3")
        )
    };
}
pub(crate) use within_scope;

/// May an officer know of person `p` at all, wherever he is? `$officer` does not stand aside from his case, and sees `$minors` if he is one.
macro_rules! open_to {
    ($officer:literal, $minors:literal) => {
        concat!(
            "(",
            $minors,
            " OR NOT p.minor) AND NOT EXISTS (SELECT 1 FROM recusal r WHERE r.officer_id = ",
            $officer,
            " AND r.person_id = p.id AND r.lifted_at IS NULL)"
        )
    };
}
pub(crate) use open_to;

/// Binds `$1` to `$3` of [`within_scope!`].
macro_rules! bind_scope {
    ($query:expr, $scope:expr) => {
        $query
            .bind(&$scope.path.0)
            .bind($scope.officer.0)
            .bind($scope.minors)
    };
}
pub(crate) use bind_scope;

sql! {
    INSERT = "INSERT INTO person (id, unit_id, name, case_number, category, level, starts_on, ends_on, minor, registered_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
    GET = concat!("SELECT ", person_columns!("person"), " FROM person WHERE id = $1");
    GET_WITHIN = concat!(
        "SELECT ", person_columns!("p"), " FROM person p JOIN org_unit u ON u.id = p.unit_id
         WHERE p.id = $4 AND ", within_scope!()
    );
    SUPERVISED_BELOW = "SELECT p.id FROM person p JOIN org_unit u ON u.id = p.unit_id
                        WHERE substr(u.path, 1, length($1)) = $1 AND p.ended_at IS NULL ORDER BY p.id LIMIT $2";
    LIST_WITHIN = concat!(
        "SELECT ", person_columns!("p"), " FROM person p JOIN org_unit u ON u.id = p.unit_id
         WHERE ", within_scope!(), " AND (p.ended_at IS NOT NULL) = $4 AND p.id > $5 ORDER BY p.id LIMIT $6"
    );
    SEARCH_WITHIN = concat!(
        "SELECT ", person_columns!("p"), ", u.name AS unit_name,
                EXISTS (SELECT 1 FROM template t WHERE t.person_id = p.id AND t.retired_at IS NULL) AS enrolled,
                EXISTS (SELECT 1 FROM device v WHERE v.person_id = p.id AND v.revoked_at IS NULL) AS has_phone,
                EXISTS (SELECT 1 FROM plan l WHERE l.person_id = p.id) AS planned
         FROM person p JOIN org_unit u ON u.id = p.unit_id
         WHERE ", within_scope!(), " AND (p.ended_at IS NOT NULL) = $4 AND p.id > $5
           AND (LOWER(p.name) LIKE LOWER($6) ESCAPE '!' OR LOWER(p.case_number) LIKE LOWER($6) ESCAPE '!')
           AND ($7 = '' OR p.level = $7)
         ORDER BY p.id LIMIT $8"
    );
    PAGE = concat!("SELECT ", person_columns!("person"), " FROM person WHERE id > $1 ORDER BY id LIMIT $2");
    SET_UNIT = "UPDATE person SET unit_id = $3 WHERE id = $1 AND unit_id = $2 AND ended_at IS NULL";
    SET_ORDER = "UPDATE person SET category = $2, level = $3, starts_on = $4, ends_on = $5 WHERE id = $1 AND ended_at IS NULL";
    END = "UPDATE person SET ended_at = $2, end_reason = $3, erase_at = $4 WHERE id = $1 AND ended_at IS NULL";
    TO_ERASE = concat!(
        "SELECT ", person_columns!("person"), " FROM person
         WHERE erase_at IS NOT NULL AND erased_at IS NULL AND erase_at <= $1 ORDER BY erase_at, id LIMIT $2"
    );
    ERASED = "UPDATE person SET erased_at = $2 WHERE id = $1 AND erase_at IS NOT NULL AND erased_at IS NULL";
}

/// [`Error::Conflict`] when the case number is registered already.
pub async fn insert(tx: &mut Tx, person: &Person) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(person.id.0)
        .bind(person.unit.0)
        .bind(&person.name)
        .bind(&person.case_number)
        .bind(person.order.category.as_str())
        .bind(person.order.level.as_str())
        .bind(person.order.starts_on.to_string())
        .bind(person.order.ends_on.to_string())
        .bind(person.minor)
        .bind(person.registered_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn get(tx: &mut Tx, id: PersonId) -> Result<Option<Person>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_optional(c)
        .await?)
    .map(Person::try_from)
    .transpose()
}

/// Only when the person lies within the scope.
pub async fn get_within(tx: &mut Tx, scope: &Scope, id: PersonId) -> Result<Option<Person>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, Row>(GET_WITHIN),
        scope
    )
    .bind(id.0)
    .fetch_optional(c)
    .await?)
    .map(Person::try_from)
    .transpose()
}

/// The next persons within the scope who are supervised, or no longer, by id, beginning after `after`.
pub async fn list_within(
    tx: &mut Tx,
    scope: &Scope,
    ended: bool,
    after: Option<PersonId>,
    limit: u32,
) -> Result<Vec<Person>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, Row>(LIST_WITHIN),
        scope
    )
    .bind(ended)
    .bind(after.map_or(Uuid::nil(), |after| after.0))
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(Person::try_from)
    .collect()
}

/// A person as a list shows him.
#[derive(Debug, Clone)]
pub struct Found {
    pub person: Person,
    /// Name of his unit.
    pub unit: String,
    /// Has templates of any pack.
    pub enrolled: bool,
    pub has_phone: bool,
    pub planned: bool,
}

/// What is searched for.
#[derive(Debug, Clone, Default)]
pub struct Search<'a> {
    /// Within name or case number; everybody when empty.
    pub text: &'a str,
    /// Of any level when absent.
    pub level: Option<SupervisionLevel>,
    /// No longer supervised.
    pub ended: bool,
}

/// The next persons within the scope that are searched for, by id, beginning after `after`.
pub async fn search_within(
    tx: &mut Tx,
    scope: &Scope,
    search: &Search<'_>,
    after: Option<PersonId>,
    limit: u32,
) -> Result<Vec<Found>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, FoundRow>(SEARCH_WITHIN),
        scope
    )
    .bind(search.ended)
    .bind(after.map_or(Uuid::nil(), |after| after.0))
    .bind(holding(search.text))
    .bind(search.level.map_or("", SupervisionLevel::as_str))
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(|row| {
        Ok(Found {
            person: row.person.try_into()?,
            unit: row.unit_name,
            enrolled: row.enrolled,
            has_phone: row.has_phone,
            planned: row.planned,
        })
    })
    .collect()
}

/// A pattern for `LIKE … ESCAPE '!'` that holds this text.
fn holding(text: &str) -> String {
    let special = |c: char| matches!(c, '!' | '%' | '_');
    let escaped = text.chars();
    let escaped: String = escaped
        .flat_map(|c| special(c).then_some('!').into_iter().chain([c]))
        .collect();
    format!("%{escaped}%")
}

/// Who is supervised by a unit and those below it, by id; nobody's file is opened by it.
pub async fn supervised_below(tx: &mut Tx, path: &UnitPath, limit: u32) -> Result<Vec<PersonId>> {
    let ids = on!(tx, |c| sqlx::query_scalar::<_, Uuid>(SUPERVISED_BELOW)
        .bind(&path.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?);
    Ok(ids.into_iter().map(PersonId).collect())
}

/// The next persons of the whole house, supervised or not, by id, beginning after `after`.
pub async fn page(tx: &mut Tx, after: Option<PersonId>, limit: u32) -> Result<Vec<Person>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(PAGE)
        .bind(after.map_or(Uuid::nil(), |after| after.0))
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Person::try_from)
    .collect()
}

/// Moves a person. [`Error::Lost`] when he is not in `from` any more, or not supervised.
pub async fn set_unit(tx: &mut Tx, id: PersonId, from: OrgUnitId, to: OrgUnitId) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(SET_UNIT)
        .bind(id.0)
        .bind(from.0)
        .bind(to.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// [`Error::Lost`] when he is not supervised any more.
pub async fn set_order(tx: &mut Tx, id: PersonId, order: &SupervisionOrder) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(SET_ORDER)
        .bind(id.0)
        .bind(order.category.as_str())
        .bind(order.level.as_str())
        .bind(order.starts_on.to_string())
        .bind(order.ends_on.to_string())
        .execute(c)
        .await?
        .rows_affected()))
}

/// [`Error::Lost`] when supervision had ended before.
pub async fn end(tx: &mut Tx, id: PersonId, ended: &Ended) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(END)
        .bind(id.0)
        .bind(ended.at.0)
        .bind(ended.reason.as_str())
        .bind(ended.erase_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Persons whose pictures, recordings and templates have been kept for long enough, the longest first.
pub async fn to_erase(tx: &mut Tx, now: Micros, limit: u32) -> Result<Vec<Person>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(TO_ERASE)
        .bind(now.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Person::try_from)
    .collect()
}

/// [`Error::Lost`] when it was done before.
pub async fn erased(tx: &mut Tx, id: PersonId, now: Micros) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(ERASED)
        .bind(id.0)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct FoundRow {
    #[sqlx(flatten)]
    person: Row,
    unit_name: String,
    enrolled: bool,
    has_phone: bool,
    planned: bool,
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
    p_category: String,
    p_level: String,
    p_starts_on: String,
    p_ends_on: String,
    p_minor: bool,
    p_registered_at: i64,
    p_ended_at: Option<i64>,
    p_end_reason: Option<String>,
    p_erase_at: Option<i64>,
}

impl TryFrom<Row> for Person {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let ended = match (row.p_ended_at, row.p_end_reason, row.p_erase_at) {
            (Some(at), Some(reason), Some(erase_at)) => Some(Ended {
                at: Micros(at),
                reason: parse("person.end_reason", &reason)?,
                erase_at: Micros(erase_at),
            }),
            _ => None,
        };
        Ok(Self {
            id: PersonId(row.p_id),
            unit: OrgUnitId(row.p_unit_id),
            name: row.p_name,
            case_number: row.p_case_number,
            order: SupervisionOrder {
                category: parse("person.category", &row.p_category)?,
                level: parse("person.level", &row.p_level)?,
                starts_on: parse("person.starts_on", &row.p_starts_on)?,
                ends_on: parse("person.ends_on", &row.p_ends_on)?,
            },
            minor: row.p_minor,
            registered_at: Micros(row.p_registered_at),
            ended,
        })
    }
}
