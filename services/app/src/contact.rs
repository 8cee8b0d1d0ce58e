//! Addresses at which persons and officers are told something outside the house: sealed, shown only in part, gone with the key.

use domain::{
    ContactId, PersonId,
    access::Action,
    event::{Actor, EventKind},
    message::{ADDRESS_CHARS_MAX, Means, Party, masked},
    person::Device,
};
use notify::{Address, Code, Outcome};
use seal::Purpose;
use store::{Tx, contact::Contact};

use crate::{Cx, Error, Result, Viewer, journal::note};

const CONTEXT: &[u8] = b"contact";
/// Consents to subscribe messages that one person may heap up.
const CONSENTS_MAX: i32 = 50;
const TOKEN_LEN_MAX: usize = 64;
/// Seconds after which WeChat may be asked again.
const LOGIN_AGAIN_S: u32 = 30;

/// An address as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub means: Means,
    pub masked: String,
    /// Messages still agreed to; none where one consent is for all.
    pub consents: Option<i32>,
}

/// Sets, or without an address removes, the telephone number or mail address of a person of the viewer's scope.
pub async fn set_of_person(
    cx: &Cx,
    viewer: &Viewer,
    person: PersonId,
    means: Means,
    address: Option<&str>,
) -> Result<Vec<Shown>> {
    viewer.allow(Action::Register)?;
    let mut tx = cx.store.write().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    person.supervised()?;
    let party = Party::Person(person.id);
    let actor = Actor::Officer(viewer.officer.id);
    typed(cx, &mut tx, actor, party, means, address).await?;
    let all = shown(cx, &mut tx, party).await?;
    tx.commit().await?;
    Ok(all)
}

/// How a person is reached.
pub async fn of_person(cx: &Cx, viewer: &Viewer, person: PersonId) -> Result<Vec<Shown>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    shown(cx, &mut tx, Party::Person(person.id)).await
}

/// Sets, or without an address removes, the viewer's own telephone number or mail address.
pub async fn set_own(
    cx: &Cx,
    viewer: &Viewer,
    means: Means,
    address: Option<&str>,
) -> Result<Vec<Shown>> {
    let mut tx = cx.store.write().await?;
    let party = Party::Officer(viewer.officer.id);
    let actor = Actor::Officer(viewer.officer.id);
    typed(cx, &mut tx, actor, party, means, address).await?;
    let all = shown(cx, &mut tx, party).await?;
    tx.commit().await?;
    Ok(all)
}

/// How the viewer himself is reached.
pub async fn own(cx: &Cx, viewer: &Viewer) -> Result<Vec<Shown>> {
    let mut tx = cx.store.read().await?;
    shown(cx, &mut tx, Party::Officer(viewer.officer.id)).await
}

/// Who the phone's person is to WeChat, by a login code of the mini-program: whom consents are kept for. Only WeChat knows, so the phone is not asked.
pub async fn log_in(cx: &Cx, device: &Device, code: &str) -> Result<Vec<Shown>> {
    let told = cx.notify.openid(code, cx.now().unix_s()).await;
    let openid = told.map_err(|outcome| unknown(&outcome))?;
    let party = Party::Person(device.person);
    let mut tx = cx.store.write().await?;
    let known = user(cx, &mut tx, party).await?;
    if known.is_none_or(|(known, _)| known != openid) {
        // He has agreed to nothing yet.
        let address = Address::WeChat {
            openid,
            template_id: String::new(),
            page: None,
        };
        set(
            cx,
            &mut tx,
            Actor::Device(device.id),
            party,
            &address,
            Some(0),
        )
        .await?;
    }
    let all = shown(cx, &mut tx, party).await?;
    tx.commit().await?;
    Ok(all)
}

/// Why WeChat did not say who it is.
fn unknown(outcome: &Outcome) -> Error {
    let (Outcome::Never { why } | Outcome::Later { why, .. }) = outcome else {
        return Error::Internal("nobody was asked");
    };
    if why.code == Code::NoChannel {
        return Error::NotFound("mini-program");
    }
    if why.code == Code::BadAddress {
        return Error::Invalid {
            field: "code",
            expected: "must be a fresh login code of this mini-program",
        };
    }
    tracing::warn!(why = %why.text, "WeChat did not say whose login code it was");
    Error::Busy {
        retry_after_s: LOGIN_AGAIN_S,
    }
}

/// Who a person is to WeChat, with the contact that says so.
async fn user(cx: &Cx, tx: &mut Tx, party: Party) -> Result<Option<(String, Contact)>> {
    let Some(contact) = store::contact::get(tx, party, Means::WeChat).await? else {
        return Ok(None);
    };
    match open(cx, tx, &contact).await? {
        Address::WeChat { openid, .. } => Ok(Some((openid, contact))),
        Address::Webhook | Address::Mail(_) | Address::Sms(_) => {
            Err(Error::Internal("a stored address is of another kind"))
        }
    }
}

/// A phone's person, who has logged in, agreed to `consents` more subscribe messages of this template; each can be sent once.
pub async fn subscribe(
    cx: &Cx,
    device: &Device,
    template_id: &str,
    consents: i32,
) -> Result<Vec<Shown>> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if !(1..=TOKEN_LEN_MAX).contains(&template_id.len()) || !template_id.bytes().all(good) {
        return Err(Error::Invalid {
            field: "template_id",
            expected: "must have 1 to 64 letters, digits, - and _",
        });
    }
    if !(1..=CONSENTS_MAX).contains(&consents) {
        return Err(Error::Invalid {
            field: "consents",
            expected: "must be 1 to 50",
        });
    }
    let party = Party::Person(device.person);
    let mut tx = cx.store.write().await?;
    let known = user(cx, &mut tx, party).await?;
    let (openid, before) = known.ok_or(Error::NotFound("login of the mini-program"))?;
    let address = Address::WeChat {
        openid,
        template_id: template_id.to_owned(),
        page: None,
    };
    // Consents to another template are none to this one.
    let same = open(cx, &mut tx, &before).await? == address;
    let kept = before.consents.filter(|_| same).unwrap_or_default();
    let consents = Some(kept.saturating_add(consents).min(CONSENTS_MAX));
    let actor = Actor::Device(device.id);
    set(cx, &mut tx, actor, party, &address, consents).await?;
    let all = shown(cx, &mut tx, party).await?;
    tx.commit().await?;
    Ok(all)
}

/// How a phone's person is reached.
pub async fn of_device(cx: &Cx, device: &Device) -> Result<Vec<Shown>> {
    let mut tx = cx.store.read().await?;
    shown(cx, &mut tx, Party::Person(device.person)).await
}

/// The address itself.
pub(crate) async fn open(cx: &Cx, tx: &mut Tx, contact: &Contact) -> Result<Address> {
    let plain = match contact.party {
        Party::Person(person) => {
            let key = cx.house.person_key(tx, person).await?;
            key.open(Purpose::Secret, CONTEXT, &contact.sealed)?
        }
        Party::Officer(_) => cx
            .house
            .open_secret(Purpose::Secret, CONTEXT, &contact.sealed)?,
    };
    serde_json::from_slice(&plain).map_err(|_| Error::Internal("a stored address cannot be read"))
}

async fn typed(
    cx: &Cx,
    tx: &mut Tx,
    actor: Actor,
    party: Party,
    means: Means,
    address: Option<&str>,
) -> Result<()> {
    let Some(address) = address.map(str::trim) else {
        if store::contact::remove(tx, party, means).await? {
            let kind = EventKind::ContactRemoved { means };
            note(cx, tx, actor, person(party), kind).await?;
        }
        return Ok(());
    };
    let invalid = |expected| {
        Err(Error::Invalid {
            field: "address",
            expected,
        })
    };
    let address = match means {
        Means::Sms => {
            let digits = address.strip_prefix('+').unwrap_or(address);
            let good = (5..=20).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit());
            if !good {
                return invalid("must have 5 to 20 digits, perhaps behind a +");
            }
            Address::Sms(address.to_owned())
        }
        Means::Mail => {
            let parts = address.split_once('@');
            let good = address.len() <= ADDRESS_CHARS_MAX
                && address.bytes().all(|byte| byte.is_ascii_graphic())
                && parts.is_some_and(|(name, server)| !name.is_empty() && server.contains('.'));
            if !good {
                return invalid("must be a mail address");
            }
            Address::Mail(address.to_owned())
        }
        Means::WeChat => {
            return Err(Error::Invalid {
                field: "means",
                expected: "must be sms or mail: WeChat's consents come from the phone",
            });
        }
    };
    set(cx, tx, actor, party, &address, None).await
}

async fn set(
    cx: &Cx,
    tx: &mut Tx,
    actor: Actor,
    party: Party,
    address: &Address,
    consents: Option<i32>,
) -> Result<()> {
    let means = match address {
        Address::Sms(_) => Means::Sms,
        Address::Mail(_) => Means::Mail,
        Address::WeChat { .. } => Means::WeChat,
        Address::Webhook => return Err(Error::Internal("the webhook is nobody's address")),
    };
    let plain = serde_json::to_vec(address)
        .map_err(|_| Error::Internal("an address could not be written"))?;
    let sealed = match party {
        Party::Person(person) => {
            let key = cx.house.person_key(tx, person).await?;
            key.seal(Purpose::Secret, CONTEXT, cx.entropy.bytes(), &plain)
        }
        Party::Officer(_) => cx
            .house
            .seal_secret(Purpose::Secret, CONTEXT, &cx.entropy, &plain),
    };
    let contact = Contact {
        id: ContactId(cx.id()),
        party,
        means,
        sealed,
        consents,
        set_at: cx.now(),
    };
    store::contact::set(tx, &contact).await?;
    let kind = EventKind::ContactSet { means };
    note(cx, tx, actor, person(party), kind).await
}

const fn person(party: Party) -> Option<PersonId> {
    match party {
        Party::Person(id) => Some(id),
        Party::Officer(_) => None,
    }
}

async fn shown(cx: &Cx, tx: &mut Tx, party: Party) -> Result<Vec<Shown>> {
    let mut all = Vec::new();
    for contact in store::contact::of_party(tx, party).await? {
        let text = match open(cx, tx, &contact).await? {
            Address::Sms(text) | Address::Mail(text) => text,
            Address::WeChat { openid, .. } => openid,
            Address::Webhook => return Err(Error::Internal("the webhook is nobody's address")),
        };
        all.push(Shown {
            means: contact.means,
            masked: masked(&text),
            consents: contact.consents,
        });
    }
    Ok(all)
}
