//! Looks at what comes in for what an officer must look at, by the rules of `domain::alert`, in the transaction in which it comes in.

use std::collections::BTreeMap;

use domain::{
    CheckinId, DutyId, Micros, OrgUnitId, PersonId,
    access::Action,
    alert::{
        Activation, Cause, Repeat, Settings,
        watch::{
            ACTIVATION_DAYS, ACTIVATIONS_MAX, CHECKIN_DAYS, CHECKINS_MAX, GROUP_LEN_MAX,
            GROUP_MINUTES, TRACK_DAYS, TRACK_LEN_MAX, Watched, of_checkin, of_device, of_face,
            of_group, of_media, of_positions,
        },
    },
    area::AreaRule,
    checkin::Checkin,
    event::{Actor, EventKind},
    identify::Resembling,
    person::{Device, Person},
    positioning::Sighting,
};
use jiff::tz::TimeZone;
pub use store::watch::Version;
use store::{Tx, checkin::Claim};

use crate::{
    Cx, Error, Result, Viewer, alert::raise, area, checkin::Announced, field, journal::note, leave,
};

const DAY_MS: i64 = 24 * 3_600_000;
const MINUTE_MS: i64 = 60_000;
/// Others of one case who are looked at.
const GROUP_PERSONS_MAX: u32 = 50;

/// Where a person may be at an instant, and the clock on his wall.
pub(crate) struct Ground {
    pub zone: TimeZone,
    pub areas: Vec<AreaRule>,
}

impl Ground {
    pub async fn of(tx: &mut Tx, person: PersonId, at: Micros) -> Result<Self> {
        let zone = area::zone(tx, person, at).await?;
        let areas = leave::areas_of(tx, person, at, &zone).await?;
        Ok(Self { zone, areas })
    }

    const fn watched<'a>(&'a self, settings: &'a Settings) -> Watched<'a> {
        Watched {
            settings,
            zone: &self.zone,
            areas: self.areas.as_slice(),
        }
    }
}

/// A check-in got its verdict, or an officer decided about it. `ground` is that of its submission, if it was looked up before. True when an
/// alert tells that an officer declined it for who was seen or heard.
pub(crate) async fn checkin(
    cx: &Cx,
    tx: &mut Tx,
    person: PersonId,
    id: CheckinId,
    ground: Option<Ground>,
    now: Micros,
) -> Result<bool> {
    let since = now.plus_ms(-CHECKIN_DAYS * DAY_MS);
    let mut history = store::watch::seen(tx, person, id, since, CHECKINS_MAX).await?;
    let Some(index) = history.iter().position(|seen| seen.checkin == id) else {
        return Ok(false);
    };
    let seen = history.swap_remove(index);
    let ground = match ground {
        Some(ground) => ground,
        None => Ground::of(tx, person, seen.submitted_at).await?,
    };
    let settings = store::watch::settings_of(tx, person).await?;
    let mut declined = false;
    for cause in of_checkin(&seen, &history, &ground.watched(&settings)) {
        declined |= matches!(&cause, Cause::Separation(one) if one.declined);
        raise(cx, tx, person, cause, &settings, now).await?;
    }
    if let Some(sighting) = seen.position {
        let watched = ground.watched(&settings);
        group(cx, tx, person, &[sighting], &watched, now).await?;
    }
    Ok(declined)
}

/// Positions between check-ins came.
pub(crate) async fn positions(
    cx: &Cx,
    tx: &mut Tx,
    person: PersonId,
    new: &[Sighting],
    now: Micros,
) -> Result<()> {
    let since = now.plus_ms(-TRACK_DAYS * DAY_MS);
    let span = (since, now.plus_ms(1));
    let earlier = store::position::newest(tx, person, span, TRACK_LEN_MAX).await?;
    let settings = store::watch::settings_of(tx, person).await?;
    let ground = Ground::of(tx, person, now).await?;
    let watched = ground.watched(&settings);
    for cause in of_positions(new, &earlier, &watched) {
        raise(cx, tx, person, cause, &settings, now).await?;
    }
    group(cx, tx, person, new, &watched, now).await
}

/// Were others of the same case where this person was?
async fn group(
    cx: &Cx,
    tx: &mut Tx,
    person: PersonId,
    new: &[Sighting],
    watched: &Watched<'_>,
    now: Micros,
) -> Result<()> {
    let Some(group) = store::watch::group_of(tx, person).await? else {
        return Ok(());
    };
    let times = || new.iter().map(Sighting::when);
    let (Some(first), Some(last)) = (times().min(), times().max()) else {
        return Ok(());
    };
    let within = GROUP_MINUTES * MINUTE_MS;
    let span = (first.plus_ms(-within), last.plus_ms(within + 1));
    let lens = (GROUP_PERSONS_MAX, GROUP_LEN_MAX / GROUP_PERSONS_MAX);
    let others = store::watch::group_sightings(tx, (&group, person), span, lens).await?;
    for (whose, cause) in of_group(new, &others, &group, &[], watched) {
        let settings = store::watch::settings_of(tx, whose).await?;
        raise(cx, tx, whose, cause, &settings, now).await?;
    }
    Ok(())
}

/// A phone was activated for somebody.
pub(crate) async fn device(cx: &Cx, tx: &mut Tx, device: &Device, now: Micros) -> Result<()> {
    let marks = [Some(device.thumbprint.clone()), device.handset.clone()];
    let new = Activation {
        person: device.person,
        device: device.id,
        channel: device.channel,
        marks: marks.into_iter().flatten().collect(),
        at: device.activated_at,
    };
    let marks = (device.thumbprint.as_str(), device.handset.as_deref());
    let since = now.plus_ms(-ACTIVATION_DAYS * DAY_MS);
    let mut earlier = store::watch::activations(tx, &new, marks, since, ACTIVATIONS_MAX).await?;
    earlier.retain(|one| one.device != new.device);
    let settings = store::watch::settings_of(tx, device.person).await?;
    for cause in of_device(&new, &earlier, &settings) {
        raise(cx, tx, device.person, cause, &settings, now).await?;
    }
    Ok(())
}

/// Media were handed in that we had before, and were refused for it.
pub(crate) async fn media(
    cx: &Cx,
    tx: &mut Tx,
    checkin: &Checkin,
    parts: &BTreeMap<String, Announced>,
    now: Micros,
) -> Result<()> {
    let mut repeats = Vec::new();
    for (part, announced) in parts {
        repeats.extend(store::watch::repeat(tx, part, &announced.sha256).await?);
    }
    let of = (checkin.id, checkin.person, checkin.duty);
    repeated(cx, tx, of, &repeats, now).await
}

/// Media were measured that are copies of earlier ones.
pub(crate) async fn copies(
    cx: &Cx,
    tx: &mut Tx,
    claim: &Claim,
    repeats: &[Repeat],
    now: Micros,
) -> Result<()> {
    if repeats.is_empty() {
        return Ok(());
    }
    let of = (claim.checkin, claim.person, claim.duty);
    repeated(cx, tx, of, repeats, now).await
}

async fn repeated(
    cx: &Cx,
    tx: &mut Tx,
    of: (CheckinId, PersonId, DutyId),
    repeats: &[Repeat],
    now: Micros,
) -> Result<()> {
    let settings = store::watch::settings_of(tx, of.1).await?;
    let ground = Ground::of(tx, of.1, now).await?;
    for cause in of_media(of, repeats, now, &ground.watched(&settings)) {
        raise(cx, tx, of.1, cause, &settings, now).await?;
    }
    Ok(())
}

/// The face at a check-in is another supervised person's.
pub(crate) async fn face(
    cx: &Cx,
    tx: &mut Tx,
    claim: &Claim,
    resembling: &Resembling,
    now: Micros,
) -> Result<()> {
    let settings = store::watch::settings_of(tx, claim.person).await?;
    let ground = Ground::of(tx, claim.person, now).await?;
    let at = claim.submitted_at;
    for cause in of_face(claim.checkin, resembling, at, &ground.watched(&settings)) {
        raise(cx, tx, claim.person, cause, &settings, now).await?;
    }
    Ok(())
}

/// Without those whose rule is switched off for a person's unit.
pub(crate) fn heeded(causes: Vec<Cause>, settings: &Settings) -> Vec<Cause> {
    let on = |cause: &Cause| settings.on(cause.rule());
    causes.into_iter().filter(on).collect()
}

/// What a unit of the viewer's set for itself, and what holds there.
pub async fn settings(
    cx: &Cx,
    viewer: &Viewer,
    unit: OrgUnitId,
) -> Result<(Option<Version>, Settings)> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let unit = crate::unit::within(&mut tx, viewer, unit).await?;
    let own = store::watch::of_unit(&mut tx, unit.id).await?;
    let holds = store::watch::settings(&mut tx, &unit.path).await?;
    Ok((own, holds))
}

/// Sets the rules of a unit of the viewer's, as a new version. What was raised stays.
pub async fn set(
    cx: &Cx,
    viewer: &Viewer,
    unit: OrgUnitId,
    settings: Settings,
) -> Result<(Option<Version>, Settings)> {
    viewer.allow(Action::Govern)?;
    settings.check()?;
    let mut tx = cx.store.write().await?;
    let unit = crate::unit::within(&mut tx, viewer, unit).await?;
    let before = store::watch::of_unit(&mut tx, unit.id).await?;
    let version = Version {
        number: before.map_or(1, |before| before.number + 1),
        settings,
        set_by: viewer.officer.id,
        set_at: cx.now(),
    };
    match store::watch::set(&mut tx, unit.id, &version).await {
        Err(store::Error::Conflict) => return Err(Error::Busy { retry_after_s: 1 }),
        other => other?,
    }
    let kind = EventKind::AlertSettingsSet {
        unit: unit.id,
        version: version.number,
    };
    note(cx, &mut tx, Actor::Officer(viewer.officer.id), None, kind).await?;
    let holds = store::watch::settings(&mut tx, &unit.path).await?;
    tx.commit().await?;
    Ok((Some(version), holds))
}

/// Writes down with whom somebody was sentenced, by the number of their case; none takes it out.
pub async fn set_group(
    cx: &Cx,
    viewer: &Viewer,
    person: PersonId,
    group: Option<&str>,
) -> Result<Person> {
    viewer.allow(Action::Manage)?;
    let group = match group {
        Some(group) => Some(field::name("case_group", group)?),
        None => None,
    };
    let mut tx = cx.store.write().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    store::watch::set_group(&mut tx, person.id, group.as_deref()).await?;
    let kind = EventKind::CaseGroupSet { group };
    let officer = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, officer, Some(person.id), kind).await?;
    tx.commit().await?;
    Ok(person)
}
