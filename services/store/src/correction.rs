//! Procurators' corrections with their steps. Whoever adds a step names the number that it gets; a second one of that number is [`Error::Lost`].

use std::collections::HashMap;

use domain::{
    CheckinId, CorrectionId, Micros, OfficerId, OrgUnitId, PersonId,
    access::Scope,
    correction::{Correction, State, Step, Taken},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, inserted, parse},
    person::{bind_scope, open_to},
};

/// May the officer of a scope know of correction `k`? It is written to a unit of his subtree, and he does not stand aside from its person, who may be
/// supervised elsewhere by now.
macro_rules! known {
    () => {
        concat!(
            "EXISTS (SELECT 1 FROM org_unit u WHERE u.id = k.unit_id AND substr(u.path, 1, length($1)) = $1)
             AND (k.person_id IS NULL OR EXISTS (SELECT 1 FROM person p WHERE p.id = k.person_id AND ",
            open_to!("$2", "$3"),
            "))"
        )
    };
}

/// Rows of what is chosen as `k`, in an order of it.
macro_rules! select {
    ($order:literal, $($chosen:expr),+) => {
        concat!(
            "SELECT k.id, k.unit_id, u.name AS unit_name, k.person_id, p.name AS person_name, p.case_number, k.checkin_id, k.kind, k.found, k.asked,
                    k.filed_by, f.name AS filed_by_name, k.filed_from, k.filed_at, k.first_due_at, s.officer_id, b.name AS officer_name, s.at, s.step
             FROM (", $($chosen,)+ ") k
             JOIN org_unit u ON u.id = k.unit_id JOIN officer f ON f.id = k.filed_by LEFT JOIN person p ON p.id = k.person_id
             LEFT JOIN correction_step s ON s.correction_id = k.id LEFT JOIN officer b ON b.id = s.officer_id
             ORDER BY ", $order, ", s.number"
        )
    };
}

sql! {
    INSERT = "INSERT INTO correction (id, unit_id, person_id, checkin_id, kind, found, asked, filed_by, filed_from, filed_at, first_due_at, due_at, state)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)";
    ADD_STEP = "INSERT INTO correction_step (correction_id, number, officer_id, at, step) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    SET_STATE = "UPDATE correction SET state = $2, due_at = $3 WHERE id = $1";
    GET = select!("k.id", "SELECT k.* FROM correction k WHERE k.id = $4 AND ", known!());
    OPEN = select!("k.due_at, k.id",
        "SELECT k.* FROM correction k WHERE k.state IN ('filed', 'replied') AND (k.due_at, k.id) > ($4, $5) AND ", known!(),
        " ORDER BY k.due_at, k.id LIMIT $6");
    CLOSED = select!("k.filed_at DESC, k.id DESC",
        "SELECT k.* FROM correction k WHERE k.state IN ('accepted', 'withdrawn') AND (k.filed_at, k.id) < ($4, $5) AND ", known!(),
        " ORDER BY k.filed_at DESC, k.id DESC LIMIT $6");
    OF_PERSON = select!("k.filed_at, k.id",
        "SELECT k.* FROM correction k WHERE k.person_id = $4 AND ", known!(), " ORDER BY k.filed_at, k.id LIMIT $5");
    WAITING = concat!("SELECT COUNT(*) FROM correction k WHERE k.state = $4 AND ", known!());
}

/// A correction with the names of those whom it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub correction: Correction,
    pub unit: String,
    /// The person's name and case number.
    pub person: Option<(String, String)>,
    pub officers: HashMap<OfficerId, String>,
}

/// Inserts a correction that nothing followed yet.
pub async fn insert(tx: &mut Tx, correction: &Correction) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(correction.id.0)
        .bind(correction.unit.0)
        .bind(correction.person.map(|person| person.0))
        .bind(correction.checkin.map(|checkin| checkin.0))
        .bind(correction.kind.as_str())
        .bind(&correction.found)
        .bind(&correction.asked)
        .bind(correction.filed_by.0)
        .bind(correction.filed_from.0)
        .bind(correction.filed_at.0)
        .bind(correction.first_due_at.0)
        .bind(correction.state().as_str())
        .execute(c)
        .await?
        .rows_affected()))
}

/// Stores the last step of a correction. [`Error::Lost`] when somebody else stored one of that number.
pub async fn add_step(tx: &mut Tx, correction: &Correction) -> Result<()> {
    let Some(taken) = correction.steps.last() else {
        return Err(Error::corrupt("correction_step", "none"));
    };
    let number = i32::try_from(correction.steps.len()).unwrap_or(i32::MAX);
    changed(on!(tx, |c| sqlx::query(ADD_STEP)
        .bind(correction.id.0)
        .bind(number)
        .bind(taken.by.0)
        .bind(taken.at.0)
        .bind(Json(&taken.step))
        .execute(c)
        .await?
        .rows_affected()))?;
    changed(on!(tx, |c| sqlx::query(SET_STATE)
        .bind(correction.id.0)
        .bind(correction.state().as_str())
        .bind(correction.due_at().0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// One that the scope's officer may know of.
pub async fn get(tx: &mut Tx, scope: &Scope, id: CorrectionId) -> Result<Option<Named>> {
    let rows = on!(tx, |c| bind_scope!(sqlx::query_as::<_, Row>(GET), scope)
        .bind(id.0)
        .fetch_all(c)
        .await?);
    Ok(folded(rows)?.pop())
}

/// Those that are not over, by the day on which a reply is owed, beginning after `after`.
pub async fn open(
    tx: &mut Tx,
    scope: &Scope,
    after: Option<(Micros, CorrectionId)>,
    limit: u32,
) -> Result<Vec<Named>> {
    let (at, id) = after.map_or((i64::MIN, Uuid::nil()), |(at, id)| (at.0, id.0));
    let rows = on!(tx, |c| bind_scope!(sqlx::query_as::<_, Row>(OPEN), scope)
        .bind(at)
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?);
    folded(rows)
}

/// Those that are over, the newest first, beginning after `after`.
pub async fn closed(
    tx: &mut Tx,
    scope: &Scope,
    after: Option<(Micros, CorrectionId)>,
    limit: u32,
) -> Result<Vec<Named>> {
    let (at, id) = after.map_or((i64::MAX, Uuid::max()), |(at, id)| (at.0, id.0));
    let rows = on!(tx, |c| bind_scope!(sqlx::query_as::<_, Row>(CLOSED), scope)
        .bind(at)
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?);
    folded(rows)
}

/// Those about a person that the scope's officer may know of, the oldest first.
pub async fn of_person(
    tx: &mut Tx,
    scope: &Scope,
    person: PersonId,
    limit: u32,
) -> Result<Vec<Named>> {
    let rows = on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, Row>(OF_PERSON),
        scope
    )
    .bind(person.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?);
    folded(rows)
}

/// How many stand so.
pub async fn waiting(tx: &mut Tx, scope: &Scope, state: State) -> Result<i64> {
    Ok(on!(tx, |c| bind_scope!(sqlx::query_scalar(WAITING), scope)
        .bind(state.as_str())
        .fetch_one(c)
        .await?))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    unit_id: Uuid,
    unit_name: String,
    person_id: Option<Uuid>,
    person_name: Option<String>,
    case_number: Option<String>,
    checkin_id: Option<Uuid>,
    kind: String,
    found: String,
    asked: String,
    filed_by: Uuid,
    filed_by_name: String,
    filed_from: Uuid,
    filed_at: i64,
    first_due_at: i64,
    officer_id: Option<Uuid>,
    officer_name: Option<String>,
    at: Option<i64>,
    step: Option<Json<Step>>,
}

/// One correction for all neighbouring rows of it.
fn folded(rows: Vec<Row>) -> Result<Vec<Named>> {
    let mut all: Vec<Named> = Vec::new();
    for row in rows {
        let step = (row.officer_id, row.at, row.step.clone());
        let taken = match step {
            (Some(by), Some(at), Some(Json(step))) => Some(Taken {
                by: OfficerId(by),
                at: Micros(at),
                step,
            }),
            _ => None,
        };
        let name = row.officer_name.clone();
        if all.last().is_none_or(|last| last.correction.id.0 != row.id) {
            all.push(row.try_into()?);
        }
        if let (Some(last), Some(taken)) = (all.last_mut(), taken) {
            last.officers.insert(taken.by, name.unwrap_or_default());
            last.correction.steps.push(taken);
        }
    }
    Ok(all)
}

impl TryFrom<Row> for Named {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let filed_by = OfficerId(row.filed_by);
        Ok(Self {
            unit: row.unit_name,
            person: row.person_name.zip(row.case_number),
            officers: HashMap::from([(filed_by, row.filed_by_name)]),
            correction: Correction {
                id: CorrectionId(row.id),
                unit: OrgUnitId(row.unit_id),
                person: row.person_id.map(PersonId),
                checkin: row.checkin_id.map(CheckinId),
                kind: parse("correction.kind", &row.kind)?,
                found: row.found,
                asked: row.asked,
                filed_by,
                filed_from: OrgUnitId(row.filed_from),
                filed_at: Micros(row.filed_at),
                first_due_at: Micros(row.first_due_at),
                steps: Vec::new(),
            },
        })
    }
}
