//! What officers talk to: signing in, persons, plans, enrolments, activation codes, reviews, the day's duties.
//!
//! A handler is a sentence: extract, call one use-case, answer. Everything is limited to the officer's own subtree; every
//! look at a picture or a voice is written down before it is shown.

mod answer;
mod checkins;
mod duties;
mod enrolments;
mod media;
mod officers;
mod persons;
mod plans;
mod session;
mod units;

use edge::Site;
use utoipa_axum::router::OpenApiRouter;

/// The officers' routes with their part of the OpenAPI document.
pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .merge(session::routes())
        .merge(units::routes())
        .merge(officers::routes())
        .merge(persons::routes())
        .merge(plans::routes())
        .merge(enrolments::routes())
        .merge(duties::routes())
        .merge(checkins::routes())
        .merge(media::routes())
}
