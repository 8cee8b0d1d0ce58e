use app::outbox::{Kept, PAGE_LEN};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::MessageId;
use edge::{Idempotent, Json, Nothing, Officer, Path, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

#[derive(Deserialize)]
struct After {
    after: Option<MessageId>,
}

/// Messages that could not be delivered, oldest first.
#[utoipa::path(get, path = "/v1/console/messages/dead", tag = "console", security(("officer" = [])),
    params(("after" = Option<uuid::Uuid>, Query)),
    responses((status = 200, body = wire::Page<wire::DeadLetter>), (status = "4XX", body = wire::Problem)))]
async fn dead(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(asked): Query<After>,
) -> Result<Json<wire::Page<wire::DeadLetter>>, Problem> {
    let found = app::outbox::dead(&site.cx, &viewer, asked.after).await?;
    let items = found.into_iter().map(letter).collect();
    let next = |last: &wire::DeadLetter| last.id.to_string();
    Ok(Json(answer::page(items, PAGE_LEN, next)))
}

/// Try a message again that could not be delivered.
#[utoipa::path(post, path = "/v1/console/messages/{id}/revive", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = wire::Revived), (status = "4XX", body = wire::Problem)))]
async fn revive(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<MessageId>,
    asked: Idempotent<Nothing>,
) -> Result<Response, Problem> {
    let work = async {
        let next_at = app::outbox::revive(&site.cx, &viewer, id).await?.into();
        Ok::<_, app::Error>(wire::Revived { id, next_at })
    };
    asked.once.run(&site, &viewer, StatusCode::OK, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(dead))
        .routes(routes!(revive))
}

fn letter(kept: Kept) -> wire::DeadLetter {
    let message = kept.message;
    wire::DeadLetter {
        id: message.id,
        means: message.to.means().to_owned(),
        kind: message.kind,
        made_at: message.made_at.into(),
        attempts: kept.attempts,
        why: kept.why.unwrap_or_default(),
        over_at: kept.over_at.unwrap_or(message.expires_at).into(),
    }
}
