//! Templates follow the model pack. What another pack makes of a person stands beside what the pack in use made, both from the same attended
//! capture, until the operator switches; then the old pack's are erased. Nobody has to come to the office for new models.

use domain::{
    EnrolmentId, PersonId,
    access::Action,
    event::{Actor, EventKind},
};
use seal::PersonKey;
use store::{
    Tx,
    template::{Modality, Template},
};
use uuid::Uuid;

use crate::{Cx, Error, Result, Viewer, enrolment, field, identify, journal::note, person};

/// Persons that one look at the database finds.
const PAGE_LEN: u32 = 100;

/// What became of the persons who lacked templates of the engine's pack.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Renewed {
    pub made: u64,
    /// From whose captures this pack could not make both templates: they have to be enrolled anew before it is used.
    pub unusable: Vec<PersonId>,
}

/// A pack and its persons with live templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackCount {
    /// `name@version`.
    pub pack: String,
    pub persons: u64,
}

/// Makes templates of the engine's pack for everybody whose newest enrolment has live ones of other packs only; theirs stay. Repeating it, also after a
/// break, makes what is missing.
///
/// # Errors
/// [`Error::Invalid`] without an engine. What fails for one person ends it; what was made before stays.
pub async fn renew(cx: &Cx) -> Result<Renewed> {
    let pack = cx.engine.pack().ok_or(Error::Invalid {
        field: "pack",
        expected: "must be installed",
    })?;
    let mut renewed = Renewed::default();
    let mut after = PersonId(Uuid::nil());
    loop {
        let mut tx = cx.store.read().await?;
        let page = store::template::lacking(&mut tx, pack, after, PAGE_LEN).await?;
        drop(tx);
        for (person, enrolment) in &page {
            if renew_one(cx, pack, *person, *enrolment).await? {
                renewed.made += 1;
            } else {
                renewed.unusable.push(*person);
            }
        }
        match page.last() {
            Some((last, _)) => after = *last,
            None => break,
        }
    }
    if renewed.made > 0 {
        identify::enrolled(cx).await;
    }
    Ok(renewed)
}

/// Whether the pack could make both templates; true also where they were revoked meanwhile.
async fn renew_one(cx: &Cx, pack: &str, person: PersonId, enrolment: EnrolmentId) -> Result<bool> {
    let mut tx = cx.store.read().await?;
    let key = cx.house.person_key(&mut tx, person).await?;
    let captured = enrolment::captured(cx, tx, enrolment, &key).await?;
    let enrolled = cx.engine.reserve().await?.enrol(captured.samples).await?;
    let (Some(face), Some(voice)) = (enrolled.face, enrolled.voice) else {
        tracing::warn!(person.id = %person, pack, "The captures of an enrolment are of no use to this pack");
        return Ok(false);
    };
    let mut tx = cx.store.write().await?;
    store::plan::hold(&mut tx, person).await?;
    if store::template::still(&mut tx, enrolment).await? {
        let of = (person, enrolment);
        let (face, voice) = (face.to_bytes(), voice.to_bytes());
        keep(cx, &mut tx, of, &key, (Modality::Face, pack, &face)).await?;
        keep(cx, &mut tx, of, &key, (Modality::Voice, pack, &voice)).await?;
        let kind = EventKind::TemplatesRenewed {
            enrolment,
            pack: pack.to_owned(),
        };
        note(cx, &mut tx, Actor::System, Some(person), kind).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Stores one template, sealed; the one that it replaces is retired.
pub(crate) async fn keep(
    cx: &Cx,
    tx: &mut Tx,
    (person, enrolment): (PersonId, EnrolmentId),
    key: &PersonKey,
    (modality, pack, bytes): (Modality, &str, &[u8]),
) -> Result<()> {
    let id = cx.id();
    let template = Template {
        id,
        enrolment,
        person,
        modality,
        pack: pack.to_owned(),
        sealed: key.seal(
            seal::Purpose::Template,
            id.as_bytes(),
            cx.entropy.bytes(),
            bytes,
        ),
        created_at: cx.now(),
    };
    Ok(store::template::insert(tx, &template).await?)
}

/// The packs of all live templates.
pub async fn packs(cx: &Cx) -> Result<Vec<PackCount>> {
    let mut tx = cx.store.read().await?;
    let packs = store::template::packs(&mut tx).await?;
    let count = |(pack, persons): (String, i64)| PackCount {
        pack,
        persons: persons.unsigned_abs(),
    };
    Ok(packs.into_iter().map(count).collect())
}

/// Erases all templates of a pack that is no longer used, and returns how many. `in_use`: the pack of the configuration, which is never retired.
///
/// # Errors
/// [`Error::Invalid`] for the pack in use; [`Error::NotFound`] when there are none of this pack.
pub async fn retire(cx: &Cx, pack: &str, in_use: Option<&str>) -> Result<u64> {
    if in_use == Some(pack) {
        return Err(Error::Invalid {
            field: "pack",
            expected: "must not be the one in use",
        });
    }
    let mut tx = cx.store.write().await?;
    let templates = store::template::erase_of_pack(&mut tx, pack).await?;
    if templates == 0 {
        return Err(Error::NotFound("pack with templates"));
    }
    let kind = EventKind::PackRetired {
        pack: pack.to_owned(),
        templates,
    };
    note(cx, &mut tx, Actor::System, None, kind).await?;
    tx.commit().await?;
    Ok(templates)
}

/// Erases a person's templates of all packs, such as after a wrong enrolment: nothing is compared with them any more, and he has to be enrolled anew.
/// Returns how many there were.
pub async fn revoke(cx: &Cx, viewer: &Viewer, person: PersonId, reason: &str) -> Result<u64> {
    viewer.allow(Action::Enrol)?;
    let reason = field::reason("reason", reason)?;
    let mut tx = cx.store.write().await?;
    person::within(&mut tx, viewer, person).await?;
    store::plan::hold(&mut tx, person).await?;
    let templates = store::template::erase_of_person(&mut tx, person).await?;
    let kind = EventKind::TemplatesRevoked { templates, reason };
    let actor = Actor::Officer(viewer.officer.id);
    note(cx, &mut tx, actor, Some(person), kind).await?;
    tx.commit().await?;
    Ok(templates)
}
