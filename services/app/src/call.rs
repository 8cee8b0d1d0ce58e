//! 电话核实: the person's telephone number, shown to whoever decides about him, each look written down; and what came of a call.

use domain::{
    CallId, CheckinId, PersonId,
    access::Action,
    call::{Call, CallOutcome},
    event::{Actor, EventKind},
    message::{Means, Party},
    person::Person,
};
use notify::Address;

use crate::{Cx, Error, Result, Viewer, contact, field, journal::note};

/// Calls to one person that are shown.
pub const LIST_LEN: u32 = 50;

/// The telephone number of a person of the viewer's scope; none where nobody entered one. The look is written down before it is shown.
pub async fn number(cx: &Cx, viewer: &Viewer, id: PersonId) -> Result<(Person, Option<String>)> {
    viewer.allow(Action::Decide)?;
    let mut tx = cx.store.write().await?;
    let person = crate::person::within(&mut tx, viewer, id).await?;
    let found = store::contact::get(&mut tx, Party::Person(id), Means::Sms).await?;
    let number = match found {
        Some(found) => match contact::open(cx, &mut tx, &found).await? {
            Address::Sms(number) => Some(number),
            Address::Mail(_) | Address::WeChat { .. } | Address::Webhook => None,
        },
        None => None,
    };
    if number.is_some() {
        let kind = EventKind::ContactRead { means: Means::Sms };
        let officer = Actor::Officer(viewer.officer.id);
        note(cx, &mut tx, officer, Some(id), kind).await?;
    }
    tx.commit().await?;
    Ok((person, number))
}

/// Writes down what came of a call to a person of the viewer's scope, about one of his attempts or about none.
pub async fn enter(
    cx: &Cx,
    viewer: &Viewer,
    id: PersonId,
    about: Option<CheckinId>,
    (outcome, text): (CallOutcome, &str),
) -> Result<Call> {
    viewer.allow(Action::Decide)?;
    let call = Call {
        id: CallId(cx.id()),
        person: id,
        checkin: about,
        officer: viewer.officer.id,
        at: cx.now(),
        outcome,
        note: field::reason("note", text)?,
    };
    let mut tx = cx.store.write().await?;
    crate::person::within(&mut tx, viewer, id).await?;
    if let Some(checkin) = about {
        let found = store::checkin::get(&mut tx, checkin).await?;
        let own = found.filter(|found| found.person == id);
        own.ok_or(Error::NotFound("check-in"))?;
    }
    store::call::insert(&mut tx, &call).await?;
    let kind = EventKind::CallMade {
        call: call.id,
        checkin: about,
        outcome,
        note: call.note.clone(),
    };
    let officer = Actor::Officer(call.officer);
    note(cx, &mut tx, officer, Some(id), kind).await?;
    tx.commit().await?;
    Ok(call)
}

/// Calls to a person of the viewer's scope, the newest first, each with the officer's name.
pub async fn list(cx: &Cx, viewer: &Viewer, id: PersonId) -> Result<Vec<(Call, String)>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let person = crate::person::within(&mut tx, viewer, id).await?;
    Ok(store::call::of_person(&mut tx, person.id, LIST_LEN).await?)
}
