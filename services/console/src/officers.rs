use app::officer::NewOfficer;
use axum::{extract::State, http::StatusCode, response::Response};
use edge::{Idempotent, Officer, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

/// Create a user; the secret for his authenticator is shown once.
#[utoipa::path(post, path = "/v1/console/officers", tag = "console", security(("officer" = [])), request_body = wire::NewOfficer,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::OfficerCreated), (status = "4XX", body = wire::Problem)))]
async fn create(
    State(site): State<Site>,
    Officer(viewer): Officer,
    asked: Idempotent<wire::NewOfficer>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let new = NewOfficer {
            unit: body.unit,
            login: body.login,
            name: body.name,
            role: body.role,
            password: body.password,
        };
        let created = app::officer::create(&site.cx, &viewer, new).await?;
        Ok::<_, app::Error>(wire::OfficerCreated {
            officer: answer::officer(&created.officer),
            totp_uri: created.totp_uri,
        })
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(create))
}
