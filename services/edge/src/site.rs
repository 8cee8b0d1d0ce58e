use app::Cx;
use axum::{
    extract::FromRef,
    http::{HeaderMap, request::Parts},
};

/// The house as seen from outside.
#[derive(Clone)]
pub struct Site {
    pub cx: Cx,
    /// Scheme and authority under which phones reach the house, such as `https://muster.example`; behind a proxy it must be set. Without
    /// it the request's own `Host` counts, over plain HTTP.
    pub public_url: Option<String>,
}

impl FromRef<Site> for Cx {
    fn from_ref(site: &Site) -> Self {
        site.cx.clone()
    }
}

impl Site {
    /// The address of a request without its query, as a DPoP proof names it.
    pub fn address(&self, parts: &Parts) -> String {
        format!("{}{}", self.base(&parts.headers), parts.uri.path())
    }

    /// Scheme and authority under which the house was reached.
    pub fn base(&self, headers: &HeaderMap) -> String {
        if let Some(base) = &self.public_url {
            return base.trim_end_matches('/').to_owned();
        }
        let host = headers.get("host");
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        format!("http://{host}")
    }
}
