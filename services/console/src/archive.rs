use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::PersonId;
use edge::{Officer, Path, Problem, Site};
use futures::stream;
use utoipa_axum::{router::OpenApiRouter, routes};

/// 一人一档: all that is kept of a person as a zip, with an index for people and a manifest of lengths and SHA-256. That it went out is written
/// down. An answer that breaks off has no index and does not open.
#[utoipa::path(get, path = "/v1/console/persons/{id}/archive", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, content_type = "application/zip"), (status = "4XX", body = wire::Problem)))]
async fn archive(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
) -> Result<Response, Problem> {
    const HEADERS: [(HeaderName, HeaderValue); 3] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/zip"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"archive.zip\""),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let pieces = app::archive::begin(&site.cx, &viewer, id).await?;
    let pieces = stream::unfold(pieces, |mut pieces| async move {
        let piece = pieces.recv().await?;
        Some((piece, pieces))
    });
    Ok((HEADERS, Body::from_stream(pieces)).into_response())
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(archive))
}
