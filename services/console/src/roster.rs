use app::roster::Format;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use edge::{IdempotentFile, Officer, Problem, Query, Site, named};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Deserialize)]
struct Import {
    #[serde(default)]
    dry_run: bool,
}

#[derive(Deserialize)]
struct Export {
    format: String,
}

/// Register the persons of a table, CSV or XLSX, all or none; a problem of type `rows` names every faulty cell. With `dry_run` nothing is
/// stored. Columns: 姓名, 案号, 单位, 类别, 管理等级, 矫正起始日, 矫正终止日, 未成年, or their English names.
#[utoipa::path(post, path = "/v1/console/roster", tag = "console", security(("officer" = [])),
    request_body(content = Vec<u8>, content_type = "text/csv"),
    params(("dry_run" = Option<bool>, Query), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Imported), (status = "4XX", body = wire::Problem)))]
async fn import(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(how): Query<Import>,
    file: IdempotentFile,
) -> Result<Response, Problem> {
    let IdempotentFile {
        bytes,
        media_type,
        once,
    } = file;
    let format = Format::of_media_type(&media_type).ok_or_else(unknown)?;
    let work = async {
        let persons = app::roster::import(&site.cx, &viewer, &bytes, format, how.dry_run).await?;
        Ok::<_, app::Error>(wire::Imported {
            persons,
            dry_run: how.dry_run,
        })
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

/// The supervised persons of the officer's units as a table that can be imported again.
#[utoipa::path(get, path = "/v1/console/roster", tag = "console", security(("officer" = [])), params(("format" = String, Query)),
    responses((status = 200, body = Vec<u8>, content_type = "text/csv"), (status = "4XX", body = wire::Problem)))]
async fn export(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(how): Query<Export>,
) -> Result<Response, Problem> {
    let format = match how.format.as_str() {
        "csv" => Format::Csv,
        "xlsx" => Format::Xlsx,
        _ => return Err(unknown()),
    };
    let bytes = app::roster::export(&site.cx, &viewer, format).await?;
    let name = match format {
        Format::Csv => "attachment; filename=\"roster.csv\"",
        Format::Xlsx => "attachment; filename=\"roster.xlsx\"",
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(format.media_type()),
        ),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    Ok((headers, bytes).into_response())
}

fn unknown() -> Problem {
    named(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "table-format",
        "只支持 CSV 和 XLSX 表格",
        "A table is text/csv or an XLSX workbook.",
    )
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(import, export))
}
