use domain::{
    EventId, Micros, PersonId,
    event::{Actor, Event, EventKind},
};
use store::Tx;

use crate::{Cx, Result};

/// Writes down what happened, in the transaction in which it happens.
pub async fn note(
    cx: &Cx,
    tx: &mut Tx,
    actor: Actor,
    person: Option<PersonId>,
    kind: EventKind,
) -> Result<()> {
    note_at(cx, tx, cx.now(), actor, person, kind).await
}

/// As [`note`], at the very instant that was stored with it: what is recomputed from the log hangs on it.
pub async fn note_at(
    cx: &Cx,
    tx: &mut Tx,
    at: Micros,
    actor: Actor,
    person: Option<PersonId>,
    kind: EventKind,
) -> Result<()> {
    let event = Event {
        id: EventId(cx.id()),
        at,
        actor,
        person,
        kind,
    };
    Ok(store::event::append(tx, &event).await?)
}
