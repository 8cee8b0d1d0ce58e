use axum::{extract::State, http::StatusCode};
use edge::{Json, Officer, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

/// Sign in with password and one-time code. A code is good once, so a repetition needs the next one; no Idempotency-Key is
/// looked at.
#[utoipa::path(post, path = "/v1/console/session", tag = "console", request_body = wire::SignIn,
    responses((status = 201, body = wire::SignedIn), (status = "4XX", body = wire::Problem)))]
async fn sign_in(
    State(site): State<Site>,
    Json(asked): Json<wire::SignIn>,
) -> Result<(StatusCode, Json<wire::SignedIn>), Problem> {
    let signed_in =
        app::officer::sign_in(&site.cx, &asked.login, asked.password, &asked.totp).await?;
    Ok((
        StatusCode::CREATED,
        Json(answer::signed_in(signed_in.token, &signed_in.viewer)),
    ))
}

/// Who is signed in.
#[utoipa::path(get, path = "/v1/console/session", tag = "console", security(("officer" = [])),
    responses((status = 200, body = wire::Officer), (status = "4XX", body = wire::Problem)))]
async fn who(Officer(viewer): Officer) -> Json<wire::Officer> {
    Json(answer::officer(&viewer.officer))
}

/// End the session.
#[utoipa::path(delete, path = "/v1/console/session", tag = "console", security(("officer" = [])),
    responses((status = 204), (status = "4XX", body = wire::Problem)))]
async fn sign_out(
    State(site): State<Site>,
    Officer(viewer): Officer,
) -> Result<StatusCode, Problem> {
    app::officer::sign_out(&site.cx, &viewer).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(sign_in, who, sign_out))
}
