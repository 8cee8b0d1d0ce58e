//! An officer's look at what the machine could not decide. Only a human closes a review, two never work on one, and two must agree before anything
//! is refused.

mod look;

pub use domain::review::{Claim, Opinion};
use domain::{
    CheckinId, Micros, Refusal,
    access::Action,
    appeal::Appeal,
    checkin::{Checkin, Decision, Move, State, next},
    event::{Actor, EventKind},
    review::{CLAIM_MS, may_ask_again, may_decide, seen_by, weigh},
};
pub use look::{Looked, Named, Placed, look};
use store::{Tx, checkin::Ruling, media::Owner};
pub use store::{
    checkin::{Detail, Facts, Recent, Waiting},
    media::Media,
    review_claim::Queued,
};

use crate::{
    Cx, Error, Result, Viewer, checkin,
    duty::Marked,
    field,
    journal::note,
    leave,
    outbox::{ASKED_AGAIN, tell_person},
    watch,
};

/// Reviews of one page.
pub const PAGE_LEN: u32 = 100;

/// An attempt with all that an officer needs to decide.
pub struct Case {
    pub detail: Detail,
    pub captured: Vec<Media>,
    pub enrolled: Vec<Media>,
    /// What officers think of it, as far as the viewer may know: a second look is blind.
    pub opinions: Vec<Opinion>,
    /// What the person says against it that it was declined.
    pub appeal: Option<Appeal>,
}

/// What an officer's word did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruled {
    Settled,
    /// It counts when another officer has looked.
    SecondLook,
}

/// Attempts of the viewer's subtree that wait for him, oldest first.
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
    let (opinions, appeal) = said(&mut tx, viewer, &detail.checkin).await?;
    Ok(Case {
        detail,
        captured,
        enrolled,
        opinions,
        appeal,
    })
}

/// What officers think of an attempt, as far as the viewer may know, and what its person says against that.
pub(crate) async fn said(
    tx: &mut Tx,
    viewer: &Viewer,
    checkin: &Checkin,
) -> Result<(Vec<Opinion>, Option<Appeal>)> {
    let opinions = store::review_opinion::of_checkin(tx, checkin.id).await?;
    let opinions = seen_by(opinions, viewer.officer.id, checkin.state);
    Ok((opinions, store::appeal::of_checkin(tx, checkin.id).await?))
}

/// One page of the queue with who looks at each, and how many there are in all.
pub async fn page(
    cx: &Cx,
    viewer: &Viewer,
    after: Option<(Micros, CheckinId)>,
    limit: u32,
) -> Result<(Vec<Queued>, i64)> {
    viewer.allow(Action::Read)?;
    let now = cx.now();
    let mut tx = cx.store.read().await?;
    let queued =
        store::review_claim::queue(&mut tx, &viewer.scope, after, now, limit.min(PAGE_LEN)).await?;
    let count = store::review_claim::count(&mut tx, &viewer.scope).await?;
    Ok((queued, count))
}

/// Takes a case of the viewer's for him; returns who has it now, which may be another officer. None when it no longer waits for anybody. That he
/// opened it is written down.
pub async fn claim(cx: &Cx, viewer: &Viewer, id: CheckinId) -> Result<Option<Claim>> {
    viewer.allow(Action::Decide)?;
    let (now, officer) = (cx.now(), viewer.officer.id);
    let mut tx = cx.store.write().await?;
    let detail = within(&mut tx, viewer, id).await?;
    if detail.checkin.state != State::Review {
        return Ok(None);
    }
    let before = store::review_claim::live(&mut tx, id, now).await?;
    let opinions = store::review_opinion::of_checkin(&mut tx, id).await?;
    if opinions.iter().any(|opinion| opinion.officer == officer) {
        // He said his word: it waits for others.
        return Ok(before);
    }
    let taken = store::review_claim::take(&mut tx, id, officer, now, now.plus_ms(CLAIM_MS)).await?;
    if taken && before.is_none() {
        let kind = EventKind::ReviewClaimed { checkin: id };
        let person = Some(detail.person.id);
        note(cx, &mut tx, Actor::Officer(officer), person, kind).await?;
    }
    let claim = store::review_claim::live(&mut tx, id, now).await?;
    tx.commit().await?;
    Ok(claim)
}

/// The viewer still looks at the case that he took at `claimed_at`.
pub async fn renew(cx: &Cx, viewer: &Viewer, id: CheckinId, claimed_at: Micros) -> Result<()> {
    viewer.allow(Action::Decide)?;
    let mut tx = cx.store.write().await?;
    let detail = within(&mut tx, viewer, id).await?;
    let until = cx.now().plus_ms(CLAIM_MS);
    let own = (viewer.officer.id, claimed_at);
    match store::review_claim::renew(&mut tx, id, own, until).await {
        Err(store::Error::Lost) => {
            let state = detail.checkin.state;
            return Err(Refusal::StateConflict { state }.into());
        }
        other => other?,
    }
    Ok(tx.commit().await?)
}

/// The viewer looks no longer at the case that he took at `claimed_at`.
pub async fn release(cx: &Cx, viewer: &Viewer, id: CheckinId, claimed_at: Micros) -> Result<()> {
    viewer.allow(Action::Decide)?;
    let mut tx = cx.store.write().await?;
    within(&mut tx, viewer, id).await?;
    let own = (viewer.officer.id, claimed_at);
    store::review_claim::release(&mut tx, id, own).await?;
    Ok(tx.commit().await?)
}

async fn within(tx: &mut Tx, viewer: &Viewer, id: CheckinId) -> Result<Detail> {
    store::checkin::detail(tx, &viewer.scope, id)
        .await?
        .ok_or(Error::NotFound("check-in"))
}

/// An officer says what he thinks of an attempt under review, and what comes of it is done. The verdict of the machine stays as it was.
pub async fn decide(
    cx: &Cx,
    viewer: &Viewer,
    id: CheckinId,
    decision: Decision,
    reason: String,
) -> Result<Ruled> {
    viewer.allow(Action::Decide)?;
    let reason = field::reason("reason", &reason)?;
    let now = cx.now();
    let opinion = Opinion {
        officer: viewer.officer.id,
        decision,
        reason,
        at: now,
    };
    let mut tx = cx.store.write().await?;
    let detail = within(&mut tx, viewer, id).await?;
    let marked = store::duty::lock(&mut tx, detail.checkin.duty)
        .await?
        .ok_or(Error::NotFound("duty"))?;
    let earlier = store::review_opinion::of_checkin(&mut tx, id).await?;
    let claim = store::review_claim::live(&mut tx, id, now).await?;
    let state = next(detail.checkin.state, Move::Decide(decision))?;
    may_decide(claim.as_ref(), &earlier, viewer.officer.id, now)?;
    store::review_opinion::add(&mut tx, id, &opinion).await?;
    store::review_claim::clear(&mut tx, id).await?;
    let ruled = if weigh(&earlier, decision).is_some() {
        settle(cx, &mut tx, (&detail, marked), state, opinion).await?;
        Ruled::Settled
    } else {
        let kind = EventKind::SecondLookAsked {
            checkin: id,
            reason: opinion.reason,
        };
        let actor = Actor::Officer(opinion.officer);
        note(cx, &mut tx, actor, Some(detail.person.id), kind).await?;
        Ruled::SecondLook
    };
    tx.commit().await?;
    cx.signal.concluded(id.0);
    Ok(ruled)
}

/// The officers' word stands: everything that follows from it.
async fn settle(
    cx: &Cx,
    tx: &mut Tx,
    (detail, mut marked): (&Detail, Marked),
    state: State,
    opinion: Opinion,
) -> Result<()> {
    let (id, person, now) = (detail.checkin.id, detail.person.id, opinion.at);
    let actor = Actor::Officer(opinion.officer);
    if state == State::AskedAgain {
        let attempts = store::checkin::attempts(tx, marked.duty.id).await?;
        let until = may_ask_again(&marked.duty, &attempts, now)?;
        store::duty::reopen(tx, marked.duty.id, until).await?;
        marked.duty.late_until = until;
        let to = (detail.person.unit, person);
        let about = id.to_string();
        tell_person(cx, tx, to, ("checkin.asked_again", &about, &ASKED_AGAIN)).await?;
    }
    let ruling = Ruling {
        decision: opinion.decision,
        officer: opinion.officer,
        reason: opinion.reason.clone(),
        at: now,
    };
    match store::checkin::decide(tx, id, (State::Review, state), &ruling).await {
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
        decision: opinion.decision,
        reason: opinion.reason,
    };
    note(cx, tx, actor, Some(person), kind).await?;
    // First of all why, so that the duty that is missed for it is not told of once more.
    let declined = watch::checkin(cx, tx, person, id, None, now).await?;
    checkin::mark_duty(cx, tx, actor, &marked, declined, now).await?;
    leave::reported(cx, tx, person, id, now).await
}
