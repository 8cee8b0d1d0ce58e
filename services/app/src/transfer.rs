//! 执行地变更: the sending unit proposes, the receiving one answers. All that is kept of the person goes with him.

use domain::{
    OrgUnitId, PersonId, Refusal, TransferId,
    access::Action,
    event::{Actor, EventKind},
    org::OrgUnit,
    person::Person,
    transfer::{Move, State, Transfer, next},
};

use crate::{Cx, Error, Result, Viewer, field, journal::note};

/// Transfers of one page.
pub const PAGE_LEN: u32 = 100;
/// Units that a search finds, at most.
pub const FOUND_LEN: u32 = 50;

/// Proposes that a person of the viewer's scope moves to any other unit of the house.
pub async fn propose(
    cx: &Cx,
    viewer: &Viewer,
    person: PersonId,
    to: OrgUnitId,
    reason: &str,
) -> Result<(Transfer, Person)> {
    viewer.allow(Action::Manage)?;
    let reason = field::reason("reason", reason)?;
    let mut tx = cx.store.write().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    person.supervised()?;
    if person.unit == to {
        return Err(Refusal::TransferNowhere.into());
    }
    store::unit::get(&mut tx, to)
        .await?
        .ok_or(Error::NotFound("unit"))?;
    let transfer = Transfer {
        id: TransferId(cx.id()),
        person: person.id,
        from: person.unit,
        to,
        state: State::Proposed,
        reason: reason.clone(),
        proposed_by: viewer.officer.id,
        proposed_at: cx.now(),
        decided_by: None,
        decided_at: None,
    };
    match store::transfer::insert(&mut tx, &transfer).await {
        Err(store::Error::Conflict) => return Err(Refusal::TransferPending.into()),
        other => other?,
    }
    let kind = EventKind::TransferProposed {
        transfer: transfer.id,
        from: transfer.from,
        to,
        reason,
    };
    let officer = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, officer, Some(person.id), kind).await?;
    tx.commit().await?;
    Ok((transfer, person))
}

/// Transfers in this state that leave or reach the viewer's units.
pub async fn list(
    cx: &Cx,
    viewer: &Viewer,
    state: State,
    after: Option<TransferId>,
) -> Result<Vec<(Transfer, Person)>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    Ok(store::transfer::list_within(&mut tx, &viewer.scope, state, after, PAGE_LEN).await?)
}

/// Accepts or declines, as the receiving unit; withdraws, as the sending one.
pub async fn decide(
    cx: &Cx,
    viewer: &Viewer,
    id: TransferId,
    made: Move,
    reason: &str,
) -> Result<(Transfer, Person)> {
    viewer.allow(Action::Manage)?;
    let reason = field::reason("reason", reason)?;
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    let found = store::transfer::get_within(&mut tx, &viewer.scope, id).await?;
    let (mut transfer, person) = found.ok_or(Error::NotFound("transfer"))?;
    let side = if made.by_receiver() {
        transfer.to
    } else {
        transfer.from
    };
    store::unit::get(&mut tx, side)
        .await?
        .filter(|unit| viewer.scope.path.contains(&unit.path))
        .ok_or(Error::Forbidden)?;
    let state = next(transfer.state, made)?;
    match store::transfer::decide(&mut tx, id, state, viewer.officer.id, now).await {
        Err(store::Error::Lost) => return Err(Refusal::TransferDecided { state }.into()),
        other => other?,
    }
    if state == State::Accepted {
        store::person::set_unit(&mut tx, person.id, transfer.from, transfer.to).await?;
    }
    let kind = EventKind::TransferDecided {
        transfer: id,
        state,
        reason,
    };
    let officer = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, officer, Some(person.id), kind).await?;
    tx.commit().await?;
    transfer.state = state;
    transfer.decided_by = Some(viewer.officer.id);
    transfer.decided_at = Some(now);
    Ok((transfer, person))
}

/// Units of the whole house whose name holds this text: where a person may move to.
pub async fn find_units(cx: &Cx, viewer: &Viewer, name: &str) -> Result<Vec<OrgUnit>> {
    viewer.allow(Action::Manage)?;
    let name = field::name("name", name)?;
    let mut tx = cx.store.read().await?;
    Ok(store::unit::find(&mut tx, &name, FOUND_LEN).await?)
}
