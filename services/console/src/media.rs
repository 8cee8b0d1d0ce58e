use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::MediaId;
use edge::{Officer, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

/// One picture or recording, as it was handed in. The look is written down.
#[utoipa::path(get, path = "/v1/console/media/{id}", tag = "console", security(("officer" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = "4XX", body = wire::Problem)))]
async fn read(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<MediaId>,
) -> Result<Response, Problem> {
    let bytes = app::evidence::read(&site.cx, &viewer, id).await?;
    // What a phone sent is shown as data, never run as a page.
    let kind = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment"),
        ),
    ];
    Ok((kind, bytes).into_response())
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(read))
}
