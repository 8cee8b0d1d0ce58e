//! All that lies beside a case when an officer looks at it.

use domain::{
    CheckinId, Micros,
    access::Action,
    alert::{Cause, StandIn},
    area::{AreaRule, Fix},
    person::Person,
};
use jiff::tz::TimeZone;
use store::{Tx, alert::About, checkin::Recent};

use super::{Case, Claim, get};
use crate::{Cx, Error, Result, Viewer, area, leave};

/// Earlier attempts that are shown.
const RECENT_LEN: u32 = 12;
/// Alerts of the person that are looked through.
const ALERTS_LEN: u32 = 50;
/// A stand-in is told of once a week, so another try of the same week has no alert of its own.
const STAND_IN_MS: i64 = 7 * 24 * 3_600_000;

/// A case with what helps to judge it.
pub struct Looked {
    pub case: Case,
    pub claim: Option<Claim>,
    /// Name of the person's unit.
    pub unit: String,
    /// On the person's clock.
    pub zone: TimeZone,
    /// The newest first, without this one.
    pub recent: Vec<Recent>,
    /// In any state, the newest first.
    pub alerts: Vec<About>,
    pub stand_in: Option<Named>,
    pub place: Option<Placed>,
    /// Who gave the opinions of the case, by name.
    pub officers: Vec<String>,
    /// The case before and the case after that this officer may take.
    pub neighbours: (Option<CheckinId>, Option<CheckinId>),
}

/// Whose face it seems to be.
pub struct Named {
    pub stand_in: StandIn,
    /// None when the viewer may not know of him.
    pub person: Option<Person>,
}

/// Where the phone was, and the areas that held then.
pub struct Placed {
    pub fix: Fix,
    pub areas: Vec<AreaRule>,
}

/// A case of the viewer's scope, whatever became of it.
pub async fn look(cx: &Cx, viewer: &Viewer, id: CheckinId) -> Result<Looked> {
    let case = get(cx, viewer, id).await?;
    viewer.allow(Action::Read)?;
    let now = cx.now();
    let detail = &case.detail;
    let person = detail.person.id;
    let at = detail
        .checkin
        .submitted_at
        .unwrap_or(detail.checkin.opened_at);
    let mut tx = cx.store.read().await?;
    let unit = store::unit::get(&mut tx, detail.person.unit).await?;
    let unit = unit.ok_or(Error::NotFound("unit"))?.name;
    let zone = area::zone(&mut tx, person, at).await?;
    let mut recent = store::checkin::recent(&mut tx, person, RECENT_LEN + 1).await?;
    recent.retain(|one| one.checkin != id);
    let alerts = store::alert::of_person(&mut tx, person, ALERTS_LEN).await?;
    let stand_in = named(&mut tx, viewer, &alerts, (id, at)).await?;
    let sighting = store::position::of_checkin(&mut tx, id).await?;
    let place = match sighting.and_then(|sighting| sighting.fix()) {
        Some(fix) => Some(Placed {
            fix,
            areas: leave::areas_of(&mut tx, person, at, &zone).await?,
        }),
        None => None,
    };
    let mut officers = Vec::with_capacity(case.opinions.len());
    for opinion in &case.opinions {
        let officer = store::officer::get(&mut tx, opinion.officer).await?;
        officers.push(officer.ok_or(Error::NotFound("officer"))?.name);
    }
    let claim = store::review_claim::live(&mut tx, id, now).await?;
    let neighbours = store::review_claim::neighbours(&mut tx, &viewer.scope, (at, id), now).await?;
    Ok(Looked {
        case,
        claim,
        unit,
        zone,
        recent,
        alerts,
        stand_in,
        place,
        officers,
        neighbours,
    })
}

/// The stand-in that was told of this attempt, or of one of the same days.
async fn named(
    tx: &mut Tx,
    viewer: &Viewer,
    alerts: &[About],
    (checkin, at): (CheckinId, Micros),
) -> Result<Option<Named>> {
    let mut near = None;
    for about in alerts {
        let Cause::StandIn(stand_in) = &about.alert.cause else {
            continue;
        };
        if stand_in.checkin == checkin {
            near = Some(stand_in);
            break;
        }
        if near.is_none() && at.since_ms(stand_in.at).abs() <= STAND_IN_MS {
            near = Some(stand_in);
        }
    }
    let Some(stand_in) = near else {
        return Ok(None);
    };
    let person = store::person::get_within(tx, &viewer.scope, stand_in.resembles).await?;
    Ok(Some(Named {
        stand_in: stand_in.clone(),
        person,
    }))
}
