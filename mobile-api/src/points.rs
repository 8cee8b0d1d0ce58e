use app::points::Sheet;
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{PointsEntryId, points::Month};
use edge::{Device, Idempotent, Json, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

/// A month of the person's points, entry by entry. From the first look at a past month on he has 30 days to appeal.
#[utoipa::path(get, path = "/v1/points/{month}", tag = "phone", security(("phone" = [])), params(("month" = String, Path)),
    responses((status = 200, body = wire::PointsMonth), (status = "4XX", body = wire::Problem)))]
async fn own(
    State(site): State<Site>,
    Device(device): Device,
    Path(of): Path<Month>,
) -> Result<Json<wire::PointsMonth>, Problem> {
    let sheet = app::points::own(&site.cx, &device, of).await?;
    Ok(Json(month(sheet)))
}

/// Contest an entry that took points: another officer decides.
#[utoipa::path(post, path = "/v1/points/{id}/appeal", tag = "phone", security(("phone" = [])), request_body = wire::NewAppeal,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::PointsAppeal), (status = "4XX", body = wire::Problem)))]
async fn appeal(
    State(site): State<Site>,
    Device(device): Device,
    Path(id): Path<PointsEntryId>,
    asked: Idempotent<wire::NewAppeal>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let filed = app::points::appeal(&site.cx, &device, id, body.text).await?;
        Ok::<_, app::Error>(wire::PointsAppeal {
            entry: filed.entry,
            person: None,
            text: filed.text.into(),
            filed_at: filed.filed_at.into(),
            finding: None,
            reason: String::new(),
        })
    };
    once.run(&site, &device, StatusCode::CREATED, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(own))
        .routes(routes!(appeal))
}

fn month(sheet: Sheet) -> wire::PointsMonth {
    let entered = (sheet.statement, sheet.entries.as_slice());
    wire::PointsMonth::new(
        entered,
        sheet.proposals,
        sheet.suggestion,
        &sheet.book,
        &sheet.zone,
    )
}
