use domain::{
    OrgUnitId, PersonId, Refusal,
    access::Action,
    event::{Actor, EventKind},
    order::SupervisionOrder,
    person::Person,
};
use store::Tx;
pub use store::person::{Found, Search};

use crate::{Cx, Error, Result, Viewer, field, journal::note};

/// Persons of one page.
pub const PAGE_LEN: u32 = 100;

/// Letters of what is searched for.
const SEARCH_LEN_MAX: usize = 100;

/// A person with what an officer asks first.
pub struct Standing {
    pub person: Person,
    /// Has templates for the pack in use.
    pub enrolled: bool,
    /// Has a live phone.
    pub device_active: bool,
}

impl Standing {
    /// Of one who was registered a moment ago.
    pub const fn new(person: Person) -> Self {
        Self {
            person,
            enrolled: false,
            device_active: false,
        }
    }
}

/// A person to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    pub unit: OrgUnitId,
    pub name: String,
    pub case_number: String,
    pub order: SupervisionOrder,
    pub minor: bool,
}

/// Registers a supervised person under a unit of the officer's subtree.
pub async fn register(cx: &Cx, viewer: &Viewer, new: &NewPerson) -> Result<Person> {
    viewer.allow(Action::Register)?;
    let person = draft(cx, viewer, new)?;
    let mut tx = cx.store.write().await?;
    store::unit::get(&mut tx, person.unit)
        .await?
        .filter(|unit| viewer.scope.path.contains(&unit.path))
        .ok_or(Error::NotFound("unit"))?;
    if !insert(cx, &mut tx, viewer, &person).await? {
        let case_number = person.case_number;
        return Err(Refusal::CaseNumberTaken { case_number }.into());
    }
    tx.commit().await?;
    Ok(person)
}

/// A person who may be registered, as far as that can be seen without looking at others.
pub(crate) fn draft(cx: &Cx, viewer: &Viewer, new: &NewPerson) -> Result<Person> {
    new.order.check()?;
    if new.minor && !viewer.scope.minors {
        return Err(Error::Forbidden);
    }
    Ok(Person {
        id: PersonId(cx.id()),
        unit: new.unit,
        name: field::name("name", &new.name)?,
        case_number: field::case_number(&new.case_number)?,
        order: new.order,
        minor: new.minor,
        registered_at: cx.now(),
        ended: None,
    })
}

/// Stores a person with his key; false, and nothing is stored, when the case number is taken.
pub(crate) async fn insert(cx: &Cx, tx: &mut Tx, viewer: &Viewer, person: &Person) -> Result<bool> {
    match store::person::insert(tx, person).await {
        Err(store::Error::Conflict) => return Ok(false),
        other => other?,
    }
    cx.house.new_person_key(tx, person.id, &cx.entropy).await?;
    let officer = Actor::Officer(viewer.officer.id);
    let kind = EventKind::PersonRegistered { unit: person.unit };
    note(cx, tx, officer, Some(person.id), kind).await?;
    Ok(true)
}

/// The persons of the viewer's scope who are supervised, or no longer, by id.
pub async fn list(
    cx: &Cx,
    viewer: &Viewer,
    ended: bool,
    after: Option<PersonId>,
) -> Result<Vec<Person>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    Ok(store::person::list_within(&mut tx, &viewer.scope, ended, after, PAGE_LEN).await?)
}

/// The persons of the viewer's scope whose name or case number holds a text, by id.
pub async fn search(
    cx: &Cx,
    viewer: &Viewer,
    search: &Search<'_>,
    after: Option<PersonId>,
) -> Result<Vec<Found>> {
    viewer.allow(Action::Read)?;
    if search.text.chars().count() > SEARCH_LEN_MAX || search.text.contains('\0') {
        return Err(Error::Invalid {
            field: "q",
            expected: "must have at most 100 characters",
        });
    }
    let mut tx = cx.store.read().await?;
    Ok(store::person::search_within(&mut tx, &viewer.scope, search, after, PAGE_LEN).await?)
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

/// A person of the viewer's scope; others do not exist for him.
pub(crate) async fn within(tx: &mut Tx, viewer: &Viewer, id: PersonId) -> Result<Person> {
    store::person::get_within(tx, &viewer.scope, id)
        .await?
        .ok_or(Error::NotFound("person"))
}
