use askama::Template;
use axum::{
    extract::State,
    http::{HeaderName, HeaderValue},
    response::Response,
};
use domain::{
    PersonId,
    access::Action,
    enrolment::{PHRASES, PICTURES_MIN},
};
use edge::{Browser, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::shell::{Shell, page};

#[derive(Template)]
#[template(path = "enrolment.html")]
struct Page {
    shell: Shell,
    id: String,
    name: String,
    case_number: String,
    enrolled: bool,
    pictures: usize,
    phrases: [&'static str; 3],
}

/// The attended capture of face and voice: the page has camera and microphone, and hands the samples to the API.
#[utoipa::path(get, path = "/console/persons/{id}/enrolment", params(("id" = uuid::Uuid, Path)), responses((status = 200)))]
async fn show(
    State(site): State<Site>,
    browser: Browser,
    Path(id): Path<PersonId>,
) -> Result<Response, Problem> {
    let standing = app::person::get(&site.cx, &browser.viewer, id).await?;
    browser.viewer.allow(Action::Enrol)?;
    let now = site.cx.now();
    let mut response = page(&Page {
        shell: Shell::new(
            &browser,
            ("现场采集", "Attended capture"),
            "/console/persons",
            now,
        ),
        id: standing.person.id.to_string(),
        name: standing.person.name,
        case_number: standing.person.case_number,
        enrolled: standing.enrolled,
        pictures: PICTURES_MIN,
        phrases: PHRASES,
    })?;
    response.headers_mut().insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), microphone=(self), geolocation=()"),
    );
    Ok(response)
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(show))
}
