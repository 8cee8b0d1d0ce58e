use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::local;
use crate::{LeaveId, Micros};

/// A leave is over and nobody came back from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverdueLeave {
    pub leave: LeaveId,
    pub until: Micros,
    /// In the words of the request.
    pub destination: String,
}

impl OverdueLeave {
    pub(super) fn explain(&self, zone: &TimeZone) -> (String, String) {
        let (until, to) = (local::told(self.until, zone), &self.destination);
        (
            format!("请假（前往{to}）已于 {until} 到期，尚未销假。"),
            format!("The leave to {to} ended at {until} without a return check-in."),
        )
    }
}
