//! The course of a person's supervision: another order, and the end.

use domain::{
    PersonId,
    access::Action,
    attendance::{Attendance, Ruling, RulingKind},
    event::{Actor, EventKind},
    order::{EndReason, Ended, SupervisionOrder},
    person::Person,
};
use store::Tx;

use crate::{
    Cx, Error, Result, Viewer, checkin, field,
    journal::{note, note_at},
    plan, positioning,
};

/// Duties that may be open at once when supervision ends.
const OPEN_LEN: u32 = 100;
const DAY_MS: i64 = 24 * 3_600_000;
const OVER: &str = "supervision ended";

/// Enters another order: a new level, a longer or shorter term. Duties that have not opened follow it.
pub async fn change_order(
    cx: &Cx,
    viewer: &Viewer,
    id: PersonId,
    order: SupervisionOrder,
) -> Result<Person> {
    viewer.allow(Action::Manage)?;
    order.check()?;
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    let mut person = held(&mut tx, viewer, id).await?;
    let from = std::mem::replace(&mut person.order, order);
    store::person::set_order(&mut tx, id, &order).await?;
    let replanned = plan::replan(cx, &mut tx, &person, now).await?;
    let kind = EventKind::OrderChanged {
        from,
        to: order,
        withdrawn: replanned.withdrawn,
        made: replanned.made,
    };
    let officer = Actor::Officer(viewer.officer.id);
    note_at(cx, &mut tx, now, officer, Some(id), kind).await?;
    tx.commit().await?;
    Ok(person)
}

/// Ends supervision (解除 or 终止): nothing more is asked, the phone is no longer his, what is open is excused, and the time runs after which
/// pictures, recordings and templates are erased.
pub async fn end(
    cx: &Cx,
    viewer: &Viewer,
    id: PersonId,
    reason: EndReason,
    remark: &str,
) -> Result<Person> {
    viewer.allow(Action::Govern)?;
    let remark = field::reason("note", remark)?;
    let now = cx.now();
    let actor = Actor::Officer(viewer.officer.id);
    let ended = Ended {
        at: now,
        reason,
        erase_at: now.plus_ms(i64::from(cx.limits.retention_days) * DAY_MS),
    };
    let mut tx = cx.store.write().await?;
    let mut person = held(&mut tx, viewer, id).await?;
    person.ended = Some(ended);
    store::person::end(&mut tx, id, &ended).await?;
    if let Some(device) = store::device::revoke_of_person(&mut tx, id, now).await? {
        let kind = EventKind::DeviceRevoked { device };
        note(cx, &mut tx, actor, Some(id), kind).await?;
    }
    store::activation::void_of_person(&mut tx, id, now).await?;
    store::transfer::withdraw_of_person(&mut tx, id, viewer.officer.id, now).await?;
    positioning::end_all(cx, &mut tx, viewer, id, OVER).await?;
    let replanned = plan::replan(cx, &mut tx, &person, now).await?;
    excuse_open(cx, &mut tx, viewer, id).await?;
    let kind = EventKind::SupervisionEnded {
        reason,
        note: remark,
        erase_at: ended.erase_at,
        withdrawn: replanned.withdrawn,
    };
    note_at(cx, &mut tx, now, actor, Some(id), kind).await?;
    tx.commit().await?;
    Ok(person)
}

/// Nobody can answer what was open when supervision ended.
async fn excuse_open(cx: &Cx, tx: &mut Tx, viewer: &Viewer, id: PersonId) -> Result<()> {
    let now = cx.now();
    let open = store::duty::unfinished_of_person(tx, id, now, OPEN_LEN).await?;
    for marked in open.iter().filter(|of| of.attendance == Attendance::Due) {
        let ruling = Ruling {
            kind: RulingKind::Excused,
            at: now,
            officer: viewer.officer.id,
            reason: OVER.to_owned(),
        };
        checkin::rule_duty(cx, tx, marked, ruling).await?;
    }
    Ok(())
}

/// A supervised person of the viewer's scope, whom nobody else changes until the transaction ends.
async fn held(tx: &mut Tx, viewer: &Viewer, id: PersonId) -> Result<Person> {
    crate::person::within(tx, viewer, id).await?;
    store::plan::hold(tx, id).await?;
    let person = crate::person::within(tx, viewer, id).await?;
    person.supervised()?;
    Ok(person)
}

impl From<domain::order::OrderFault> for Error {
    fn from(fault: domain::order::OrderFault) -> Self {
        Self::Invalid {
            field: fault.field,
            expected: fault.expected,
        }
    }
}
