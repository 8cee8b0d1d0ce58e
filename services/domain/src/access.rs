use serde::{Deserialize, Serialize};

use crate::{Micros, OfficerId, OrgUnitId, PersonId, RecusalId, org::UnitPath};

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

/// Whose files an officer may see: the persons of his unit and below, without the cases from which he stands aside (执法回避), and without
/// minors' files where his role has no part in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    pub path: UnitPath,
    pub officer: OfficerId,
    pub minors: bool,
}

impl Scope {
    /// Of an officer whose unit has this path.
    pub fn new(officer: &Officer, path: UnitPath) -> Self {
        Self {
            path,
            officer: officer.id,
            minors: sees_minors(officer.role),
        }
    }
}

/// An officer who stands aside from one person's case (执法回避): for him the person does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recusal {
    pub id: RecusalId,
    pub person: PersonId,
    pub officer: OfficerId,
    pub reason: String,
    pub set_by: OfficerId,
    pub set_at: Micros,
    pub lifted_at: Option<Micros>,
}

/// Minors' files are for those who supervise them and for the procurator (社区矫正法 §52, §55).
pub const fn sees_minors(role: Role) -> bool {
    match role {
        Role::StationOfficer | Role::CountyOfficer | Role::CountyHead | Role::Procurator => true,
        Role::Operator | Role::SocialWorker | Role::Auditor | Role::Administrator => false,
    }
}

/// What somebody wants to do, always within the own [`Scope`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See persons, duties, attendance and verdicts.
    Read,
    /// Look at a picture, listen to a voice, follow a track; each look is recorded.
    ReadMedia,
    /// Register a person, write his plan.
    Register,
    /// Capture face and voice, attended; hand out a device activation code.
    Enrol,
    /// Decide a check-in under review.
    Decide,
    /// Import and export files of persons, propose and answer transfers, change the order.
    Manage,
    /// End supervision, enter a measure of 社区矫正法 §28, let an officer stand aside from a case, answer a procurator's correction.
    Govern,
    /// Approve continuous positioning (社区矫正法 §29).
    ApprovePositioning,
    /// Write a correction to a unit (社区矫正法 §62).
    Correct,
    /// Read procurators' corrections and the replies.
    ReadCorrections,
    /// Read the log of what officers did and of what they were refused.
    Audit,
    /// Create units and users.
    Administer,
}

/// May this role do this? Social workers do no enforcement, procurators read and write corrections, auditors only read, administrators never see a case.
pub const fn may(role: Role, action: Action) -> bool {
    match role {
        Role::StationOfficer => !matches!(
            action,
            Action::Govern
                | Action::ApprovePositioning
                | Action::Correct
                | Action::Audit
                | Action::Administer
        ),
        Role::CountyOfficer => !matches!(
            action,
            Action::ApprovePositioning | Action::Correct | Action::Audit | Action::Administer
        ),
        Role::CountyHead => !matches!(action, Action::Correct | Action::Audit | Action::Administer),
        Role::Operator => matches!(action, Action::Read | Action::ReadMedia | Action::Decide),
        Role::SocialWorker => matches!(action, Action::Read | Action::Register),
        Role::Procurator => matches!(
            action,
            Action::Read | Action::ReadMedia | Action::Correct | Action::ReadCorrections
        ),
        Role::Auditor => matches!(
            action,
            Action::Read | Action::ReadCorrections | Action::Audit
        ),
        Role::Administrator => matches!(action, Action::Administer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_do_what() {
        use Action::{
            Administer, ApprovePositioning, Audit, Correct, Decide, Enrol, Govern, Manage, Read,
            ReadCorrections, ReadMedia, Register,
        };
        let table = [
            (
                Role::StationOfficer,
                vec![
                    Read,
                    ReadMedia,
                    Register,
                    Enrol,
                    Decide,
                    Manage,
                    ReadCorrections,
                ],
            ),
            (
                Role::CountyOfficer,
                vec![
                    Read,
                    ReadMedia,
                    Register,
                    Enrol,
                    Decide,
                    Manage,
                    Govern,
                    ReadCorrections,
                ],
            ),
            (
                Role::CountyHead,
                vec![
                    Read,
                    ReadMedia,
                    Register,
                    Enrol,
                    Decide,
                    Manage,
                    Govern,
                    ApprovePositioning,
                    ReadCorrections,
                ],
            ),
            (Role::Operator, vec![Read, ReadMedia, Decide]),
            (Role::SocialWorker, vec![Read, Register]),
            (
                Role::Procurator,
                vec![Read, ReadMedia, Correct, ReadCorrections],
            ),
            (Role::Auditor, vec![Read, Audit, ReadCorrections]),
            (Role::Administrator, vec![Administer]),
        ];
        for (role, allowed) in table {
            for action in [
                Read,
                ReadMedia,
                Register,
                Enrol,
                Decide,
                Manage,
                Govern,
                ApprovePositioning,
                Correct,
                ReadCorrections,
                Audit,
                Administer,
            ] {
                assert_eq!(
                    may(role, action),
                    allowed.contains(&action),
                    "{role:?} {action:?}"
                );
            }
        }
    }
}
