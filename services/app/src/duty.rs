use domain::{
    DutyId, Micros, PersonId, Refusal,
    access::Action,
    attendance::{Ruling, RulingKind},
    channel::Channel,
};
pub use store::duty::{DayEntry, Marked};

use crate::{Cx, Error, Result, Viewer, checkin, field};

/// Duties that a phone is told of at once.
const LIST_LEN: u32 = 50;
/// Duties of one page of the day view.
pub const PAGE_LEN: u32 = 500;
/// How far back a phone sees its fulfilled duties.
const LOOK_BACK_MS: i64 = 24 * 3_600_000;
/// How far ahead a phone sees.
const LOOK_AHEAD_MS: i64 = 48 * 3_600_000;

/// Older ones at once, that officers opened again.
const REOPENED_LEN: u32 = 10;

/// A person's duties of yesterday, today and tomorrow, and those that officers opened again, in order of opening; random checks from their opening on.
pub async fn of_person(cx: &Cx, person: PersonId) -> Result<Vec<Marked>> {
    let now = cx.now();
    let mut tx = cx.store.read().await?;
    let (from, until) = (now.plus_ms(-LOOK_BACK_MS), now.plus_ms(LOOK_AHEAD_MS));
    let mut duties = store::duty::of_person(&mut tx, person, from, until, LIST_LEN).await?;
    let open = store::duty::unfinished_of_person(&mut tx, person, now, REOPENED_LEN).await?;
    let reopened = open
        .into_iter()
        .filter(|marked| marked.duty.opens_at < from);
    duties.splice(0..0, reopened);
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
        &viewer.scope,
        from,
        until,
        after,
        cx.now(),
        PAGE_LEN,
    )
    .await?)
}

/// An officer writes down that the person reported before him, at a moment of the duty's time, or that nothing is held against him.
pub async fn rule(
    cx: &Cx,
    viewer: &Viewer,
    id: DutyId,
    kind: RulingKind,
    at: Option<Micros>,
    reason: &str,
) -> Result<DayEntry> {
    viewer.allow(Action::Decide)?;
    let reason = field::reason("reason", reason)?;
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    let marked = store::duty::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("duty"))?;
    let person = crate::person::within(&mut tx, viewer, marked.duty.person)
        .await
        .map_err(|_| Error::NotFound("duty"))?;
    let at = match kind {
        RulingKind::Excused => now,
        RulingKind::Attended => attended_at(&marked, at.unwrap_or(now), now)?,
    };
    if marked.attendance.met() {
        return Err(Refusal::DutyMet.into());
    }
    let ruling = Ruling {
        kind,
        at,
        officer: viewer.officer.id,
        reason,
    };
    checkin::rule_duty(cx, &mut tx, &marked, ruling).await?;
    let marked = store::duty::get(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("duty"))?;
    tx.commit().await?;
    Ok(DayEntry { marked, person })
}

/// Nobody was there before the duty opened, or will have been there.
fn attended_at(marked: &Marked, at: Micros, now: Micros) -> Result<Micros> {
    let duty = &marked.duty;
    let channels = duty.channels;
    if !channels.contain(Channel::InPerson) {
        return Err(Refusal::ChannelNotAllowed { channels }.into());
    }
    if (duty.opens_at..=duty.closes_at.max(duty.late_until)).contains(&at) && at <= now {
        Ok(at)
    } else {
        Err(Error::Invalid {
            field: "at",
            expected: "must lie in the duty's time, and not ahead",
        })
    }
}
