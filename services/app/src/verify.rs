//! The worker's way with one attempt: media and templates in, a measurement, a verdict, one commit.

use domain::{
    CheckinId,
    checkin::{Move, State, next},
    duty::Duty,
    event::{Actor, EventKind},
    evidence::{Measurement, PresenceMeasurement},
    identify::Resembling,
    verdict::{Earlier, Reason, Verdict, Weighed, decide_after, weigh},
};
use engine::{Probe, Room};
use seal::PersonKey;
use store::{
    Tx,
    checkin::{Claim, Conclusion},
    media::Owner,
};

use crate::{
    Cx, Error, Result,
    capture::{self, Capture},
    checkin,
    history::{self, History},
    identify,
    journal::note,
    leave,
    outbox::{News, needs_look},
    place::{self, Place},
    watch,
};

/// Measures a claimed attempt, decides, and commits under the claim's number. A worker that lost its lease changes nothing.
pub(crate) async fn conclude(cx: &Cx, room: Room, claim: &Claim) -> Result<()> {
    if claim.number > cx.limits.claims_max {
        return give_up(cx, claim).await;
    }
    let Looked {
        probe,
        key,
        handed_in,
        duty,
        place,
        earlier,
    } = look(cx, claim).await?;
    let mut measurement = room.verify(probe).await?;
    if let (Some(asked), None) = (&claim.presence, &measurement.presence) {
        measurement.presence = Some(PresenceMeasurement {
            asked: asked.clone(),
            ..PresenceMeasurement::default()
        });
    }
    let (factors, level) = (duty.factors, claim.level);
    let verdict = decide_after(&earlier, &measurement, factors, level, &cx.policy);
    let weighed = Weighed {
        fused: weigh(&measurement, factors, level, &cx.policy),
        seen: measurement,
    };
    let seen = (&weighed.seen, &verdict);
    let of = (claim.person, &key);
    let history = history::look(cx, of, claim.checkin.0, &handed_in, seen).await?;
    let resembling = stand_in(cx, claim, &weighed.seen, &verdict).await?;
    let found = Found {
        place,
        history,
        key: Some(key),
        resembling,
    };
    commit(cx, claim, &weighed, verdict, found).await
}

/// Whose face it is, when it is not the person's: somebody else of the county's, perhaps (E7).
async fn stand_in(
    cx: &Cx,
    claim: &Claim,
    measurement: &Measurement,
    verdict: &Verdict,
) -> Result<Option<Resembling>> {
    let Verdict::Review { reasons } = verdict else {
        return Ok(None);
    };
    if !reasons.contains(&Reason::FaceMismatch) {
        return Ok(None);
    }
    let pictures = measurement.pictures.iter();
    let seen: Vec<_> = pictures.filter_map(|one| one.likeness.clone()).collect();
    identify::in_county(cx, claim.person, &seen).await
}

/// What is known besides the measurement.
#[derive(Default)]
struct Found {
    place: Place,
    history: History,
    /// Seals what is kept of the history; none when nothing was measured.
    key: Option<PersonKey>,
    resembling: Option<Resembling>,
}

/// What nobody could measure goes to an officer.
async fn give_up(cx: &Cx, claim: &Claim) -> Result<()> {
    tracing::error!(checkin.id = %claim.checkin, claims = claim.number, "Gave up measuring check-in {}", claim.checkin);
    let verdict = Verdict::Review {
        reasons: vec![Reason::NotMeasured],
    };
    // What fails here may be what failed before; the officer looks anyway.
    let look = async {
        let mut tx = cx.store.read().await?;
        place::look(&mut tx, claim, false).await
    };
    let place = match look.await {
        Ok(place) => place,
        Err(error) => {
            tracing::error!(checkin.id = %claim.checkin, error = ?error, "Gave up on the place of check-in {}", claim.checkin);
            Place::default()
        }
    };
    let weighed = Weighed {
        seen: Measurement::absent(),
        fused: None,
    };
    let found = Found {
        place,
        ..Found::default()
    };
    commit(cx, claim, &weighed, verdict, found).await
}

/// All that a verdict hangs on.
struct Looked {
    probe: Probe,
    key: PersonKey,
    handed_in: Capture,
    duty: Duty,
    place: Place,
    earlier: Earlier,
}

async fn look(cx: &Cx, claim: &Claim) -> Result<Looked> {
    let mut tx = cx.store.read().await?;
    let key = cx.house.person_key(&mut tx, claim.person).await?;
    let media = store::media::with_chunks(&mut tx, Owner::Checkin(claim.checkin)).await?;
    let (face_template, voice_template) =
        checkin::templates(cx, &mut tx, claim.person, &key).await?;
    let marked = store::duty::get(&mut tx, claim.duty).await?;
    let duty = marked.ok_or(Error::NotFound("duty"))?.duty;
    let place = place::look(&mut tx, claim, duty.location_required).await?;
    let earlier = earlier(&mut tx, claim).await?;
    drop(tx);
    let (handed_in, probe) = capture::read(cx, claim, media, &key).await?;
    let probe = Probe {
        face_template,
        voice_template,
        prompt: Some(claim.prompt.clone().into()),
        ..probe
    };
    Ok(Looked {
        probe,
        key,
        handed_in,
        duty,
        place,
        earlier,
    })
}

/// What the duty's attempts that were to be taken again came to.
async fn earlier(tx: &mut Tx, claim: &Claim) -> Result<Earlier> {
    let mut earlier = Earlier::default();
    for (verdict, weighed) in store::checkin::retried(tx, claim.duty).await? {
        earlier.add(&verdict, &weighed.seen);
    }
    Ok(earlier)
}

async fn commit(
    cx: &Cx,
    claim: &Claim,
    weighed: &Weighed,
    verdict: Verdict,
    found: Found,
) -> Result<()> {
    let now = cx.now();
    let Found {
        place,
        history,
        key,
        resembling,
    } = found;
    let verdict = history.doubt(place.doubt(verdict));
    let state = next(State::Running, Move::Conclude(verdict.kind()))?;
    let mut tx = cx.store.write().await?;
    let marked = store::duty::lock(&mut tx, claim.duty)
        .await?
        .ok_or(Error::NotFound("duty"))?;
    store::checkin::finish(
        &mut tx,
        claim,
        &Conclusion {
            state,
            weighed,
            verdict: &verdict,
            place: place.report.as_ref(),
            at: now,
        },
    )
    .await?;
    let kind = verdict.kind();
    let event = EventKind::CheckinConcluded {
        checkin: claim.checkin,
        duty: claim.duty,
        claim: claim.number,
        verdict,
    };
    note(cx, &mut tx, Actor::System, Some(claim.person), event).await?;
    checkin::mark_duty(cx, &mut tx, Actor::System, &marked, false, now).await?;
    if let Some(key) = &key {
        history.keep(cx, &mut tx, (claim.person, key), now).await?;
    }
    watch::copies(cx, &mut tx, claim, &history.repeats, now).await?;
    if let Some(resembling) = &resembling {
        watch::face(cx, &mut tx, claim, resembling, now).await?;
    }
    let (person, ground) = (claim.person, place.ground);
    watch::checkin(cx, &mut tx, person, claim.checkin, ground, now).await?;
    leave::reported(cx, &mut tx, claim.person, claim.checkin, now).await?;
    if state == State::Review {
        let person = store::person::get(&mut tx, claim.person).await?;
        let unit = person.ok_or(Error::NotFound("person"))?.unit;
        let news = News {
            kind: "checkin.review",
            id: claim.checkin.0,
            what: state.as_str(),
        };
        needs_look(cx, &mut tx, (unit, claim.person), &news).await?;
    }
    tx.commit().await?;
    told(cx, claim.checkin);
    tracing::info!(checkin.id = %claim.checkin, verdict = %kind, "Concluded check-in {}", claim.checkin);
    Ok(())
}

fn told(cx: &Cx, id: CheckinId) {
    cx.signal.concluded(id.0);
}
