//! The attended capture of face and voice: open, upload, hand in; the engine judges each sample, the domain the whole.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use domain::{
    EnrolmentId, PersonId, Refusal,
    access::Action,
    challenge::Prompt,
    enrolment::{Enrolment, Findings, PHRASES_MAX, PICTURES_MAX, Sample, State, judge, may_submit},
    event::{Actor, EventKind},
    evidence::Comparison,
    person::Person,
};
use engine::{Enrolled, Phrase, Room, Samples};
use seal::PersonKey;
use store::{
    Tx,
    enrolment::Claim,
    media::{Media, Owner},
    template::Modality,
};

use crate::{
    Cx, Error, PartReceived, Result, Upload, Viewer,
    capture::HandedIn,
    field,
    history::{self, History},
    identify,
    journal::note,
    part, template,
};

const LOOK_MS: u64 = 2_000;

/// An enrolment with its parts.
pub struct Standing {
    pub enrolment: Enrolment,
    pub parts: Vec<PartReceived>,
    /// Under whose name the face stands, if the viewer may know of him.
    pub resembles: Option<Person>,
}

/// Opens an enrolment that this officer attends.
pub async fn open(cx: &Cx, viewer: &Viewer, person: PersonId) -> Result<Standing> {
    viewer.allow(Action::Enrol)?;
    let enrolment = Enrolment {
        id: EnrolmentId(cx.id()),
        person,
        officer: viewer.officer.id,
        state: State::Open,
        claim: 0,
        opened_at: cx.now(),
        submitted_at: None,
        findings: None,
        concluded_at: None,
    };
    let mut tx = cx.store.write().await?;
    crate::person::within(&mut tx, viewer, person)
        .await?
        .supervised()?;
    store::enrolment::open(&mut tx, &enrolment).await?;
    let kind = EventKind::EnrolmentOpened {
        enrolment: enrolment.id,
    };
    note(
        cx,
        &mut tx,
        Actor::Officer(viewer.officer.id),
        Some(person),
        kind,
    )
    .await?;
    tx.commit().await?;
    Ok(Standing {
        enrolment,
        parts: Vec::new(),
        resembles: None,
    })
}

/// Stores one piece of a picture (`picture-N`) or a phrase (`phrase-N`).
pub async fn receive(cx: &Cx, viewer: &Viewer, id: EnrolmentId, upload: Upload) -> Result<u64> {
    let enrolment = attended(cx, viewer, id).await?;
    refuse_unless_open(cx, &enrolment)?;
    let limit = match sample_kind(&upload.part) {
        Some(SampleKind::Picture) => cx.limits.picture_len_max,
        Some(SampleKind::Phrase) => cx.limits.voice_len_max,
        None => return Err(Refusal::PartUnknown { part: upload.part }.into()),
    };
    let tx = cx.store.read().await?;
    let of = (Owner::Enrolment(id), enrolment.person);
    part::receive(cx, tx, of, limit, upload).await
}

/// Hands an enrolment in; `phrases` says which digits each `phrase-N` holds. `despite`: why the person is enrolled although his face stands under
/// another name, such as a twin's; for the county to say.
pub async fn submit(
    cx: &Cx,
    viewer: &Viewer,
    id: EnrolmentId,
    phrases: BTreeMap<String, Prompt>,
    despite: Option<&str>,
) -> Result<Standing> {
    let enrolment = attended(cx, viewer, id).await?;
    let despite = match despite {
        Some(despite) => {
            viewer.allow(Action::Govern)?;
            Some(field::reason("despite_likeness", despite)?)
        }
        None => None,
    };
    let mut tx = cx.store.read().await?;
    let media = store::media::with_chunks(&mut tx, Owner::Enrolment(id)).await?;
    let key = cx.house.person_key(&mut tx, enrolment.person).await?;
    drop(tx);
    refuse_unless_open(cx, &enrolment)?;
    let pictures = media
        .iter()
        .filter(|(media, _)| sample_kind(&media.part) == Some(SampleKind::Picture))
        .count();
    let texts: Vec<Prompt> = phrases.values().cloned().collect();
    may_submit(enrolment.state, pictures, &texts)?;
    for name in phrases.keys() {
        if !media.iter().any(|(media, _)| media.part == *name) {
            return Err(Refusal::PartMissing { part: name.clone() }.into());
        }
    }
    let mut complete = Vec::with_capacity(media.len());
    for (media, chunks) in media {
        if sample_kind(&media.part) == Some(SampleKind::Phrase)
            && !phrases.contains_key(&media.part)
        {
            return Err(Refusal::PartMissing { part: media.part }.into());
        }
        let sha256 = part::digest(cx, &media, &chunks, &key).await?;
        complete.push((media, sha256));
    }
    commit_submission(cx, &enrolment, &complete, &phrases, despite).await?;
    cx.signal.queued();
    get(cx, viewer, id).await
}

pub async fn get(cx: &Cx, viewer: &Viewer, id: EnrolmentId) -> Result<Standing> {
    let enrolment = seen(cx, viewer, id).await?;
    let mut tx = cx.store.read().await?;
    let other = enrolment.findings.as_ref().and_then(|one| one.resembles);
    let resembles = match other {
        Some(other) => store::person::get_within(&mut tx, &viewer.scope, other).await?,
        None => None,
    };
    Ok(Standing {
        enrolment,
        parts: part::list(&mut tx, Owner::Enrolment(id)).await?,
        resembles,
    })
}

/// Waits until the enrolment is complete or refused, at most `limit`.
pub async fn wait(cx: &Cx, viewer: &Viewer, id: EnrolmentId, limit: Duration) -> Result<Standing> {
    let deadline = tokio::time::Instant::now() + limit;
    let mut listener = cx.signal.listen();
    loop {
        let standing = get(cx, viewer, id).await?;
        let left = deadline.saturating_duration_since(tokio::time::Instant::now());
        if matches!(standing.enrolment.state, State::Complete | State::Refused) || left.is_zero() {
            return Ok(standing);
        }
        listener
            .heard(id.0, left.min(Duration::from_millis(LOOK_MS)))
            .await;
    }
}

/// A worker's part: measures the samples and stores the templates, or says what is wrong.
pub(crate) async fn conclude(cx: &Cx, room: Room, claim: &Claim) -> Result<()> {
    let mut tx = cx.store.read().await?;
    let key = cx.house.person_key(&mut tx, claim.person).await?;
    let Captured {
        pictures,
        phrases,
        samples,
    } = captured(cx, tx, claim.enrolment, &key).await?;
    let enrolled = room.enrol(samples).await?;
    let history = history::of_enrolment((&pictures, &phrases), &enrolled);
    let mut findings = findings(cx, (names(pictures), names(phrases)), &enrolled);
    if cx.policy.history
        && findings.flaws.is_empty()
        && let Some(face) = &enrolled.face
    {
        let found = identify::in_house(cx, claim.person, face.embeddings()).await?;
        findings.resembles = found.map(|found| found.person);
    }
    finish(cx, claim, &key, (enrolled, &history), findings).await?;
    identify::enrolled(cx).await;
    cx.signal.concluded(claim.enrolment.0);
    Ok(())
}

/// What was captured at an enrolment: the engine's samples, and what each of them is, in their order.
pub(crate) struct Captured {
    pub pictures: Vec<HandedIn>,
    pub phrases: Vec<HandedIn>,
    pub samples: Samples,
}

pub(crate) async fn captured(
    cx: &Cx,
    mut tx: Tx,
    enrolment: EnrolmentId,
    key: &PersonKey,
) -> Result<Captured> {
    let media = store::media::with_chunks(&mut tx, Owner::Enrolment(enrolment)).await?;
    drop(tx);
    let (mut pictures, mut phrases) = (Vec::new(), Vec::new());
    for (media, chunks) in media {
        let bytes = part::read(cx, &media, &chunks, key).await?;
        let handed_in = HandedIn {
            media: media.id,
            part: media.part,
        };
        match media.phrase {
            Some(text) => phrases.push((
                handed_in,
                Phrase {
                    audio: bytes,
                    text: text.into(),
                },
            )),
            None => pictures.push((handed_in, bytes)),
        }
    }
    let (pictures, picture_bytes): (Vec<HandedIn>, Vec<Bytes>) = pictures.into_iter().unzip();
    let (phrases, phrase_bytes): (Vec<HandedIn>, Vec<Phrase>) = phrases.into_iter().unzip();
    let samples = Samples {
        pictures: picture_bytes,
        phrases: phrase_bytes,
    };
    Ok(Captured {
        pictures,
        phrases,
        samples,
    })
}

async fn finish(
    cx: &Cx,
    claim: &Claim,
    key: &PersonKey,
    (enrolled, history): (Enrolled, &History),
    findings: Findings,
) -> Result<()> {
    let now = cx.now();
    let another = findings.resembles.is_some() && claim.despite.is_none();
    let usable = findings.flaws.is_empty() && !another;
    let mut tx = cx.store.write().await?;
    let state = match (usable, enrolled.face, enrolled.voice) {
        (true, Some(face), Some(voice)) => {
            let of = (claim.person, claim.enrolment);
            let (face_bytes, voice_bytes) = (face.to_bytes(), voice.to_bytes());
            let face = (Modality::Face, face.pack(), face_bytes.as_slice());
            template::keep(cx, &mut tx, of, key, face).await?;
            let voice = (Modality::Voice, voice.pack(), voice_bytes.as_slice());
            template::keep(cx, &mut tx, of, key, voice).await?;
            State::Complete
        }
        _ => State::Refused,
    };
    history.keep(cx, &mut tx, (claim.person, key), now).await?;
    store::enrolment::finish(&mut tx, claim, state, &findings, now).await?;
    let kind = EventKind::EnrolmentConcluded {
        enrolment: claim.enrolment,
        findings,
    };
    note(cx, &mut tx, Actor::System, Some(claim.person), kind).await?;
    Ok(tx.commit().await?)
}

fn findings(
    cx: &Cx,
    (pictures, phrases): (Vec<String>, Vec<String>),
    enrolled: &Enrolled,
) -> Findings {
    let comparison = |llr: &Option<domain::Llr>| {
        llr.map(|llr| Comparison {
            score: llr.get(),
            llr,
        })
    };
    let pictures: Vec<_> = pictures
        .into_iter()
        .zip(enrolled.pictures.iter().zip(&enrolled.picture_llrs))
        .map(|(part, (facts, llr))| {
            (
                part,
                Sample {
                    facts: facts.clone(),
                    consistency: comparison(llr),
                },
            )
        })
        .collect();
    let phrases: Vec<_> = phrases
        .into_iter()
        .zip(enrolled.phrases.iter().zip(&enrolled.phrase_llrs))
        .map(|(part, (facts, llr))| {
            (
                part,
                Sample {
                    facts: facts.clone(),
                    consistency: comparison(llr),
                },
            )
        })
        .collect();
    judge(&pictures, &phrases, &cx.policy)
}

fn names(parts: Vec<HandedIn>) -> Vec<String> {
    parts.into_iter().map(|one| one.part).collect()
}

async fn commit_submission(
    cx: &Cx,
    enrolment: &Enrolment,
    complete: &[(Media, [u8; 32])],
    phrases: &BTreeMap<String, Prompt>,
    despite: Option<String>,
) -> Result<()> {
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    for (media, sha256) in complete {
        match store::media::complete(&mut tx, media.id, media.len, sha256, now).await {
            Err(store::Error::Lost) => {
                return Err(Refusal::PartMismatch {
                    part: media.part.clone(),
                }
                .into());
            }
            other => other?,
        }
        if let Some(phrase) = phrases.get(&media.part) {
            store::media::set_phrase(&mut tx, media.id, phrase).await?;
        }
        // Pictures of an enrolment may come again in a later one, but never in a check-in.
        match store::media::seen(&mut tx, sha256, media.id, now).await {
            Ok(()) | Err(store::Error::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    match store::enrolment::submit(&mut tx, enrolment.id, despite.as_deref(), now).await {
        Err(store::Error::Lost) => return Err(Refusal::EnrolmentUsed.into()),
        other => other?,
    }
    let kind = EventKind::EnrolmentSubmitted {
        enrolment: enrolment.id,
        despite,
    };
    note(
        cx,
        &mut tx,
        Actor::Officer(enrolment.officer),
        Some(enrolment.person),
        kind,
    )
    .await?;
    Ok(tx.commit().await?)
}

fn refuse_unless_open(cx: &Cx, enrolment: &Enrolment) -> Result<()> {
    if enrolment.state != State::Open {
        return Err(Refusal::EnrolmentUsed.into());
    }
    if cx.now() > enrolment.opened_at.plus_ms(domain::enrolment::ENROLMENT_MS) {
        return Err(Refusal::SessionExpired.into());
    }
    Ok(())
}

/// Only the officer who attends an enrolment adds to it.
async fn attended(cx: &Cx, viewer: &Viewer, id: EnrolmentId) -> Result<Enrolment> {
    viewer.allow(Action::Enrol)?;
    let enrolment = seen(cx, viewer, id).await?;
    if enrolment.officer == viewer.officer.id {
        Ok(enrolment)
    } else {
        Err(Error::NotFound("enrolment"))
    }
}

async fn seen(cx: &Cx, viewer: &Viewer, id: EnrolmentId) -> Result<Enrolment> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let enrolment = store::enrolment::get(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("enrolment"))?;
    store::person::get_within(&mut tx, &viewer.scope, enrolment.person)
        .await?
        .ok_or(Error::NotFound("enrolment"))?;
    Ok(enrolment)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SampleKind {
    Picture,
    Phrase,
}

fn sample_kind(part: &str) -> Option<SampleKind> {
    let (kind, number) = part.split_once('-')?;
    let number: usize = number.parse().ok().filter(|_| number.len() == 1)?;
    match kind {
        "picture" if number < PICTURES_MAX => Some(SampleKind::Picture),
        "phrase" if number < PHRASES_MAX => Some(SampleKind::Phrase),
        _ => None,
    }
}
