//! What officers talk to: signing in, persons and their course, plans, areas and positions, the calendar, enrolments, activation codes, reviews, the day's
//! duties, the auditor's log.
//!
//! Programs speak JSON ([`routes`]), people see pages ([`pages`]); both stand on the same use-cases.
//!
//! A handler is a sentence: extract, call one use-case, answer. Everything is limited to the officer's scope; every look at a picture or a
//! voice is written down before it is shown, and so is every reach for what is not his.

mod alerts;
mod answer;
mod appeals;
mod archive;
mod areas;
mod audit;
mod calendar;
mod calls;
mod checkins;
mod contacts;
mod corrections;
mod duties;
mod enrolments;
mod leaves;
mod measures;
mod media;
mod messages;
mod officers;
mod page;
mod persons;
mod plans;
mod points;
mod positioning;
mod recusals;
mod reports;
mod roster;
mod session;
mod templates;
mod transfers;
mod units;

pub use page::pages;

use edge::Site;
use utoipa_axum::router::OpenApiRouter;

/// The officers' routes with their part of the OpenAPI document.
pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .merge(session::routes())
        .merge(units::routes())
        .merge(officers::routes())
        .merge(persons::routes())
        .merge(roster::routes())
        .merge(transfers::routes())
        .merge(recusals::routes())
        .merge(plans::routes())
        .merge(archive::routes())
        .merge(areas::routes())
        .merge(contacts::routes())
        .merge(calls::routes())
        .merge(messages::routes())
        .merge(leaves::routes())
        .merge(points::routes())
        .merge(reports::routes())
        .merge(positioning::routes())
        .merge(calendar::routes())
        .merge(enrolments::routes())
        .merge(templates::routes())
        .merge(duties::routes())
        .merge(checkins::routes())
        .merge(appeals::routes())
        .merge(alerts::routes())
        .merge(measures::routes())
        .merge(corrections::routes())
        .merge(media::routes())
        .merge(audit::routes())
}
