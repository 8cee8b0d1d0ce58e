use app::{AuthFault, Viewer};
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use utoipa::openapi::{
    OpenApi,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{Problem, Site, browser::of_page, refused::Known};

/// An officer who is signed in: a program by its bearer token, a page of the console by its cookie ([`crate::Browser`]).
pub struct Officer(pub Viewer);

impl FromRequestParts<Site> for Officer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Problem> {
        let token = match parts.headers.get(header::AUTHORIZATION) {
            Some(value) => value
                .to_str()
                .ok()
                .and_then(|value| value.strip_prefix("Bearer "))
                .ok_or(AuthFault::Session)?,
            None => of_page(parts)?,
        };
        let viewer = app::officer::viewer(&site.cx, token).await?;
        known(parts, &viewer);
        Ok(Self(viewer))
    }
}

/// Whoever looks at the answer on its way knows whose request it was.
pub(crate) fn known(parts: &Parts, viewer: &Viewer) {
    if let Some(known) = parts.extensions.get::<Known>() {
        known.is(viewer.officer.id);
    }
}

/// Tells readers of the OpenAPI document how officers and phones authenticate.
pub fn bearer_security(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Default::default);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An officer's session token."))
        .build();
    components.add_security_scheme("officer", SecurityScheme::Http(bearer));
    let dpop = ApiKeyValue::with_description(
        "DPoP",
        "A DPoP proof (RFC 9449) beside `Authorization: DPoP <access token>`.",
    );
    components.add_security_scheme("phone", SecurityScheme::ApiKey(ApiKey::Header(dpop)));
}
