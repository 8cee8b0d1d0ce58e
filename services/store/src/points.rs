//! Rule books, the ledger of points, and appeals. Who holds the person ([`crate::plan::hold`]) is the only one who adds to his.

use domain::{
    AlertId, Micros, OfficerId, PersonId, PointsEntryId,
    access::Scope,
    alert::Rule,
    person::Person,
    points::{Appeal, Entry, Month, RuleBook},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Result, Tx,
    db::{on, sql},
    error::{changed, inserted, parse},
    person::{self, bind_scope, person_columns, within_scope},
};

sql! {
    BOOKS = "SELECT book FROM points_book ORDER BY version";
    ADD_BOOK = "INSERT INTO points_book (version, book, set_by, set_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    ADD = "INSERT INTO points_entry (id, person_id, fact, reverses, entry, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    OF_PERSON = "SELECT entry FROM points_entry WHERE person_id = $1 ORDER BY at, id";
    OWNER = "SELECT person_id FROM points_entry WHERE id = $1";
    TELL = "INSERT INTO points_told (person_id, month, told_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    TOLD = "SELECT told_at FROM points_told WHERE person_id = $1 AND month = $2";
    FILE = "INSERT INTO points_appeal (entry_id, person_id, appeal, filed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    SETTLE = "UPDATE points_appeal SET appeal = $2, decided_at = $3 WHERE entry_id = $1 AND decided_at IS NULL";
    APPEALS = "SELECT appeal FROM points_appeal WHERE person_id = $1 ORDER BY filed_at, entry_id";
    OPEN_WITHIN = concat!(
        "SELECT f.appeal, ", person_columns!("p"), "
         FROM points_appeal f JOIN person p ON p.id = f.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE f.decided_at IS NULL AND f.entry_id > $4 AND ", within_scope!(), " ORDER BY f.entry_id LIMIT $5"
    );
    CONFIRMED = "SELECT id, kind, raised_at FROM alert
                 WHERE person_id = $1 AND outcome = 'confirmed' AND raised_at >= $2 AND raised_at < $3 ORDER BY raised_at, id";
}

/// The books that followed the first, by version.
pub async fn books(tx: &mut Tx) -> Result<Vec<RuleBook>> {
    let found = on!(tx, |c| sqlx::query_scalar::<_, Json<RuleBook>>(BOOKS)
        .fetch_all(c)
        .await?);
    Ok(found.into_iter().map(|book| book.0).collect())
}

/// [`crate::Error::Conflict`] when there is a book of this version.
pub async fn add_book(tx: &mut Tx, book: &RuleBook, by: OfficerId, at: Micros) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(ADD_BOOK)
        .bind(book.version)
        .bind(Json(book))
        .bind(by.0)
        .bind(at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// [`crate::Error::Conflict`] when its fact is settled, or what it reverses is reversed.
pub async fn add(tx: &mut Tx, entry: &Entry) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(ADD)
        .bind(entry.id.0)
        .bind(entry.person.0)
        .bind(entry.change.fact().map(domain::points::Fact::key))
        .bind(entry.change.reverses().map(|id| id.0))
        .bind(Json(entry))
        .bind(entry.at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// The whole ledger of a person, by time.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<Entry>> {
    let found = on!(tx, |c| sqlx::query_scalar::<_, Json<Entry>>(OF_PERSON)
        .bind(person.0)
        .fetch_all(c)
        .await?);
    Ok(found.into_iter().map(|entry| entry.0).collect())
}

/// Whose entry it is.
pub async fn owner(tx: &mut Tx, entry: PointsEntryId) -> Result<Option<PersonId>> {
    let id = on!(tx, |c| sqlx::query_scalar::<_, Uuid>(OWNER)
        .bind(entry.0)
        .fetch_optional(c)
        .await?);
    Ok(id.map(PersonId))
}

/// A person is shown a month; the first time counts.
pub async fn tell(tx: &mut Tx, person: PersonId, month: Month, now: Micros) -> Result<()> {
    on!(tx, |c| sqlx::query(TELL)
        .bind(person.0)
        .bind(month.to_string())
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

pub async fn told_at(tx: &mut Tx, person: PersonId, month: Month) -> Result<Option<Micros>> {
    let at = on!(tx, |c| sqlx::query_scalar::<_, i64>(TOLD)
        .bind(person.0)
        .bind(month.to_string())
        .fetch_optional(c)
        .await?);
    Ok(at.map(Micros))
}

/// [`crate::Error::Conflict`] when the entry was appealed against before.
pub async fn file(tx: &mut Tx, appeal: &Appeal) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(FILE)
        .bind(appeal.entry.0)
        .bind(appeal.person.0)
        .bind(Json(appeal))
        .bind(appeal.filed_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// [`crate::Error::Lost`] when it was decided before.
pub async fn settle(tx: &mut Tx, appeal: &Appeal) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(SETTLE)
        .bind(appeal.entry.0)
        .bind(Json(appeal))
        .bind(appeal.outcome.as_ref().map(|outcome| outcome.at.0))
        .execute(c)
        .await?
        .rows_affected()))
}

/// All appeals of a person, the oldest first.
pub async fn appeals(tx: &mut Tx, person: PersonId) -> Result<Vec<Appeal>> {
    let found = on!(tx, |c| sqlx::query_scalar::<_, Json<Appeal>>(APPEALS)
        .bind(person.0)
        .fetch_all(c)
        .await?);
    Ok(found.into_iter().map(|appeal| appeal.0).collect())
}

/// Appeals within the scope that wait, by the entry contested, beginning after `after`.
pub async fn open_within(
    tx: &mut Tx,
    scope: &Scope,
    after: Option<PointsEntryId>,
    limit: u32,
) -> Result<Vec<(Appeal, Person)>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, OpenRow>(OPEN_WITHIN),
        scope
    )
    .bind(after.map_or(Uuid::nil(), |after| after.0))
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(|row| Ok((row.appeal.0, row.person.try_into()?)))
    .collect()
}

/// A person's alerts raised in `from..until` that officers closed as confirmed.
pub async fn confirmed_alerts(
    tx: &mut Tx,
    person: PersonId,
    (from, until): (Micros, Micros),
) -> Result<Vec<(AlertId, Rule, Micros)>> {
    on!(tx, |c| sqlx::query_as::<_, ConfirmedRow>(CONFIRMED)
        .bind(person.0)
        .bind(from.0)
        .bind(until.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| {
        let rule = parse("alert.kind", &row.kind)?;
        Ok((AlertId(row.id), rule, Micros(row.raised_at)))
    })
    .collect()
}

#[derive(FromRow)]
struct OpenRow {
    appeal: Json<Appeal>,
    #[sqlx(flatten)]
    person: person::Row,
}

#[derive(FromRow)]
struct ConfirmedRow {
    id: Uuid,
    kind: String,
    raised_at: i64,
}
