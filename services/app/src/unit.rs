use domain::{
    OrgUnitId,
    access::Action,
    event::{Actor, EventKind},
    org::{Level, OrgUnit, UnitPath},
};
use store::Tx;

use crate::{Cx, Error, Result, Viewer, field, journal::note};

/// Creates a unit below one of the administrator's subtree.
pub async fn create(
    cx: &Cx,
    viewer: &Viewer,
    parent: OrgUnitId,
    level: Level,
    name: String,
) -> Result<OrgUnit> {
    viewer.allow(Action::Administer)?;
    let mut tx = cx.store.read().await?;
    let parent = within(&mut tx, viewer, parent).await?;
    drop(tx);
    if level <= parent.level {
        return Err(Error::Invalid {
            field: "level",
            expected: "must be below the parent's level",
        });
    }
    create_by(
        cx,
        Actor::Officer(viewer.officer.id),
        Some(&parent),
        level,
        name,
    )
    .await
}

/// Creates a unit; for the command line, which has no viewer.
pub async fn create_by(
    cx: &Cx,
    actor: Actor,
    parent: Option<&OrgUnit>,
    level: Level,
    name: String,
) -> Result<OrgUnit> {
    let name = field::name("name", &name)?;
    let id = OrgUnitId(cx.id());
    let path = parent.map_or_else(|| UnitPath::root(id), |parent| parent.path.child(id));
    let unit = OrgUnit {
        id,
        parent: parent.map(|parent| parent.id),
        level,
        name,
        path,
    };
    let mut tx = cx.store.write().await?;
    store::unit::insert(&mut tx, &unit, cx.now()).await?;
    note(
        cx,
        &mut tx,
        actor,
        None,
        EventKind::UnitCreated { unit: id },
    )
    .await?;
    tx.commit().await?;
    Ok(unit)
}

/// The viewer's unit and all below it.
pub async fn list(cx: &Cx, viewer: &Viewer) -> Result<Vec<OrgUnit>> {
    let mut tx = cx.store.read().await?;
    Ok(store::unit::list_below(&mut tx, &viewer.scope.path).await?)
}

/// A unit of the viewer's subtree.
pub(crate) async fn within(tx: &mut Tx, viewer: &Viewer, id: OrgUnitId) -> Result<OrgUnit> {
    let found = store::unit::get(tx, id).await?;
    found
        .filter(|unit| viewer.scope.path.contains(&unit.path))
        .ok_or(Error::NotFound("unit"))
}
