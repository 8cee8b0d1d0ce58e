//! Phones with their own keys.

use domain::{DeviceId, Micros, PersonId, person::Device};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Tx,
    db::{on, sql},
    error::{inserted, parse},
};

sql! {
    INSERT = "INSERT INTO device (id, person_id, thumbprint, public_key, label, activated_at, channel, handset)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    GET = "SELECT id, person_id, thumbprint, public_key, label, activated_at, revoked_at, channel, handset FROM device WHERE id = $1";
    LIVE_BY_THUMBPRINT = "SELECT id, person_id, thumbprint, public_key, label, activated_at, revoked_at, channel, handset FROM device
                          WHERE thumbprint = $1 AND revoked_at IS NULL";
    LIVE_OF_PERSON = "SELECT id, person_id, thumbprint, public_key, label, activated_at, revoked_at, channel, handset FROM device
                      WHERE person_id = $1 AND revoked_at IS NULL";
    REVOKE_OF_PERSON = "UPDATE device SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL RETURNING id";
}

/// Inserts a live device. `public_key` is the uncompressed SEC1 point.
///
/// [`crate::Error::Conflict`] when the person has a live device, or a live device has this key.
pub async fn insert(tx: &mut Tx, device: &Device, public_key: &[u8]) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(device.id.0)
        .bind(device.person.0)
        .bind(&device.thumbprint)
        .bind(public_key)
        .bind(&device.label)
        .bind(device.activated_at.0)
        .bind(device.channel.as_str())
        .bind(&device.handset)
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn get(tx: &mut Tx, id: DeviceId) -> Result<Option<Device>> {
    let row = on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_optional(c)
        .await?);
    Ok(row.map(Row::split).transpose()?.map(|(device, _)| device))
}

/// The live device that holds a key, and the key.
pub async fn live_by_thumbprint(
    tx: &mut Tx,
    thumbprint: &str,
) -> Result<Option<(Device, Vec<u8>)>> {
    let row = on!(tx, |c| sqlx::query_as::<_, Row>(LIVE_BY_THUMBPRINT)
        .bind(thumbprint)
        .fetch_optional(c)
        .await?);
    row.map(Row::split).transpose()
}

pub async fn live_of_person(tx: &mut Tx, person: PersonId) -> Result<Option<Device>> {
    let row = on!(tx, |c| sqlx::query_as::<_, Row>(LIVE_OF_PERSON)
        .bind(person.0)
        .fetch_optional(c)
        .await?);
    Ok(row.map(Row::split).transpose()?.map(|(device, _)| device))
}

/// Ends a person's live device, if there is one.
pub async fn revoke_of_person(
    tx: &mut Tx,
    person: PersonId,
    now: Micros,
) -> Result<Option<DeviceId>> {
    let id = on!(tx, |c| sqlx::query_scalar(REVOKE_OF_PERSON)
        .bind(person.0)
        .bind(now.0)
        .fetch_optional(c)
        .await?);
    Ok(id.map(DeviceId))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    thumbprint: String,
    public_key: Vec<u8>,
    label: String,
    activated_at: i64,
    revoked_at: Option<i64>,
    channel: String,
    handset: Option<String>,
}

impl Row {
    fn split(self) -> Result<(Device, Vec<u8>)> {
        let device = Device {
            id: DeviceId(self.id),
            person: PersonId(self.person_id),
            thumbprint: self.thumbprint,
            label: self.label,
            activated_at: Micros(self.activated_at),
            revoked_at: self.revoked_at.map(Micros),
            channel: parse("device.channel", &self.channel)?,
            handset: self.handset,
        };
        Ok((device, self.public_key))
    }
}
