use axum::extract::State;
use edge::{Json, Officer, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::answer;

#[derive(Deserialize)]
struct From {
    /// `next` of the page before.
    after: Option<String>,
}

/// What the officers of the auditor's units did, and what they were refused, in order.
#[utoipa::path(get, path = "/v1/console/audit", tag = "console", security(("officer" = [])), params(("after" = Option<String>, Query)),
    responses((status = 200, body = wire::Page<wire::AuditEntry>), (status = "4XX", body = wire::Problem)))]
async fn list(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Query(from): Query<From>,
) -> Result<Json<wire::Page<wire::AuditEntry>>, Problem> {
    let after = answer::after(from.after.as_ref())?;
    let events = app::audit::list(&site.cx, &viewer, after).await?;
    let items = events.iter().filter_map(answer::audit_entry).collect();
    let next = |last: &wire::AuditEntry| format!("{}.{}", last.at.0.0, last.id);
    Ok(Json(answer::page(items, app::audit::PAGE_LEN, next)))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(list))
}
