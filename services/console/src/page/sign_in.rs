use app::AuthFault;
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use edge::{Browser, COOKIE, Filled, Open, Problem, Query, Site};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    shell::{home, page, page_with, see},
    words::{self, Words},
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    /// Where to go on.
    next: String,
    login: String,
    /// What was wrong with the last try.
    wrong: Option<Words>,
    /// Until when nobody signs in under this name.
    locked_until: Option<String>,
}

#[derive(Deserialize)]
struct From {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Sent {
    login: String,
    password: String,
    totp: String,
    #[serde(default)]
    next: String,
}

/// The form for signing in; whoever is signed in goes on.
#[utoipa::path(get, path = "/console/sign-in", params(("next" = Option<String>, Query)), responses((status = 200)))]
async fn show(
    Query(from): Query<From>,
    browser: Result<Browser, Problem>,
) -> Result<Response, Problem> {
    if let Ok(browser) = browser {
        return Ok(see(home(&browser.viewer)));
    }
    page(&SignIn {
        next: own(&from.next).to_owned(),
        login: String::new(),
        wrong: None,
        locked_until: None,
    })
}

/// Signs in with password and one-time code.
#[utoipa::path(post, path = "/console/sign-in", responses((status = 303), (status = 401)))]
async fn sign_in(State(site): State<Site>, Open(sent): Open<Sent>) -> Result<Response, Problem> {
    let code: String = sent.totp.chars().filter(char::is_ascii_digit).collect();
    let tried = app::officer::sign_in(&site.cx, sent.login.trim(), sent.password, &code).await;
    let fault = match tried {
        Ok(signed_in) => {
            let next = match own(&sent.next) {
                "" => home(&signed_in.viewer),
                next => next,
            };
            let cookie = format!(
                "{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Strict",
                signed_in.token
            );
            return with_cookie(see(next), &cookie);
        }
        Err(app::Error::Unauthenticated(fault)) => fault,
        Err(other) => return Err(other.into()),
    };
    let (status, wrong, until) = match fault {
        AuthFault::Locked { until } => (
            StatusCode::TOO_MANY_REQUESTS,
            (
                "登录失败次数过多，账号暂时锁定",
                "Too many wrong tries: locked for now",
            ),
            Some(until),
        ),
        AuthFault::Credentials
        | AuthFault::Session
        | AuthFault::Token
        | AuthFault::Proof(_)
        | AuthFault::Nonce
        | AuthFault::Replayed => (
            StatusCode::UNAUTHORIZED,
            (
                "登录名、密码或验证码不正确，或验证码已使用过",
                "Login, password or code is wrong, or the code was used before",
            ),
            None,
        ),
    };
    let zone = app::morning::zone()?;
    page_with(
        status,
        &SignIn {
            next: own(&sent.next).to_owned(),
            login: sent.login,
            wrong: Some(wrong),
            locked_until: until.map(|until| words::second(until, &zone)),
        },
    )
}

#[derive(Deserialize)]
struct Nothing {}

/// Ends the session.
#[utoipa::path(post, path = "/console/sign-out", responses((status = 303)))]
async fn sign_out(State(site): State<Site>, form: Filled<Nothing>) -> Result<Response, Problem> {
    app::officer::sign_out(&site.cx, &form.browser.viewer).await?;
    let cookie = format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    with_cookie(see("/console/sign-in"), &cookie)
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(show, sign_in))
        .routes(routes!(sign_out))
}

/// Only to pages of ours.
fn own(next: &str) -> &str {
    let ours = next == "/console" || next.starts_with("/console/");
    let plain = !next.contains("//") && !next.contains('\\') && !next.contains(char::is_control);
    if ours && plain { next } else { "" }
}

fn with_cookie(mut response: Response, cookie: &str) -> Result<Response, Problem> {
    let cookie = HeaderValue::from_str(cookie)
        .map_err(|_| app::Error::Internal("a cookie could not be written"))?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response.into_response())
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn signing_in_leads_nowhere_else() {
        for good in ["/console", "/console/reviews", "/console/persons?after=1"] {
            assert_eq!(own(good), good);
        }
        for bad in [
            "",
            "https://a.example/",
            "//a.example",
            "/console//a.example",
            "/consoles",
            "/console/\\a.example",
            "/v1/console/persons",
        ] {
            assert_eq!(own(bad), "", "{bad}");
        }
    }
}
