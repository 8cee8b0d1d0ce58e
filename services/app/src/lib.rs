//! The use-cases, one file each, all on [`Cx`]. This floor knows what happens in which order and what commits together; it
//! knows no SQL, no HTTP and no ONNX.
//!
//! Invariants: every change to a check-in passes `domain::checkin` and commits together with its event; nothing but SQL is
//! awaited inside a transaction; nothing adverse happens to a person without an officer.

pub mod activation;
pub mod alert;
pub mod appeal;
pub mod archive;
pub mod area;
pub mod audit;
pub mod calendar;
pub mod call;
mod capture;
pub mod checkin;
mod clock;
pub mod contact;
pub mod correction;
mod cx;
pub mod device;
pub mod duty;
pub mod enrolment;
mod entropy;
pub mod erasure;
mod error;
pub mod evidence;
mod field;
pub mod file;
mod history;
pub mod holding;
mod house;
pub mod idempotency;
mod identify;
mod journal;
pub mod lapse;
pub mod leave;
pub mod live;
pub mod measure;
pub mod morning;
pub mod officer;
pub mod outbox;
mod part;
pub mod person;
mod place;
pub mod plan;
pub mod points;
pub mod positioning;
pub mod proof;
pub mod receipt;
pub mod recompute;
pub mod recusal;
pub mod report;
pub mod review;
pub mod roster;
mod signal;
pub mod supervision;
pub mod template;
pub mod threshold;
pub mod transfer;
pub mod unit;
pub mod verify;
pub mod watch;
pub mod worker;

pub use clock::Clock;
pub use cx::{Cx, Limits, Outside, Viewer};
pub use entropy::Entropy;
pub use error::{AuthFault, Error, Result};
pub use house::House;
pub use part::{PartReceived, Upload};
pub use signal::{Listener, Signal};
