use app::report::{Format, Made, Report};
use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use domain::{OrgUnitId, PersonId, points::Month, report::Period};
use edge::{Officer, Path, Problem, Query, Site};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

/// How a report goes out.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum As {
    #[default]
    Json,
    /// A page to print.
    Html,
    Csv,
    Xlsx,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    format: As,
}

#[derive(Deserialize)]
struct AskedDays {
    first: Date,
    last: Date,
    #[serde(default)]
    format: As,
}

/// A person's month, duty by duty: `json`, `html` to print, `csv` or `xlsx`. The look is written down.
#[utoipa::path(get, path = "/v1/console/persons/{id}/month/{month}", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path), ("month" = String, Path), ("format" = Option<String>, Query)),
    responses((status = 200, body = Object), (status = "4XX", body = wire::Problem)))]
async fn of_person(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path((id, month)): Path<(PersonId, Month)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let made = app::report::of_person(&site.cx, &viewer, id, period(month)?).await?;
    answer(&made, asked.format)
}

/// The month of a unit and all below it, person by person: `json`, `html` to print, `csv` or `xlsx`. The look is written down.
#[utoipa::path(get, path = "/v1/console/units/{id}/month/{month}", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path), ("month" = String, Path), ("format" = Option<String>, Query)),
    responses((status = 200, body = Object), (status = "4XX", body = wire::Problem)))]
async fn of_unit(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path((id, month)): Path<(OrgUnitId, Month)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let made = app::report::of_unit(&site.cx, &viewer, id, period(month)?).await?;
    answer(&made, asked.format)
}

/// The day of a unit and all below it, the worst first: `json`, `html` to print, `csv` or `xlsx`. The look is written down.
#[utoipa::path(get, path = "/v1/console/units/{id}/day/{day}", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path), ("day" = String, Path), ("format" = Option<String>, Query)),
    responses((status = 200, body = Object), (status = "4XX", body = wire::Problem)))]
async fn day(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path((id, day)): Path<(OrgUnitId, Date)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let made = app::report::day(&site.cx, &viewer, id, day).await?;
    answer(&made, asked.format)
}

/// What a unit must look at on `first..=last`, 31 days at most: wrong place, out of area, missed; `json`, `html` to print, or `xlsx`. The look
/// is written down.
#[utoipa::path(get, path = "/v1/console/units/{id}/exceptions", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path), ("first" = String, Query), ("last" = String, Query), ("format" = Option<String>, Query)),
    responses((status = 200, body = Object), (status = "4XX", body = wire::Problem)))]
async fn exceptions(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<OrgUnitId>,
    Query(asked): Query<AskedDays>,
) -> Result<Response, Problem> {
    let period = Period::new(asked.first, asked.last).ok_or(app::Error::Invalid {
        field: "last",
        expected: "must not lie before first, nor 31 days or more after it",
    })?;
    let made = app::report::exceptions(&site.cx, &viewer, id, period).await?;
    answer(&made, asked.format)
}

/// What procurators hold against their own lists in the month that ends on the 25th of this one, for a unit and all below it: `json`, `html` to
/// print, or `xlsx`. While it is not over, the last list is of now. The look is written down.
#[utoipa::path(get, path = "/v1/console/units/{id}/reconciliation/{month}", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path), ("month" = String, Path), ("format" = Option<String>, Query)),
    responses((status = 200, body = Object), (status = "4XX", body = wire::Problem)))]
async fn reconciliation(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path((id, month)): Path<(OrgUnitId, Month)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let made = app::report::reconciliation(&site.cx, &viewer, id, month).await?;
    answer(&made, asked.format)
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(of_person))
        .routes(routes!(of_unit))
        .routes(routes!(day))
        .routes(routes!(exceptions))
        .routes(routes!(reconciliation))
}

fn period(month: Month) -> Result<Period, Problem> {
    let first = month.first();
    let period = Period::of_month(first.year(), first.month());
    Ok(period.ok_or(app::Error::NotFound("month"))?)
}

fn answer(made: &Made, format: As) -> Result<Response, Problem> {
    match format {
        As::Json => Ok(match &made.report {
            Report::PersonMonth(month) => Json(month).into_response(),
            Report::UnitMonth(month) => Json(month).into_response(),
            Report::Day(view) => Json(view).into_response(),
            Report::Exceptions(lists) => Json(lists).into_response(),
            Report::Reconciliation(report) => Json(report).into_response(),
        }),
        As::Html => {
            // The page needs its own styles, and nothing else.
            const POLICY: (HeaderName, &str) = (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'",
            );
            Ok(([POLICY], Html(made.page()?)).into_response())
        }
        As::Csv => file(made, Format::Csv, "attachment; filename=\"report.csv\""),
        As::Xlsx => file(made, Format::Xlsx, "attachment; filename=\"report.xlsx\""),
    }
}

fn file(made: &Made, format: Format, name: &'static str) -> Result<Response, Problem> {
    let bytes = made.file(format)?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(format.media_type()),
        ),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    Ok((headers, bytes).into_response())
}
