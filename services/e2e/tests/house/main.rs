//! The whole house over HTTP, with a scripted engine and a clock that is moved by hand.

mod access;
mod alerts;
mod archive;
mod areas;
mod bad_input;
mod checkin;
mod copies;
mod crash;
mod document;
mod duties;
mod holdings;
mod identify;
mod leaves;
mod matrix;
mod messages;
mod organisation;
mod plans;
mod points;
mod positions;
mod recompute;
mod reconciliation;
mod reports;
mod review;
mod support;
mod templates;
mod watch;
