use axum::{extract::State, http::StatusCode, response::Response};
use domain::PersonId;
use edge::{Idempotent, Officer, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Erase a person's templates of all model packs, such as after a wrong enrolment. Nothing is compared with them any more: what waits for a verdict goes to
/// an officer, and before he is enrolled anew his phone is told to see the office.
#[utoipa::path(post, path = "/v1/console/persons/{id}/templates/revoke", tag = "console", security(("officer" = [])),
    request_body = wire::Because, params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::TemplatesRevoked), (status = "4XX", body = wire::Problem)))]
async fn revoke(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<wire::Because>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let templates = app::template::revoke(&site.cx, &viewer, id, &body.reason).await?;
        Ok::<_, app::Error>(wire::TemplatesRevoked { templates })
    };
    once.run(&site, &viewer, StatusCode::OK, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(revoke))
}
