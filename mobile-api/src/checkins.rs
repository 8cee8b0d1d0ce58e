use std::collections::BTreeMap;

use app::{
    Upload,
    checkin::{Announced, Submission},
};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::CheckinId;
use edge::{Device, Idempotent, Json, Path, Problem, Query, Site, Wait, named, received};
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{answer, positions};

const PLATFORM_LEN_MAX: usize = 300;

/// Store one piece of a part. It is durable when this answers; after a break, continue from the `Upload-Offset` of the answer.
#[utoipa::path(put, path = "/v1/checkins/{id}/parts/{part}", tag = "phone", security(("phone" = [])),
    params(("id" = uuid::Uuid, Path), ("part" = String, Path), ("Upload-Offset" = u64, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 204, headers(("Upload-Offset" = u64))), (status = "4XX", body = wire::Problem)))]
async fn receive(
    State(site): State<Site>,
    Device(device): Device,
    Path((id, part)): Path<(CheckinId, String)>,
    piece: edge::Piece,
) -> Result<Response, Problem> {
    let upload = Upload {
        part,
        offset: piece.offset,
        bytes: piece.bytes,
    };
    let len = app::checkin::receive(&site.cx, &device, id, upload).await?;
    Ok(received(len))
}

/// Hand the session in. 202 means that it is durable and that a verdict will follow.
#[utoipa::path(post, path = "/v1/checkins/{id}/submit", tag = "phone", security(("phone" = [])), request_body = wire::Submission,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 202, body = wire::Checkin), (status = "4XX", body = wire::Problem)))]
async fn submit(
    State(site): State<Site>,
    Device(device): Device,
    Path(id): Path<CheckinId>,
    asked: Idempotent<wire::Submission>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let standing = app::checkin::submit(&site.cx, &device, id, submission(body)?).await?;
        answer::checkin(&site.cx, standing)
    };
    once.run(&site, &device, StatusCode::ACCEPTED, work).await
}

/// How an attempt stands; with `wait_s`, not before it is settled or the time is over.
#[utoipa::path(get, path = "/v1/checkins/{id}", tag = "phone", security(("phone" = [])),
    params(("id" = uuid::Uuid, Path), ("wait_s" = Option<u32>, Query)),
    responses((status = 200, body = wire::Checkin), (status = "4XX", body = wire::Problem)))]
async fn get(
    State(site): State<Site>,
    Device(device): Device,
    Path(id): Path<CheckinId>,
    Query(wait): Query<Wait>,
) -> Result<Json<wire::Checkin>, Problem> {
    let standing = app::checkin::wait(&site.cx, &device, id, wait.limit()).await?;
    answer::checkin(&site.cx, standing).map(Json)
}

/// Contest that a check-in was declined (申诉): an officer who had no part in that decides.
#[utoipa::path(post, path = "/v1/checkins/{id}/appeal", tag = "phone", security(("phone" = [])), request_body = wire::NewAppeal,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::CheckinAppeal), (status = "4XX", body = wire::Problem)))]
async fn appeal(
    State(site): State<Site>,
    Device(device): Device,
    Path(id): Path<CheckinId>,
    asked: Idempotent<wire::NewAppeal>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let filed = app::appeal::file(&site.cx, &device, id, body.text).await?;
        Ok::<_, app::Error>(wire::CheckinAppeal::from(filed))
    };
    once.run(&site, &device, StatusCode::CREATED, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(receive))
        .routes(routes!(appeal))
        .routes(routes!(submit))
        .routes(routes!(get))
}

fn submission(body: wire::Submission) -> Result<Submission, Problem> {
    let invalid = |field: &str, why: &str| {
        named(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "填写有误", why).fact("field", field)
    };
    let mut parts = BTreeMap::new();
    for (name, part) in body.parts {
        let hash = data_encoding::HEXLOWER_PERMISSIVE
            .decode(part.sha256.as_bytes())
            .ok()
            .and_then(|hash| hash.try_into().ok());
        let sha256 =
            hash.ok_or_else(|| invalid("parts", "A part's sha256 must be 64 hexadecimal digits."))?;
        parts.insert(
            name,
            Announced {
                len: part.len,
                sha256,
            },
        );
    }
    if body
        .facts
        .platform
        .as_ref()
        .is_some_and(|text| text.chars().count() > PLATFORM_LEN_MAX || text.contains('\0'))
    {
        return Err(invalid(
            "facts.platform",
            "The platform must have at most 300 characters.",
        ));
    }
    let said_at = body.facts.captured_at.map(|at| at.0);
    let place = match &body.facts.location {
        Some(location) => Some((positions::reading(location, "facts.location")?, said_at)),
        None => None,
    };
    let Ok(Value::Object(facts)) = serde_json::to_value(&body.facts) else {
        return Err(invalid("facts", "The facts cannot be kept."));
    };
    Ok(Submission {
        nonce: body.nonce,
        parts,
        facts,
        place,
        returns_from: body.returns_from,
    })
}
