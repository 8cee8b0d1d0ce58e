//! An officer at a browser: the session travels in a cookie, and whatever changes something says that it comes from our own page.

use app::{AuthFault, Viewer};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{JSON_LEN_MAX, Problem, Site, bearer::known, named};

/// The prefix makes browsers insist on `Secure`, on the whole path and on this very host. Browsers take it over plain HTTP from the machine
/// itself (`localhost`, `127.0.0.1`) and from nowhere else: anywhere else the console needs HTTPS.
pub const COOKIE: &str = "__Host-muster";
/// Scripts of our pages repeat the token here.
const CSRF_HEADER: &str = "x-muster-csrf";

/// An officer who is signed in at a browser.
pub struct Browser {
    pub viewer: Viewer,
    /// What forms and scripts of this session's pages repeat.
    pub csrf: String,
    token: String,
}

impl Browser {
    /// Is he still signed in, and for whom? Streams ask again and again.
    pub async fn again(&self, site: &Site) -> Result<Viewer, app::Error> {
        app::officer::viewer(&site.cx, &self.token).await
    }
}

impl FromRequestParts<Site> for Browser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Problem> {
        let token = cookie(&parts.headers).ok_or(AuthFault::Session)?;
        let viewer = app::officer::viewer(&site.cx, token).await?;
        known(parts, &viewer);
        Ok(Self {
            csrf: app::officer::csrf(token),
            token: token.to_owned(),
            viewer,
        })
    }
}

/// A form of one of our pages, sent by the officer to whom the page was shown.
pub struct Filled<T> {
    pub browser: Browser,
    pub sent: T,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned> FromRequest<Site> for Filled<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let browser = Browser::from_request_parts(&mut parts, site).await?;
        own_page(&parts.headers)?;
        let bytes = read(body).await?;
        let token: Token = parse(&bytes)?;
        if !app::officer::same(&token.csrf, &browser.csrf) {
            return Err(foreign());
        }
        let sent = parse(&bytes)?;
        Ok(Self { browser, sent })
    }
}

/// A form before anybody is signed in: there is no session that a token could be bound to, so the browser's own word counts.
pub struct Open<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Site> for Open<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Site) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        own_page(&parts.headers)?;
        Ok(Self(parse(&read(body).await?)?))
    }
}

/// The session of a request of the API that comes from a page of ours. What changes something repeats the token in a header, which no foreign page
/// can set.
pub(crate) fn of_page(parts: &Parts) -> Result<&str, Problem> {
    let token = cookie(&parts.headers).ok_or(AuthFault::Session)?;
    if parts.method == Method::GET || parts.method == Method::HEAD {
        return Ok(token);
    }
    own_page(&parts.headers)?;
    let said = parts.headers.get(CSRF_HEADER);
    let said = said.and_then(|value| value.to_str().ok()).unwrap_or("");
    if app::officer::same(said, &app::officer::csrf(token)) {
        Ok(token)
    } else {
        Err(foreign())
    }
}

/// The session's token, if the cookie is there exactly once.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value);
    let token = found.next()?;
    found.next().is_none().then_some(token)
}

/// Browsers say where a request comes from (`Sec-Fetch-Site`), older ones at least the page's origin. Whoever says neither is no browser that a
/// foreign page could use.
fn own_page(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let own = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => {
            let host = text("host").unwrap_or_default();
            let authority = origin.split_once("://").map_or("", |(_, rest)| rest);
            !host.is_empty() && authority == host
        }
        (None, None) => true,
    };
    if own { Ok(()) } else { Err(foreign()) }
}

fn foreign() -> Problem {
    let why = "The request does not come from a page of this session.";
    named(
        StatusCode::FORBIDDEN,
        "csrf",
        "页面已过期，请刷新后重试",
        why,
    )
}

async fn read(body: axum::body::Body) -> Result<Bytes, Problem> {
    let bytes = axum::body::to_bytes(body, JSON_LEN_MAX).await;
    bytes.map_err(|_| {
        let why = format!("A form has at most {JSON_LEN_MAX} bytes.");
        named(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "填写内容太长",
            why,
        )
    })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_urlencoded::from_bytes(bytes).map_err(|why| {
        let why = format!("The form cannot be read: {why}.");
        named(StatusCode::UNPROCESSABLE_ENTITY, "form", "填写有误", why)
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_cookie_counts_when_it_is_there_once() {
        let one = headers(&[("cookie", "a=b; __Host-muster=t0ken; c=d")]);
        assert_eq!(cookie(&one), Some("t0ken"));
        for wrong in [
            headers(&[]),
            headers(&[("cookie", "muster=t0ken; __host-muster=x")]),
            headers(&[("cookie", "__Host-muster=a; __Host-muster=b")]),
            headers(&[("cookie", "__Host-muster=a"), ("cookie", "__Host-muster=b")]),
        ] {
            assert_eq!(cookie(&wrong), None);
        }
    }

    #[test]
    fn a_foreign_page_is_known_by_what_browsers_say_of_it() {
        let own = |pairs: &[(&'static str, &'static str)]| own_page(&headers(pairs)).is_ok();
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(own(&[
            ("origin", "https://a.example"),
            ("host", "a.example")
        ]));
        assert!(own(&[]));
        for site in ["cross-site", "same-site", "none"] {
            assert!(!own(&[("sec-fetch-site", site)]), "{site}");
        }
        assert!(!own(&[
            ("origin", "https://b.example"),
            ("host", "a.example")
        ]));
        assert!(!own(&[("origin", "null"), ("host", "a.example")]));
        assert!(!own(&[
            ("origin", "https://a.example.b"),
            ("host", "a.example")
        ]));
    }
}
