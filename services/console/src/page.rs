//! Pages for officers: HTML from the server, small scripts that only make it quicker, no framework.
//!
//! Invariants: a page holds no script or style of its own and asks for nothing from anywhere else; whatever changes something is a form with the
//! session's token; what a page shows is what the use-case let the officer see.

mod alert_line;
mod alerts;
mod appeals;
mod assets;
mod audit;
mod call;
mod case;
mod corrections;
mod enrolment;
mod events;
mod evidence;
mod exhibit;
mod leaves;
mod media;
mod month_grid;
mod morning;
mod person;
mod persons;
mod place_drawing;
mod plan;
mod plan_words;
mod points;
mod qr;
mod queue_line;
mod reports;
mod reviews;
mod shell;
mod sign_in;
mod thresholds;
mod users;
mod words;

use axum::middleware::from_fn;
use edge::Site;
use utoipa_axum::router::OpenApiRouter;

/// The officers' pages, with a list of them for tests.
pub fn pages() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .merge(assets::routes())
        .merge(sign_in::routes())
        .merge(morning::routes())
        .merge(reviews::routes())
        .merge(case::routes())
        .merge(media::routes())
        .merge(persons::routes())
        .merge(alerts::routes())
        .merge(person::routes())
        .merge(call::routes())
        .merge(points::routes())
        .merge(plan::routes())
        .merge(reports::routes())
        .merge(users::routes())
        .merge(thresholds::routes())
        .merge(audit::routes())
        .merge(enrolment::routes())
        .merge(leaves::routes())
        .merge(appeals::routes())
        .merge(corrections::routes())
        .merge(events::routes())
        .layer(from_fn(shell::dress))
}
