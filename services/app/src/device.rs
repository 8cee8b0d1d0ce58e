use domain::{
    DeviceId, Refusal,
    channel::Channel,
    event::{Actor, EventKind},
    person::Device,
};

use crate::{AuthFault, Cx, Error, Result, journal::note, proof::ProvedKey, watch};

const LABEL_LEN_MAX: usize = 200;
const HANDSET_LEN_MAX: usize = 128;

/// Binds a proved key to the person whose code this is. The person's earlier phone is no longer active. The same key may ask
/// again and gets the same answer.
pub async fn activate(
    cx: &Cx,
    key: &ProvedKey,
    code: &str,
    label: &str,
    channel: Channel,
    handset: Option<&str>,
) -> Result<Device> {
    if channel == Channel::InPerson {
        return Err(Error::Invalid {
            field: "channel",
            expected: "must be app, h5, mini_program or kiosk",
        });
    }
    if label.chars().count() > LABEL_LEN_MAX || label.contains('\0') {
        return Err(Error::Invalid {
            field: "label",
            expected: "must have at most 200 characters",
        });
    }
    if handset.is_some_and(|handset| {
        !(8..=HANDSET_LEN_MAX).contains(&handset.len()) || !handset.is_ascii()
    }) {
        return Err(Error::Invalid {
            field: "handset",
            expected: "must have 8 to 128 ASCII characters",
        });
    }
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    let known = store::device::live_by_thumbprint(&mut tx, &key.thumbprint).await?;
    let person = store::activation::take(&mut tx, &crate::activation::hash(code), now).await?;
    let person = match (person, known) {
        (None, Some((device, _))) => return Ok(device),
        (None, None) => return Err(Refusal::ActivationCode.into()),
        (Some(_), Some(_)) => return Err(Refusal::DeviceKeyTaken.into()),
        (Some(person), None) => person,
    };
    if let Some(revoked) = store::device::revoke_of_person(&mut tx, person, now).await? {
        note(
            cx,
            &mut tx,
            Actor::System,
            Some(person),
            EventKind::DeviceRevoked { device: revoked },
        )
        .await?;
    }
    let device = Device {
        id: DeviceId(cx.id()),
        person,
        thumbprint: key.thumbprint.clone(),
        label: label.to_owned(),
        activated_at: now,
        revoked_at: None,
        channel,
        handset: handset.map(str::to_owned),
    };
    store::device::insert(&mut tx, &device, &key.public_key).await?;
    note(
        cx,
        &mut tx,
        Actor::Device(device.id),
        Some(person),
        EventKind::DeviceActivated { device: device.id },
    )
    .await?;
    watch::device(cx, &mut tx, &device, now).await?;
    tx.commit().await?;
    Ok(device)
}

/// The live device of a proved key.
pub async fn by_key(cx: &Cx, key: &ProvedKey) -> Result<Device> {
    let mut tx = cx.store.read().await?;
    let found = store::device::live_by_thumbprint(&mut tx, &key.thumbprint).await?;
    found
        .map(|(device, _)| device)
        .ok_or(Error::Unauthenticated(AuthFault::Token))
}

/// The device that shows an access token and proves its key; revocation works at once.
pub async fn authenticate(cx: &Cx, key: &ProvedKey, access_token: &str) -> Result<Device> {
    let id = crate::proof::check_token(cx, access_token, key)?;
    let device = by_key(cx, key).await?;
    if device.id == id {
        Ok(device)
    } else {
        Err(Error::Unauthenticated(AuthFault::Token))
    }
}
