use serde::{Deserialize, Serialize};

use crate::OrgUnitId;

/// The five levels, from the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Ministry,
    Province,
    City,
    County,
    Office,
}

crate::text_enum!(Level { Ministry = "ministry", Province = "province", City = "city", County = "county", Office = "office" });

/// One unit of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgUnit {
    pub id: OrgUnitId,
    pub parent: Option<OrgUnitId>,
    pub level: Level,
    pub name: String,
    pub path: UnitPath,
}

/// Characters of an id in a path.
const ID_LEN: i32 = 36;

/// The ids from the top down to a unit, `/top/…/unit/`: a unit sees all whose path begins with its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnitPath(pub String);

impl UnitPath {
    /// Of a unit without a parent.
    pub fn root(unit: OrgUnitId) -> Self {
        Self(format!("/{unit}/"))
    }

    /// Of a unit right below this one.
    #[must_use]
    pub fn child(&self, unit: OrgUnitId) -> Self {
        Self(format!("{}{unit}/", self.0))
    }

    /// Units on the way from the top to this one, both counted.
    pub const fn depth(&self) -> i32 {
        // `/id/…/id/`: each id has 36 characters and a slash.
        (self.0.len() as i32 - 1) / (ID_LEN + 1)
    }

    /// The unit so many levels above this one; itself for 0, none beyond the top.
    pub fn above(&self, levels: i32) -> Option<OrgUnitId> {
        let ids = self.0.trim_matches('/').rsplit('/');
        let id = ids.into_iter().nth(usize::try_from(levels).ok()?)?;
        id.parse().ok()
    }

    /// Is `other` this unit or below it?
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_unit_sees_itself_and_below_but_never_a_sibling() {
        let [a, b, c] = [1_u128, 2, 3].map(|n| OrgUnitId(Uuid::from_u128(n)));
        let county = UnitPath::root(a);
        let (left, right) = (county.child(b), county.child(c));
        assert!(county.contains(&county) && county.contains(&left));
        assert!(!left.contains(&right) && !left.contains(&county));
    }
}
