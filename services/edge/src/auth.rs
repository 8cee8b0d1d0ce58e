use app::{AuthFault, proof::ProvedKey};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

use crate::{Problem, Site};

/// A phone that shows an access token and proves its key (RFC 9449).
pub struct Device(pub domain::person::Device);

impl FromRequestParts<Site> for Device {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Problem> {
        let token = one(&parts.headers, header::AUTHORIZATION.as_str())
            .and_then(|value| value.strip_prefix("DPoP "));
        let token = token.map(str::to_owned).ok_or(AuthFault::Token)?;
        let key = prove(parts, site, Some(&token))?;
        Ok(Self(
            app::device::authenticate(&site.cx, &key, &token).await?,
        ))
    }
}

/// A phone that proves a key, known or not.
pub struct Prover(pub ProvedKey);

impl FromRequestParts<Site> for Prover {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Problem> {
        Ok(Self(prove(parts, site, None)?))
    }
}

fn prove(parts: &Parts, site: &Site, access_token: Option<&str>) -> Result<ProvedKey, Problem> {
    let proof =
        one(&parts.headers, "dpop").ok_or(AuthFault::Proof("exactly one DPoP header is needed"))?;
    let url = site.address(parts);
    let request = app::proof::Request {
        method: parts.method.as_str(),
        url: &url,
        access_token,
    };
    Ok(app::proof::check(&site.cx, proof, request)?)
}

/// The value of a header that is there exactly once.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}
