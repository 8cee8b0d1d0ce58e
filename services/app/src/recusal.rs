//! 执法回避: an officer stands aside from a case, and sees nothing of it any more.

use domain::{
    OfficerId, PersonId, RecusalId, Refusal,
    access::{Action, Recusal},
    event::{Actor, EventKind},
};

use crate::{Cx, Error, Result, Viewer, field, journal::note};

/// Recusals of one person that are shown.
const LIST_LEN: u32 = 100;

/// Lets an officer stand aside from a person's case; he may ask for it himself.
pub async fn set(
    cx: &Cx,
    viewer: &Viewer,
    person: PersonId,
    officer: OfficerId,
    reason: &str,
) -> Result<Recusal> {
    if officer != viewer.officer.id {
        viewer.allow(Action::Govern)?;
    }
    viewer.allow(Action::Read)?;
    let reason = field::reason("reason", reason)?;
    let mut tx = cx.store.write().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    // Whoever sees the person lies above his unit, and so may an officer of the county be named by the station's head.
    store::officer::get(&mut tx, officer)
        .await?
        .ok_or(Error::NotFound("officer"))?;
    let recusal = Recusal {
        id: RecusalId(cx.id()),
        person: person.id,
        officer,
        reason: reason.clone(),
        set_by: viewer.officer.id,
        set_at: cx.now(),
        lifted_at: None,
    };
    match store::recusal::insert(&mut tx, &recusal).await {
        Err(store::Error::Conflict) => return Err(Refusal::AlreadyRecused.into()),
        other => other?,
    }
    let kind = EventKind::OfficerRecused {
        recusal: recusal.id,
        officer,
        reason,
    };
    let actor = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, actor, Some(person.id), kind).await?;
    tx.commit().await?;
    Ok(recusal)
}

/// Who stands or stood aside from a person's case.
pub async fn list(cx: &Cx, viewer: &Viewer, person: PersonId) -> Result<Vec<Recusal>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    Ok(store::recusal::of_person(&mut tx, person.id, LIST_LEN).await?)
}

/// Ends a recusal. Nobody lifts his own.
pub async fn lift(cx: &Cx, viewer: &Viewer, id: RecusalId, reason: &str) -> Result<Recusal> {
    viewer.allow(Action::Govern)?;
    let reason = field::reason("reason", reason)?;
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    let found = store::recusal::get(&mut tx, id).await?;
    let mut recusal = found.ok_or(Error::NotFound("recusal"))?;
    if recusal.officer == viewer.officer.id {
        return Err(Refusal::OwnRecusal.into());
    }
    crate::person::within(&mut tx, viewer, recusal.person)
        .await
        .map_err(|_| Error::NotFound("recusal"))?;
    match store::recusal::lift(&mut tx, id, viewer.officer.id, now).await {
        Err(store::Error::Lost) => return Err(Error::NotFound("recusal")),
        other => other?,
    }
    let kind = EventKind::RecusalLifted {
        recusal: id,
        officer: recusal.officer,
        reason,
    };
    let actor = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, actor, Some(recusal.person), kind).await?;
    tx.commit().await?;
    recusal.lifted_at = Some(now);
    Ok(recusal)
}
