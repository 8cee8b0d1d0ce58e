//! Positions of phones, as the phones gave them.

use domain::{
    ApprovalId, CheckinId, DeviceId, Micros, PersonId, PositionId,
    area::Reading,
    positioning::{Sighting, Source},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{inserted, parse},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, person_id, device_id, at, said_at, datum, lat_deg, lon_deg, accuracy_m, mock, source, checkin_id, approval_id
             FROM position ",
            $rest
        )
    };
}

sql! {
    INSERT = "INSERT INTO position (id, person_id, device_id, at, said_at, datum, lat_deg, lon_deg, accuracy_m, mock, source, checkin_id,
                                    approval_id)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
    OF_CHECKIN = select!("WHERE checkin_id = $1");
    OF_PERSON = select!(
        "WHERE person_id = $1 AND at >= $2 AND at < $3 AND (at, id) > ($4, $5) ORDER BY at, id LIMIT $6"
    );
    NEWEST = select!("WHERE person_id = $1 AND at >= $2 AND at < $3 ORDER BY at DESC, id DESC LIMIT $4");
    ERASE_OF_PERSON = "DELETE FROM position WHERE person_id = $1";
}

/// [`Error::Conflict`] when the check-in has a position already.
pub async fn insert(tx: &mut Tx, sighting: &Sighting) -> Result<()> {
    let (source, checkin, approval) = match sighting.source {
        Source::Checkin(id) => ("checkin", Some(id.0), None),
        Source::Continuous(id) => ("continuous", None, Some(id.0)),
    };
    let reading = &sighting.reading;
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(sighting.id.0)
        .bind(sighting.person.0)
        .bind(sighting.device.0)
        .bind(sighting.at.0)
        .bind(sighting.said_at.map(|at| at.0))
        .bind(reading.datum().as_str())
        .bind(reading.lat_deg())
        .bind(reading.lon_deg())
        .bind(reading.accuracy_m())
        .bind(reading.mock())
        .bind(source)
        .bind(checkin)
        .bind(approval)
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn of_checkin(tx: &mut Tx, checkin: CheckinId) -> Result<Option<Sighting>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_CHECKIN)
        .bind(checkin.0)
        .fetch_optional(c)
        .await?)
    .map(Sighting::try_from)
    .transpose()
}

/// The next positions of a person that arrived in `from..until`, by time and id, beginning after `after`.
pub async fn of_person(
    tx: &mut Tx,
    person: PersonId,
    (from, until): (Micros, Micros),
    after: Option<(Micros, PositionId)>,
    limit: u32,
) -> Result<Vec<Sighting>> {
    let (after_at, after_id) = after.map_or((i64::MIN, Uuid::nil()), |(at, id)| (at.0, id.0));
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_PERSON)
        .bind(person.0)
        .bind(from.0)
        .bind(until.0)
        .bind(after_at)
        .bind(after_id)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Sighting::try_from)
    .collect()
}

/// The newest positions of a person that arrived in `from..until`, the newest first.
pub async fn newest(
    tx: &mut Tx,
    person: PersonId,
    (from, until): (Micros, Micros),
    limit: u32,
) -> Result<Vec<Sighting>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(NEWEST)
        .bind(person.0)
        .bind(from.0)
        .bind(until.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Sighting::try_from)
    .collect()
}

/// Where he was is gone. Returns how many positions.
pub async fn erase_of_person(tx: &mut Tx, person: PersonId) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(ERASE_OF_PERSON)
        .bind(person.0)
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    device_id: Uuid,
    at: i64,
    said_at: Option<i64>,
    datum: String,
    lat_deg: f64,
    lon_deg: f64,
    accuracy_m: f64,
    mock: Option<bool>,
    source: String,
    checkin_id: Option<Uuid>,
    approval_id: Option<Uuid>,
}

impl TryFrom<Row> for Sighting {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let source = match (row.source.as_str(), row.checkin_id, row.approval_id) {
            ("checkin", Some(id), None) => Source::Checkin(CheckinId(id)),
            ("continuous", None, Some(id)) => Source::Continuous(ApprovalId(id)),
            (other, ..) => return Err(Error::corrupt("position.source", other)),
        };
        let datum = parse("position.datum", &row.datum)?;
        let reading = Reading::new(datum, (row.lat_deg, row.lon_deg), row.accuracy_m, row.mock);
        Ok(Self {
            id: PositionId(row.id),
            person: PersonId(row.person_id),
            device: DeviceId(row.device_id),
            at: Micros(row.at),
            said_at: row.said_at.map(Micros),
            reading: reading.map_err(|why| Error::corrupt("position", why))?,
            source,
        })
    }
}
