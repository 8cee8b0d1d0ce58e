use app::area::{Area, NewArea};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{
    AreaId, PersonId,
    area::{AreaError, Days, Hours, Weekly},
};
use edge::{Idempotent, Json, Officer, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

/// All areas of a person, those that ended included, the oldest first.
#[utoipa::path(get, path = "/v1/console/persons/{id}/areas", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<wire::Area>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
) -> Result<Json<Vec<wire::Area>>, Problem> {
    let areas = app::area::list(&site.cx, &viewer, id).await?;
    Ok(Json(areas.into_iter().map(answer).collect()))
}

/// Draw an area for a person: where he must be, must not be, or is of interest.
#[utoipa::path(post, path = "/v1/console/persons/{id}/areas", tag = "console", security(("officer" = [])),
    request_body = wire::NewArea, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Area), (status = "4XX", body = wire::Problem)))]
async fn draw(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::NewArea>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let area = app::area::draw(&site.cx, &viewer, id, new(body)?).await?;
        Ok::<_, app::Error>(answer(area))
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

/// End an area: it no longer counts, and stays in the file.
#[utoipa::path(post, path = "/v1/console/areas/{id}/end", tag = "console", security(("officer" = [])), request_body = wire::Because,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Area), (status = "4XX", body = wire::Problem)))]
async fn end(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<AreaId>,
    asked: Idempotent<wire::Because>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::area::end(&site.cx, &viewer, id, &body.reason)
            .await
            .map(answer)
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list, draw))
        .routes(routes!(end))
}

fn new(body: wire::NewArea) -> Result<NewArea, AreaError> {
    Ok(NewArea {
        kind: body.kind,
        name: body.name,
        drawn: body.shape.into(),
        hours: hours(body.hours).map_err(|error| error.within("hours"))?,
        from: body.from,
        until: body.until,
    })
}

fn hours(hours: wire::AreaHours) -> Result<Hours, AreaError> {
    match hours {
        wire::AreaHours::Always => Ok(Hours::Always),
        wire::AreaHours::Weekly { days, from, until } => {
            Weekly::new(Days::try_from(days)?, from, until).map(Hours::Weekly)
        }
    }
}

fn answer(area: Area) -> wire::Area {
    let hours = match area.rule.hours {
        Hours::Always => wire::AreaHours::Always,
        Hours::Weekly(weekly) => wire::AreaHours::Weekly {
            days: Vec::<&str>::from(weekly.days())
                .into_iter()
                .map(str::to_owned)
                .collect(),
            from: weekly.from(),
            until: weekly.until(),
        },
    };
    wire::Area {
        id: area.rule.id,
        kind: area.rule.kind,
        name: area.rule.name.into(),
        shape: area.drawn.into(),
        hours,
        from: area.rule.validity.from(),
        until: area.rule.validity.until(),
        created_by: area.created_by,
        created_at: area.created_at.into(),
        ended_at: area.ended_at.map(Into::into),
    }
}
