//! 检察监督: procurators write corrections to units below them, and the county's officers answer in writing (社区矫正法 §62).
//!
//! An office acts for its county, so what is written to it is answered by the county's officers too: whoever may govern there.

use domain::{
    CheckinId, CorrectionId, Micros, OrgUnitId, PersonId,
    access::{Action, may},
    correction::{Adoption, Correction, CorrectionKind, REPLY_DAYS_MAX, State, Step, Taken, due},
    event::{Actor, EventKind},
};
use store::Tx;
pub use store::correction::Named;

use crate::{Cx, Error, Result, Viewer, field, journal::note};

/// Corrections of one page.
pub const PAGE_LEN: u32 = 100;
/// Corrections about one person that are shown.
const OF_PERSON_LEN: u32 = 200;

/// What a procurator writes.
#[derive(Debug, Clone)]
pub struct New {
    pub kind: CorrectionKind,
    /// Whom it is about.
    pub person: Option<PersonId>,
    /// Which of his check-ins it is about.
    pub checkin: Option<CheckinId>,
    pub found: String,
    pub asked: String,
    /// For the reply; the kind's own where there are none.
    pub reply_days: Option<u16>,
}

/// What somebody does with a correction.
#[derive(Debug, Clone)]
pub enum Asked {
    Reply {
        adoption: Adoption,
        text: String,
        /// Nothing but blanks is none.
        why_not: Option<String>,
    },
    Insist {
        text: String,
        reply_days: Option<u16>,
    },
    Accept,
    Withdraw {
        reason: String,
    },
}

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that are not over, by the day on which a reply is owed.
    Open,
    /// Those that are, the newest first.
    Closed,
}

/// Writes to a unit of the procurator's subtree.
pub async fn file(cx: &Cx, viewer: &Viewer, unit: OrgUnitId, new: New) -> Result<Named> {
    viewer.allow(Action::Correct)?;
    let (now, officer) = (cx.now(), viewer.officer.id);
    let days = reply_days(new.kind, new.reply_days)?;
    let mut correction = Correction {
        id: CorrectionId(cx.id()),
        unit,
        person: new.person,
        checkin: new.checkin,
        kind: new.kind,
        found: field::reason("found", &new.found)?,
        asked: field::reason("asked", &new.asked)?,
        filed_by: officer,
        filed_from: viewer.officer.unit,
        filed_at: now,
        first_due_at: due(now, days),
        steps: Vec::new(),
    };
    let mut tx = cx.store.write().await?;
    let unit = crate::unit::within(&mut tx, viewer, unit).await?;
    if let Some(checkin) = new.checkin {
        let detail = store::checkin::detail(&mut tx, &viewer.scope, checkin).await?;
        let of = detail.ok_or(Error::NotFound("check-in"))?.person.id;
        if new.person.is_some_and(|person| person != of) {
            return Err(Error::Invalid {
                field: "checkin",
                expected: "must be one of the person's",
            });
        }
        correction.person = Some(of);
    }
    if let Some(person) = correction.person {
        let person = crate::person::within(&mut tx, viewer, person).await?;
        let supervised_by = store::unit::get(&mut tx, person.unit).await?;
        if !supervised_by.is_some_and(|by| unit.path.contains(&by.path)) {
            return Err(Error::Invalid {
                field: "unit",
                expected: "must supervise the person, or stand above who does",
            });
        }
    }
    store::correction::insert(&mut tx, &correction).await?;
    let kind = EventKind::CorrectionFiled {
        correction: correction.id,
        unit: unit.id,
        correction_kind: correction.kind,
    };
    let named = noted(cx, tx, viewer, &correction, kind).await?;
    named.ok_or(Error::Internal(
        "a correction that was written is not there",
    ))
}

/// Of the viewer's scope.
pub async fn list(
    cx: &Cx,
    viewer: &Viewer,
    which: Which,
    after: Option<(Micros, CorrectionId)>,
) -> Result<Vec<Named>> {
    viewer.allow(Action::ReadCorrections)?;
    let (scope, mut tx) = (&viewer.scope, cx.store.read().await?);
    Ok(match which {
        Which::Open => store::correction::open(&mut tx, scope, after, PAGE_LEN).await?,
        Which::Closed => store::correction::closed(&mut tx, scope, after, PAGE_LEN).await?,
    })
}

/// Where the page after this one begins; none after the last one.
pub fn next(which: Which, page: &[Named]) -> Option<(Micros, CorrectionId)> {
    let last = page.last().filter(|_| page.len() == PAGE_LEN as usize)?;
    let correction = &last.correction;
    let at = match which {
        Which::Open => correction.due_at(),
        Which::Closed => correction.filed_at,
    };
    Some((at, correction.id))
}

/// One of the viewer's scope, with its thread.
pub async fn get(cx: &Cx, viewer: &Viewer, id: CorrectionId) -> Result<Named> {
    viewer.allow(Action::ReadCorrections)?;
    let mut tx = cx.store.read().await?;
    let found = store::correction::get(&mut tx, &viewer.scope, id).await?;
    found.ok_or(Error::NotFound("correction"))
}

/// About a person of the viewer's scope, the oldest first.
pub async fn of_person(cx: &Cx, viewer: &Viewer, person: PersonId) -> Result<Vec<Named>> {
    viewer.allow(Action::ReadCorrections)?;
    let mut tx = cx.store.read().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    Ok(store::correction::of_person(&mut tx, &viewer.scope, person.id, OF_PERSON_LEN).await?)
}

/// How many wait for somebody like the viewer: for a reply of the unit, or for the procurators' look at one.
pub async fn waiting(cx: &Cx, viewer: &Viewer) -> Result<i64> {
    let role = viewer.officer.role;
    let state = match (may(role, Action::Correct), may(role, Action::Govern)) {
        (true, _) => State::Replied,
        (_, true) => State::Filed,
        _ => return Ok(0),
    };
    let mut tx = cx.store.read().await?;
    Ok(store::correction::waiting(&mut tx, &viewer.scope, state).await?)
}

/// May the viewer take the next step of this kind? The reply is the county's, all else the procurators' who wrote it.
pub fn may_step(viewer: &Viewer, correction: &Correction, by_unit: bool) -> bool {
    let officer = &viewer.officer;
    if by_unit {
        may(officer.role, Action::Govern)
    } else {
        may(officer.role, Action::Correct) && officer.unit == correction.filed_from
    }
}

/// A reply, or what the procurators make of it.
pub async fn step(cx: &Cx, viewer: &Viewer, id: CorrectionId, asked: Asked) -> Result<Named> {
    viewer.allow(Action::ReadCorrections)?;
    let (now, officer) = (cx.now(), viewer.officer.id);
    let mut tx = cx.store.write().await?;
    let found = store::correction::get(&mut tx, &viewer.scope, id).await?;
    let correction = found.ok_or(Error::NotFound("correction"))?.correction;
    let (state, step) = (correction.state(), step_of(&correction, asked, now)?);
    if !may_step(viewer, &correction, step.by_unit()) {
        return Err(Error::Forbidden);
    }
    let correction = correction.take(Taken {
        by: officer,
        at: now,
        step: step.clone(),
    })?;
    match store::correction::add_step(&mut tx, &correction).await {
        Err(store::Error::Lost) => {
            return Err(domain::Refusal::CorrectionState { state }.into());
        }
        other => other?,
    }
    let kind = EventKind::CorrectionStepped {
        correction: id,
        step,
    };
    let named = noted(cx, tx, viewer, &correction, kind).await?;
    named.ok_or(Error::NotFound("correction"))
}

/// Writes down what the viewer did with a correction, and commits; the correction as it stands then.
async fn noted(
    cx: &Cx,
    mut tx: Tx,
    viewer: &Viewer,
    correction: &Correction,
    kind: EventKind,
) -> Result<Option<Named>> {
    let officer = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, officer, correction.person, kind).await?;
    let named = store::correction::get(&mut tx, &viewer.scope, correction.id).await?;
    tx.commit().await?;
    Ok(named)
}

fn step_of(correction: &Correction, asked: Asked, now: Micros) -> Result<Step> {
    Ok(match asked {
        Asked::Reply {
            adoption,
            text,
            why_not,
        } => Step::Reply {
            adoption,
            text: field::reason("text", &text)?,
            why_not: why_not
                .filter(|text| !text.trim().is_empty())
                .map(|text| field::reason("why_not", &text))
                .transpose()?,
        },
        Asked::Insist {
            text,
            reply_days: days,
        } => Step::Insist {
            text: field::reason("text", &text)?,
            due_at: due(now, reply_days(correction.kind, days)?),
        },
        Asked::Accept => Step::Accept,
        Asked::Withdraw { reason } => Step::Withdraw {
            reason: field::reason("reason", &reason)?,
        },
    })
}

fn reply_days(kind: CorrectionKind, asked: Option<u16>) -> Result<u16> {
    let days = asked.unwrap_or_else(|| kind.reply_days());
    if (1..=REPLY_DAYS_MAX).contains(&days) {
        Ok(days)
    } else {
        Err(Error::Invalid {
            field: "reply_days",
            expected: "must be 1 to 90",
        })
    }
}
