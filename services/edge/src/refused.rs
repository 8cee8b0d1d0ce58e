use std::sync::{Arc, OnceLock};

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use domain::OfficerId;

use crate::{Site, problem::ProblemName};

/// Who the request turned out to be from.
#[derive(Clone, Default)]
pub struct Known(Arc<OnceLock<OfficerId>>);

impl Known {
    pub fn is(&self, officer: OfficerId) {
        // Whoever asks a second time is the same one.
        let _ = self.0.set(officer);
    }
}

/// Writes down when a signed-in officer reached for what is not his: what his role may not do, and what does not exist for him.
pub async fn note_refusals(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let known = Known::default();
    request.extensions_mut().insert(known.clone());
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let refused = matches!(
        response.status(),
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND
    );
    if let Some(officer) = known.0.get().filter(|_| refused) {
        let name = response.extensions().get::<ProblemName>();
        let code = name.map_or("", |name| name.0.as_str());
        if let Err(error) = app::audit::refused(&site.cx, *officer, &method, &path, code).await {
            tracing::error!(error = ?error, "A refusal could not be written down");
        }
    }
    response
}
