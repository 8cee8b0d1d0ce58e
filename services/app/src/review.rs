//! An officer's look at what the machine could not decide. Only a human closes a review.

use domain::{
    CheckinId, Micros, Refusal,
    access::Action,
    checkin::{Decision, Move, State, next},
    event::{Actor, EventKind},
};
pub use store::checkin::{Detail, Waiting};
use store::{
    checkin::Ruling,
    media::{Media, Owner},
};

use crate::{Cx, Error, Result, Viewer, checkin, field, journal::note, leave, watch};

/// Reviews of one page.
pub const PAGE_LEN: u32 = 100;

/// An attempt with all that an officer needs to decide.
pub struct Case {
    pub detail: Detail,
    pub captured: Vec<Media>,
    pub enrolled: Vec<Media>,
}

/// Attempts of the viewer's subtree that wait for an officer, oldest first.
pub async fn queue(
    cx: &Cx,
    viewer: &Viewer,
    after: Option<(Micros, CheckinId)>,
) -> Result<Vec<Waiting>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    Ok(store::checkin::review_queue(&mut tx, &viewer.scope, after, PAGE_LEN).await?)
}

pub async fn get(cx: &Cx, viewer: &Viewer, id: CheckinId) -> Result<Case> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let detail = store::checkin::detail(&mut tx, &viewer.scope, id)
        .await?
        .ok_or(Error::NotFound("check-in"))?;
    let captured = store::media::of_owner(&mut tx, Owner::Checkin(id)).await?;
    let enrolled = match store::enrolment::latest_of_person(&mut tx, detail.person.id).await? {
        Some(enrolment) => store::media::of_owner(&mut tx, Owner::Enrolment(enrolment.id)).await?,
        None => Vec::new(),
    };
    Ok(Case {
        detail,
        captured,
        enrolled,
    })
}

/// Decides an attempt under review. The verdict of the machine stays as it was.
pub async fn decide(
    cx: &Cx,
    viewer: &Viewer,
    id: CheckinId,
    decision: Decision,
    reason: String,
) -> Result<()> {
    viewer.allow(Action::Decide)?;
    let reason = field::reason("reason", &reason)?;
    let now = cx.now();
    let actor = Actor::Officer(viewer.officer.id);
    let mut tx = cx.store.write().await?;
    let detail = store::checkin::detail(&mut tx, &viewer.scope, id)
        .await?
        .ok_or(Error::NotFound("check-in"))?;
    let marked = store::duty::lock(&mut tx, detail.checkin.duty)
        .await?
        .ok_or(Error::NotFound("duty"))?;
    let state = next(detail.checkin.state, Move::Decide(decision))?;
    let ruling = Ruling {
        decision,
        officer: viewer.officer.id,
        reason: reason.clone(),
        at: now,
    };
    match store::checkin::decide(&mut tx, id, state, &ruling).await {
        Err(store::Error::Lost) => {
            return Err(Refusal::StateConflict {
                state: State::Review,
            }
            .into());
        }
        other => other?,
    }
    let kind = EventKind::CheckinDecided {
        checkin: id,
        duty: marked.duty.id,
        decision,
        reason,
    };
    note(cx, &mut tx, actor, Some(detail.person.id), kind).await?;
    // First of all why, so that the duty that is missed for it is not told of once more.
    let declined = watch::checkin(cx, &mut tx, detail.person.id, id, None, now).await?;
    checkin::mark_duty(cx, &mut tx, actor, &marked, declined, now).await?;
    leave::reported(cx, &mut tx, detail.person.id, id, now).await?;
    tx.commit().await?;
    cx.signal.concluded(id.0);
    Ok(())
}
