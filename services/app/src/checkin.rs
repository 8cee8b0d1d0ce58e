//! A phone's attempt at a duty: open a capture session, upload parts, hand in, wait for the verdict.

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    CheckinId, DutyId, LeaveId, Micros, PersonId, PositionId, Refusal,
    appeal::{Appeal, until},
    area::Reading,
    attendance::{Attendance, Ruling, mark},
    challenge::{Can, Presence, Prompt},
    checkin::{Checkin, Move, State, may_open, may_submit, next},
    duty::Duty,
    event::{Actor, EventKind},
    person::Device,
    positioning::{Sighting, Source},
};
use serde_json::{Map, Value};
use store::{
    Tx,
    duty::Marked,
    media::{Chunk, Media, Owner},
};

pub use crate::capture::{PartRule, VOICE, part_rules};
use crate::{
    Cx, Error, PartReceived, Result, Upload, alert,
    journal::{note, note_at},
    leave, part, watch,
};

/// Seconds after which a refused phone should try again while the queue is full.
const QUEUE_RETRY_S: u32 = 15;
/// Longest that [`wait`] waits between two looks at the database.
const LOOK_MS: u64 = 2_000;

/// What a phone says that it uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    pub len: u64,
    pub sha256: [u8; 32],
}

/// Hands in a session.
pub struct Submission {
    pub nonce: String,
    pub parts: BTreeMap<String, Announced>,
    /// Facts about device and place, as the phone gives them.
    pub facts: Map<String, Value>,
    /// Where the phone says it was, and its clock then.
    pub place: Option<(Reading, Option<Micros>)>,
    /// The leave from which its person says to be back.
    pub returns_from: Option<LeaveId>,
}

/// An attempt with its parts and its duty's attendance.
pub struct Standing {
    pub checkin: Checkin,
    pub duty: Duty,
    pub attendance: Attendance,
    pub parts: Vec<PartReceived>,
    /// Part and SHA-256 of all that was handed in.
    pub digests: Vec<(String, [u8; 32])>,
    pub appeal: Option<Appeal>,
    /// Until when it may be appealed against, where it was declined.
    pub appeal_until: Option<Micros>,
}

/// Opens a capture session for a duty. What the phone can ask for is asked where the duty wants a face and the person's level has it so.
pub async fn open(cx: &Cx, device: &Device, duty: DutyId, can: Can) -> Result<(Checkin, Duty)> {
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    refuse_when_full(cx, &mut tx).await?;
    if !store::template::any_live(&mut tx, device.person).await? {
        return Err(Refusal::NotEnrolled.into());
    }
    let marked = store::duty::lock(&mut tx, duty)
        .await?
        .filter(|marked| marked.duty.person == device.person);
    let marked = marked.ok_or(Error::NotFound("duty"))?;
    let channels = marked.duty.channels;
    if !channels.contain(device.channel) {
        return Err(Refusal::ChannelNotAllowed { channels }.into());
    }
    let attempts = store::checkin::attempts(&mut tx, duty).await?;
    let expires_at = may_open(&marked.duty, &attempts, marked.attendance, now)?;
    let asks = marked.duty.factors.face()
        && can != Can::default()
        && is_asked(cx, &mut tx, device.person).await?;
    let presence = asks.then(|| Presence::draw(&cx.entropy.bytes(), can));
    let checkin = Checkin {
        id: CheckinId(cx.id()),
        duty,
        person: device.person,
        device: device.id,
        state: State::Open,
        claim: 0,
        prompt: Prompt::draw(&cx.entropy.bytes()),
        presence: presence.flatten(),
        nonce: URL_SAFE_NO_PAD.encode(cx.entropy.bytes::<16>()),
        opened_at: now,
        expires_at,
        submitted_at: None,
        verdict: None,
        concluded_at: None,
    };
    store::checkin::open(&mut tx, &checkin).await?;
    let kind = EventKind::CheckinOpened {
        checkin: checkin.id,
        duty,
        expires_at,
    };
    note(
        cx,
        &mut tx,
        Actor::Device(device.id),
        Some(device.person),
        kind,
    )
    .await?;
    tx.commit().await?;
    Ok((checkin, marked.duty))
}

/// Does this person's level have his phone ask for a turned head and a face in colours?
async fn is_asked(cx: &Cx, tx: &mut Tx, person: PersonId) -> Result<bool> {
    let person = store::person::get(tx, person).await?;
    let person = person.ok_or(Error::NotFound("person"))?;
    Ok(cx.policy.presence_asked.of(person.order.level))
}

/// Stores one piece of a part; returns the part's length that is durable.
pub async fn receive(cx: &Cx, device: &Device, id: CheckinId, upload: Upload) -> Result<u64> {
    let mut tx = cx.store.read().await?;
    let (checkin, marked) = own(&mut tx, device, id).await?;
    may_submit(&checkin, &marked.duty, &checkin.nonce, cx.now())?;
    let rule = part_rules(cx, marked.duty.factors, checkin.presence.as_ref())
        .into_iter()
        .find(|rule| rule.name == upload.part);
    let Some(rule) = rule else {
        return Err(Refusal::PartUnknown { part: upload.part }.into());
    };
    let of = (Owner::Checkin(id), checkin.person);
    part::receive(cx, tx, of, rule.len_max, upload).await
}

/// Hands a session in: once acknowledged, a verdict will follow, whatever happens to this process.
///
/// The same submission again gets the same answer; another one is refused.
pub async fn submit(
    cx: &Cx,
    device: &Device,
    id: CheckinId,
    submission: Submission,
) -> Result<Standing> {
    let mut tx = cx.store.read().await?;
    let (mut checkin, marked) = own(&mut tx, device, id).await?;
    let stored = store::media::with_chunks(&mut tx, Owner::Checkin(id)).await?;
    if checkin.state != State::Open && repeats(&checkin, &stored, &submission) {
        let media = stored.into_iter().map(|(media, _)| media);
        return Ok(standing(checkin, marked, media.collect()));
    }
    let duty = &marked.duty;
    may_submit(&checkin, duty, &submission.nonce, cx.now())?;
    refuse_when_full(cx, &mut tx).await?;
    let key = cx.house.person_key(&mut tx, checkin.person).await?;
    drop(tx);
    let complete = check_parts(cx, duty, stored, &submission, &key).await?;
    let at = match commit_submission(cx, device, &checkin, &submission, &complete).await {
        Err(Error::Refused(refusal)) => {
            note_refusal(cx, device, &checkin, &submission, &refusal).await?;
            return Err(refusal.into());
        }
        other => other?,
    };
    cx.signal.queued();
    tracing::info!(checkin.id = %id, "Acknowledged check-in {id}");
    checkin.state = State::Queued;
    checkin.submitted_at = Some(at);
    Ok(standing(checkin, marked, complete))
}

/// An attempt of this device's person.
pub async fn get(cx: &Cx, device: &Device, id: CheckinId) -> Result<Standing> {
    let mut tx = cx.store.read().await?;
    let (checkin, marked) = own(&mut tx, device, id).await?;
    let media = store::media::of_owner(&mut tx, Owner::Checkin(id)).await?;
    let mut standing = standing(checkin, marked, media);
    if matches!(standing.checkin.state, State::Declined | State::Accepted) {
        standing.appeal = store::appeal::of_checkin(&mut tx, id).await?;
    }
    if standing.checkin.state == State::Declined && standing.appeal.is_none() {
        let opinions = store::review_opinion::of_checkin(&mut tx, id).await?;
        standing.appeal_until = until(standing.checkin.state, &opinions).ok();
    }
    Ok(standing)
}

fn standing(checkin: Checkin, marked: Marked, media: Vec<Media>) -> Standing {
    let parts = media
        .iter()
        .map(|media| PartReceived {
            name: media.part.clone(),
            received: media.len,
        })
        .collect();
    let digests = media
        .into_iter()
        .filter_map(|media| Some((media.part, media.sha256?)))
        .collect();
    Standing {
        checkin,
        duty: marked.duty,
        attendance: marked.attendance,
        parts,
        digests,
        appeal: None,
        appeal_until: None,
    }
}

/// Waits until an attempt is settled, at most `limit`; then tells how it stands.
pub async fn wait(cx: &Cx, device: &Device, id: CheckinId, limit: Duration) -> Result<Standing> {
    let deadline = tokio::time::Instant::now() + limit;
    let mut listener = cx.signal.listen();
    loop {
        let standing = get(cx, device, id).await?;
        let left = deadline.saturating_duration_since(tokio::time::Instant::now());
        if standing.checkin.state.settled() || left.is_zero() {
            return Ok(standing);
        }
        listener
            .heard(id.0, left.min(Duration::from_millis(LOOK_MS)))
            .await;
    }
}

/// Writes an officer's word about a duty down, and what follows from it. The duty's row is locked by the caller.
pub(crate) async fn rule_duty(cx: &Cx, tx: &mut Tx, marked: &Marked, ruling: Ruling) -> Result<()> {
    let (now, duty) = (cx.now(), &marked.duty);
    let officer = Actor::Officer(ruling.officer);
    store::duty::ruling::add(tx, cx.id(), duty.id, &ruling, now).await?;
    let kind = EventKind::DutyRuled {
        duty: duty.id,
        ruling: ruling.kind,
        at: ruling.at,
        reason: ruling.reason,
    };
    note(cx, tx, officer, Some(duty.person), kind).await?;
    mark_duty(cx, tx, officer, marked, false, now).await
}

/// Brings a duty's attendance up to date with its attempts and rulings. The duty's row is locked by the caller. `told`: an alert tells of what it
/// is missed for.
pub(crate) async fn mark_duty(
    cx: &Cx,
    tx: &mut Tx,
    actor: Actor,
    marked: &Marked,
    told: bool,
    now: Micros,
) -> Result<()> {
    let attempts = store::checkin::attempts(tx, marked.duty.id).await?;
    let rulings = store::duty::ruling::of_duty(tx, marked.duty.id).await?;
    let to = mark(&marked.duty, &attempts, &rulings, now);
    let from = marked.attendance;
    if from == to {
        return Ok(());
    }
    store::duty::set_attendance(tx, marked.duty.id, from, to, now).await?;
    alert::attendance_changed(cx, tx, marked, to, told, now).await?;
    note(
        cx,
        tx,
        actor,
        Some(marked.duty.person),
        EventKind::DutyMarked {
            duty: marked.duty.id,
            from,
            to,
        },
    )
    .await
}

async fn own(tx: &mut Tx, device: &Device, id: CheckinId) -> Result<(Checkin, Marked)> {
    store::checkin::with_duty(tx, id)
        .await?
        .filter(|(checkin, _)| checkin.device == device.id)
        .ok_or(Error::NotFound("check-in"))
}

async fn refuse_when_full(cx: &Cx, tx: &mut Tx) -> Result<()> {
    let waiting = store::checkin::queue_len(tx).await?;
    if waiting >= i64::from(cx.limits.queue_len_max) {
        return Err(Error::Busy {
            retry_after_s: QUEUE_RETRY_S,
        });
    }
    Ok(())
}

/// Is this what was handed in before?
fn repeats(checkin: &Checkin, media: &[(Media, Vec<Chunk>)], submission: &Submission) -> bool {
    checkin.submitted_at.is_some()
        && checkin.nonce == submission.nonce
        && media.len() == submission.parts.len()
        && media.iter().all(|(media, _)| {
            submission
                .parts
                .get(&media.part)
                .is_some_and(|part| media.sha256 == Some(part.sha256))
        })
}

/// All that is required is there, nothing else is, and everything has the announced length and hash, as read back from the store. Returns it
/// with its hashes.
async fn check_parts(
    cx: &Cx,
    duty: &Duty,
    media: Vec<(Media, Vec<Chunk>)>,
    submission: &Submission,
    key: &seal::PersonKey,
) -> Result<Vec<Media>> {
    for rule in part_rules(cx, duty.factors, None)
        .iter()
        .filter(|rule| rule.required)
    {
        if !submission.parts.contains_key(&rule.name) {
            return Err(Refusal::PartMissing {
                part: rule.name.clone(),
            }
            .into());
        }
    }
    let mut complete = Vec::with_capacity(submission.parts.len());
    for (name, announced) in &submission.parts {
        let stored = media
            .iter()
            .find(|(media, _)| media.part == *name)
            .filter(|(media, _)| media.len >= announced.len.min(1));
        let Some((stored, chunks)) = stored else {
            return Err(Refusal::PartMissing { part: name.clone() }.into());
        };
        if stored.len != announced.len {
            return Err(Refusal::PartMismatch { part: name.clone() }.into());
        }
        let sha256 = part::digest(cx, stored, chunks, key).await?;
        if sha256 != announced.sha256 {
            return Err(Refusal::PartMismatch { part: name.clone() }.into());
        }
        complete.push(Media {
            sha256: Some(sha256),
            ..stored.clone()
        });
    }
    let unknown = |(media, _): &(Media, _)| !submission.parts.contains_key(&media.part);
    if let Some((extra, _)) = media.into_iter().find(unknown) {
        return Err(Refusal::PartUnknown { part: extra.part }.into());
    }
    Ok(complete)
}

async fn commit_submission(
    cx: &Cx,
    device: &Device,
    checkin: &Checkin,
    submission: &Submission,
    complete: &[Media],
) -> Result<Micros> {
    let now = cx.now();
    next(checkin.state, Move::Submit)?;
    let mut tx = cx.store.write().await?;
    for media in complete {
        let sha256 = media.sha256.as_ref();
        let sha256 = sha256.ok_or(Error::Internal("a complete part has a hash"))?;
        match store::media::complete(&mut tx, media.id, media.len, sha256, now).await {
            Err(store::Error::Lost) => {
                return Err(Refusal::PartMismatch {
                    part: media.part.clone(),
                }
                .into());
            }
            other => other?,
        }
        match store::media::seen(&mut tx, sha256, media.id, now).await {
            Err(store::Error::Conflict) => {
                return Err(Refusal::MediaRepeated {
                    part: media.part.clone(),
                }
                .into());
            }
            other => other?,
        }
    }
    match store::checkin::submit(&mut tx, checkin.id, &submission.facts, now).await {
        Err(store::Error::Lost) => return Err(Refusal::SessionUsed.into()),
        other => other?,
    }
    if let Some((reading, said_at)) = submission.place {
        let sighting = Sighting {
            id: PositionId(cx.id()),
            person: checkin.person,
            device: device.id,
            at: now,
            said_at,
            reading,
            source: Source::Checkin(checkin.id),
        };
        store::position::insert(&mut tx, &sighting).await?;
    }
    if let Some(from) = submission.returns_from {
        leave::report(&mut tx, (checkin.id, checkin.person), from).await?;
    }
    let kind = EventKind::CheckinSubmitted {
        checkin: checkin.id,
        duty: checkin.duty,
    };
    let phone = Actor::Device(device.id);
    note_at(cx, &mut tx, now, phone, Some(checkin.person), kind).await?;
    tx.commit().await?;
    Ok(now)
}

async fn note_refusal(
    cx: &Cx,
    device: &Device,
    checkin: &Checkin,
    submission: &Submission,
    refusal: &Refusal,
) -> Result<()> {
    let mut tx = cx.store.write().await?;
    if let Refusal::MediaRepeated { .. } = refusal {
        watch::media(cx, &mut tx, checkin, &submission.parts, cx.now()).await?;
    }
    let kind = EventKind::CheckinRefused {
        checkin: checkin.id,
        code: refusal.code().to_owned(),
    };
    note(
        cx,
        &mut tx,
        Actor::Device(device.id),
        Some(device.person),
        kind,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// The person's templates for the pack in use, opened.
pub(crate) async fn templates(
    cx: &Cx,
    tx: &mut Tx,
    person: PersonId,
    key: &seal::PersonKey,
) -> Result<(
    Option<engine::FaceTemplate>,
    Option<engine::voice::VoiceTemplate>,
)> {
    let (mut face, mut voice) = (None, None);
    let Some(pack) = cx.engine.pack() else {
        return Ok((face, voice));
    };
    for row in store::template::live(tx, person, pack).await? {
        let bytes = key.open(seal::Purpose::Template, row.id.as_bytes(), &row.sealed)?;
        match row.modality {
            store::template::Modality::Face => {
                face = Some(
                    engine::FaceTemplate::from_bytes(&bytes)
                        .map_err(|_| Error::Internal("a face template is damaged"))?,
                );
            }
            store::template::Modality::Voice => {
                voice = Some(
                    engine::voice::VoiceTemplate::from_bytes(&bytes)
                        .map_err(|_| Error::Internal("a voice template is damaged"))?,
                );
            }
        }
    }
    Ok((face, voice))
}
