//! What all pages have around them: the frame, the headers, and what stands there when something went wrong.

use std::fmt::Write as _;

use app::Viewer;
use askama::Template;
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use domain::{
    Micros,
    access::{Action, Role, may},
};
use edge::{Browser, Problem};

use super::words::{self, Words};

/// Everything comes from here, nothing stands in the page itself, nobody frames it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Camera and microphone are for the page of the attended capture alone.
const NO_DEVICES: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
/// Bytes of a problem, at most.
const PROBLEM_LEN_MAX: usize = 64 * 1024;

/// What the frame of a page says.
pub struct Shell {
    pub title: Words,
    pub officer: String,
    pub role: Words,
    pub nav: Vec<Link>,
    /// The reader decides, and so may call a person.
    pub may_call: bool,
    /// The reader writes procurators' corrections.
    pub may_correct: bool,
    pub csrf: String,
    /// When the page was made, microseconds: what happened since is told to it.
    pub since: i64,
}

/// A way to another page.
pub struct Link {
    pub href: &'static str,
    pub words: Words,
    pub here: bool,
}

/// The pages of the menu, each with what its reader must be allowed to do.
const MENU: [(&str, Words, Action); 10] = [
    ("/console", ("今日", "Today"), Action::Read),
    ("/console/reviews", ("核查", "Reviews"), Action::Read),
    ("/console/alerts", ("预警", "Alerts"), Action::Read),
    ("/console/persons", ("矫正对象", "Persons"), Action::Read),
    ("/console/leaves", ("请假", "Leave"), Action::Read),
    ("/console/appeals", ("申诉", "Appeals"), Action::Read),
    (
        "/console/corrections",
        ("检察监督", "Corrections"),
        Action::ReadCorrections,
    ),
    ("/console/reports", ("报表", "Reports"), Action::Read),
    (
        "/console/users",
        ("用户与系统", "System"),
        Action::Administer,
    ),
    ("/console/audit", ("日志", "Log"), Action::Audit),
];

impl Shell {
    /// Of the page that stands in the menu under `here`.
    pub fn new(browser: &Browser, title: Words, here: &str, now: Micros) -> Self {
        let officer = &browser.viewer.officer;
        let link = |&(href, words, _): &(&'static str, Words, Action)| Link {
            href,
            words,
            here: href == here,
        };
        Self {
            title,
            officer: officer.name.clone(),
            role: words::role(officer.role),
            nav: MENU
                .iter()
                .filter(|(_, _, action)| may(officer.role, *action))
                .map(link)
                .collect(),
            may_call: may(officer.role, Action::Decide),
            may_correct: may(officer.role, Action::Correct),
            csrf: browser.csrf.clone(),
            since: now.0,
        }
    }
}

/// Where a user begins.
pub fn home(viewer: &Viewer) -> &'static str {
    match viewer.officer.role {
        Role::Administrator => "/console/users",
        Role::Auditor => "/console/audit",
        Role::StationOfficer
        | Role::CountyOfficer
        | Role::CountyHead
        | Role::Operator
        | Role::SocialWorker
        | Role::Procurator => "/console",
    }
}

/// A page as it goes out.
pub fn page(template: &impl Template) -> Result<Response, Problem> {
    page_with(StatusCode::OK, template)
}

pub fn page_with(status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
    let text = template.render().map_err(|why| {
        tracing::error!(error = ?why, "A page could not be written");
        app::Error::Internal("a page could not be written")
    })?;
    Ok((status, Html(text)).into_response())
}

/// After a form: the page that shows what came of it, so that a reload does nothing twice.
pub fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Wrong {
    status: u16,
    title: String,
    detail: String,
}

/// Puts the headers of pages on every answer, and makes pages of problems where a person looks.
pub async fn dress(request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let mut response = next.run(request).await;
    if is_problem(response.headers()) && asked.by_person {
        response = told(response, &asked).await;
    }
    let headers = response.headers_mut();
    let own = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (HeaderName::from_static("permissions-policy"), NO_DEVICES),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        // Forms say where they come from; nothing else learns it.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in own {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

struct Asked {
    /// A browser that shows what it gets.
    by_person: bool,
    method: Method,
    path: String,
}

impl Asked {
    fn of(request: &request::Request<Body>) -> Self {
        let accept = request.headers().get(header::ACCEPT);
        let accept = accept.and_then(|value| value.to_str().ok());
        let path = request.uri().path_and_query();
        Self {
            by_person: accept.is_some_and(|accept| accept.contains("text/html")),
            method: request.method().clone(),
            path: path.map_or(String::new(), |path| path.as_str().to_owned()),
        }
    }
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == wire::PROBLEM_JSON)
}

/// A problem as a person reads it; whoever is not signed in is led to where he can be. What goes with the answer for others on its way stays.
async fn told(response: Response, asked: &Asked) -> Response {
    let (mut parts, body) = response.into_parts();
    if parts.status == StatusCode::UNAUTHORIZED {
        let next = (asked.method == Method::GET && asked.path != "/console").then_some(&asked.path);
        let next = next.map_or(String::new(), |path| format!("?next={}", escaped(path)));
        return see(&format!("/console/sign-in{next}"));
    }
    let bytes = to_bytes(body, PROBLEM_LEN_MAX).await.unwrap_or_default();
    let problem = serde_json::from_slice::<wire::Problem>(&bytes);
    let (title, detail) = problem.map_or_else(
        |_| (String::new(), String::new()),
        |problem| (problem.title, problem.detail),
    );
    let wrong = Wrong {
        status: parts.status.as_u16(),
        title,
        detail,
    };
    let text = wrong.render().unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    Response::from_parts(parts, Body::from(text))
}

/// Within a query.
pub fn escaped(path: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if keep(byte) {
            text.push(char::from(byte));
        } else {
            // Nothing fails in memory.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
