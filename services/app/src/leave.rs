//! Leave (请假、销假): asked for by the person or for him, decided at the level that its length asks for, ended by a return. After every step the
//! person's duties that have not opened fit again.

use domain::{
    AreaId, CheckinId, LeaveId, Micros, PersonId,
    access::Action,
    alert::{Cause, OverdueLeave},
    area::{AreaName, AreaRule, Drawn},
    event::{Actor, EventKind},
    leave::{
        Approval, Back, Bounds, Division, Grounds, Leave, LeaveFault, Move, Report, Request, State,
        Step, approval, areas, back, overdue,
    },
    person::{Device, Person},
};
use jiff::tz::TimeZone;
use store::Tx;

use crate::{
    Cx, Error, Result, Viewer, alert, area,
    journal::note_at,
    outbox::{DECIDED, News, needs_look, tell_person},
    plan,
};

/// Pending requests of one page.
pub const PAGE_LEN: u32 = 100;
/// Requests that one person may have waiting.
const PENDING_MAX: usize = 5;
/// Leaves that one round looks at.
const ROUND_LEN: u32 = 100;

/// A leave as officers and its person see it.
#[derive(Debug, Clone)]
pub struct Standing {
    pub leave: Leave,
    /// Who must decide about it, as things are now.
    pub approval: Approval,
}

/// What an officer does with a leave.
pub enum Asked {
    /// 集体评议: who took part and what was said is the reason.
    Review,
    /// With the places where he may be while away, as they are drawn.
    Approve(Vec<(String, Drawn)>),
    Refuse,
    Cancel,
    Recall(Micros),
    /// He is back, since this moment.
    Return(Micros),
}

/// The phone's person asks.
pub async fn ask(cx: &Cx, device: &Device, request: Request) -> Result<Standing> {
    let mut tx = cx.store.write().await?;
    store::plan::hold(&mut tx, device.person).await?;
    let person = store::person::get(&mut tx, device.person).await?;
    let person = person.ok_or(Error::NotFound("person"))?;
    enter(cx, tx, &person, request, Actor::Device(device.id)).await
}

/// An officer writes down what a person of his scope asks for.
pub async fn ask_for(
    cx: &Cx,
    viewer: &Viewer,
    person: PersonId,
    request: Request,
) -> Result<Standing> {
    viewer.allow(Action::Manage)?;
    let mut tx = cx.store.write().await?;
    crate::person::within(&mut tx, viewer, person).await?;
    store::plan::hold(&mut tx, person).await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    enter(cx, tx, &person, request, Actor::Officer(viewer.officer.id)).await
}

async fn enter(
    cx: &Cx,
    mut tx: Tx,
    person: &Person,
    request: Request,
    actor: Actor,
) -> Result<Standing> {
    person.supervised()?;
    let now = cx.now();
    let zone = area::zone(&mut tx, person.id, now).await?;
    let leaves = store::leave::of_person(&mut tx, person.id).await?;
    let undecided = leaves
        .iter()
        .filter(|leave| !leave.state().closed() && leave.live().is_none());
    if undecided.count() >= PENDING_MAX {
        return Err(Error::Invalid {
            field: "from",
            expected: "must wait: five requests are undecided",
        });
    }
    request.check(
        now,
        &Bounds {
            zone: &zone,
            order: &person.order,
            minor: person.minor,
            leaves: &leaves,
        },
    )?;
    let leave = Leave {
        id: LeaveId(cx.id()),
        person: person.id,
        request,
        asked_at: now,
        asked_by: match actor {
            Actor::Officer(officer) => Some(officer),
            Actor::Device(_) | Actor::System => None,
        },
        steps: Vec::new(),
    };
    store::leave::insert(&mut tx, &leave).await?;
    let kind = EventKind::LeaveAsked {
        leave: leave.id,
        request: leave.request.clone(),
    };
    note_at(cx, &mut tx, now, actor, Some(person.id), kind).await?;
    let news = News {
        kind: "leave.asked",
        id: leave.id.0,
        what: leave.request.kind.as_str(),
    };
    needs_look(cx, &mut tx, (person.unit, person.id), &news).await?;
    let standing = standing(leave, &leaves, person, &zone);
    tx.commit().await?;
    Ok(standing)
}

/// The person takes back what he asked for, before it begins.
pub async fn withdraw(cx: &Cx, device: &Device, id: LeaveId) -> Result<Standing> {
    let mut tx = cx.store.write().await?;
    store::plan::hold(&mut tx, device.person).await?;
    let found = store::leave::get(&mut tx, id).await?;
    let leave = found.filter(|leave| leave.person == device.person);
    let leave = leave.ok_or(Error::NotFound("leave"))?;
    let person = store::person::get(&mut tx, device.person).await?;
    let person = person.ok_or(Error::NotFound("person"))?;
    let step = Step {
        made: Move::Withdraw,
        at: cx.now(),
        by: None,
        reason: String::new(),
    };
    let actor = Actor::Device(device.id);
    let leave = take(cx, &mut tx, &person, leave, step, (actor, None)).await?;
    finished(cx, tx, leave, &person).await
}

/// An officer reviews, decides, calls back, or notes the return.
pub async fn act(
    cx: &Cx,
    viewer: &Viewer,
    id: LeaveId,
    asked: Asked,
    reason: &str,
) -> Result<Standing> {
    viewer.allow(Action::Manage)?;
    let mut tx = cx.store.write().await?;
    let found = store::leave::get(&mut tx, id).await?;
    let person = found.ok_or(Error::NotFound("leave"))?.person;
    let missing = |_| Error::NotFound("leave");
    crate::person::within(&mut tx, viewer, person)
        .await
        .map_err(missing)?;
    store::plan::hold(&mut tx, person).await?;
    let person = crate::person::within(&mut tx, viewer, person)
        .await
        .map_err(missing)?;
    let leaves = store::leave::of_person(&mut tx, person.id).await?;
    let leave = leaves.iter().find(|leave| leave.id == id);
    let leave = leave.cloned().ok_or(Error::NotFound("leave"))?;
    let now = cx.now();
    let zone = area::zone(&mut tx, person.id, now).await?;
    let unit = store::unit::get(&mut tx, viewer.officer.unit).await?;
    let level = unit.ok_or(Error::NotFound("unit"))?.level;
    let (made, drawn) = made(cx, asked)?;
    approval(&leave.request, &leaves, person.order.level, &zone).permits(
        leave.state(),
        &made,
        level,
    )?;
    let step = Step {
        made,
        at: now,
        by: Some(viewer.officer.id),
        reason: reason.trim().to_owned(),
    };
    step.check()?;
    let officer = Actor::Officer(viewer.officer.id);
    if let (Move::Approve { .. }, Some(extended)) = (&step.made, leave.request.extends) {
        let before = leaves.iter().find(|leave| leave.id == extended);
        let before = before.cloned().ok_or(Error::NotFound("leave"))?;
        let replaced = Step {
            made: Move::Replace { by: leave.id },
            at: now,
            by: step.by,
            reason: String::new(),
        };
        take(cx, &mut tx, &person, before, replaced, (officer, None)).await?;
    }
    let leave = take(cx, &mut tx, &person, leave, step, (officer, drawn.as_ref())).await?;
    if leave.state() != State::Reviewed {
        let about = format!("{}:{}", leave.id, leave.steps.len());
        let told = ("leave.decided", about.as_str(), &DECIDED);
        tell_person(cx, &mut tx, (person.unit, person.id), told).await?;
    }
    finished(cx, tx, leave, &person).await
}

/// Requests of the viewer's scope about which nobody has decided, the oldest first.
pub async fn pending(
    cx: &Cx,
    viewer: &Viewer,
    after: Option<LeaveId>,
) -> Result<Vec<(Standing, Person)>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let found = store::leave::pending_within(&mut tx, &viewer.scope, after, PAGE_LEN).await?;
    let mut all = Vec::with_capacity(found.len());
    for (leave, person) in found {
        let zone = area::zone(&mut tx, person.id, cx.now()).await?;
        let leaves = store::leave::of_person(&mut tx, person.id).await?;
        all.push((standing(leave, &leaves, &person, &zone), person));
    }
    Ok(all)
}

/// All leaves of a person of the viewer's scope, the oldest request first.
pub async fn list(cx: &Cx, viewer: &Viewer, person: PersonId) -> Result<Vec<Standing>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    of_person(cx, &mut tx, &person).await
}

/// All leaves of the phone's person, the oldest request first.
pub async fn own(cx: &Cx, device: &Device) -> Result<Vec<Standing>> {
    let mut tx = cx.store.read().await?;
    let person = store::person::get(&mut tx, device.person).await?;
    let person = person.ok_or(Error::NotFound("person"))?;
    of_person(cx, &mut tx, &person).await
}

async fn of_person(cx: &Cx, tx: &mut Tx, person: &Person) -> Result<Vec<Standing>> {
    let zone = area::zone(tx, person.id, cx.now()).await?;
    let leaves = store::leave::of_person(tx, person.id).await?;
    let each = leaves.iter().cloned();
    Ok(each
        .map(|leave| standing(leave, &leaves, person, &zone))
        .collect())
}

/// The areas that hold for a person at an instant: his own, with what his leaves make of them.
pub(crate) async fn areas_of(
    tx: &mut Tx,
    person: PersonId,
    at: Micros,
    zone: &TimeZone,
) -> Result<Vec<AreaRule>> {
    let rules = home(tx, person, at).await?;
    let leaves = store::leave::of_person(tx, person).await?;
    Ok(areas(&rules, &leaves, at, zone))
}

async fn home(tx: &mut Tx, person: PersonId, at: Micros) -> Result<Vec<AreaRule>> {
    let standing = store::area::standing(tx, person, at).await?;
    Ok(standing.into_iter().map(|area| area.rule).collect())
}

/// The submission says that its person is back from this leave of his.
pub(crate) async fn report(tx: &mut Tx, checkin: (CheckinId, PersonId), id: LeaveId) -> Result<()> {
    let found = store::leave::get(tx, id).await?;
    if found.is_none_or(|leave| leave.person != checkin.1) {
        return Err(Error::Invalid {
            field: "returns_from",
            expected: "must be a leave of this person",
        });
    }
    Ok(store::leave::report(tx, checkin.0, id).await?)
}

/// A check-in got its verdict, or an officer decided: if it was a report of a return and he is back, the leave ends.
pub(crate) async fn reported(
    cx: &Cx,
    tx: &mut Tx,
    person: PersonId,
    checkin: CheckinId,
    now: Micros,
) -> Result<()> {
    let Some(id) = store::leave::reported_by(tx, checkin).await? else {
        return Ok(());
    };
    store::plan::hold(tx, person).await?;
    let leave = store::leave::get(tx, id).await?;
    let leave = leave.ok_or(Error::NotFound("leave"))?;
    let person = store::person::get(tx, person).await?;
    let person = person.ok_or(Error::NotFound("person"))?;
    for report in backs(tx, &leave).await? {
        if let Back::Returned { at } = report {
            let step = Step {
                made: Move::Return { at },
                at: now,
                by: None,
                reason: String::new(),
            };
            take(cx, tx, &person, leave, step, (Actor::System, None)).await?;
            break;
        }
    }
    Ok(())
}

/// What each report of a return says.
async fn backs(tx: &mut Tx, leave: &Leave) -> Result<Vec<Back>> {
    let mut all = Vec::new();
    for (checkin, state, submitted_at) in store::leave::reports(tx, leave.id).await? {
        let at = submitted_at.unwrap_or(leave.asked_at);
        let zone = area::zone(tx, leave.person, at).await?;
        let sighting = store::position::of_checkin(tx, checkin).await?;
        let report = Report {
            checkin,
            state,
            submitted_at,
            fix: sighting.and_then(|sighting| sighting.fix()),
        };
        let home = home(tx, leave.person, at).await?;
        all.push(back(leave, &report, &home, &zone));
    }
    Ok(all)
}

/// Tells officers of leaves from which nobody came back. Returns how many.
pub async fn overdue_round(cx: &Cx) -> Result<u64> {
    let now = cx.now();
    let mut tx = cx.store.read().await?;
    let due = store::leave::due(&mut tx, now, ROUND_LEN).await?;
    drop(tx);
    let mut count = 0;
    for id in due {
        let mut tx = cx.store.write().await?;
        let Some(leave) = store::leave::get(&mut tx, id).await? else {
            continue;
        };
        let late = overdue(std::slice::from_ref(&leave), now);
        // His word that he is back waits for its verdict or for an officer, who is told of that.
        if backs(&mut tx, &leave).await?.contains(&Back::Waits) {
            continue;
        }
        let person = store::person::get(&mut tx, leave.person).await?;
        let supervised = person.is_some_and(|person| person.ended.is_none());
        if let Some(late) = late.first().filter(|_| supervised) {
            let cause = Cause::OverdueLeave(OverdueLeave {
                leave: id,
                until: late.due_at,
                destination: destination(&leave.request),
            });
            let settings = store::watch::settings_of(&mut tx, leave.person).await?;
            if settings.on(cause.rule()) {
                alert::raise(cx, &mut tx, leave.person, cause, &settings, now).await?;
            }
            count += 1;
        }
        store::leave::told(&mut tx, id).await?;
        tx.commit().await?;
    }
    Ok(count)
}

/// The first destination in words.
fn destination(request: &Request) -> String {
    let Some(first) = request.destinations.first() else {
        return String::new();
    };
    let division = match &first.division {
        Division::Code { code } => code.clone(),
        Division::Names {
            province,
            city,
            county,
        } => format!("{province}{city}{county}"),
    };
    format!("{division}{}", first.address)
}

/// What was asked of a leave, with the coordinates as they were entered.
fn made(cx: &Cx, asked: Asked) -> Result<(Move, Option<serde_json::Value>)> {
    Ok(match asked {
        Asked::Review => (Move::Review, None),
        Asked::Refuse => (Move::Refuse, None),
        Asked::Cancel => (Move::Cancel, None),
        Asked::Recall(return_by) => (Move::Recall { return_by }, None),
        Asked::Return(at) => (Move::Return { at }, None),
        Asked::Approve(places) => {
            let mut grounds = Vec::with_capacity(places.len());
            for (index, (name, drawn)) in places.iter().enumerate() {
                let within =
                    |error: domain::area::AreaError| error.within(&format!("grounds[{index}]"));
                grounds.push(Grounds {
                    id: AreaId(cx.id()),
                    name: AreaName::new(name.trim()).map_err(within)?,
                    shape: drawn.shape().map_err(within)?,
                });
            }
            let drawn: Vec<&Drawn> = places.iter().map(|(_, drawn)| drawn).collect();
            let drawn = serde_json::to_value(drawn)
                .map_err(|_| Error::Internal("what was drawn cannot be kept"))?;
            (Move::Approve { grounds }, Some(drawn))
        }
    })
}

/// Adds a step. The caller holds the person, and makes his duties fit when all steps are added.
async fn take(
    cx: &Cx,
    tx: &mut Tx,
    person: &Person,
    leave: Leave,
    step: Step,
    (actor, drawn): (Actor, Option<&serde_json::Value>),
) -> Result<Leave> {
    let at = step.at;
    let leave = leave.take(step.clone())?;
    store::leave::add_step(tx, &leave, drawn).await?;
    let replanned = plan::replan(cx, tx, person, at).await?;
    let kind = EventKind::LeaveStepped {
        leave: leave.id,
        step,
        withdrawn: replanned.withdrawn,
        made: replanned.made,
    };
    note_at(cx, tx, at, actor, Some(person.id), kind).await?;
    Ok(leave)
}

async fn finished(cx: &Cx, mut tx: Tx, leave: Leave, person: &Person) -> Result<Standing> {
    let zone = area::zone(&mut tx, person.id, cx.now()).await?;
    let leaves = store::leave::of_person(&mut tx, person.id).await?;
    tx.commit().await?;
    Ok(standing(leave, &leaves, person, &zone))
}

fn standing(leave: Leave, leaves: &[Leave], person: &Person, zone: &TimeZone) -> Standing {
    let approval = approval(&leave.request, leaves, person.order.level, zone);
    Standing { leave, approval }
}

impl From<LeaveFault> for Error {
    fn from(fault: LeaveFault) -> Self {
        Self::Field {
            field: fault.field,
            expected: fault.expected,
        }
    }
}
