use app::leave::Standing;
use axum::{extract::State, http::StatusCode, response::Response};
use domain::LeaveId;
use edge::{Device, Idempotent, Json, Nothing, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

/// All leaves of the phone's person, the oldest request first.
#[utoipa::path(get, path = "/v1/leaves", tag = "phone", security(("phone" = [])),
    responses((status = 200, body = Vec<wire::Leave>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Device(device): Device,
) -> Result<Json<Vec<wire::Leave>>, Problem> {
    let all = app::leave::own(&site.cx, &device).await?;
    Ok(Json(all.into_iter().map(leave).collect()))
}

/// Ask for leave.
#[utoipa::path(post, path = "/v1/leaves", tag = "phone", security(("phone" = [])), request_body = wire::NewLeave,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Leave), (status = "4XX", body = wire::Problem)))]
async fn ask(
    State(site): State<Site>,
    Device(device): Device,
    asked: Idempotent<wire::NewLeave>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::leave::ask(&site.cx, &device, body.into())
            .await
            .map(leave)
    };
    once.run(&site, &device, StatusCode::CREATED, work).await
}

/// Take a request back, before the leave begins.
#[utoipa::path(post, path = "/v1/leaves/{id}/withdraw", tag = "phone", security(("phone" = [])),
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Leave), (status = "4XX", body = wire::Problem)))]
async fn withdraw(
    State(site): State<Site>,
    Device(device): Device,
    Path(id): Path<LeaveId>,
    asked: Idempotent<Nothing>,
) -> Result<Response, Problem> {
    let work = async { app::leave::withdraw(&site.cx, &device, id).await.map(leave) };
    asked.once.run(&site, &device, StatusCode::OK, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list, ask))
        .routes(routes!(withdraw))
}

fn leave(standing: Standing) -> wire::Leave {
    wire::Leave::new(standing.leave, standing.approval, None)
}
