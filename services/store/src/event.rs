//! The log of what happened. Entries are only ever added.

use domain::{
    DeviceId, EventId, Micros, OfficerId, PersonId,
    access::Scope,
    event::{Actor, Event, EventKind},
    org::UnitPath,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    person::{bind_scope, within_scope},
};

sql! {
    APPEND = "INSERT INTO event (id, at, actor, actor_id, person_id, kind, body) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    OF_PERSON = "SELECT id, at, actor, actor_id, person_id, body FROM event
                 WHERE person_id = $1 AND (at, id) > ($2, $3) ORDER BY at, id LIMIT $4";
    ALL = "SELECT id, at, actor, actor_id, person_id, body FROM event
           WHERE (at, id) > ($1, $2) AND at < $3 ORDER BY at, id LIMIT $4";
    OF_MAKINGS = "SELECT id, at, actor, actor_id, person_id, body FROM event
                  WHERE kind IN ('duties_extended', 'calendar_applied') AND (at, id) > ($1, $2) ORDER BY at, id LIMIT $3";
    // The list is that of the index `event_told`, word for word, or it is not used.
    TOLD_WITHIN = concat!(
        "SELECT e.id, e.at, e.actor, e.actor_id, e.person_id, e.body
         FROM event e JOIN person p ON p.id = e.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE e.kind IN ('checkin_concluded', 'checkin_decided', 'second_look_asked', 'checkin_appealed',
                          'checkin_appeal_decided', 'review_claimed', 'duty_marked', 'alert_raised',
                          'alert_moved', 'leave_asked', 'leave_stepped')
           AND (e.at, e.id) > ($4, $5) AND ", within_scope!(), " ORDER BY e.at, e.id LIMIT $6"
    );
    OF_OFFICERS = "SELECT e.id, e.at, e.actor, e.actor_id, e.person_id, e.body
                   FROM event e JOIN officer o ON o.id = e.actor_id JOIN org_unit u ON u.id = o.unit_id
                   WHERE e.actor = 'officer' AND substr(u.path, 1, length($1)) = $1 AND (e.at, e.id) > ($2, $3)
                   ORDER BY e.at, e.id LIMIT $4";
}

/// Adds an entry; it belongs into the transaction of the change that it tells of.
pub async fn append(tx: &mut Tx, event: &Event) -> Result<()> {
    let (actor, actor_id) = match event.actor {
        Actor::System => ("system", None),
        Actor::Officer(id) => ("officer", Some(id.0)),
        Actor::Device(id) => ("device", Some(id.0)),
    };
    on!(tx, |c| sqlx::query(APPEND)
        .bind(event.id.0)
        .bind(event.at.0)
        .bind(actor)
        .bind(actor_id)
        .bind(event.person.map(|person| person.0))
        .bind(event.kind.as_str())
        .bind(Json(&event.kind))
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// The next entries of a person's file, by time and id, beginning after `after`.
pub async fn of_person(
    tx: &mut Tx,
    person: PersonId,
    after: Option<(Micros, EventId)>,
    limit: u32,
) -> Result<Vec<Event>> {
    let (after_at, after_id) = after.map_or((i64::MIN, Uuid::nil()), |(at, id)| (at.0, id.0));
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_PERSON)
        .bind(person.0)
        .bind(after_at)
        .bind(after_id)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Event::try_from)
    .collect()
}

/// The next entries of the whole log before `until`, by time and id, beginning after `after`.
pub async fn all(
    tx: &mut Tx,
    after: Option<(Micros, EventId)>,
    until: Micros,
    limit: u32,
) -> Result<Vec<Event>> {
    let (after_at, after_id) = after.map_or((i64::MIN, Uuid::nil()), |(at, id)| (at.0, id.0));
    on!(tx, |c| sqlx::query_as::<_, Row>(ALL)
        .bind(after_at)
        .bind(after_id)
        .bind(until.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Event::try_from)
    .collect()
}

/// The next entries of what the officers of this unit and below did, by time and id, beginning after `after`.
pub async fn of_officers(
    tx: &mut Tx,
    path: &UnitPath,
    after: Option<(Micros, EventId)>,
    limit: u32,
) -> Result<Vec<Event>> {
    let (after_at, after_id) = after.map_or((i64::MIN, Uuid::nil()), |(at, id)| (at.0, id.0));
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_OFFICERS)
        .bind(&path.0)
        .bind(after_at)
        .bind(after_id)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Event::try_from)
    .collect()
}

/// The next entries within the scope of what open pages are told of, by time and id, beginning after `after`.
pub async fn told_within(
    tx: &mut Tx,
    scope: &Scope,
    after: (Micros, EventId),
    limit: u32,
) -> Result<Vec<Event>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, Row>(TOLD_WITHIN),
        scope
    )
    .bind(after.0.0)
    .bind(after.1.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(Event::try_from)
    .collect()
}

/// The next entries that tell when duties were made for everybody, by time and id, beginning after `after`.
pub async fn of_makings(
    tx: &mut Tx,
    after: Option<(Micros, EventId)>,
    limit: u32,
) -> Result<Vec<Event>> {
    let (after_at, after_id) = after.map_or((i64::MIN, Uuid::nil()), |(at, id)| (at.0, id.0));
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_MAKINGS)
        .bind(after_at)
        .bind(after_id)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Event::try_from)
    .collect()
}

#[derive(FromRow)]
pub(crate) struct Row {
    id: Uuid,
    at: i64,
    actor: String,
    actor_id: Option<Uuid>,
    person_id: Option<Uuid>,
    body: Json<EventKind>,
}

impl TryFrom<Row> for Event {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let actor = match (row.actor.as_str(), row.actor_id) {
            ("system", None) => Actor::System,
            ("officer", Some(id)) => Actor::Officer(OfficerId(id)),
            ("device", Some(id)) => Actor::Device(DeviceId(id)),
            (other, _) => return Err(Error::corrupt("event.actor", other)),
        };
        Ok(Self {
            id: EventId(row.id),
            at: Micros(row.at),
            actor,
            person: row.person_id.map(PersonId),
            kind: row.body.0,
        })
    }
}
