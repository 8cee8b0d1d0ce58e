//! Alerts: raised where facts change, looked at by officers, told to the unit above when nobody does.

use domain::{
    AlertId, Micros, Refusal,
    access::Action,
    alert::{Alert, Cause, Closed, Move, State, escalate as rise, next, of_attendance},
    attendance::Attendance,
    event::{Actor, EventKind},
};
pub use store::alert::About;
use store::{Tx, duty::Marked};

use crate::{
    Cx, Error, Result, Viewer, field,
    journal::note,
    outbox::{News, needs_look},
};

/// Alerts of one page.
pub const PAGE_LEN: u32 = 100;
/// Alerts of one transaction that escalates.
const ROUND_LEN: u32 = 100;
/// Earlier duties that are looked at for a run of missed ones.
const RUN_LEN: u32 = 30;
/// A task's own deadline lies at most so far ahead.
const TASK_MS_MAX: i64 = 30 * 24 * 3_600_000;
const NO_LONGER: &str = "no longer so";

/// Alerts in this state within the viewer's scope, oldest first.
pub async fn list(
    cx: &Cx,
    viewer: &Viewer,
    state: State,
    after: Option<AlertId>,
) -> Result<Vec<About>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    Ok(store::alert::list_within(&mut tx, &viewer.scope, state, after, PAGE_LEN).await?)
}

/// Acknowledges, takes or closes an alert. Taking names a deadline, closing a reason.
pub async fn act(
    cx: &Cx,
    viewer: &Viewer,
    id: AlertId,
    made: Move,
    due_at: Option<Micros>,
    reason: &str,
) -> Result<About> {
    viewer.allow(Action::Decide)?;
    let now = cx.now();
    let reason = match made {
        Move::Close => field::reason("reason", reason)?,
        Move::Acknowledge | Move::Take => reason.trim().to_owned(),
    };
    let due_at = match made {
        Move::Take => Some(deadline(due_at, now)?),
        Move::Acknowledge | Move::Close => None,
    };
    let mut tx = cx.store.write().await?;
    let found = store::alert::get_within(&mut tx, &viewer.scope, id).await?;
    let mut about = found.ok_or(Error::NotFound("alert"))?;
    let from = about.alert.state;
    let to = next(from, made)?;
    let officer = viewer.officer.id;
    let done = if to == State::Closed {
        let closed = Closed {
            by: Some(officer),
            at: now,
            reason: reason.clone(),
        };
        let done = store::alert::close(&mut tx, id, from, &closed).await;
        about.alert.due_at = None;
        about.alert.closed = Some(closed);
        done
    } else {
        about.alert.due_at = due_at.or(about.alert.due_at);
        about.alert.officer = Some(officer);
        store::alert::set_state(&mut tx, id, from, to, officer, about.alert.due_at).await
    };
    match done {
        Err(store::Error::Lost) => return Err(Refusal::AlertState { state: from }.into()),
        other => other?,
    }
    about.alert.state = to;
    let kind = EventKind::AlertMoved {
        alert: id,
        state: to,
        reason,
    };
    let person = Some(about.person.id);
    note(cx, &mut tx, Actor::Officer(officer), person, kind).await?;
    tx.commit().await?;
    Ok(about)
}

fn deadline(due_at: Option<Micros>, now: Micros) -> Result<Micros> {
    due_at
        .filter(|at| (1..=TASK_MS_MAX).contains(&at.since_ms(now)))
        .ok_or(Error::Invalid {
            field: "due_at",
            expected: "must lie ahead, at most 30 days",
        })
}

/// Tells the unit above of what nobody looked at in time. Returns how many.
pub async fn escalate(cx: &Cx) -> Result<u64> {
    let mut count = 0;
    loop {
        let now = cx.now();
        let mut tx = cx.store.write().await?;
        let overdue = store::alert::overdue(&mut tx, now, ROUND_LEN).await?;
        for about in &overdue {
            let alert = &about.alert;
            let Some(due_at) = alert.due_at else { continue };
            let risen = rise(alert.escalated, &about.path, &alert.cause, now);
            store::alert::escalate(&mut tx, alert.id, due_at, risen).await?;
            let kind = EventKind::AlertEscalated {
                alert: alert.id,
                escalated: risen.0,
            };
            note(cx, &mut tx, Actor::System, Some(alert.person), kind).await?;
            if let Some(unit) = about.path.above(risen.0) {
                let news = News {
                    kind: "alert.escalated",
                    id: alert.id.0,
                    what: alert.cause.kind(),
                };
                needs_look(cx, &mut tx, (unit, alert.person), &news).await?;
            }
        }
        tx.commit().await?;
        count += overdue.len() as u64;
        if overdue.len() < ROUND_LEN as usize {
            return Ok(count);
        }
    }
}

/// What a new attendance of a duty raises, and what it makes pointless. In the transaction that marks it.
pub(crate) async fn attendance_changed(
    cx: &Cx,
    tx: &mut Tx,
    marked: &Marked,
    to: Attendance,
    now: Micros,
) -> Result<()> {
    let duty = &marked.duty;
    if to == Attendance::Missed {
        let before = store::duty::closed_before(tx, duty.person, duty.opens_at, RUN_LEN).await?;
        let before: Vec<_> = before
            .iter()
            .map(|one| (one.duty.id, one.duty.opens_at, one.attendance))
            .collect();
        for cause in of_attendance(duty, to, &before) {
            raise(cx, tx, duty.person, cause, now).await?;
        }
    } else if marked.attendance == Attendance::Missed {
        for cause in of_attendance(duty, Attendance::Missed, &[]) {
            withdraw(cx, tx, &cause, now).await?;
        }
    }
    Ok(())
}

async fn raise(
    cx: &Cx,
    tx: &mut Tx,
    person: domain::PersonId,
    cause: Cause,
    now: Micros,
) -> Result<()> {
    let alert = Alert {
        id: AlertId(cx.id()),
        person,
        state: State::Open,
        raised_at: now,
        due_at: Some(now.plus_ms(cause.look_within_ms())),
        escalated: 0,
        officer: None,
        closed: None,
        cause,
    };
    if !store::alert::raise(tx, &alert).await? {
        return Ok(());
    }
    let news = News {
        kind: "alert.raised",
        id: alert.id.0,
        what: alert.cause.kind(),
    };
    let unit = store::person::get(tx, person)
        .await?
        .ok_or(Error::NotFound("person"))?
        .unit;
    needs_look(cx, tx, (unit, person), &news).await?;
    let kind = EventKind::AlertRaised {
        alert: alert.id,
        cause: alert.cause,
    };
    note(cx, tx, Actor::System, Some(person), kind).await
}

/// What it told of is no longer so: an officer excused it, or a late verdict came.
async fn withdraw(cx: &Cx, tx: &mut Tx, cause: &Cause, now: Micros) -> Result<()> {
    let Some(about) = store::alert::of_cause(tx, cause).await? else {
        return Ok(());
    };
    let alert = about.alert;
    if alert.state == State::Closed {
        return Ok(());
    }
    let closed = Closed {
        by: None,
        at: now,
        reason: NO_LONGER.to_owned(),
    };
    store::alert::close(tx, alert.id, alert.state, &closed).await?;
    let kind = EventKind::AlertMoved {
        alert: alert.id,
        state: State::Closed,
        reason: closed.reason,
    };
    note(cx, tx, Actor::System, Some(alert.person), kind).await
}
