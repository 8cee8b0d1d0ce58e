//! The worker's way with one attempt: media and templates in, a measurement, a verdict, one commit.

use bytes::Bytes;
use domain::{
    CheckinId,
    checkin::{Move, State, next},
    duty::Duty,
    event::{Actor, EventKind},
    evidence::Measurement,
    verdict::{Reason, Verdict, Weighed, decide, weigh},
};
use engine::{Probe, Room};
use store::{
    checkin::{Claim, Conclusion},
    media::Owner,
};

use crate::{
    Cx, Error, Result, checkin,
    journal::note,
    leave,
    outbox::{News, needs_look},
    part,
    place::{self, Place},
    watch,
};

/// Measures a claimed attempt, decides, and commits under the claim's number. A worker that lost its lease changes nothing.
pub(crate) async fn conclude(cx: &Cx, room: Room, claim: &Claim) -> Result<()> {
    if claim.number > cx.limits.claims_max {
        return give_up(cx, claim).await;
    }
    let (probe, duty, place) = look(cx, claim).await?;
    let measurement = room.verify(probe).await?;
    let (factors, level) = (duty.factors, claim.level);
    let verdict = decide(&measurement, factors, level, &cx.policy);
    let weighed = Weighed {
        fused: weigh(&measurement, factors, level, &cx.policy),
        seen: measurement,
    };
    commit(cx, claim, &weighed, verdict, place).await
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
    commit(cx, claim, &weighed, verdict, place).await
}

/// All that a verdict hangs on.
async fn look(cx: &Cx, claim: &Claim) -> Result<(Probe, Duty, Place)> {
    let mut tx = cx.store.read().await?;
    let key = cx.house.person_key(&mut tx, claim.person).await?;
    let media = store::media::with_chunks(&mut tx, Owner::Checkin(claim.checkin)).await?;
    let (face_template, voice_template) =
        checkin::templates(cx, &mut tx, claim.person, &key).await?;
    let marked = store::duty::get(&mut tx, claim.duty).await?;
    let duty = marked.ok_or(Error::NotFound("duty"))?.duty;
    let place = place::look(&mut tx, claim, duty.location_required).await?;
    drop(tx);
    let (mut pictures, mut voice) = (Vec::<Bytes>::new(), None);
    for (media, chunks) in media {
        let bytes = part::read(cx, &media, &chunks, &key).await?;
        if media.part == checkin::VOICE {
            voice = Some(bytes);
        } else {
            pictures.push(bytes);
        }
    }
    let probe = Probe {
        pictures,
        voice,
        face_template,
        voice_template,
        prompt: Some(claim.prompt.clone().into()),
    };
    Ok((probe, duty, place))
}

async fn commit(
    cx: &Cx,
    claim: &Claim,
    weighed: &Weighed,
    verdict: Verdict,
    place: Place,
) -> Result<()> {
    let now = cx.now();
    let verdict = place.doubt(verdict);
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
