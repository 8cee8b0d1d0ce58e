use domain::{
    EventId, PersonId,
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
    let event = Event {
        id: EventId(cx.id()),
        at: cx.now(),
        actor,
        person,
        kind,
    };
    Ok(store::event::append(tx, &event).await?)
}
