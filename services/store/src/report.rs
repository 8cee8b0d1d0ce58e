//! What reports are made of: the persons of a unit with their duties, check-ins and positions of some days.

use domain::{
    CheckinId, Micros, PersonId, access::Scope, area::Report, checkin::State, person::Person,
    positioning::Sighting, verdict::Verdict,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    duty::{self, Marked, duty_columns},
    error::parse,
    person::{self, bind_scope, person_columns, within_scope},
    position,
};

sql! {
    // Who was supervised at some time of it, with his office and the clock on his wall.
    PERSONS = concat!(
        "SELECT ", person_columns!("p"), ", u.name AS unit_name,
           (SELECT zone FROM plan WHERE plan.person_id = p.id ORDER BY version DESC LIMIT 1) AS zone
         FROM person p JOIN org_unit u ON u.id = p.unit_id
         WHERE ", within_scope!(), " AND p.registered_at < $5 AND (p.ended_at IS NULL OR p.ended_at >= $4)
         ORDER BY u.path, p.case_number, p.id LIMIT $6"
    );
    DUTIES = concat!(
        "WITH seen AS MATERIALIZED (
           SELECT p.id FROM person p JOIN org_unit u ON u.id = p.unit_id WHERE ", within_scope!(), "
         )
         SELECT ", duty_columns!("d"), " FROM seen JOIN duty d ON d.person_id = seen.id
         WHERE d.opens_at >= $4 AND d.opens_at < $5 ORDER BY d.opens_at, d.id LIMIT $6"
    );
    CHECKINS = concat!(
        "WITH seen AS MATERIALIZED (
           SELECT p.id FROM person p JOIN org_unit u ON u.id = p.unit_id WHERE ", within_scope!(), "
         )
         SELECT k.id, k.person_id, k.state, k.submitted_at, k.verdict, k.findings FROM seen JOIN checkin k ON k.person_id = seen.id
         WHERE k.opened_at >= $4 AND k.opened_at < $5 AND k.submitted_at IS NOT NULL ORDER BY k.submitted_at, k.id LIMIT $6"
    );
    ATTEMPTS = concat!(
        "WITH seen AS MATERIALIZED (
           SELECT p.id FROM person p JOIN org_unit u ON u.id = p.unit_id WHERE ", within_scope!(), "
         )
         SELECT k.state, COUNT(*) AS attempts FROM seen JOIN checkin k ON k.person_id = seen.id
         WHERE k.opened_at >= $4 AND k.opened_at < $5 AND k.submitted_at IS NOT NULL GROUP BY k.state"
    );
    FOLLOWED = concat!(
        "WITH seen AS MATERIALIZED (
           SELECT p.id FROM person p JOIN org_unit u ON u.id = p.unit_id WHERE ", within_scope!(), "
         )
         SELECT DISTINCT o.person_id FROM seen JOIN position o ON o.person_id = seen.id
         WHERE o.source = 'continuous' AND o.at >= $4 AND o.at < $5 ORDER BY o.person_id LIMIT $6"
    );
}

/// A person of a report.
#[derive(Debug, Clone)]
pub struct Listed {
    pub person: Person,
    /// Name of his unit.
    pub unit: String,
    /// Of his newest plan.
    pub zone: Option<String>,
}

/// A check-in of a report.
#[derive(Debug, Clone)]
pub struct Submitted {
    pub checkin: CheckinId,
    pub person: PersonId,
    pub state: State,
    pub submitted_at: Micros,
    pub verdict: Option<Verdict>,
    pub place: Option<Report>,
}

/// Functions that list what a query finds within a scope and `from..until`, at most `limit` rows.
macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident: $found:ty = $query:expr;)+) => {
        $($(#[$doc])*
        pub async fn $name(tx: &mut Tx, scope: &Scope, (from, until): (Micros, Micros), limit: u32) -> Result<$found> {
            on!(tx, |c| bind_scope!($query, scope)
                .bind(from.0)
                .bind(until.0)
                .bind(i64::from(limit))
                .fetch_all(c)
                .await?)
            .into_iter()
            .map(TryInto::try_into)
            .collect()
        })+
    };
}

lists! {
    /// The persons within the scope who were supervised at some time of `from..until`, by unit and case number.
    persons: Vec<Listed> = sqlx::query_as::<_, PersonRow>(PERSONS);
    /// The duties within the scope that open in `from..until`, by opening.
    duties: Vec<Marked> = sqlx::query_as::<_, duty::Row>(DUTIES);
    /// The submitted check-ins within the scope that were opened in `from..until`, by submission.
    checkins: Vec<Submitted> = sqlx::query_as::<_, CheckinRow>(CHECKINS);
}

/// How many attempts of the persons within the scope, opened in `from..until` and handed in, stand so.
pub async fn attempts(
    tx: &mut Tx,
    scope: &Scope,
    (from, until): (Micros, Micros),
) -> Result<Vec<(State, u32)>> {
    let rows: Vec<(String, i64)> = on!(tx, |c| bind_scope!(sqlx::query_as(ATTEMPTS), scope)
        .bind(from.0)
        .bind(until.0)
        .fetch_all(c)
        .await?);
    rows.into_iter()
        .map(|(state, attempts)| {
            let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
            Ok((parse("checkin.state", &state)?, attempts))
        })
        .collect()
}

/// The positions between check-ins of the persons within the scope that arrived in `from..until`, at most `limit` of each.
pub async fn followed(
    tx: &mut Tx,
    scope: &Scope,
    span: (Micros, Micros),
    (persons, limit): (u32, u32),
) -> Result<Vec<(PersonId, Vec<Sighting>)>> {
    let ids = on!(tx, |c| bind_scope!(
        sqlx::query_scalar::<_, Uuid>(FOLLOWED),
        scope
    )
    .bind(span.0.0)
    .bind(span.1.0)
    .bind(i64::from(persons))
    .fetch_all(c)
    .await?);
    let mut all = Vec::with_capacity(ids.len());
    for id in ids.into_iter().map(PersonId) {
        all.push((id, position::newest(tx, id, span, limit).await?));
    }
    Ok(all)
}

#[derive(FromRow)]
pub(crate) struct PersonRow {
    #[sqlx(flatten)]
    person: person::Row,
    unit_name: String,
    zone: Option<String>,
}

impl TryFrom<PersonRow> for Listed {
    type Error = Error;

    fn try_from(row: PersonRow) -> Result<Self> {
        Ok(Self {
            person: row.person.try_into()?,
            unit: row.unit_name,
            zone: row.zone,
        })
    }
}

#[derive(FromRow)]
struct CheckinRow {
    id: Uuid,
    person_id: Uuid,
    state: String,
    submitted_at: i64,
    verdict: Option<Json<Verdict>>,
    findings: Option<Json<Report>>,
}

impl TryFrom<CheckinRow> for Submitted {
    type Error = Error;

    fn try_from(row: CheckinRow) -> Result<Self> {
        Ok(Self {
            checkin: CheckinId(row.id),
            person: PersonId(row.person_id),
            state: parse("checkin.state", &row.state)?,
            submitted_at: Micros(row.submitted_at),
            verdict: row.verdict.map(|verdict| verdict.0),
            place: row.findings.map(|place| place.0),
        })
    }
}
