//! What officers did and what they were refused, for the auditor.

use domain::{
    EventId, Micros, OfficerId,
    access::Action,
    event::{Actor, Event, EventKind},
};

use crate::{Cx, Result, Viewer, journal::note};

/// Entries of one page.
pub const PAGE_LEN: u32 = 200;
/// Letters of an address that are kept.
const PATH_LEN_MAX: usize = 300;

/// Writes down that an officer reached for what is not his.
pub async fn refused(
    cx: &Cx,
    officer: OfficerId,
    method: &str,
    path: &str,
    code: &str,
) -> Result<()> {
    let kind = EventKind::AccessRefused {
        method: method.to_owned(),
        path: path.chars().take(PATH_LEN_MAX).collect(),
        code: code.to_owned(),
    };
    let mut tx = cx.store.write().await?;
    note(cx, &mut tx, Actor::Officer(officer), None, kind).await?;
    Ok(tx.commit().await?)
}

/// What the officers of the viewer's units did, in order, beginning after `after`.
pub async fn list(
    cx: &Cx,
    viewer: &Viewer,
    after: Option<(Micros, EventId)>,
) -> Result<Vec<Event>> {
    viewer.allow(Action::Audit)?;
    let mut tx = cx.store.read().await?;
    Ok(store::event::of_officers(&mut tx, &viewer.scope.path, after, PAGE_LEN).await?)
}
