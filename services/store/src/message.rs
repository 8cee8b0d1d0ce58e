//! The outbox. A claim has a number; whoever finishes a message names it, and one that was lost changes nothing.

use domain::{
    DutyId, MessageId, Micros, OrgUnitId, PersonId,
    duty::Duty,
    message::{Content, Means, Message, State, To},
    org::UnitPath,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    contact::party,
    db::{on, sql},
    duty::{self, duty_columns},
    error::{changed, parse},
};

macro_rules! message_columns {
    () => {
        "m.id, m.dedup, m.kind, m.unit_id, m.person_id, m.officer_id, m.means, m.duty_id, m.content, m.made_at, m.expires_at, m.state,
         m.attempts, m.next_at, m.why, m.over_at"
    };
}

sql! {
    PUT = "INSERT INTO message (id, dedup, kind, unit_id, person_id, officer_id, means, duty_id, content, made_at, expires_at, state,
                                attempts, next_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', 0, $12) ON CONFLICT DO NOTHING";
    DUE = concat!("SELECT ", message_columns!(), " FROM message m WHERE m.next_at <= $1 ORDER BY m.next_at, m.id LIMIT $2");
    CLAIM = "UPDATE message SET attempts = attempts + 1, next_at = $3 WHERE id = $1 AND attempts = $2 AND next_at <= $4";
    AGAIN = "UPDATE message SET next_at = $3, why = $4 WHERE id = $1 AND attempts = $2 AND state = 'waiting'";
    // Waiting is no attempt.
    POSTPONE = "UPDATE message SET next_at = $3, attempts = attempts - 1 WHERE id = $1 AND attempts = $2 AND state = 'waiting'";
    OVER = "UPDATE message SET state = $3, next_at = NULL, why = $4, over_at = $5 WHERE id = $1 AND attempts = $2 AND state = 'waiting'";
    // What is under way may have arrived.
    SENT = "SELECT kind FROM message WHERE person_id = $1 AND means = $2 AND id <> $4
            AND (state = 'delivered' AND over_at > $3 OR state = 'waiting' AND attempts > 0)";
    DELIVERED = "SELECT person_id, over_at FROM message
                 WHERE state = 'delivered' AND person_id IS NOT NULL AND over_at >= $1 AND over_at < $2 ORDER BY over_at, id";
    // Only whose person can be reached.
    UNREMINDED = concat!(
        "SELECT ", duty_columns!("d"), ", p.unit_id FROM duty d JOIN person p ON p.id = d.person_id
         WHERE d.opens_at > $1 AND d.opens_at <= $2 AND (d.opens_at, d.id) > ($3, $4) AND d.attendance = 'due'
           AND NOT EXISTS (SELECT 1 FROM message m WHERE m.duty_id = d.id)
           AND EXISTS (SELECT 1 FROM contact c WHERE c.person_id = d.person_id)
         ORDER BY d.opens_at, d.id LIMIT $5"
    );
    DEAD_WITHIN = concat!(
        "SELECT ", message_columns!(), " FROM message m JOIN org_unit u ON u.id = m.unit_id
         WHERE m.state = 'dead' AND m.id > $2 AND substr(u.path, 1, length($1)) = $1 ORDER BY m.id LIMIT $3"
    );
    REVIVE = "UPDATE message SET state = 'waiting', attempts = 0, next_at = $2, expires_at = $3, over_at = NULL
              WHERE id = $1 AND state = 'dead'
                AND EXISTS (SELECT 1 FROM org_unit u WHERE u.id = message.unit_id AND substr(u.path, 1, length($4)) = $4)";
    PURGE = "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE over_at < $1 ORDER BY over_at LIMIT $2)";
    ERASE = "DELETE FROM message WHERE person_id = $1";
}

/// A message as it stands.
#[derive(Debug, Clone)]
pub struct Kept {
    pub message: Message,
    pub state: State,
    /// Attempts so far, one that is under way included: the number of the claim.
    pub attempts: i32,
    pub next_at: Option<Micros>,
    pub why: Option<String>,
    pub over_at: Option<Micros>,
}

/// Is it new? False when the same was put there before; then nothing is stored.
pub async fn put(tx: &mut Tx, message: &Message) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(PUT)
        .bind(message.id.0)
        .bind(&message.dedup)
        .bind(&message.kind)
        .bind(message.unit.0)
        .bind(message.to.person().map(|id| id.0))
        .bind(message.to.officer().map(|id| id.0))
        .bind(message.to.means())
        .bind(message.duty.map(|id| id.0))
        .bind(Json(&message.content))
        .bind(message.made_at.0)
        .bind(message.expires_at.0)
        .bind(message.due_at.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Those whose time has come, the longest first.
pub async fn due(tx: &mut Tx, now: Micros, limit: u32) -> Result<Vec<Kept>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(DUE)
        .bind(now.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Kept::try_from)
    .collect()
}

/// Takes a message for one attempt; nobody else does until `lease_until`. [`Error::Lost`] when somebody was faster.
pub async fn claim(tx: &mut Tx, mut kept: Kept, now: Micros, lease_until: Micros) -> Result<Kept> {
    changed(on!(tx, |c| sqlx::query(CLAIM)
        .bind(kept.message.id.0)
        .bind(kept.attempts)
        .bind(lease_until.0)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))?;
    kept.attempts += 1;
    kept.next_at = Some(lease_until);
    Ok(kept)
}

/// It failed and is tried again. [`Error::Lost`] when the claim is no longer ours, as for the two below.
pub async fn again(tx: &mut Tx, claim: &Kept, at: Micros, why: &str) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(AGAIN)
        .bind(claim.message.id.0)
        .bind(claim.attempts)
        .bind(at.0)
        .bind(why)
        .execute(c)
        .await?
        .rows_affected()))
}

/// It may not go out yet; that was no attempt.
pub async fn postpone(tx: &mut Tx, claim: &Kept, at: Micros) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(POSTPONE)
        .bind(claim.message.id.0)
        .bind(claim.attempts)
        .bind(at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// It was delivered or dropped, or cannot be delivered.
pub async fn over(
    tx: &mut Tx,
    claim: &Kept,
    state: State,
    why: Option<&str>,
    now: Micros,
) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(OVER)
        .bind(claim.message.id.0)
        .bind(claim.attempts)
        .bind(state.as_str())
        .bind(why)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Kinds of the messages that a person got by the means of this one since an instant, those that are being tried included, itself not.
pub async fn sent(
    tx: &mut Tx,
    (person, means): (PersonId, Means),
    since: Micros,
    but: MessageId,
) -> Result<Vec<String>> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, String>(SENT)
        .bind(person.0)
        .bind(means.as_str())
        .bind(since.0)
        .bind(but.0)
        .fetch_all(c)
        .await?))
}

/// When persons got messages in `from..until`, and who, by time.
pub async fn delivered(
    tx: &mut Tx,
    (from, until): (Micros, Micros),
) -> Result<Vec<(PersonId, Micros)>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, DeliveredRow>(DELIVERED)
        .bind(from.0)
        .bind(until.0)
        .fetch_all(c)
        .await?);
    let when = |row: DeliveredRow| (PersonId(row.person_id), Micros(row.over_at));
    Ok(rows.into_iter().map(when).collect())
}

/// Duties that open in `from..=until` of which no message tells yet, each with its person's unit, by opening and id, beginning after `after`.
pub async fn unreminded(
    tx: &mut Tx,
    (from, until): (Micros, Micros),
    after: Option<(Micros, DutyId)>,
    limit: u32,
) -> Result<Vec<(Duty, OrgUnitId)>> {
    let (after_at, after_id) = after.map_or((i64::MIN, Uuid::nil()), |(at, id)| (at.0, id.0));
    on!(tx, |c| sqlx::query_as::<_, UnremindedRow>(UNREMINDED)
        .bind(from.0)
        .bind(until.0)
        .bind(after_at)
        .bind(after_id)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| {
        let marked = duty::Marked::try_from(row.duty)?;
        Ok((marked.duty, OrgUnitId(row.unit_id)))
    })
    .collect()
}

/// Dead letters of the units below a path, oldest first, beginning after `after`.
pub async fn dead_within(
    tx: &mut Tx,
    path: &UnitPath,
    after: Option<MessageId>,
    limit: u32,
) -> Result<Vec<Kept>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(DEAD_WITHIN)
        .bind(&path.0)
        .bind(after.map_or(Uuid::nil(), |after| after.0))
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Kept::try_from)
    .collect()
}

/// A dead letter of a unit below a path waits again, from its first attempt. [`Error::Lost`] when it is none.
pub async fn revive(
    tx: &mut Tx,
    path: &UnitPath,
    id: MessageId,
    now: Micros,
    expires_at: Micros,
) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(REVIVE)
        .bind(id.0)
        .bind(now.0)
        .bind(expires_at.0)
        .bind(&path.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Forgets messages that were over before an instant. Returns how many.
pub async fn purge(tx: &mut Tx, before: Micros, limit: u32) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(PURGE)
        .bind(before.0)
        .bind(i64::from(limit))
        .execute(c)
        .await?
        .rows_affected()))
}

/// What a person was told is gone.
pub async fn erase_of_person(tx: &mut Tx, person: PersonId) -> Result<()> {
    on!(tx, |c| sqlx::query(ERASE)
        .bind(person.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

#[derive(FromRow)]
struct DeliveredRow {
    person_id: Uuid,
    over_at: i64,
}

#[derive(FromRow)]
struct UnremindedRow {
    #[sqlx(flatten)]
    duty: duty::Row,
    unit_id: Uuid,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    dedup: String,
    kind: String,
    unit_id: Uuid,
    person_id: Option<Uuid>,
    officer_id: Option<Uuid>,
    means: String,
    duty_id: Option<Uuid>,
    content: Json<Content>,
    made_at: i64,
    expires_at: i64,
    state: String,
    attempts: i32,
    next_at: Option<i64>,
    why: Option<String>,
    over_at: Option<i64>,
}

impl TryFrom<Row> for Kept {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let to = match party(row.person_id, row.officer_id) {
            None => To::Webhook,
            Some(party) => To::Party(party, parse("message.means", &row.means)?),
        };
        Ok(Self {
            message: Message {
                id: MessageId(row.id),
                dedup: row.dedup,
                kind: row.kind,
                unit: OrgUnitId(row.unit_id),
                to,
                duty: row.duty_id.map(DutyId),
                content: row.content.0,
                made_at: Micros(row.made_at),
                due_at: Micros(row.next_at.unwrap_or(row.made_at)),
                expires_at: Micros(row.expires_at),
            },
            state: parse("message.state", &row.state)?,
            attempts: row.attempts,
            next_at: row.next_at.map(Micros),
            why: row.why,
            over_at: row.over_at.map(Micros),
        })
    }
}
