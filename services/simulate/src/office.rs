//! What officers do: rounds through reviews and alerts, reports in person, phones, plans, approvals.

use app::{
    Error, Viewer,
    alert::Told,
    positioning::{NewApproval, Taken},
};
use domain::{
    DutyId, Refusal,
    access::Action,
    alert::{Move, Outcome, State},
    area::{Datum, Reading},
    attendance::RulingKind,
    calendar::DayKind,
    checkin::Decision,
    positioning::Ground,
};
use jiff::civil::date;

use crate::{
    Fault,
    agenda::Event,
    away,
    conduct::{Cheat, OFFICER_ERRS, ROUND_LEN, TAKEN},
    county,
    simulation::Simulation,
    subject::{activate, handset, phone_key},
};

const DAY_MS: i64 = 86_400_000;
/// An approval of positioning lasts so many days.
const FOLLOWED_DAYS: i64 = 30;
/// Between two positions of a phone that is followed.
const FOLLOW_MS: i64 = 8 * 3_600_000;

/// One round of an office, as much as it can handle.
pub async fn round(sim: &mut Simulation, office: usize) -> Result<(), Fault> {
    let cx = sim.house.cx.clone();
    let viewer = sim.county.offices[office].viewer.clone();
    let colleague = sim.county.offices[office].colleague.clone();
    for looks in [&viewer, &colleague] {
        if !reviews(sim, looks).await? {
            return Ok(());
        }
    }
    for state in [State::Task, State::Acknowledged, State::Open] {
        let alerts = app::alert::list(&cx, &viewer, state, None).await;
        let Some(alerts) = sim.unless_dead(alerts)? else {
            return Ok(());
        };
        for about in alerts.into_iter().take(ROUND_LEN) {
            let founded = sim.truth.founded(&about.alert.cause, about.person.id);
            let take = state == State::Open && sim.chance.hits(TAKEN);
            let made = if take { Move::Take } else { Move::Close };
            let (reason, outcome) = if founded {
                ("spoke with the person", Outcome::Confirmed)
            } else {
                ("nothing is wrong", Outcome::Unfounded)
            };
            let told = Told {
                due_at: take.then(|| cx.now().plus_ms(DAY_MS)),
                reason,
                outcome: Some(outcome),
            };
            let done = app::alert::act(&cx, &viewer, about.alert.id, made, told).await;
            if sim.unless_dead(done)?.is_none() {
                return Ok(());
            }
        }
    }
    away::decide(sim, office).await
}

/// One officer looks at what waits for him. False when the house died.
async fn reviews(sim: &mut Simulation, viewer: &Viewer) -> Result<bool, Fault> {
    let cx = sim.house.cx.clone();
    let waiting = app::review::queue(&cx, viewer, None).await;
    let waiting = sim.unless_dead(waiting)?.unwrap_or_default();
    for one in waiting.into_iter().take(ROUND_LEN) {
        let id = one.checkin.id;
        let genuine = sim.truth.captures.get(&id).copied().unwrap_or(true);
        let right = !sim.chance.hits(OFFICER_ERRS);
        let decision = if genuine == right {
            Decision::Accept
        } else {
            Decision::Decline
        };
        let decided =
            app::review::decide(&cx, viewer, id, decision, "looked at it".to_owned()).await;
        if sim.unless_dead(decided)?.is_none() {
            return Ok(false);
        }
        sim.tally.reviews += 1;
    }
    Ok(true)
}

/// A person stands before his officer, who writes it down.
pub async fn report(sim: &mut Simulation, subject: usize, duty: DutyId) -> Result<(), Fault> {
    let subject_of = &sim.county.subjects[subject];
    if subject_of.ended {
        return Ok(());
    }
    let viewer = &sim.county.offices[subject_of.office].viewer;
    let cx = &sim.house.cx;
    let ruled = app::duty::rule(cx, viewer, duty, RulingKind::Attended, None, "was here").await;
    if sim.house.fate.dead() {
        // The officer sees that it was not stored, or that it was.
        let at = sim.later(30_000, 60_000);
        sim.agenda.add(at, Event::Report { subject, duty });
        return Ok(());
    }
    match ruled {
        // The calendar took the duty back, or the officer's first try had reached the database.
        Ok(_) | Err(Error::NotFound("duty") | Error::Refused(Refusal::DutyMet)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A person brings another phone: the partner's, who shares it, or a new one.
pub async fn new_phone(sim: &mut Simulation, subject: usize) -> Result<(), Fault> {
    let of = &sim.county.subjects[subject];
    if of.ended {
        return Ok(());
    }
    let person = of.person;
    let viewer = sim.county.offices[of.office].viewer.clone();
    let shared = of
        .shares_with
        .map(|other| sim.county.subjects[other].device.clone());
    let mut label = "another phone".to_owned();
    let mut own = handset(sim.county.phones);
    if let Some(device) = shared {
        label.clone_from(&device.label);
        // The partner's phone with a key of its own for each of them.
        own = device.handset.unwrap_or(own);
        let key = app::proof::ProvedKey {
            thumbprint: device.thumbprint,
            public_key: vec![4; 65],
        };
        let refused = activate(&sim.house, &viewer, person, (&key, &label), Some(&own)).await;
        if !sim.house.fate.dead()
            && !matches!(refused, Err(Error::Refused(Refusal::DeviceKeyTaken)))
        {
            let what = "a phone was bound to two persons at once".to_owned();
            return Err(sim.broken(Some(person), None, what));
        }
    }
    let key = phone_key(sim.county.phones);
    sim.county.phones += 1;
    let bound = activate(&sim.house, &viewer, person, (&key, &label), Some(&own)).await;
    sim.truth.moved.insert(person);
    if let Some(device) = sim.unless_dead(bound)? {
        sim.county.subjects[subject].device = device;
        if sim.county.subjects[subject].cheat == Some(Cheat::Phones) {
            sim.change_again(subject);
        }
    } else {
        let at = sim.later(60_000, 120_000);
        sim.agenda.add(at, Event::NewPhone { subject });
    }
    Ok(())
}

/// The same terms in a new version.
pub async fn new_plan(sim: &mut Simulation, subject: usize) -> Result<(), Fault> {
    let of = &sim.county.subjects[subject];
    if of.ended {
        return Ok(());
    }
    let office = &sim.county.offices[of.office];
    let plan = county::plan(office, of.level, None);
    let written = app::plan::write(&sim.house.cx, &office.viewer, of.person, plan).await;
    sim.unless_dead(written)?;
    Ok(())
}

/// Supervision ends early.
pub async fn end(sim: &mut Simulation, subject: usize) -> Result<(), Fault> {
    let person = sim.county.subjects[subject].person;
    let reason = domain::order::EndReason::Pardoned;
    let ended =
        app::supervision::end(&sim.house.cx, &sim.county.head, person, reason, "pardoned").await;
    match ended {
        Err(Error::Refused(Refusal::SupervisionEnded { .. })) => {}
        other => {
            if sim.unless_dead(other)?.is_none() {
                let at = sim.later(60_000, 120_000);
                sim.agenda.add(at, Event::End { subject });
                return Ok(());
            }
        }
    }
    sim.county.subjects[subject].ended = true;
    Ok(())
}

/// The days off around the turn of a year, declared at the top.
pub async fn declare(sim: &mut Simulation, year: i16) -> Result<(), Fault> {
    let cx = &sim.house.cx;
    let mut days = match app::calendar::year(cx, year).await {
        Ok(found) => found.days,
        Err(Error::NotFound(_)) => {
            domain::calendar::DeclaredYear(std::collections::BTreeMap::new())
        }
        Err(other) => return Err(other.into()),
    };
    for day in [
        date(year, 1, 1),
        date(year, 5, 11),
        date(year, 8, 10),
        date(year, 11, 10),
    ] {
        days.0.insert(day, DayKind::DayOff);
    }
    let declared = app::calendar::declare(cx, &sim.county.administrator, year, days).await;
    if sim.unless_dead(declared)?.is_none() {
        let at = sim.later(60_000, 120_000);
        sim.agenda.add(at, Event::Declare { year });
    }
    Ok(())
}

/// The head of the county approves that somebody is followed for a month.
pub async fn approve(sim: &mut Simulation, subject: usize) -> Result<(), Fault> {
    let cx = &sim.house.cx;
    let of = &sim.county.subjects[subject];
    if of.ended {
        return Ok(());
    }
    let new = NewApproval {
        ground: Ground::LeftWithoutPermission,
        reason: "left the county".to_owned(),
        from: None,
        until: cx.now().plus_ms(FOLLOWED_DAYS * DAY_MS),
    };
    // Nobody else may.
    let office = &sim.county.offices[of.office].viewer;
    if office.allow(Action::ApprovePositioning).is_ok() {
        return Err(sim.broken(
            Some(of.person),
            None,
            "a station officer may approve positioning".to_owned(),
        ));
    }
    let approved = app::positioning::approve(cx, &sim.county.head, of.person, new).await;
    sim.unless_dead(approved)?;
    Ok(())
}

/// A phone sends where it is. The house must take it under a live approval and refuse it without one.
pub async fn follow(sim: &mut Simulation, subject: usize) -> Result<(), Fault> {
    let cx = &sim.house.cx;
    let of = &sim.county.subjects[subject];
    let (person, now) = (of.person, cx.now());
    if of.ended {
        return Ok(());
    }
    let reading = Reading::new(Datum::Wgs84, of.home, 20.0, Some(false));
    let fix = Taken {
        at: now,
        reading: reading.expect("a home in China"),
    };
    let live = app::positioning::list(cx, &sim.county.head, person).await?;
    let live = live.iter().any(|approval| approval.live(now));
    let received = app::positioning::receive(cx, &of.device, &[fix]).await;
    let at = now.plus_ms(FOLLOW_MS);
    sim.agenda.add(at, Event::Follow { subject });
    if sim.house.fate.dead() {
        return Ok(());
    }
    match (received, live) {
        (Ok(received), true) if received.stored == 1 => {
            sim.tally.followed += 1;
            Ok(())
        }
        (Err(Error::Refused(Refusal::PositioningNotApproved)), false) => {
            sim.tally.not_followed += 1;
            Ok(())
        }
        (Err(error), _) if !matches!(error, Error::Refused(_)) => Err(error.into()),
        _ => {
            let what = format!("a continuous position, approved: {live}, was taken otherwise");
            Err(sim.broken(Some(person), None, what))
        }
    }
}
