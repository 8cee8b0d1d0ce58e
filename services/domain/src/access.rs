use serde::{Deserialize, Serialize};

use crate::{OfficerId, OrgUnitId};

/// What a user of the console is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    StationOfficer,
    CountyOfficer,
    CountyHead,
    Operator,
    SocialWorker,
    Procurator,
    Auditor,
    Administrator,
}

crate::text_enum!(Role {
    StationOfficer = "station_officer",
    CountyOfficer = "county_officer",
    CountyHead = "county_head",
    Operator = "operator",
    SocialWorker = "social_worker",
    Procurator = "procurator",
    Auditor = "auditor",
    Administrator = "administrator",
});

/// A user of the console, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Officer {
    pub id: OfficerId,
    pub unit: OrgUnitId,
    pub login: String,
    pub name: String,
    pub role: Role,
}

/// What somebody wants to do, always within the own subtree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See persons, duties, attendance and verdicts.
    Read,
    /// Look at a picture or listen to a voice; each look is recorded.
    ReadMedia,
    /// Register a person, write his plan.
    Register,
    /// Capture face and voice, attended; hand out a device activation code.
    Enrol,
    /// Decide a check-in under review.
    Decide,
    /// Create units and users.
    Administer,
}

/// May this role do this? Social workers do no enforcement, procurators and auditors only read, administrators never see a case.
pub const fn may(role: Role, action: Action) -> bool {
    match role {
        Role::StationOfficer | Role::CountyOfficer | Role::CountyHead => {
            !matches!(action, Action::Administer)
        }
        Role::Operator => matches!(action, Action::Read | Action::ReadMedia | Action::Decide),
        Role::SocialWorker => matches!(action, Action::Read | Action::Register),
        Role::Procurator => matches!(action, Action::Read | Action::ReadMedia),
        Role::Auditor => matches!(action, Action::Read),
        Role::Administrator => matches!(action, Action::Administer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_do_what() {
        use Action::{Administer, Decide, Enrol, Read, ReadMedia, Register};
        let table = [
            (
                Role::StationOfficer,
                vec![Read, ReadMedia, Register, Enrol, Decide],
            ),
            (Role::Operator, vec![Read, ReadMedia, Decide]),
            (Role::SocialWorker, vec![Read, Register]),
            (Role::Procurator, vec![Read, ReadMedia]),
            (Role::Auditor, vec![Read]),
            (Role::Administrator, vec![Administer]),
        ];
        for (role, allowed) in table {
            for action in [Read, ReadMedia, Register, Enrol, Decide, Administer] {
                assert_eq!(
                    may(role, action),
                    allowed.contains(&action),
                    "{role:?} {action:?}"
                );
            }
        }
    }
}
