use std::collections::BTreeMap;

use app::{Upload, enrolment::Standing};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{
    EnrolmentId, PersonId, Refusal,
    challenge::Prompt,
    enrolment::{ENROLMENT_MS, PHRASES},
};
use edge::{
    Idempotent, Json, Nothing, Officer, Path, Piece, Problem, Query, Site, Wait, named, received,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Begin an attended capture of face and voice.
#[utoipa::path(post, path = "/v1/console/persons/{id}/enrolments", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::Enrolment), (status = "4XX", body = wire::Problem)))]
async fn open(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<PersonId>,
    asked: Idempotent<Nothing>,
) -> Result<Response, Problem> {
    let Idempotent {
        body: Nothing {},
        once,
    } = asked;
    let work = async {
        app::enrolment::open(&site.cx, &viewer, id)
            .await
            .map(answer)
    };
    once.run(&site, &viewer, StatusCode::CREATED, work).await
}

/// Store one piece of `picture-N` or `phrase-N`.
#[utoipa::path(put, path = "/v1/console/enrolments/{id}/parts/{part}", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path), ("part" = String, Path), ("Upload-Offset" = u64, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 204, headers(("Upload-Offset" = u64))), (status = "4XX", body = wire::Problem)))]
async fn receive(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path((id, part)): Path<(EnrolmentId, String)>,
    piece: Piece,
) -> Result<Response, Problem> {
    let upload = Upload {
        part,
        offset: piece.offset,
        bytes: piece.bytes,
    };
    Ok(received(
        app::enrolment::receive(&site.cx, &viewer, id, upload).await?,
    ))
}

/// Hand the samples in; they are judged behind the house, see `GET`.
#[utoipa::path(post, path = "/v1/console/enrolments/{id}/submit", tag = "console", security(("officer" = [])), request_body = wire::EnrolmentSubmission,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 202, body = wire::Enrolment), (status = "4XX", body = wire::Problem)))]
async fn submit(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<EnrolmentId>,
    asked: Idempotent<wire::EnrolmentSubmission>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let despite = body.despite_likeness.clone();
        let (phrases, despite) = (phrases(body)?, despite.as_deref());
        let standing = app::enrolment::submit(&site.cx, &viewer, id, phrases, despite).await?;
        Ok::<_, Problem>(answer(standing))
    };
    once.run(&site, &viewer, StatusCode::ACCEPTED, work).await
}

/// How an enrolment stands; with `wait_s`, not before it is complete or refused or the time is over.
#[utoipa::path(get, path = "/v1/console/enrolments/{id}", tag = "console", security(("officer" = [])),
    params(("id" = uuid::Uuid, Path), ("wait_s" = Option<u32>, Query)),
    responses((status = 200, body = wire::Enrolment), (status = "4XX", body = wire::Problem)))]
async fn get(
    State(site): State<Site>,
    Officer(viewer): Officer,
    Path(id): Path<EnrolmentId>,
    Query(wait): Query<Wait>,
) -> Result<Json<wire::Enrolment>, Problem> {
    Ok(Json(answer(
        app::enrolment::wait(&site.cx, &viewer, id, wait.limit()).await?,
    )))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(receive))
        .routes(routes!(submit))
        .routes(routes!(get))
}

fn phrases(body: wire::EnrolmentSubmission) -> Result<BTreeMap<String, Prompt>, Problem> {
    let mut phrases = BTreeMap::new();
    for (part, text) in body.phrases {
        let text = Prompt::try_from(text).map_err(|why| {
            named(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "填写有误",
                format!("The text of {part:?} cannot be: {why}."),
            )
            .fact("field", "phrases")
        })?;
        phrases.insert(part, text);
    }
    Ok(phrases)
}

fn answer(standing: Standing) -> wire::Enrolment {
    let Standing {
        enrolment,
        parts,
        resembles,
    } = standing;
    let findings = enrolment.findings.unwrap_or_default();
    let flaws = findings.flaws;
    let problem = findings.resembles.map(|_| {
        let problem = Problem::from(Refusal::FaceEnrolled);
        match resembles {
            Some(person) => problem.fact("person", person.id.to_string()),
            None => problem,
        }
        .into_body()
    });
    let flaw = |flaw: domain::enrolment::Flaw| wire::EnrolmentFlaw {
        part: flaw.part,
        coaching: flaw
            .coaching
            .into_iter()
            .map(|code| wire::Coached {
                code,
                message: code.sentence().into(),
            })
            .collect(),
        inconsistent: flaw.inconsistent,
    };
    wire::Enrolment {
        id: enrolment.id,
        person: enrolment.person,
        state: enrolment.state,
        expires_at: enrolment.opened_at.plus_ms(ENROLMENT_MS).into(),
        phrases: PHRASES.map(str::to_owned).into(),
        parts: parts
            .into_iter()
            .map(|part| wire::PartState {
                name: part.name,
                received: part.received,
            })
            .collect(),
        flaws: flaws.into_iter().map(flaw).collect(),
        problem,
    }
}
