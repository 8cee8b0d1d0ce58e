//! What is looked for when something happens: one entry for each kind of happening. Give it the happening and the history that its constants
//! name, and raise what comes back; raising again changes nothing ([`Cause::dedup`]).

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use uuid::Uuid;

use super::{
    Activation, Cause, DeviceChange, EdgeOfWindow, Gathering, IdenticalCoordinates,
    ImpossibleSpeed, MockLocation, Nocturnal, Placed, Repeat, RepeatedMedia, Separation, Settings,
    SharedDevice, StandIn, local, nocturnal, settings::limits,
};
use crate::{
    CheckinId, DutyId, Micros, PersonId,
    area::{AreaRule, Finding, Fix, Shape, judge},
    channel::Channel,
    checkin::Decision,
    identify::Resembling,
    positioning::Sighting,
    verdict::Reason,
};

/// Days of submitted check-ins that [`of_checkin`] looks back at, and how many, the newest, at most.
pub const CHECKIN_DAYS: i64 = 90;
pub const CHECKINS_MAX: u32 = 400;
/// Days of positions, of check-ins and others, that [`of_positions`] looks back at, and how many, the newest, at most: one in five minutes.
pub const TRACK_DAYS: i64 = 15;
pub const TRACK_LEN_MAX: u32 = 5_000;
/// Days of activations, the person's own and those of the same handset, that [`of_device`] looks back at, and how many, the newest, at most.
pub const ACTIVATION_DAYS: i64 = 365;
pub const ACTIVATIONS_MAX: u32 = 200;
/// Minutes before and after the new positions within which [`of_group`] needs those of the others, and how many, the newest, at most.
pub const GROUP_MINUTES: i64 = 60;
pub const GROUP_LEN_MAX: u32 = 2_000;

/// Under what somebody is watched.
#[derive(Debug, Clone, Copy)]
pub struct Watched<'a> {
    /// As they hold for the person's unit ([`Settings::nearest`]).
    pub settings: &'a Settings,
    /// Of the person's plan.
    pub zone: &'a TimeZone,
    /// The person's areas that stand.
    pub areas: &'a [AreaRule],
}

/// A check-in that was handed in, with what is known of it by now.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub checkin: CheckinId,
    pub duty: DutyId,
    pub opens_at: Micros,
    pub closes_at: Micros,
    /// A random check.
    pub unannounced: bool,
    pub channel: Channel,
    pub submitted_at: Micros,
    /// Of its verdict, if that was a review.
    pub reasons: Vec<Reason>,
    pub decision: Option<Decision>,
    pub position: Option<Sighting>,
    /// Of its report; only those of the one that is looked at are asked for.
    pub findings: Vec<Finding>,
}

impl Seen {
    /// Was it made on a phone of the person's own, and on no machine in an office?
    pub(super) fn personal(&self) -> bool {
        match self.channel {
            Channel::App | Channel::H5 | Channel::MiniProgram => true,
            Channel::Kiosk | Channel::InPerson => false,
        }
    }
}

/// When a verdict on a check-in came, and when an officer decided. `history` holds the person's check-ins of [`CHECKIN_DAYS`] before, in any
/// order; what came later, and the check-in itself, are left out of it.
pub fn of_checkin(seen: &Seen, history: &[Seen], watched: &Watched<'_>) -> Vec<Cause> {
    let Watched { settings, zone, .. } = *watched;
    let since = seen.submitted_at.plus_ms(-CHECKIN_DAYS * local::DAY_MS);
    let order = |seen: &Seen| (seen.submitted_at, seen.checkin);
    let before = |one: &&Seen| order(one) < order(seen) && one.submitted_at > since;
    let mut file: Vec<_> = history.iter().filter(before).collect();
    file.sort_by_key(|one| order(one));
    file.push(seen);

    let mut causes = Placed::find(&seen.findings, seen.submitted_at, zone);
    let separation = Separation::find(&file, zone, limits(settings.separation));
    causes.extend(separation.map(Cause::Separation));
    let edge = EdgeOfWindow::find(&file, zone, limits(settings.edge_of_window));
    causes.extend(edge.map(Cause::EdgeOfWindow));
    if seen.personal() && seen.position.is_some() {
        let own = file.iter().filter(|one| one.personal());
        let (track, fixes) = fixed(own.filter_map(|one| one.position.as_ref()));
        causes.extend(of_last(&track, &fixes, watched));
        causes.extend(of_nights(&fixes, watched));
    }
    heeded(causes, settings)
}

/// When positions between check-ins came. `earlier` holds the person's sightings of [`TRACK_DAYS`] before, in any order; those of `new`
/// may be among them.
pub fn of_positions(new: &[Sighting], earlier: &[Sighting], watched: &Watched<'_>) -> Vec<Cause> {
    let Watched {
        settings,
        zone,
        areas,
    } = *watched;
    let fresh: BTreeSet<_> = new.iter().map(|sighting| sighting.id).collect();
    let mut track: Vec<_> = earlier
        .iter()
        .filter(|one| !fresh.contains(&one.id))
        .collect();
    track.extend(new);
    track.sort_by_key(|one| (one.when(), one.id));
    let (track, fixes) = fixed(track);

    let mut causes = Vec::new();
    for (index, (sighting, fix)) in track.iter().zip(&fixes).enumerate() {
        if fresh.contains(&sighting.id) {
            causes.extend(Placed::find(&judge(areas, fix, zone), fix.at(), zone));
            causes.extend(of_last(&track[..=index], &fixes[..=index], watched));
        }
    }
    let at_night =
        |one: &&Sighting| fresh.contains(&one.id) && nocturnal::at_night(one.when(), zone);
    if let Some(index) = track.iter().rposition(at_night) {
        causes.extend(of_nights(&fixes[..=index], watched));
    }
    heeded(causes, settings)
}

/// When somebody's phone was activated. `earlier` holds activations of [`ACTIVATION_DAYS`] before, the person's own and those of anybody that share a
/// mark with it, in any order.
pub fn of_device(new: &Activation, earlier: &[Activation], settings: &Settings) -> Vec<Cause> {
    let change = DeviceChange::find(new, earlier, limits(settings.device_change));
    let shared = SharedDevice::find(new, earlier, limits(settings.shared_device));
    let causes = change.map(Cause::DeviceChange).into_iter();
    heeded(
        causes.chain(shared.map(Cause::SharedDevice)).collect(),
        settings,
    )
}

/// When media were handed in that we had before, whether or not they were refused for it. No history is needed but `repeats`.
pub fn of_media(
    (checkin, person, duty): (CheckinId, PersonId, DutyId),
    repeats: &[Repeat],
    at: Micros,
    watched: &Watched<'_>,
) -> Vec<Cause> {
    let found = RepeatedMedia::find((checkin, person, duty), repeats, at, watched.zone);
    let causes = found.map(Cause::RepeatedMedia).into_iter().collect();
    heeded(causes, watched.settings)
}

/// When a check-in whose face is not its person's was searched among others (1:N): whom it resembles, if anybody.
pub fn of_face(
    checkin: CheckinId,
    resembling: &Resembling,
    at: Micros,
    watched: &Watched<'_>,
) -> Vec<Cause> {
    let found = StandIn::of(checkin, resembling, at, watched.zone);
    heeded(vec![Cause::StandIn(found)], watched.settings)
}

/// When positions of somebody with a case group came, at a check-in or between. `others` holds those of the group's other members within
/// [`GROUP_MINUTES`]. `summoned` are places to which they are called together. Returns whose alert each is.
pub fn of_group(
    new: &[Sighting],
    others: &[Sighting],
    case_group: &str,
    summoned: &[Shape],
    watched: &Watched<'_>,
) -> Vec<(PersonId, Cause)> {
    let Watched { settings, zone, .. } = *watched;
    let limits = limits(settings.gathering);
    let found = Gathering::find(new, others, case_group, summoned, zone, limits);
    let causes = found
        .into_iter()
        .map(|(person, one)| (person, Cause::Gathering(one)));
    causes
        .filter(|(_, cause)| settings.on(cause.rule()))
        .collect()
}

/// Sightings with the fixes that they are.
fn fixed<'a>(track: impl IntoIterator<Item = &'a Sighting>) -> (Vec<&'a Sighting>, Vec<Fix>) {
    let pairs = track
        .into_iter()
        .filter_map(|sighting| Some((sighting, sighting.fix()?)));
    pairs.unzip()
}

/// What the last one of a track says, for itself and with those before it.
fn of_last(track: &[&Sighting], fixes: &[Fix], watched: &Watched<'_>) -> Vec<Cause> {
    let Watched { settings, zone, .. } = *watched;
    let mut causes = Vec::new();
    if let [.., from, to] = track {
        let speed = ImpossibleSpeed::find(from, to, zone, limits(settings.impossible_speed));
        causes.extend(speed.map(Cause::ImpossibleSpeed));
    }
    let mock = MockLocation::find(track, zone, limits(settings.mock_location));
    causes.extend(mock.map(Cause::MockLocation));
    let identical = IdenticalCoordinates::find(fixes, zone, limits(settings.identical_coordinates));
    causes.extend(identical.map(Cause::IdenticalCoordinates));
    causes
}

fn of_nights(fixes: &[Fix], watched: &Watched<'_>) -> Option<Cause> {
    let home = nocturnal::home(watched.areas)?;
    let limits = limits(watched.settings.nocturnal);
    Nocturnal::find(fixes, home, watched.zone, limits).map(Cause::Nocturnal)
}

/// Without what is switched off, and each thing once.
fn heeded(mut causes: Vec<Cause>, settings: &Settings) -> Vec<Cause> {
    let mut told = BTreeSet::new();
    let anybody = PersonId(Uuid::nil());
    causes.retain(|cause| settings.on(cause.rule()) && told.insert(cause.dedup(anybody)));
    causes
}

#[cfg(test)]
mod tests;
