use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    /// One of the five levels' units.
    OrgUnitId;
    /// A supervised person.
    PersonId;
    /// A user of the console.
    OfficerId;
    /// A phone with its own key.
    DeviceId;
    /// One obligation to check in.
    DutyId;
    /// One attempt to fulfil a duty.
    CheckinId;
    /// One version of a supervision plan.
    PlanId;
    /// One attended capture of face and voice.
    EnrolmentId;
    /// One picture or recording.
    MediaId;
    /// One entry of the event log.
    EventId;
    /// One officer's session at the console.
    SessionId;
    /// One move of a person from one unit to another.
    TransferId;
    /// Something an officer must look at.
    AlertId;
    /// An address at which somebody is reached.
    ContactId;
    /// One message to one party by one means.
    MessageId;
    /// One area of a person, with its rule.
    AreaId;
    /// One position that a phone gave.
    PositionId;
    /// One approval of continuous positioning.
    ApprovalId;
    /// One request for leave, and what became of it.
    LeaveId;
    /// One measure against a person.
    MeasureId;
    /// One correction that a procurator wrote to a unit.
    CorrectionId;
    /// One call to a person.
    CallId;
    /// One officer's standing aside from one person's case.
    RecusalId;
    /// One entry of a person's ledger of points.
    PointsEntryId;
}
