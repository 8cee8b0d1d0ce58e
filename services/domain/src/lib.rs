//! The words and rules of supervision: plans, duties, check-ins, evidence, verdicts, attendance.
//!
//! Pure: no I/O, no clock, no randomness, no database, no async; serde is the only framework. Every function returns what
//! should happen; callers make it happen.

mod text;

pub mod access;
pub mod alert;
pub mod appeal;
pub mod area;
pub mod attendance;
pub mod calendar;
pub mod call;
pub mod challenge;
pub mod channel;
pub mod checkin;
pub mod coaching;
pub mod correction;
pub mod duty;
pub mod enrolment;
pub mod event;
pub mod evidence;
mod id;
pub mod identify;
pub mod leave;
pub mod measure;
pub mod message;
pub mod order;
pub mod org;
pub mod person;
pub mod plan;
pub mod points;
pub mod positioning;
pub mod print;
mod refusal;
pub mod reminder;
pub mod replay;
pub mod report;
pub mod review;
mod score;
mod time;
pub mod transfer;
pub mod verdict;

pub use id::*;
pub use refusal::Refusal;
pub use score::Llr;
pub use text::UnknownText;
pub use time::Micros;
