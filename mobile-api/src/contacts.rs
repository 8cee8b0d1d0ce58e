use axum::{extract::State, http::StatusCode, response::Response};
use edge::{Device, Idempotent, Json, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

/// How the phone's person is reached; addresses are shown in part only.
#[utoipa::path(get, path = "/v1/contacts", tag = "phone", security(("phone" = [])),
    responses((status = 200, body = Vec<wire::Contact>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Device(device): Device,
) -> Result<Json<Vec<wire::Contact>>, Problem> {
    let all = app::contact::of_device(&site.cx, &device).await?;
    Ok(Json(answer::contacts(all)))
}

/// The mini-program's user logged in: reminders go to him. The code is changed for his openid at WeChat.
#[utoipa::path(post, path = "/v1/contacts/wechat/login", tag = "phone", security(("phone" = [])), request_body = wire::WeChatLogin,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = Vec<wire::Contact>), (status = "4XX", body = wire::Problem), (status = 503, body = wire::Problem)))]
async fn log_in(
    State(site): State<Site>,
    Device(device): Device,
    asked: Idempotent<wire::WeChatLogin>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::contact::log_in(&site.cx, &device, &body.code)
            .await
            .map(answer::contacts)
    };
    once.run(&site, &device, StatusCode::OK, work).await
}

/// The person, who has logged in, agreed to subscribe messages of the mini-program.
#[utoipa::path(post, path = "/v1/contacts/wechat", tag = "phone", security(("phone" = [])), request_body = wire::Subscription,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = Vec<wire::Contact>), (status = "4XX", body = wire::Problem)))]
async fn subscribe(
    State(site): State<Site>,
    Device(device): Device,
    asked: Idempotent<wire::Subscription>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        app::contact::subscribe(&site.cx, &device, &body.template_id, body.consents)
            .await
            .map(answer::contacts)
    };
    once.run(&site, &device, StatusCode::OK, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(log_in))
        .routes(routes!(subscribe))
}
