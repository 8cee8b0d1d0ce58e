//! Moves of persons between units.

use domain::{
    Micros, OfficerId, OrgUnitId, PersonId, TransferId,
    access::Scope,
    person::Person,
    transfer::{State, Transfer},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, inserted, parse},
    person::{self, bind_scope, open_to, person_columns},
};

macro_rules! transfer_columns {
    () => {
        "t.id, t.person_id, t.from_id, t.to_id, t.state, t.reason, t.proposed_by, t.proposed_at, t.decided_by, t.decided_at"
    };
}

/// A transfer touches the units on both sides; a case from which the officer stands aside, or a minor's that he does not see, neither.
macro_rules! on_either_side {
    () => {
        concat!(
            "(substr(f.path, 1, length($1)) = $1 OR substr(g.path, 1, length($1)) = $1) AND ",
            open_to!("$2", "$3")
        )
    };
}

sql! {
    INSERT = "INSERT INTO transfer (id, person_id, from_id, to_id, state, reason, proposed_by, proposed_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    GET_WITHIN = concat!(
        "SELECT ", transfer_columns!(), ", ", person_columns!("p"), "
         FROM transfer t JOIN person p ON p.id = t.person_id JOIN org_unit f ON f.id = t.from_id JOIN org_unit g ON g.id = t.to_id
         WHERE t.id = $4 AND ", on_either_side!()
    );
    LIST_WITHIN = concat!(
        "SELECT ", transfer_columns!(), ", ", person_columns!("p"), "
         FROM transfer t JOIN person p ON p.id = t.person_id JOIN org_unit f ON f.id = t.from_id JOIN org_unit g ON g.id = t.to_id
         WHERE t.state = $4 AND t.id > $5 AND ", on_either_side!(), " ORDER BY t.id LIMIT $6"
    );
    DECIDE = "UPDATE transfer SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1 AND state = 'proposed'";
    WITHDRAW_OF_PERSON = "UPDATE transfer SET state = 'withdrawn', decided_by = $2, decided_at = $3
                          WHERE person_id = $1 AND state = 'proposed'";
}

/// [`Error::Conflict`] when one of this person's waits already.
pub async fn insert(tx: &mut Tx, transfer: &Transfer) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(transfer.id.0)
        .bind(transfer.person.0)
        .bind(transfer.from.0)
        .bind(transfer.to.0)
        .bind(transfer.state.as_str())
        .bind(&transfer.reason)
        .bind(transfer.proposed_by.0)
        .bind(transfer.proposed_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// With its person; only when one of its sides lies within the scope.
pub async fn get_within(
    tx: &mut Tx,
    scope: &Scope,
    id: TransferId,
) -> Result<Option<(Transfer, Person)>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, Row>(GET_WITHIN),
        scope
    )
    .bind(id.0)
    .fetch_optional(c)
    .await?)
    .map(Row::read)
    .transpose()
}

/// The next ones in this state of which a side lies within the scope, by id, beginning after `after`.
pub async fn list_within(
    tx: &mut Tx,
    scope: &Scope,
    state: State,
    after: Option<TransferId>,
    limit: u32,
) -> Result<Vec<(Transfer, Person)>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, Row>(LIST_WITHIN),
        scope
    )
    .bind(state.as_str())
    .bind(after.map_or(Uuid::nil(), |after| after.0))
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(Row::read)
    .collect()
}

/// [`Error::Lost`] when it was decided before.
pub async fn decide(
    tx: &mut Tx,
    id: TransferId,
    state: State,
    officer: OfficerId,
    now: Micros,
) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(DECIDE)
        .bind(id.0)
        .bind(state.as_str())
        .bind(officer.0)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Takes back what waits of this person, if anything does.
pub async fn withdraw_of_person(
    tx: &mut Tx,
    person: PersonId,
    officer: OfficerId,
    now: Micros,
) -> Result<()> {
    on!(tx, |c| sqlx::query(WITHDRAW_OF_PERSON)
        .bind(person.0)
        .bind(officer.0)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    from_id: Uuid,
    to_id: Uuid,
    state: String,
    reason: String,
    proposed_by: Uuid,
    proposed_at: i64,
    decided_by: Option<Uuid>,
    decided_at: Option<i64>,
    #[sqlx(flatten)]
    person: person::Row,
}

impl Row {
    fn read(self) -> Result<(Transfer, Person), Error> {
        let transfer = Transfer {
            id: TransferId(self.id),
            person: PersonId(self.person_id),
            from: OrgUnitId(self.from_id),
            to: OrgUnitId(self.to_id),
            state: parse("transfer.state", &self.state)?,
            reason: self.reason,
            proposed_by: OfficerId(self.proposed_by),
            proposed_at: Micros(self.proposed_at),
            decided_by: self.decided_by.map(OfficerId),
            decided_at: self.decided_at.map(Micros),
        };
        Ok((transfer, self.person.try_into()?))
    }
}
