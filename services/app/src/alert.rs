//! Alerts: raised where facts change, looked at by officers, told to the unit above when nobody does.

use std::collections::{BTreeMap, HashMap};

use domain::{
    AlertId, Micros, PersonId, Refusal,
    access::Action,
    alert::{
        Alert, AlertFault, Cause, Closed, Move, Outcome, Precision, Rule, RuleBreach, Settings,
        State, escalate as rise, next, of_attendance, precision,
    },
    attendance::Attendance,
    event::{Actor, EventKind},
};
pub use store::alert::About;
use store::{Tx, duty::Marked};

use crate::{
    Cx, Error, Result, Viewer, field,
    journal::note,
    outbox::{News, needs_look},
    watch,
};

/// Alerts of one page.
pub const PAGE_LEN: u32 = 100;
/// Alerts of one transaction that escalates.
const ROUND_LEN: u32 = 100;
/// Earlier duties that are looked at for a run of missed ones.
const RUN_LEN: u32 = 30;
/// A task's own deadline lies at most so far ahead.
const TASK_MS_MAX: i64 = 30 * 24 * 3_600_000;
/// Open alerts that are ranked.
const OPEN_LEN: u32 = 2_000;
/// Closed alerts that are counted.
const CLOSED_LEN: u32 = 100_000;
const DAY_MS: i64 = 24 * 3_600_000;
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

/// What an officer says of what he does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told<'a> {
    /// Of a task that is taken.
    pub due_at: Option<Micros>,
    pub reason: &'a str,
    /// What it came to, of one that is closed.
    pub outcome: Option<Outcome>,
}

/// Acknowledges, takes or closes an alert. Taking names a deadline, closing a reason and what it came to.
pub async fn act(
    cx: &Cx,
    viewer: &Viewer,
    id: AlertId,
    made: Move,
    told: Told<'_>,
) -> Result<About> {
    viewer.allow(Action::Decide)?;
    let now = cx.now();
    let (reason, outcome) = match made {
        Move::Close => (
            field::reason("reason", told.reason)?,
            Some(came_to(told.outcome)?),
        ),
        Move::Acknowledge | Move::Take => (told.reason.trim().to_owned(), None),
    };
    let due_at = match made {
        Move::Take => Some(deadline(told.due_at, now)?),
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
            outcome,
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
        outcome,
    };
    let person = Some(about.person.id);
    note(cx, &mut tx, Actor::Officer(officer), person, kind).await?;
    tx.commit().await?;
    Ok(about)
}

fn came_to(outcome: Option<Outcome>) -> Result<Outcome> {
    outcome.ok_or(Error::Invalid {
        field: "outcome",
        expected: "must be confirmed, unfounded or unclear",
    })
}

fn deadline(due_at: Option<Micros>, now: Micros) -> Result<Micros> {
    due_at
        .filter(|at| (1..=TASK_MS_MAX).contains(&at.since_ms(now)))
        .ok_or(Error::Invalid {
            field: "due_at",
            expected: "must lie ahead, at most 30 days",
        })
}

/// What the viewer is to look at in what is left of his day (24 hours back count), and how many more are open.
pub async fn today(cx: &Cx, viewer: &Viewer) -> Result<(Vec<About>, u32)> {
    viewer.allow(Action::Read)?;
    let day_ago = cx.now().plus_ms(-DAY_MS);
    let mut tx = cx.store.read().await?;
    let open =
        store::alert::list_within(&mut tx, &viewer.scope, State::Open, None, OPEN_LEN).await?;
    let looked_at = store::alert::looked_at(&mut tx, viewer.officer.id, day_ago).await?;
    let settings = store::watch::settings(&mut tx, &viewer.scope.path).await?;
    let mut abouts: HashMap<AlertId, About> = HashMap::new();
    let mut alerts = Vec::with_capacity(open.len());
    for about in open {
        alerts.push(about.alert.clone());
        abouts.insert(about.alert.id, about);
    }
    let looked_at = u32::try_from(looked_at).unwrap_or(u32::MAX);
    let ranked = settings.budget().rank(alerts, 1, looked_at);
    let today = ranked.today.iter();
    let today = today.filter_map(|alert| abouts.remove(&alert.id));
    let later = u32::try_from(ranked.later.len()).unwrap_or(u32::MAX);
    Ok((today.collect(), later))
}

/// How the alerts came out that officers of the viewer's scope closed in `from..until`: the newest [`CLOSED_LEN`] at most.
pub async fn figures(
    cx: &Cx,
    viewer: &Viewer,
    span: (Micros, Micros),
) -> Result<BTreeMap<Rule, Precision>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let closed = store::alert::outcomes_within(&mut tx, &viewer.scope, span, CLOSED_LEN).await?;
    Ok(precision(closed))
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
            let settings = store::watch::settings(&mut tx, &about.path).await?;
            let within = settings.look_within_ms(&alert.cause);
            let risen = rise(alert.escalated, &about.path, within, now);
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

/// What a new attendance of a duty raises, and what it makes pointless. In the transaction that marks it. `told`: an alert tells of what the duty
/// is missed for, and another one of the same would only be in an officer's way.
pub(crate) async fn attendance_changed(
    cx: &Cx,
    tx: &mut Tx,
    marked: &Marked,
    to: Attendance,
    told: bool,
    now: Micros,
) -> Result<()> {
    let duty = &marked.duty;
    if to == Attendance::Missed {
        let before = store::duty::closed_before(tx, duty.person, duty.opens_at, RUN_LEN).await?;
        let before: Vec<_> = before
            .iter()
            .map(|one| (one.duty.id, one.duty.opens_at, one.attendance))
            .collect();
        let settings = store::watch::settings_of(tx, duty.person).await?;
        let mut causes = watch::heeded(of_attendance(duty, to, &before), &settings);
        causes.retain(|cause| !(told && cause.rule() == Rule::MissedDuty));
        for cause in causes {
            raise(cx, tx, duty.person, cause, &settings, now).await?;
        }
    } else if marked.attendance == Attendance::Missed {
        for cause in of_attendance(duty, Attendance::Missed, &[]) {
            withdraw(cx, tx, duty.person, &cause, now).await?;
        }
    }
    Ok(())
}

/// Raises an alert, unless there was one of the same thing. In the transaction in which it is seen.
pub(crate) async fn raise(
    cx: &Cx,
    tx: &mut Tx,
    person: PersonId,
    cause: Cause,
    settings: &Settings,
    now: Micros,
) -> Result<()> {
    let alert = Alert {
        id: AlertId(cx.id()),
        person,
        state: State::Open,
        raised_at: now,
        due_at: Some(now.plus_ms(settings.look_within_ms(&cause))),
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
async fn withdraw(
    cx: &Cx,
    tx: &mut Tx,
    person: PersonId,
    cause: &Cause,
    now: Micros,
) -> Result<()> {
    let Some(about) = store::alert::of_cause(tx, person, cause).await? else {
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
        outcome: None,
    };
    store::alert::close(tx, alert.id, alert.state, &closed).await?;
    let kind = EventKind::AlertMoved {
        alert: alert.id,
        state: State::Closed,
        reason: closed.reason,
        outcome: None,
    };
    note(cx, tx, Actor::System, Some(alert.person), kind).await
}

/// An officer writes down a breach of the rules that no machine saw (违法违规), so that it is looked into.
pub async fn enter_breach(
    cx: &Cx,
    viewer: &Viewer,
    person: PersonId,
    at: Micros,
    text: &str,
) -> Result<About> {
    viewer.allow(Action::Decide)?;
    let now = cx.now();
    let breach = RuleBreach::new(viewer.officer.id, at, text.trim(), now)?;
    let mut tx = cx.store.write().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    person.supervised()?;
    let settings = store::watch::settings_of(&mut tx, person.id).await?;
    let cause = Cause::RuleBreach(breach);
    raise(cx, &mut tx, person.id, cause.clone(), &settings, now).await?;
    let about = store::alert::of_cause(&mut tx, person.id, &cause).await?;
    tx.commit().await?;
    about.ok_or(Error::Internal("an alert that was just raised is missing"))
}

impl From<AlertFault> for Error {
    fn from(fault: AlertFault) -> Self {
        Self::Field {
            field: fault.field,
            expected: fault.expected,
        }
    }
}
