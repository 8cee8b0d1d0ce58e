use domain::{DutyId, Micros, PersonId, access::Action};
pub use store::duty::{DayEntry, Marked};

use crate::{Cx, Result, Viewer};

/// Duties that a phone is told of at once.
const LIST_LEN: u32 = 50;
/// Duties of one page of the day view.
pub const PAGE_LEN: u32 = 200;
/// How far back a phone sees its fulfilled duties.
const LOOK_BACK_MS: i64 = 24 * 3_600_000;
/// How far ahead a phone sees.
const LOOK_AHEAD_MS: i64 = 48 * 3_600_000;

/// A person's duties of yesterday, today and tomorrow, in order of opening; random checks from their opening on.
pub async fn of_person(cx: &Cx, person: PersonId) -> Result<Vec<Marked>> {
    let now = cx.now();
    let mut tx = cx.store.read().await?;
    let (from, until) = (now.plus_ms(-LOOK_BACK_MS), now.plus_ms(LOOK_AHEAD_MS));
    let mut duties = store::duty::of_person(&mut tx, person, from, until, LIST_LEN).await?;
    duties.retain(|marked| marked.duty.known(now));
    Ok(duties)
}

/// The duties of the viewer's subtree that open in `from..until`, with their attendance; random checks from their opening on, since what an
/// office knows beforehand can be told.
pub async fn within(
    cx: &Cx,
    viewer: &Viewer,
    from: Micros,
    until: Micros,
    after: Option<(Micros, DutyId)>,
) -> Result<Vec<DayEntry>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    Ok(store::duty::within(
        &mut tx,
        &viewer.path,
        from,
        until,
        after,
        cx.now(),
        PAGE_LEN,
    )
    .await?)
}
