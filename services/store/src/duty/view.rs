//! What the console shows of a day.

use domain::{DutyId, Micros, access::Scope, person::Person};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Marked, Row, duty_columns};
use crate::{
    Result, Tx,
    db::{on, sql},
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
    .map(|row| {
        Ok(DayEntry {
            marked: row.duty.try_into()?,
            person: row.person.try_into()?,
        })
    })
    .collect()
}

#[derive(FromRow)]
struct EntryRow {
    #[sqlx(flatten)]
    duty: Row,
    #[sqlx(flatten)]
    person: person::Row,
}
