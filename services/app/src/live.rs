//! What open pages are told as it happens: entries of the log within the viewer's scope. The log itself is the queue, so that whoever comes back
//! goes on where he left.
//!
//! Entries are ordered by the instant that was stored with them, and a transaction may commit after one that began later. So each look goes back
//! a little, and an entry may come twice; it never stays away.

use std::collections::HashMap;

use domain::{EventId, Micros, access::Action, event::Event};
use uuid::Uuid;

use crate::{Cx, Result, Viewer};

/// Longer than any transaction may last: a statement and an idle connection end after ten seconds each.
const SETTLE_MS: i64 = 20_000;
/// Entries of one look.
const PAGE_LEN: u32 = 500;
/// Whoever was away for longer looks at everything anew.
const BACKLOG_MS: i64 = 3_600_000;

/// Where a page stands in the log.
#[derive(Debug, Clone)]
pub struct Place {
    /// The latest entry that was told.
    last: (Micros, EventId),
    /// Told within the stretch that is looked at again.
    told: HashMap<EventId, Micros>,
}

impl Place {
    /// After an entry, or after an instant.
    pub fn after(at: Micros, id: Option<EventId>) -> Self {
        Self {
            last: (at, id.unwrap_or(EventId(Uuid::nil()))),
            told: id.map(|id| (id, at)).into_iter().collect(),
        }
    }

    /// Is it so old that what came since is not told one by one?
    pub fn forgotten(&self, now: Micros) -> bool {
        now.since_ms(self.last.0) > BACKLOG_MS
    }
}

/// What happened since, in order, each entry once for one place; the place moves on. A full page means that there may be more.
pub async fn since(cx: &Cx, viewer: &Viewer, place: &mut Place) -> Result<Vec<Event>> {
    viewer.allow(Action::Read)?;
    let mut from = (place.last.0.plus_ms(-SETTLE_MS), EventId(Uuid::nil()));
    let mut fresh = Vec::new();
    let mut tx = cx.store.read().await?;
    loop {
        let page = store::event::told_within(&mut tx, &viewer.scope, from, PAGE_LEN).await?;
        let Some(last) = page.last() else { break };
        from = (last.at, last.id);
        let whole = page.len() < PAGE_LEN as usize;
        let new = |event: &Event| place.told.insert(event.id, event.at).is_none();
        fresh.extend(page.into_iter().filter(new));
        if whole || fresh.len() >= PAGE_LEN as usize {
            break;
        }
    }
    drop(tx);
    place.last = place.last.max(from);
    if fresh.is_empty() {
        // What is older will not be looked at again.
        let oldest = place.last.0.plus_ms(-SETTLE_MS);
        place.told.retain(|_, at| *at >= oldest);
    }
    Ok(fresh)
}
