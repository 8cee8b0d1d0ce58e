//! What was kept for long enough is erased: first the key, which makes all that it sealed unreadable, and where he was,
//! then the bytes.

use domain::{
    event::{Actor, EventKind},
    person::Person,
};
use media::ObjectKey;

use crate::{Cx, Error, Result, journal::note};

/// Persons of one round.
const ROUND_LEN: u32 = 20;
/// Objects that are deleted between two looks at the database.
const OBJECTS_LEN: u32 = 200;

/// Erases templates, positions, pictures and recordings of persons whose time of retention is over. Returns how many persons. A round that breaks off is
/// finished by the next one.
pub async fn run(cx: &Cx) -> Result<u64> {
    let mut tx = cx.store.read().await?;
    let persons = store::person::to_erase(&mut tx, cx.now(), ROUND_LEN).await?;
    drop(tx);
    for person in &persons {
        erase(cx, person).await?;
    }
    Ok(persons.len() as u64)
}

async fn erase(cx: &Cx, person: &Person) -> Result<()> {
    let mut tx = cx.store.write().await?;
    store::person_key::erase(&mut tx, person.id).await?;
    store::template::erase_of_person(&mut tx, person.id).await?;
    store::media_print::erase_of_person(&mut tx, person.id).await?;
    store::position::erase_of_person(&mut tx, person.id).await?;
    store::contact::erase_of_person(&mut tx, person.id).await?;
    store::message::erase_of_person(&mut tx, person.id).await?;
    store::checkin::erase_places(&mut tx, person.id).await?;
    tx.commit().await?;
    let mut objects = 0;
    loop {
        let mut tx = cx.store.read().await?;
        let found = store::media::objects_of_person(&mut tx, person.id, OBJECTS_LEN).await?;
        drop(tx);
        if found.is_empty() {
            break;
        }
        for name in &found {
            delete(cx, name).await?;
        }
        let mut tx = cx.store.write().await?;
        for name in &found {
            store::media::forget_object(&mut tx, name).await?;
        }
        tx.commit().await?;
        objects += found.len() as u64;
    }
    let mut tx = cx.store.write().await?;
    store::person::erased(&mut tx, person.id, cx.now()).await?;
    let kind = EventKind::PersonErased { objects };
    note(cx, &mut tx, Actor::System, Some(person.id), kind).await?;
    tx.commit().await?;
    Ok(())
}

/// One that a broken round deleted before counts as deleted.
async fn delete(cx: &Cx, name: &str) -> Result<()> {
    let key = ObjectKey::try_from(name.to_owned())
        .map_err(|_| Error::Internal("an object's name is not valid"))?;
    match cx.media.delete(&key).await {
        Ok(()) | Err(media::Error::Missing) => Ok(()),
        Err(other) => Err(other.into()),
    }
}
