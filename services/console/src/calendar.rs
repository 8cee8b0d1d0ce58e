use axum::{extract::State, http::StatusCode, response::Response};
use domain::calendar::DeclaredYear;
use edge::{Idempotent, Json, Officer, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

/// The days of a year that are worked or not against the week's order.
#[utoipa::path(get, path = "/v1/console/calendar/{year}", tag = "console", security(("officer" = [])), params(("year" = i16, Path)),
    responses((status = 200, body = wire::CalendarYear), (status = "4XX", body = wire::Problem)))]
async fn get(
    State(site): State<Site>,
    Officer(_viewer): Officer,
    Path(year): Path<i16>,
) -> Result<Json<wire::CalendarYear>, Problem> {
    let found = app::calendar::year(&site.cx, year).await?;
    Ok(Json(answer::calendar_year(found)))
}

/// Declare a year's days anew, all of them. Duties that have not opened follow within minutes.
#[utoipa::path(post, path = "/v1/console/calendar/{year}", tag = "console", security(("officer" = [])),
    request_body = wire::DeclaredDays, params(("year" = i16, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::CalendarYear), (status = "4XX", body = wire::Problem)))]
async fn declare(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(year): Path<i16>,
    asked: Idempotent<wire::DeclaredDays>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::calendar::declare(&site.cx, &viewer, year, DeclaredYear(body.days))
            .await
            .map(answer::calendar_year)
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(get, declare))
}
