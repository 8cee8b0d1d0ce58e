use domain::{
    OrgUnitId, PersonId, Refusal,
    access::Action,
    event::{Actor, EventKind},
    person::Person,
};
use store::Tx;

use crate::{Cx, Error, Result, Viewer, journal::note};

const NAME_LEN_MAX: usize = 100;
const CASE_NUMBER_LEN_MAX: usize = 60;
/// Persons of one page.
pub const PAGE_LEN: u32 = 100;

/// A person with what an officer asks first.
pub struct Standing {
    pub person: Person,
    /// Has templates for the pack in use.
    pub enrolled: bool,
    /// Has a live phone.
    pub device_active: bool,
}

/// Registers a supervised person under a unit of the officer's subtree.
pub async fn register(
    cx: &Cx,
    viewer: &Viewer,
    unit: OrgUnitId,
    name: String,
    case_number: String,
) -> Result<Person> {
    viewer.allow(Action::Register)?;
    if !(1..=NAME_LEN_MAX).contains(&name.trim().chars().count()) || name.contains('\0') {
        return Err(Error::Invalid {
            field: "name",
            expected: "must have 1 to 100 characters",
        });
    }
    if !(1..=CASE_NUMBER_LEN_MAX).contains(&case_number.trim().chars().count())
        || case_number.contains('\0')
    {
        return Err(Error::Invalid {
            field: "case_number",
            expected: "must have 1 to 60 characters",
        });
    }
    let person = Person {
        id: PersonId(cx.id()),
        unit,
        name: name.trim().to_owned(),
        case_number: case_number.trim().to_owned(),
        registered_at: cx.now(),
    };
    let mut tx = cx.store.write().await?;
    let known = store::unit::get(&mut tx, unit)
        .await?
        .filter(|unit| viewer.path.contains(&unit.path));
    known.ok_or(Error::NotFound("unit"))?;
    match store::person::insert(&mut tx, &person).await {
        Err(store::Error::Conflict) => {
            return Err(Refusal::CaseNumberTaken {
                case_number: person.case_number,
            }
            .into());
        }
        other => other?,
    }
    cx.house
        .new_person_key(&mut tx, person.id, &cx.entropy)
        .await?;
    note(
        cx,
        &mut tx,
        Actor::Officer(viewer.officer.id),
        Some(person.id),
        EventKind::PersonRegistered { unit },
    )
    .await?;
    tx.commit().await?;
    Ok(person)
}

/// The persons of the viewer's subtree, by id.
pub async fn list(cx: &Cx, viewer: &Viewer, after: Option<PersonId>) -> Result<Vec<Person>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    Ok(store::person::list_within(&mut tx, &viewer.path, after, PAGE_LEN).await?)
}

pub async fn get(cx: &Cx, viewer: &Viewer, id: PersonId) -> Result<Standing> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let person = within(&mut tx, viewer, id).await?;
    let enrolled = match cx.engine.pack() {
        Some(pack) => !store::template::live(&mut tx, id, pack).await?.is_empty(),
        None => store::template::any_live(&mut tx, id).await?,
    };
    let device_active = store::device::live_of_person(&mut tx, id).await?.is_some();
    Ok(Standing {
        person,
        enrolled,
        device_active,
    })
}

/// A person of the viewer's subtree; others do not exist for him.
pub(crate) async fn within(tx: &mut Tx, viewer: &Viewer, id: PersonId) -> Result<Person> {
    store::person::get_within(tx, &viewer.path, id)
        .await?
        .ok_or(Error::NotFound("person"))
}
