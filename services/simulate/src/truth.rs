use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{CheckinId, DutyId, LeaveId, PersonId, alert::Cause};

use crate::conduct::Cheat;

/// What really happened, which the house cannot know.
#[derive(Default)]
pub struct Truth {
    /// Did the person himself take what was captured, just then?
    pub captures: HashMap<CheckinId, bool>,
    /// Duties that somebody tried to keep, and line, phone or house failed him.
    pub in_vain: HashSet<DutyId>,
    /// Persons who changed their phone.
    pub moved: HashSet<PersonId>,
    pub cheats: BTreeMap<PersonId, Cheat>,
    /// Leaves from which somebody came back too late.
    pub late_back: HashSet<LeaveId>,
}

impl Truth {
    /// Is there something behind an alert?
    pub fn founded(&self, cause: &Cause, person: PersonId) -> bool {
        match cause.kind() {
            "missed_duty" | "lost_contact" => {
                duty(cause).is_none_or(|duty| !self.in_vain.contains(&duty))
            }
            "overdue_leave" => {
                matches!(cause, Cause::OverdueLeave(one) if self.late_back.contains(&one.leave))
            }
            "device_change" => self.moved.contains(&person),
            kind => {
                let cheat = self.cheats.get(&person);
                cheat.is_some_and(|cheat| cheat.alerts().contains(&kind))
            }
        }
    }
}

/// The duty that an alert is about, by the name under which its cause is stored.
fn duty(cause: &Cause) -> Option<DutyId> {
    let stored = serde_json::to_value(cause).ok()?;
    serde_json::from_value(stored.get("duty")?.clone()).ok()
}
