//! 花名册: who was supervised when a month of the procurators ended, and who was moved since.

use std::collections::HashMap;

use domain::{Micros, PersonId, access::Scope, event::Event};
use jiff::civil::Date;
use sqlx::FromRow;

use crate::{
    Result, Tx,
    db::{on, sql},
    error::parse,
    event,
    person::{bind_scope, open_to, person_columns, within_scope},
    report::{Listed, PersonRow},
};

macro_rules! listed {
    () => {
        concat!(
            person_columns!("p"),
            ", u.name AS unit_name,
             (SELECT zone FROM plan WHERE plan.person_id = p.id ORDER BY version DESC LIMIT 1) AS zone"
        )
    };
}

/// Kinds of events that move persons; as the index has them.
macro_rules! moves {
    () => {
        "kind IN ('person_registered', 'order_changed', 'transfer_proposed', 'transfer_decided', 'supervision_ended')"
    };
}

sql! {
    TAKEN = "SELECT taken_at FROM census WHERE day = $1";
    BEGIN = "INSERT INTO census (day, taken_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    TAKE = "INSERT INTO census_person (day, person_id, unit_id, category, level)
            SELECT $1, id, unit_id, category, level FROM person WHERE ended_at IS NULL";
    OF_DAY = concat!(
        "SELECT c.category, c.level, ", listed!(), "
         FROM census_person c JOIN person p ON p.id = c.person_id JOIN org_unit u ON u.id = c.unit_id
         WHERE c.day = $4 AND ", within_scope!(), " ORDER BY u.path, p.case_number, p.id LIMIT $5"
    );
    STANDING = concat!(
        "SELECT p.category, p.level, ", listed!(), " FROM person p JOIN org_unit u ON u.id = p.unit_id
         WHERE p.ended_at IS NULL AND ", within_scope!(), " ORDER BY u.path, p.case_number, p.id LIMIT $4"
    );
    MOVED = concat!(
        "SELECT p.category, p.level, ", listed!(), " FROM person p JOIN org_unit u ON u.id = p.unit_id
         WHERE p.id IN (SELECT person_id FROM event WHERE ", moves!(), " AND at > $1 AND at <= $2) AND ", open_to!("$3", "$4"), "
         ORDER BY p.id LIMIT $5"
    );
    MOVES = concat!(
        "SELECT id, at, actor, actor_id, person_id, body FROM event
         WHERE ", moves!(), " AND person_id IN (SELECT person_id FROM event WHERE ", moves!(), " AND at > $1 AND at <= $2)
         ORDER BY person_id, at, id LIMIT $3"
    );
}

/// When the census of a day was taken; none when it was not.
pub async fn taken(tx: &mut Tx, day: Date) -> Result<Option<Micros>> {
    let at = on!(tx, |c| sqlx::query_scalar::<_, i64>(TAKEN)
        .bind(day.to_string())
        .fetch_optional(c)
        .await?);
    Ok(at.map(Micros))
}

/// Writes down who is supervised now, and how; returns how many. None, and nothing is written, when it was done for this day.
pub async fn take(tx: &mut Tx, day: Date, now: Micros) -> Result<Option<u64>> {
    let begun = on!(tx, |c| sqlx::query(BEGIN)
        .bind(day.to_string())
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected());
    if begun == 0 {
        return Ok(None);
    }
    Ok(Some(on!(tx, |c| sqlx::query(TAKE)
        .bind(day.to_string())
        .execute(c)
        .await?
        .rows_affected())))
}

/// The persons of a census whose unit of that time lies within the scope, as they were classed then, by unit and case number.
pub async fn of_day(tx: &mut Tx, scope: &Scope, day: Date, limit: u32) -> Result<Vec<Listed>> {
    on!(tx, |c| bind_scope!(sqlx::query_as::<_, Row>(OF_DAY), scope)
        .bind(day.to_string())
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Row::listed)
    .collect()
}

/// The persons within the scope who are supervised now, by unit and case number.
pub async fn standing(tx: &mut Tx, scope: &Scope, limit: u32) -> Result<Vec<Listed>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, Row>(STANDING),
        scope
    )
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(Row::listed)
    .collect()
}

/// Whoever in the house was registered, classed anew, moved or let go after the first instant and until the last, with all that ever moved
/// him, by person. Units do not count here: who left them stands under another; what else hides a person from an officer does.
pub async fn moved(
    tx: &mut Tx,
    scope: &Scope,
    (after, until): (Micros, Micros),
    (persons, events): (u32, u32),
) -> Result<Vec<(Listed, Vec<Event>)>> {
    let mut files: HashMap<PersonId, Vec<Event>> = HashMap::new();
    for row in on!(tx, |c| sqlx::query_as::<_, event::Row>(MOVES)
        .bind(after.0)
        .bind(until.0)
        .bind(i64::from(events))
        .fetch_all(c)
        .await?)
    {
        let event = Event::try_from(row)?;
        if let Some(person) = event.person {
            files.entry(person).or_default().push(event);
        }
    }
    let rows = on!(tx, |c| sqlx::query_as::<_, Row>(MOVED)
        .bind(after.0)
        .bind(until.0)
        .bind(scope.officer.0)
        .bind(scope.minors)
        .bind(i64::from(persons))
        .fetch_all(c)
        .await?);
    let with_file = |row: Row| {
        let listed = row.listed()?;
        let file = files.remove(&listed.person.id).unwrap_or_default();
        Ok((listed, file))
    };
    rows.into_iter().map(with_file).collect()
}

#[derive(FromRow)]
struct Row {
    #[sqlx(flatten)]
    person: PersonRow,
    category: String,
    level: String,
}

impl Row {
    fn listed(self) -> Result<Listed> {
        let mut listed = Listed::try_from(self.person)?;
        listed.person.order.category = parse("census_person.category", &self.category)?;
        listed.person.order.level = parse("census_person.level", &self.level)?;
        Ok(listed)
    }
}
