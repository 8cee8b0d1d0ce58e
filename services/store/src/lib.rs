//! The only SQL of the house: one text for SQLite and PostgreSQL, one file a noun.
//!
//! Invariants:
//! - The caller owns the transaction ([`Store::read`], [`Store::write`]); no function here begins or commits one, and nothing but SQL
//!   is awaited inside one.
//! - Every text stands in a `sql!` block, so that one test prepares all of them on both databases.
//! - Every change of a state names the state that it expects; when that is no longer so, it is [`Error::Lost`] and nothing changed.
//! - A claim is numbered: a worker whose lease lapsed can no longer write.
//!
//! It must not know clocks, ids, randomness, policies or HTTP: they come as arguments, or do not come at all. Texts from outside must
//! hold no NUL character (PostgreSQL has none in its texts).

mod db;
mod error;
mod fate;

pub mod activation;
pub mod alert;
pub mod appeal;
pub mod area;
pub mod calendar;
pub mod call;
pub mod census;
pub mod checkin;
pub mod contact;
pub mod correction;
pub mod device;
pub mod duty;
pub mod enrolment;
pub mod event;
pub mod holding;
pub mod idempotency;
pub mod leave;
pub mod measure;
pub mod media;
pub mod media_print;
pub mod message;
pub mod officer;
pub mod officer_session;
pub mod person;
pub mod person_key;
pub mod plan;
pub mod points;
pub mod position;
pub mod positioning;
pub mod recusal;
pub mod report;
pub mod review_claim;
pub mod review_opinion;
pub mod server_key;
pub mod template;
pub mod transfer;
pub mod unit;
pub mod watch;

pub use db::{Store, StoreConfig, Tx};
pub use error::{Error, Result};
pub use fate::{Death, Fate};

/// Every SQL text with its name, for the test that prepares them on both databases. A module that is missing here does not compile
/// without a warning: its own list would be unused.
#[doc(hidden)]
pub fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    [
        activation::TEXTS,
        alert::TEXTS,
        appeal::TEXTS,
        area::TEXTS,
        call::TEXTS,
        census::TEXTS,
        checkin::TEXTS,
        checkin::queue::TEXTS,
        checkin::view::TEXTS,
        contact::TEXTS,
        correction::TEXTS,
        db::TEXTS,
        device::TEXTS,
        calendar::TEXTS,
        duty::TEXTS,
        duty::ruling::TEXTS,
        duty::view::TEXTS,
        enrolment::TEXTS,
        event::TEXTS,
        holding::TEXTS,
        idempotency::TEXTS,
        leave::TEXTS,
        measure::TEXTS,
        media::TEXTS,
        media_print::TEXTS,
        message::TEXTS,
        officer::TEXTS,
        officer_session::TEXTS,
        person::TEXTS,
        person_key::TEXTS,
        plan::TEXTS,
        points::TEXTS,
        position::TEXTS,
        positioning::TEXTS,
        recusal::TEXTS,
        report::TEXTS,
        review_claim::TEXTS,
        review_opinion::TEXTS,
        server_key::TEXTS,
        template::TEXTS,
        transfer::TEXTS,
        unit::TEXTS,
        watch::TEXTS,
    ]
    .into_iter()
    .flatten()
    .copied()
    .chain(duty::texts())
}
