use axum::{extract::State, http::StatusCode, response::Response};
use domain::{DutyId, challenge::Can};
use edge::{Device, Idempotent, Json, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

/// The person's duties of yesterday, today and tomorrow.
#[utoipa::path(get, path = "/v1/duties", tag = "phone", security(("phone" = [])),
    responses((status = 200, body = wire::Duties), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Device(device): Device,
) -> Result<Json<wire::Duties>, Problem> {
    let duties = app::duty::of_person(&site.cx, device.person).await?;
    let now = site.cx.now();
    Ok(Json(wire::Duties {
        now: now.into(),
        duties: duties
            .iter()
            .map(|marked| answer::duty(marked, now))
            .collect(),
    }))
}

/// Open a one-use capture session for a duty: digits to speak, what to show, a nonce, an expiry.
#[utoipa::path(post, path = "/v1/duties/{duty}/checkins", tag = "phone", security(("phone" = [])), request_body = Option<wire::OpenCheckin>,
    params(("duty" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Session), (status = "4XX", body = wire::Problem)))]
async fn open(
    State(site): State<Site>,
    Device(device): Device,
    Path(duty): Path<DutyId>,
    asked: Idempotent<wire::OpenCheckin>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let can = Can {
        turn: body.can.contains(&wire::Ability::Turn),
        flash: body.can.contains(&wire::Ability::Flash),
    };
    let work = async {
        let (checkin, duty) = app::checkin::open(&site.cx, &device, duty, can).await?;
        let presence = checkin.presence.as_ref();
        let rules = app::checkin::part_rules(&site.cx, duty.factors, presence);
        let part = |rule: app::checkin::PartRule| wire::OpenPart {
            name: rule.name,
            required: rule.required,
            len_max: rule.len_max,
            chunk_len_max: wire::CHUNK_LEN_MAX as u64,
        };
        Ok::<_, app::Error>(wire::Session {
            checkin: checkin.id,
            prompt: duty.factors.voice().then(|| checkin.prompt.into()),
            nonce: checkin.nonce,
            expires_at: checkin.expires_at.into(),
            parts: rules.into_iter().map(part).collect(),
            presence: checkin.presence.map(Into::into),
        })
    };
    once.run(&site, &device, StatusCode::CREATED, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(open))
}
