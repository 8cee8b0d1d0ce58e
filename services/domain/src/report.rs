//! What offices print and procurators read: the day, the exceptions, the month, the reconciliation. Pure functions of plain rows, so
//! that a report can be made again; what is asked for beyond its days is left out here, so that a query may fetch too much.
//!
//! Days are civil days in the person's own zone. A random check is in no report before it opens.

mod day;
mod exception;
mod history;
mod month;
mod period;
mod reconciliation;
mod row;
mod tally;
#[cfg(test)]
mod tests;

pub use self::{
    day::{DayView, PersonDay, day_view},
    exception::{
        Exceptions, MissedDuty, OutOfArea, STRETCH_GAP_MS, WrongPlace, missed, out_of_area,
        wrong_place,
    },
    history::{History, Turn},
    month::{Day, OfficeMonth, PersonMonth, month_of_office, month_of_person},
    period::{DAYS_MAX, Period},
    reconciliation::{
        Census, Class, Ends, Entry, Flow, Line, Matter, MatterCount, Mismatch, Movement,
        MovementKind, Reconciliation, reconcile,
    },
    row::{CheckinRow, DutyRow, PersonRows, SightingRow, Who, local},
    tally::Tally,
};
