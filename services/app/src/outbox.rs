//! What the house tells persons, officers and other systems: put into the outbox with what it tells of, delivered at least once, tried again as
//! `notify::backoff` says, and given up where somebody sees it.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    time::Duration,
};

use domain::{
    MessageId, Micros, OrgUnitId, PersonId,
    access::Action,
    event::{Actor, EventKind},
    message::{
        Content, Dropped, KEPT_DAYS, Message, PER_DAY_MAX, Party, Peace, ROUND_MS, State, Text, To,
    },
    reminder::{self, AHEAD_DAYS},
};
use futures::future::join_all;
use notify::{Address, Outcome, backoff};
use store::Tx;
pub use store::message::Kept;

use crate::{Cx, Error, Result, Viewer, contact, journal::note, worker::Stop};

/// Dead letters of one page.
pub const PAGE_LEN: u32 = 100;
/// Messages that are tried at the same time.
const ROUND_LEN: u32 = 16;
/// Whoever tries a message has this long; [`notify::Limits::timeout_ms`] is less.
const LEASE_MS: i64 = 120_000;
const DAY_MS: i64 = 24 * 3_600_000;
/// Before the kind of a reminder.
const REMINDER: &str = "duty.";
/// Longer than all attempts together.
const OFFICERS_MS: i64 = 2 * DAY_MS;
/// The outbox is looked at this often.
const POLL: Duration = Duration::from_secs(1);
const FAILURE_PAUSE: Duration = Duration::from_secs(5);
/// Messages that one statement forgets.
const PURGE_LEN: u32 = 1_000;

/// Delivers what is due until `stop` turns true.
pub async fn run(cx: Cx, mut stop: Stop) {
    loop {
        let done = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            done = deliver(&cx) => done,
        };
        let pause = match done {
            Ok(0) => POLL,
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(error = ?error, "The outbox could not be emptied; the next round tries again");
                FAILURE_PAUSE
            }
        };
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One round: what is due, at most [`ROUND_LEN`]. Returns how many messages were looked at.
pub async fn deliver(cx: &Cx) -> Result<u64> {
    let mut tx = cx.store.read().await?;
    let due = store::message::due(&mut tx, cx.now(), ROUND_LEN).await?;
    drop(tx);
    if due.is_empty() {
        return Ok(0);
    }
    let looked_at = due.len() as u64;
    let mut tx = cx.store.write().await?;
    let mut ready = Vec::new();
    for kept in due {
        ready.extend(take(cx, &mut tx, kept).await?);
    }
    tx.commit().await?;
    let tries = ready.into_iter().map(|(claim, address)| async move {
        let letter = letter(&claim.message, address);
        let outcome = cx.notify.deliver(&letter, cx.now().unix_s()).await;
        (claim, outcome)
    });
    let tried = join_all(tries).await;
    let mut tx = cx.store.write().await?;
    for (claim, outcome) in tried {
        match conclude(cx, &mut tx, &claim, outcome).await {
            Err(Error::Store(store::Error::Lost)) => {
                tracing::warn!(message.id = %claim.message.id, "Somebody else took over message {}", claim.message.id);
            }
            other => other?,
        }
    }
    tx.commit().await?;
    Ok(looked_at)
}

/// Claims a message, and says to which address it goes; none when it does not go now.
async fn take(cx: &Cx, tx: &mut Tx, kept: Kept) -> Result<Option<(Kept, Address)>> {
    let now = cx.now();
    let claim = match store::message::claim(tx, kept, now, now.plus_ms(LEASE_MS)).await {
        Err(store::Error::Lost) => return Ok(None),
        other => other?,
    };
    match look(cx, tx, &claim, now).await? {
        Fate::Goes(address) => return Ok(Some((claim, address))),
        Fate::Waits(at) => store::message::postpone(tx, &claim, at).await?,
        Fate::Dropped(why) => {
            let why = Some(why.as_str());
            store::message::over(tx, &claim, State::Dropped, why, now).await?;
        }
    }
    Ok(None)
}

enum Fate {
    Goes(Address),
    Waits(Micros),
    Dropped(Dropped),
}

/// Is it still of use, may it go out now, and where to?
async fn look(cx: &Cx, tx: &mut Tx, claim: &Kept, now: Micros) -> Result<Fate> {
    let message = &claim.message;
    let To::Party(party, means) = message.to else {
        return Ok(Fate::Goes(Address::Webhook));
    };
    if let Party::Person(person) = party {
        if message.expires_at <= now {
            return Ok(Fate::Dropped(Dropped::TooLate));
        }
        if let Some(duty) = message.duty {
            let marked = store::duty::get(tx, duty).await?;
            let open = marked
                .is_some_and(|marked| marked.attendance == domain::attendance::Attendance::Due);
            if !open {
                return Ok(Fate::Dropped(Dropped::Met));
            }
        }
        let peace = peace(tx, person, now).await?;
        let at = peace.hours().at_or_after(now);
        let at = at.ok_or(Error::Internal("the night ends outside the calendar"))?;
        if at >= message.expires_at {
            return Ok(Fate::Dropped(Dropped::TooLate));
        }
        if at > now {
            return Ok(Fate::Waits(at));
        }
        let day_ago = now.plus_ms(-DAY_MS);
        let sent = store::message::sent(tx, (person, means), day_ago, message.id).await?;
        if !has_room(&message.kind, &sent) {
            return Ok(Fate::Dropped(Dropped::Quota));
        }
    }
    let Some(found) = store::contact::get(tx, party, means).await? else {
        return Ok(Fate::Dropped(Dropped::NoAddress));
    };
    // One consent for one message, whatever becomes of its attempts.
    if found.consents.is_some() && claim.attempts == 1 {
        match store::contact::spend(tx, found.id).await {
            Err(store::Error::Lost) => return Ok(Fate::Dropped(Dropped::Consent)),
            other => other?,
        }
    }
    Ok(Fate::Goes(contact::open(cx, tx, &found).await?))
}

async fn peace(tx: &mut Tx, person: PersonId, at: Micros) -> Result<Peace> {
    let versions = store::plan::list(tx, person).await?;
    Ok(Peace::of(&versions, at)?)
}

/// Reminders have shares of their own; the rest is what is left of the day.
fn has_room(kind: &str, sent: &[String]) -> bool {
    let reminder = |kind: &str| kind.strip_prefix(REMINDER)?.parse::<reminder::Kind>().ok();
    let sent_reminders: Vec<_> = sent.iter().filter_map(|kind| reminder(kind)).collect();
    match reminder(kind) {
        Some(kind) => reminder::room(kind, &sent_reminders),
        None => sent.len() < PER_DAY_MAX as usize,
    }
}

/// Puts the reminders of the next days into the outbox, of duties that have none yet. Returns how many messages.
pub async fn remind(cx: &Cx) -> Result<u64> {
    let now = cx.now();
    let until = now.plus_ms((AHEAD_DAYS + 1) * DAY_MS);
    let settings = reminder::Settings::default();
    let (mut after, mut count) = (None, 0);
    loop {
        let mut tx = cx.store.write().await?;
        let page = store::message::unreminded(&mut tx, (now, until), after, PAGE_LEN).await?;
        let Some((last, _)) = page.last() else {
            return Ok(count);
        };
        after = Some((last.opens_at, last.id));
        let mut reached = HashMap::new();
        for (duty, unit) in &page {
            let (peace, contacts) = match reached.entry(duty.person) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let party = Party::Person(duty.person);
                    let contacts = store::contact::of_party(&mut tx, party).await?;
                    new.insert((peace(&mut tx, duty.person, now).await?, contacts))
                }
            };
            for told in reminder::of_duty(duty, &peace.hours(), &settings) {
                if told.until <= now {
                    continue;
                }
                let (zh, en) = told.text(duty, &peace.zone);
                for contact in contacts.iter() {
                    let means = contact.means;
                    if !cx.notify.has(means.as_str()) {
                        continue;
                    }
                    let message = Message {
                        id: MessageId(cx.id()),
                        dedup: format!("{}:{means}", told.key()),
                        kind: format!("{REMINDER}{}", told.kind),
                        unit: *unit,
                        to: To::Party(contact.party, means),
                        duty: Some(duty.id),
                        content: Content {
                            title: Text::new("签到提醒", "Check-in"),
                            body: Text::new(&zh, &en),
                            data: keywords(duty.opens_at, peace),
                        },
                        made_at: now,
                        due_at: told.at.max(now),
                        expires_at: told.until,
                    };
                    count += u64::from(store::message::put(&mut tx, &message).await?);
                }
            }
        }
        tx.commit().await?;
    }
}

/// Keywords of the template of subscribe messages: what (at most 20 characters) and when.
fn keywords(at: Micros, peace: &Peace) -> BTreeMap<String, String> {
    let when = at.local(&peace.zone);
    let when = when.map(|when| when.strftime("%Y-%m-%d %H:%M").to_string());
    [
        ("thing1", "签到提醒".to_owned()),
        ("time2", when.unwrap_or_default()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect()
}

/// A title and a text, each in both languages.
pub(crate) type Words = [(&'static str, &'static str); 2];

/// Something that the person asked for was decided.
pub(crate) const DECIDED: Words = [
    ("申请已有结果", "Your request was decided"),
    (
        "您的申请已有结果，请打开小程序或页面查看。",
        "Your request was decided. Please open the app or page.",
    ),
];
/// A capture was too poor to tell.
pub(crate) const ASKED_AGAIN: Words = [
    ("请再签到一次", "Please check in once more"),
    (
        "上次没有拍清楚，请再签到一次，不影响您。",
        "The last one could not be told. Please check in once more; it costs you nothing.",
    ),
];

/// A person is told to look, by every means: what of and what about name the message. In the transaction in which it happens.
pub(crate) async fn tell_person(
    cx: &Cx,
    tx: &mut Tx,
    (unit, person): (OrgUnitId, PersonId),
    (kind, about, [title, body]): (&str, &str, &Words),
) -> Result<()> {
    let now = cx.now();
    let party = Party::Person(person);
    for contact in store::contact::of_party(tx, party).await? {
        let means = contact.means;
        if !cx.notify.has(means.as_str()) {
            continue;
        }
        let message = Message {
            id: MessageId(cx.id()),
            dedup: format!("{kind}:{about}:{means}"),
            kind: kind.to_owned(),
            unit,
            to: To::Party(party, means),
            duty: None,
            content: Content {
                title: Text::new(title.0, title.1),
                body: Text::new(body.0, body.1),
                data: BTreeMap::new(),
            },
            made_at: now,
            due_at: now,
            expires_at: now.plus_ms(OFFICERS_MS),
        };
        store::message::put(tx, &message).await?;
    }
    Ok(())
}

async fn conclude(cx: &Cx, tx: &mut Tx, claim: &Kept, outcome: Outcome) -> Result<()> {
    let now = cx.now();
    let (why, retry_after_s) = match outcome {
        Outcome::Delivered { .. } => {
            return Ok(store::message::over(tx, claim, State::Delivered, None, now).await?);
        }
        Outcome::Later { why, retry_after_s } => (why, Some(retry_after_s.unwrap_or_default())),
        Outcome::Never { why } => (why, None),
    };
    let attempts = u32::try_from(claim.attempts).unwrap_or(u32::MAX);
    let jitter = f64::from(u32::from_le_bytes(cx.entropy.bytes())) / f64::from(u32::MAX);
    let wait = retry_after_s.and_then(|asked_s| {
        let wait = backoff(attempts, jitter)?;
        Some(wait.max(Duration::from_secs(asked_s.into())))
    });
    let why = format!("{}: {}", why.code.as_str(), why.text);
    if let Some(wait) = wait {
        let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(DAY_MS);
        return Ok(store::message::again(tx, claim, now.plus_ms(wait_ms), &why).await?);
    }
    let message = &claim.message;
    tracing::error!(message.id = %message.id, message.kind = %message.kind, why, "Message {} is a dead letter", message.id);
    store::message::over(tx, claim, State::Dead, Some(&why), now).await?;
    let kind = EventKind::MessageDied {
        message: message.id,
        means: message.to.means().to_owned(),
        why,
    };
    note(cx, tx, Actor::System, message.to.person(), kind).await
}

fn letter(message: &Message, to: Address) -> notify::Message {
    let Content { title, body, data } = message.content.clone();
    let text = |text: Text| notify::Text {
        zh: text.zh,
        en: text.en,
    };
    notify::Message {
        id: message.id.to_string(),
        kind: message.kind.clone(),
        at_unix_s: message.made_at.unix_s(),
        to,
        title: text(title),
        body: text(body),
        data: data
            .into_iter()
            .map(|(key, value)| (key, value.into()))
            .collect(),
    }
}

/// Something about a person needs a look: the officers of a unit are told at the end of this minute, once for all that happens in it, and the webhook
/// of this very thing. In the transaction in which it happens.
pub(crate) async fn needs_look(
    cx: &Cx,
    tx: &mut Tx,
    (unit, person): (OrgUnitId, PersonId),
    what: &News<'_>,
) -> Result<()> {
    let now = cx.now();
    let round = ROUND_MS * 1_000;
    let due_at = Micros((now.0 / round + 1) * round);
    let message = |to, dedup, kind: &str, content, due_at| Message {
        id: MessageId(cx.id()),
        dedup,
        kind: kind.to_owned(),
        unit,
        to,
        duty: None,
        content,
        made_at: now,
        due_at,
        expires_at: now.plus_ms(OFFICERS_MS),
    };
    for (officer, means) in store::contact::looking(tx, unit, person).await? {
        if cx.notify.has(means.as_str()) {
            let to = To::Party(Party::Officer(officer), means);
            let dedup = format!("look:{officer}:{means}:{}", due_at.unix_s());
            let told = message(to, dedup, "officer.look", look_content(), due_at);
            store::message::put(tx, &told).await?;
        }
    }
    if cx.notify.has(To::Webhook.means()) {
        let dedup = format!("{}:{}:{unit}", what.kind, what.id);
        let content = Content {
            data: what.data(unit, person),
            ..Content::default()
        };
        let told = message(To::Webhook, dedup, what.kind, content, now);
        store::message::put(tx, &told).await?;
    }
    Ok(())
}

/// What happened, for other systems: ids only, which say nothing to whoever may not ask for them.
pub(crate) struct News<'a> {
    /// Such as `alert.raised`.
    pub kind: &'a str,
    /// Of the alert or the check-in.
    pub id: uuid::Uuid,
    /// Such as `missed_duty`.
    pub what: &'a str,
}

impl News<'_> {
    fn data(&self, unit: OrgUnitId, person: PersonId) -> BTreeMap<String, String> {
        [
            ("id", self.id.to_string()),
            ("what", self.what.to_owned()),
            ("unit", unit.to_string()),
            ("person", person.to_string()),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
    }
}

fn look_content() -> Content {
    Content {
        title: Text::new("有新的待办事项", "Something new needs your look"),
        body: Text::new(
            "有新的预警或签到需要您处理，请登录系统查看。",
            "A new alert or check-in needs your look. Please sign in.",
        ),
        data: BTreeMap::new(),
    }
}

/// Dead letters of the viewer's units, oldest first.
pub async fn dead(cx: &Cx, viewer: &Viewer, after: Option<MessageId>) -> Result<Vec<Kept>> {
    viewer.allow(Action::Administer)?;
    let mut tx = cx.store.read().await?;
    Ok(store::message::dead_within(&mut tx, &viewer.scope.path, after, PAGE_LEN).await?)
}

/// A dead letter is tried again, from its first attempt on. Returns when.
pub async fn revive(cx: &Cx, viewer: &Viewer, id: MessageId) -> Result<Micros> {
    viewer.allow(Action::Administer)?;
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    let (path, expires_at) = (&viewer.scope.path, now.plus_ms(OFFICERS_MS));
    match store::message::revive(&mut tx, path, id, now, expires_at).await {
        Err(store::Error::Lost) => return Err(Error::NotFound("dead letter")),
        other => other?,
    }
    let kind = EventKind::MessageRevived { message: id };
    note(cx, &mut tx, Actor::Officer(viewer.officer.id), None, kind).await?;
    tx.commit().await?;
    Ok(now)
}

/// Forgets messages that are long over. Returns how many.
pub async fn purge(cx: &Cx) -> Result<u64> {
    let before = cx.now().plus_ms(-KEPT_DAYS * DAY_MS);
    let mut count = 0;
    loop {
        let mut tx = cx.store.write().await?;
        let gone = store::message::purge(&mut tx, before, PURGE_LEN).await?;
        tx.commit().await?;
        count += gone;
        if gone < u64::from(PURGE_LEN) {
            return Ok(count);
        }
    }
}
