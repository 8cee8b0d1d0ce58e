//! The worker's way with one attempt: media and templates in, a measurement, a verdict, one commit.

use bytes::Bytes;
use domain::{
    CheckinId,
    checkin::{Move, State, next},
    event::{Actor, EventKind},
    evidence::Measurement,
    verdict::{Reason, Verdict, decide},
};
use engine::{Probe, Room};
use store::{
    checkin::{Claim, Conclusion},
    media::Owner,
};

use crate::{Cx, Error, Result, checkin, journal::note, part};

/// Measures a claimed attempt, decides, and commits under the claim's number. A worker that lost its lease changes nothing.
pub(crate) async fn conclude(cx: &Cx, room: Room, claim: &Claim) -> Result<()> {
    if claim.number > cx.limits.claims_max {
        return give_up(cx, claim).await;
    }
    let probe = probe(cx, claim).await?;
    let measurement = room.verify(probe).await?;
    let duty = duty(cx, claim).await?;
    let mut verdict = decide(&measurement, duty.duty.factors, &cx.policy);
    if duty.duty.location_required && !located(cx, claim).await? {
        verdict = verdict.doubted(Reason::LocationMissing);
    }
    commit(cx, claim, &measurement, verdict).await
}

/// What nobody could measure goes to an officer.
async fn give_up(cx: &Cx, claim: &Claim) -> Result<()> {
    tracing::error!(checkin.id = %claim.checkin, claims = claim.number, "Gave up measuring check-in {}", claim.checkin);
    commit(
        cx,
        claim,
        &Measurement::absent(),
        Verdict::Review {
            reasons: vec![Reason::NotMeasured],
        },
    )
    .await
}

async fn probe(cx: &Cx, claim: &Claim) -> Result<Probe> {
    let mut tx = cx.store.read().await?;
    let key = cx.house.person_key(&mut tx, claim.person).await?;
    let media = store::media::of_owner(&mut tx, Owner::Checkin(claim.checkin)).await?;
    let (face_template, voice_template) =
        checkin::templates(cx, &mut tx, claim.person, &key).await?;
    drop(tx);
    let (mut pictures, mut voice) = (Vec::<Bytes>::new(), None);
    for media in media {
        let bytes = part::read(cx, &media, &key).await?;
        if media.part == checkin::VOICE {
            voice = Some(bytes);
        } else {
            pictures.push(bytes);
        }
    }
    Ok(Probe {
        pictures,
        voice,
        face_template,
        voice_template,
        prompt: Some(claim.prompt.clone().into()),
    })
}

/// Did a position come with the submission?
async fn located(cx: &Cx, claim: &Claim) -> Result<bool> {
    let mut tx = cx.store.read().await?;
    let facts = store::checkin::facts(&mut tx, claim.checkin).await?;
    Ok(facts.is_some_and(|facts| {
        facts
            .get("location")
            .is_some_and(|location| !location.is_null())
    }))
}

async fn duty(cx: &Cx, claim: &Claim) -> Result<store::duty::Marked> {
    let mut tx = cx.store.read().await?;
    store::duty::get(&mut tx, claim.duty)
        .await?
        .ok_or(Error::NotFound("duty"))
}

async fn commit(cx: &Cx, claim: &Claim, measurement: &Measurement, verdict: Verdict) -> Result<()> {
    let now = cx.now();
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
            measurement,
            verdict: &verdict,
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
    checkin::mark_duty(cx, &mut tx, Actor::System, &marked, now).await?;
    tx.commit().await?;
    told(cx, claim.checkin);
    tracing::info!(checkin.id = %claim.checkin, verdict = %kind, "Concluded check-in {}", claim.checkin);
    Ok(())
}

fn told(cx: &Cx, id: CheckinId) {
    cx.signal.concluded(id.0);
}
