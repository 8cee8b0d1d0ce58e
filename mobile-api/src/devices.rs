use axum::{extract::State, http::StatusCode, response::Response};
use edge::{Idempotent, Json, Problem, Prover, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Bind the phone's key to the person whose one-time code this is.
#[utoipa::path(post, path = "/v1/devices", tag = "phone", request_body = wire::Activate, security(("phone" = [])),
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Activated), (status = "4XX", body = wire::Problem)))]
async fn activate(
    State(site): State<Site>,
    Prover(key): Prover,
    asked: Idempotent<wire::Activate>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let device = {
            let handset = body.handset.as_deref();
            app::device::activate(
                &site.cx,
                &key,
                &body.code,
                &body.label,
                body.channel,
                handset,
            )
            .await?
        };
        Ok::<_, app::Error>(wire::Activated {
            device: device.id,
            person: device.person,
            thumbprint: device.thumbprint,
        })
    };
    once.run(&site, &key, StatusCode::CREATED, work).await
}

/// A short-lived access token for a phone that proves its key. Asking again is harmless and gives another token, so no
/// Idempotency-Key is looked at.
#[utoipa::path(post, path = "/v1/token", tag = "phone", security(("phone" = [])),
    responses((status = 200, body = wire::AccessToken), (status = "4XX", body = wire::Problem)))]
async fn token(
    State(site): State<Site>,
    Prover(key): Prover,
) -> Result<Json<wire::AccessToken>, Problem> {
    let device = app::device::by_key(&site.cx, &key).await?;
    let access_token = app::proof::issue_token(&site.cx, device.id, &device.thumbprint)?;
    Ok(Json(wire::AccessToken {
        access_token,
        token_type: "DPoP".to_owned(),
        expires_in: app::proof::TOKEN_LIFE_S,
    }))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(activate))
        .routes(routes!(token))
}
