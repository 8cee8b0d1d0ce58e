//! Continuous positioning: approved by the county's head, received from phones only while it is, read by officers only with a trace.

use domain::{
    ApprovalId, Micros, PersonId, PositionId, Refusal,
    access::Action,
    area::Reading,
    event::{Actor, EventKind},
    person::{Device, Person},
    positioning::{Approval, Bounds, Ground, PositioningFault, Sighting, Source},
};
use store::Tx;

use crate::{Cx, Error, Result, Viewer, area, field, journal::note, watch};

/// Seconds between two fixes that an approved phone takes: enough to see where somebody goes, little enough for its battery.
pub const EVERY_S: u32 = 300;
/// Positions of one page.
pub const PAGE_LEN: u32 = 1_000;

/// What the head of the county approves.
pub struct NewApproval {
    pub ground: Ground,
    pub reason: String,
    /// Now when absent.
    pub from: Option<Micros>,
    pub until: Micros,
}

/// A fix that a phone took between check-ins.
pub struct Taken {
    /// By the phone's clock.
    pub at: Micros,
    pub reading: Reading,
}

/// What became of the fixes that a phone handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    pub stored: u32,
    /// Of times outside the approval.
    pub left_out: u32,
}

/// Approves continuous positioning of a supervised person of the viewer's scope.
pub async fn approve(
    cx: &Cx,
    viewer: &Viewer,
    person: PersonId,
    new: NewApproval,
) -> Result<Approval> {
    viewer.allow(Action::ApprovePositioning)?;
    let reason = field::reason("reason", &new.reason)?;
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    crate::person::within(&mut tx, viewer, person).await?;
    store::plan::hold(&mut tx, person).await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    person.supervised()?;
    let approval = Approval {
        id: ApprovalId(cx.id()),
        person: person.id,
        ground: new.ground,
        reason: reason.clone(),
        from: new.from.unwrap_or(now),
        until: new.until,
        approved_by: viewer.officer.id,
        approved_at: now,
        ended_at: None,
    };
    let others = store::positioning::of_person(&mut tx, person.id).await?;
    let zone = area::zone(&mut tx, person.id, now).await?;
    approval.check(&Bounds {
        zone: &zone,
        order_over_at: order_over_at(&mut tx, &person, now).await?,
        others: &others,
    })?;
    store::positioning::insert(&mut tx, &approval).await?;
    let kind = EventKind::PositioningApproved {
        approval: approval.id,
        ground: approval.ground,
        from: approval.from,
        until: approval.until,
        reason,
    };
    let officer = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, officer, Some(person.id), kind).await?;
    tx.commit().await?;
    Ok(approval)
}

/// All approvals of a person, as far as his order reaches, in the order of their beginnings.
pub async fn list(cx: &Cx, viewer: &Viewer, person: PersonId) -> Result<Vec<Approval>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    of_person(&mut tx, &person, cx.now()).await
}

/// Ends an approval early. Nothing more is taken from this moment on.
pub async fn end(cx: &Cx, viewer: &Viewer, id: ApprovalId, reason: &str) -> Result<Approval> {
    viewer.allow(Action::Govern)?;
    let reason = field::reason("reason", reason)?;
    let mut tx = cx.store.write().await?;
    let found = store::positioning::get(&mut tx, id).await?;
    let mut approval = found.ok_or(Error::NotFound("approval"))?;
    crate::person::within(&mut tx, viewer, approval.person)
        .await
        .map_err(|_| Error::NotFound("approval"))?;
    let over = |ended_at| Error::from(Refusal::PositioningEnded { ended_at });
    match store::positioning::hold(&mut tx, id).await {
        Err(store::Error::Lost) => return Err(over(approval.over_at())),
        other => other?,
    }
    // Only now, since a phone may have held it until a moment ago.
    let now = cx.now();
    if approval.over_at() <= now {
        return Err(over(approval.over_at()));
    }
    store::positioning::end(&mut tx, id, viewer.officer.id, now).await?;
    let kind = EventKind::PositioningEnded {
        approval: id,
        reason,
    };
    let officer = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, officer, Some(approval.person), kind).await?;
    tx.commit().await?;
    approval.ended_at = Some(now);
    Ok(approval)
}

/// The approval under which this phone's person is followed now, if there is one.
pub async fn policy(cx: &Cx, device: &Device) -> Result<Option<Approval>> {
    let mut tx = cx.store.read().await?;
    live(&mut tx, device, cx.now()).await
}

/// Stores a phone's fixes, if its person may be followed at this moment of the server's time; those whose own time lies outside the approval are
/// left out.
pub async fn receive(cx: &Cx, device: &Device, fixes: &[Taken]) -> Result<Received> {
    let mut tx = cx.store.write().await?;
    let approval = live(&mut tx, device, cx.now()).await?;
    let approval = approval.ok_or(Refusal::PositioningNotApproved)?;
    match store::positioning::hold(&mut tx, approval.id).await {
        Err(store::Error::Lost) => return Err(Refusal::PositioningNotApproved.into()),
        other => other?,
    }
    let now = cx.now();
    if !approval.live(now) {
        return Err(Refusal::PositioningNotApproved.into());
    }
    let (mut new, mut left_out) = (Vec::new(), 0);
    for taken in fixes {
        if !approval.live(taken.at) {
            left_out += 1;
            continue;
        }
        let sighting = Sighting {
            id: PositionId(cx.id()),
            person: device.person,
            device: device.id,
            at: now,
            said_at: Some(taken.at),
            reading: taken.reading,
            source: Source::Continuous(approval.id),
        };
        store::position::insert(&mut tx, &sighting).await?;
        new.push(sighting);
    }
    let stored = u32::try_from(new.len()).unwrap_or(u32::MAX);
    let received = Received { stored, left_out };
    watch::positions(cx, &mut tx, device.person, &new, now).await?;
    let kind = EventKind::PositionsReceived {
        approval: approval.id,
        stored: received.stored,
        left_out: received.left_out,
    };
    let actor = Actor::Device(device.id);
    note(cx, &mut tx, actor, Some(device.person), kind).await?;
    tx.commit().await?;
    Ok(received)
}

/// Positions of a person of the viewer's scope that arrived in `from..until`. The look is written down before anything is shown.
pub async fn read(
    cx: &Cx,
    viewer: &Viewer,
    person: PersonId,
    (from, until): (Micros, Micros),
    after: Option<(Micros, PositionId)>,
) -> Result<Vec<Sighting>> {
    viewer.allow(Action::ReadMedia)?;
    let mut tx = cx.store.write().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    let span = (from, until);
    let found = store::position::of_person(&mut tx, person.id, span, after, PAGE_LEN).await?;
    let kind = EventKind::PositionsRead {
        from,
        until,
        positions: u32::try_from(found.len()).unwrap_or(PAGE_LEN),
    };
    let officer = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, officer, Some(person.id), kind).await?;
    tx.commit().await?;
    Ok(found)
}

/// Nobody is followed after his supervision. The caller writes the end of it down in the same transaction.
pub(crate) async fn end_all(
    cx: &Cx,
    tx: &mut Tx,
    viewer: &Viewer,
    person: PersonId,
    reason: &str,
) -> Result<()> {
    let officer = viewer.officer.id;
    for ended in store::positioning::end_of_person(tx, person, officer, cx.now()).await? {
        let kind = EventKind::PositioningEnded {
            approval: ended.id,
            reason: reason.to_owned(),
        };
        note(cx, tx, Actor::Officer(officer), Some(person), kind).await?;
    }
    Ok(())
}

async fn live(tx: &mut Tx, device: &Device, now: Micros) -> Result<Option<Approval>> {
    let person = store::person::get(tx, device.person)
        .await?
        .filter(|person| person.ended.is_none());
    let Some(person) = person else {
        return Ok(None);
    };
    let all = of_person(tx, &person, now).await?;
    Ok(all.into_iter().find(|approval| approval.live(now)))
}

async fn of_person(tx: &mut Tx, person: &Person, now: Micros) -> Result<Vec<Approval>> {
    let over_at = order_over_at(tx, person, now).await?;
    let all = store::positioning::of_person(tx, person.id).await?;
    let clip = |approval: Approval| approval.clipped(over_at);
    Ok(all.into_iter().map(clip).collect())
}

async fn order_over_at(tx: &mut Tx, person: &Person, now: Micros) -> Result<Micros> {
    let zone = area::zone(tx, person.id, now).await?;
    person
        .order
        .over_at(&zone)
        .ok_or(Error::Internal("the order ends outside the calendar"))
}

impl From<PositioningFault> for Error {
    fn from(fault: PositioningFault) -> Self {
        Self::Invalid {
            field: fault.field,
            expected: fault.expected,
        }
    }
}
