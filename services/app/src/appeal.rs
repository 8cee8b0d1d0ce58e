//! 申诉 against a check-in that officers declined: filed from the phone, decided by an officer who had no part in it.

use domain::{
    CheckinId, Micros, Refusal,
    access::Action,
    appeal::{Appeal, Outcome},
    checkin::{Decision, State},
    event::{Actor, EventKind},
    person::{Device, Person},
    points::{AppealText, Finding},
};
use store::checkin::Ruling;

use crate::{
    Cx, Error, Result, Viewer, checkin, field,
    journal::{note, note_at},
    leave,
    outbox::{DECIDED, tell_person},
};

/// Appeals of one page.
pub const PAGE_LEN: u32 = 100;

/// The phone's person contests that an attempt of his was declined.
pub async fn file(cx: &Cx, device: &Device, id: CheckinId, text: String) -> Result<Appeal> {
    let text = AppealText::try_from(text)?;
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    // Another phone may have taken it: it is his all the same.
    let found = store::checkin::get(&mut tx, id).await?;
    let checkin = found.filter(|one| one.person == device.person);
    let checkin = checkin.ok_or(Error::NotFound("check-in"))?;
    let opinions = store::review_opinion::of_checkin(&mut tx, id).await?;
    let earlier = store::appeal::of_checkin(&mut tx, id).await?.is_some();
    let of = (id, device.person);
    let appeal = Appeal::file(of, (checkin.state, &opinions), earlier, text, now)?;
    match store::appeal::file(&mut tx, &appeal).await {
        Err(store::Error::Conflict) => return Err(Refusal::AppealFiled.into()),
        other => other?,
    }
    let kind = EventKind::CheckinAppealed { checkin: id };
    let actor = Actor::Device(device.id);
    note_at(cx, &mut tx, now, actor, Some(device.person), kind).await?;
    tx.commit().await?;
    Ok(appeal)
}

/// Appeals of the viewer's scope that wait for an officer, the oldest first.
pub async fn open(
    cx: &Cx,
    viewer: &Viewer,
    after: Option<(Micros, CheckinId)>,
) -> Result<Vec<(Appeal, Person)>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    Ok(store::appeal::open_within(&mut tx, &viewer.scope, after, PAGE_LEN).await?)
}

/// Decides an appeal. What is granted counts from the moment at which it was handed in.
pub async fn decide(
    cx: &Cx,
    viewer: &Viewer,
    id: CheckinId,
    finding: Finding,
    reason: &str,
) -> Result<Appeal> {
    viewer.allow(Action::Decide)?;
    let (now, officer) = (cx.now(), viewer.officer.id);
    let outcome = Outcome {
        finding,
        officer,
        reason: field::reason("reason", reason)?,
        at: now,
    };
    let actor = Actor::Officer(officer);
    let mut tx = cx.store.write().await?;
    let detail = store::checkin::detail(&mut tx, &viewer.scope, id).await?;
    let detail = detail.ok_or(Error::NotFound("appeal"))?;
    let marked = store::duty::lock(&mut tx, detail.checkin.duty).await?;
    let marked = marked.ok_or(Error::NotFound("duty"))?;
    let appeal = store::appeal::of_checkin(&mut tx, id).await?;
    let appeal = appeal.ok_or(Error::NotFound("appeal"))?;
    let opinions = store::review_opinion::of_checkin(&mut tx, id).await?;
    let before = detail.checkin.state;
    let (appeal, state) = appeal.decide(before, &opinions, outcome.clone())?;
    match store::appeal::settle(&mut tx, id, &outcome).await {
        Err(store::Error::Lost) => return Err(Refusal::AppealFiled.into()),
        other => other?,
    }
    let person = detail.person.id;
    let kind = EventKind::CheckinAppealDecided {
        checkin: id,
        duty: marked.duty.id,
        finding,
        reason: outcome.reason.clone(),
    };
    note(cx, &mut tx, actor, Some(person), kind).await?;
    if state == State::Accepted {
        let ruling = Ruling {
            decision: Decision::Accept,
            officer,
            reason: outcome.reason,
            at: now,
        };
        match store::checkin::decide(&mut tx, id, (before, state), &ruling).await {
            Err(store::Error::Lost) => return Err(Refusal::StateConflict { state: before }.into()),
            other => other?,
        }
        checkin::mark_duty(cx, &mut tx, actor, &marked, false, now).await?;
        leave::reported(cx, &mut tx, person, id, now).await?;
    }
    let to = (detail.person.unit, person);
    let told = ("checkin.appeal", id.to_string());
    tell_person(cx, &mut tx, to, (told.0, &told.1, &DECIDED)).await?;
    tx.commit().await?;
    cx.signal.concluded(id.0);
    Ok(appeal)
}
