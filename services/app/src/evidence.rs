use bytes::Bytes;
use domain::{
    MediaId,
    access::Action,
    event::{Actor, EventKind},
};

use crate::{Cx, Error, Result, Viewer, journal::note, part};

/// One picture or recording of a person of the viewer's subtree. The look is written down before anything is shown.
pub async fn read(cx: &Cx, viewer: &Viewer, id: MediaId) -> Result<Bytes> {
    viewer.allow(Action::ReadMedia)?;
    let mut tx = cx.store.write().await?;
    let media = store::media::get(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("media"))?;
    store::person::get_within(&mut tx, &viewer.scope, media.person)
        .await?
        .ok_or(Error::NotFound("media"))?;
    let chunks = store::media::chunks(&mut tx, id).await?;
    let key = cx.house.person_key(&mut tx, media.person).await?;
    note(
        cx,
        &mut tx,
        Actor::Officer(viewer.officer.id),
        Some(media.person),
        EventKind::MediaRead { media: id },
    )
    .await?;
    tx.commit().await?;
    part::read(cx, &media, &chunks, &key).await
}
